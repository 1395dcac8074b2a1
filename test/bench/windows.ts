/** COUNT and SUM by customer in tumbling, hopping and session windows, every update emitted. */
import { NaiveSessions, NaiveWindows } from './naive-windows.ts';
import { naiveContestant, naiveOrders } from './naive.ts';
import { ORDER_COLUMNS, ORDER_INTERVAL_MS, orderAppends, TOPIC } from './orders.ts';
import { productContestant } from './product.ts';
import type { Contestant } from './rounds.ts';

const SECOND_MS = 1000;
const HOUR_MS = 3600 * SECOND_MS;

export interface WindowShape {
  readonly kind: 'tumbling' | 'hopping' | 'session';
  readonly customers: number;
  /** Of a session: its gap. */
  readonly sizeMs: number;
  /** A row is in so many windows. */
  readonly windowsPerRow: number;
}

const ROUND_RECORDS = 100_000;
const KEYS: readonly number[] = [1000, 100_000, 1_000_000];

/** Windows hold several records of each customer, whatever their number. */
export const TUMBLING_SHAPES: readonly WindowShape[] = shapes('tumbling', 1);
export const HOPPING_SHAPES: readonly WindowShape[] = shapes('hopping', 3);
/** The gap is somewhat above the time between two orders of a customer, so that sessions grow, merge and end. */
export const SESSION_SHAPES: readonly WindowShape[] = KEYS.map((customers) => ({
  kind: 'session',
  customers,
  sizeMs: Math.ceil((1.5 * customers * ORDER_INTERVAL_MS) / SECOND_MS) * SECOND_MS,
  windowsPerRow: 1,
}));

function shapes(kind: 'tumbling' | 'hopping', windowsPerRow: number): readonly WindowShape[] {
  const sizes = [60 * SECOND_MS, HOUR_MS, 24 * HOUR_MS];
  return KEYS.map((customers, at) => ({ kind, customers, sizeMs: sizes[at]!, windowsPerRow }));
}

/** The first round brings as many orders as there are customers: state is large from then on. */
export function recordsOf(round: number, { customers }: WindowShape): number {
  return round === 0 ? Math.max(customers, ROUND_RECORDS) : ROUND_RECORDS;
}

function firstOf(round: number, shape: WindowShape): number {
  return round === 0 ? 0 : recordsOf(0, shape) + (round - 1) * ROUND_RECORDS;
}

export function windowSql({ kind, sizeMs, windowsPerRow }: WindowShape): string {
  const seconds = sizeMs / SECOND_MS;
  const size = kind === 'session' ? `${seconds} SECONDS` : `SIZE ${seconds} SECONDS`;
  const advance =
    kind === 'hopping' ? `, ADVANCE BY ${Math.round(seconds / windowsPerRow)} SECONDS` : '';
  return `
CREATE STREAM orders (${ORDER_COLUMNS}) WITH (KAFKA_TOPIC='${TOPIC}', VALUE_FORMAT='JSON', PARTITIONS=1);
CREATE TABLE totals AS SELECT customer, COUNT(*) AS orders, SUM(amount) AS total
  FROM orders WINDOW ${kind.toUpperCase()} (${size}${advance}, GRACE PERIOD 10 MINUTES) GROUP BY customer;`;
}

export function windowProduct(shape: WindowShape): Promise<Contestant> {
  const { customers } = shape;
  return productContestant({
    sql: windowSql(shape),
    appends: (round) => orderAppends(firstOf(round, shape), recordsOf(round, shape), { customers }),
    from: 'log',
  });
}

export function windowNaive(shape: WindowShape): Contestant {
  const { customers, sizeMs, windowsPerRow } = shape;
  const state =
    shape.kind === 'session'
      ? new NaiveSessions(sizeMs)
      : new NaiveWindows(sizeMs, Math.round(sizeMs / windowsPerRow / SECOND_MS) * SECOND_MS);
  return naiveContestant({
    input: (round) => naiveOrders(firstOf(round, shape), recordsOf(round, shape), customers),
    process: (order, emit) => state.add(order, emit),
    takeState: () => state.takeDirty(),
  });
}
