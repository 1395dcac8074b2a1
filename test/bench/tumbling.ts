/** Tumbling COUNT and SUM by customer, every update emitted. */
import { type Emit, naiveContestant, naiveOrders, type Order } from './naive.ts';
import { ORDER_COLUMNS, orderAppends, TOPIC } from './orders.ts';
import { productContestant } from './product.ts';
import type { Contestant } from './rounds.ts';

const SECOND_MS = 1000;
const HOUR_MS = 3600 * SECOND_MS;

export interface TumblingShape {
  readonly customers: number;
  readonly recordsPerRound: number;
  readonly windowMs: number;
}

/** Windows hold several records per customer, whatever their number. */
export const TUMBLING_SHAPES: readonly TumblingShape[] = [
  { customers: 1000, recordsPerRound: 100_000, windowMs: 60 * SECOND_MS },
  { customers: 100_000, recordsPerRound: 100_000, windowMs: HOUR_MS },
  { customers: 1_000_000, recordsPerRound: 100_000, windowMs: 24 * HOUR_MS },
];

export function tumblingSql({ windowMs }: TumblingShape): string {
  const window = `SIZE ${windowMs / SECOND_MS} SECONDS, GRACE PERIOD 10 MINUTES`;
  return `
CREATE STREAM orders (${ORDER_COLUMNS}) WITH (KAFKA_TOPIC='${TOPIC}', VALUE_FORMAT='JSON', PARTITIONS=1);
CREATE TABLE totals AS SELECT customer, COUNT(*) AS orders, SUM(amount) AS total
  FROM orders WINDOW TUMBLING (${window}) GROUP BY customer;`;
}

export function tumblingProduct(shape: TumblingShape): Promise<Contestant> {
  const { customers, recordsPerRound } = shape;
  return productContestant({
    sql: tumblingSql(shape),
    appends: (round) => orderAppends(round * recordsPerRound, recordsPerRound, { customers }),
    from: 'log',
  });
}

export function tumblingNaive({ customers, recordsPerRound, windowMs }: TumblingShape): Contestant {
  const windows = new NaiveWindows(windowMs);
  return naiveContestant({
    input: (round) => naiveOrders(round * recordsPerRound, recordsPerRound, customers),
    process: (order, emit) => windows.add(order, emit),
    takeState: () => windows.takeDirty(),
  });
}

interface Total {
  readonly key: string;
  orders: number;
  total: number;
}

/** A Map of Maps; a window is dropped an hour after it ended. */
class NaiveWindows {
  readonly #windowMs: number;
  readonly #windows = new Map<number, Map<string, Total>>();
  readonly #dirty = new Set<Total>();

  constructor(windowMs: number) {
    this.#windowMs = windowMs;
  }

  add({ customer, amount, ordered_at }: Order, emit: Emit): void {
    const start = ordered_at - (ordered_at % this.#windowMs);
    const window = this.#window(start);
    let total = window.get(customer);
    if (total === undefined) {
      total = { key: `${customer}@${start}`, orders: 0, total: 0 };
      window.set(customer, total);
    }
    total.orders++;
    total.total += amount;
    this.#dirty.add(total);
    emit(total.key, JSON.stringify({ ORDERS: total.orders, TOTAL: total.total }));
  }

  #window(start: number): Map<string, Total> {
    const known = this.#windows.get(start);
    if (known !== undefined) return known;
    const window = new Map<string, Total>();
    this.#windows.set(start, window);
    for (const old of this.#windows.keys()) {
      if (old + this.#windowMs + HOUR_MS < start) this.#windows.delete(old);
    }
    return window;
  }

  *takeDirty(): Generator<readonly [string, string]> {
    for (const { key, orders, total } of this.#dirty) {
      yield [key, JSON.stringify({ orders, total })];
    }
    this.#dirty.clear();
  }
}
