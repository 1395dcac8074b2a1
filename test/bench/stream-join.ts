/** Orders joined with their payments, which come up to ten seconds later. */
import type { Append } from '../../src/log/log.ts';
import { RecordBatchWriter } from '../../src/log/record-batch-writer.ts';
import { type Emit, naiveContestant, type NaiveRow, type Order } from './naive.ts';
import {
  AMOUNT_MIN,
  BATCH_RECORDS,
  ORDER_COLUMNS,
  ORDER_INTERVAL_MS,
  orderText,
  orderTime,
  TOPIC,
} from './orders.ts';
import { productContestant } from './product.ts';
import type { Contestant } from './rounds.ts';

const ORDERS_PER_ROUND = 50_000;
/** Of both streams together. */
export const STREAM_JOIN_RECORDS: number = 2 * ORDERS_PER_ROUND;
const WITHIN_MS = 10_000;
const CUSTOMERS = 100_000;
const PAYMENTS = 'payments';

export const STREAM_JOIN_SQL: string = `
CREATE STREAM orders (id BIGINT KEY, ${ORDER_COLUMNS}) WITH (KAFKA_TOPIC='${TOPIC}', VALUE_FORMAT='JSON', PARTITIONS=1);
CREATE STREAM payments (id BIGINT KEY, method STRING, paid DOUBLE) WITH (KAFKA_TOPIC='${PAYMENTS}', VALUE_FORMAT='JSON', PARTITIONS=1);
CREATE STREAM paid_orders AS SELECT o.id, o.customer, o.amount, p.method, p.paid
  FROM orders o JOIN payments p WITHIN 10 SECONDS GRACE PERIOD 1 MINUTE ON o.id = p.id
  WHERE o.amount >= ${AMOUNT_MIN};`;

/** A payment follows its order by up to eight seconds. */
function paymentTime(index: number): number {
  return orderTime(index) + ((index * 2617) % 8000);
}

function paymentText(index: number): string {
  return `{"METHOD":"${index % 3 === 0 ? 'card' : 'transfer'}","PAID":${((index * 7907) % 100_000) / 100}}`;
}

function keyOf(index: number): Buffer {
  const key = Buffer.alloc(8);
  key.writeBigInt64BE(BigInt(index));
  return key;
}

/** Batches of the two in turn, as producers would bring them. */
function appendsOf(round: number): readonly Append[] {
  const first = round * ORDERS_PER_ROUND;
  const appends: Append[] = [];
  for (let from = first; from < first + ORDERS_PER_ROUND; from += BATCH_RECORDS) {
    appends.push(batch(TOPIC, from, (index) => [orderText(index, CUSTOMERS), orderTime(index)]));
    appends.push(batch(PAYMENTS, from, (index) => [paymentText(index), paymentTime(index)]));
  }
  return appends;
}

function batch(
  topic: string,
  from: number,
  record: (index: number) => readonly [value: string, timestamp: number],
): Append {
  const writer = new RecordBatchWriter(256 * 1024);
  for (let index = from; index < from + BATCH_RECORDS; index++) {
    const [value, timestamp] = record(index);
    writer.append(keyOf(index), Buffer.from(value), timestamp);
  }
  const { bytes, recordCount, maxTimestamp } = writer.finish();
  return { to: { topic, partition: 0 }, batch: bytes, recordCount, maxTimestamp, times: null };
}

export function streamJoinProduct(): Promise<Contestant> {
  return productContestant({ sql: STREAM_JOIN_SQL, appends: appendsOf, from: 'log' });
}

interface Payment {
  readonly METHOD: string;
  readonly PAID: number;
}
type Sided = { readonly time: number } & (
  | { readonly order: Order }
  | { readonly payment: Payment }
);

/** Two Maps of arrays, swept when a window's length has passed. */
class NaiveJoin {
  readonly #orders = new Map<string, Sided[]>();
  readonly #payments = new Map<string, Sided[]>();
  #dirty: [string, string][] = [];
  #swept = 0;

  add(key: string, row: Sided, emit: Emit): void {
    const isOrder = 'order' in row;
    const [mine, others] = isOrder
      ? [this.#orders, this.#payments]
      : [this.#payments, this.#orders];
    const rows = mine.get(key);
    if (rows === undefined) mine.set(key, [row]);
    else rows.push(row);
    this.#dirty.push([`${isOrder ? 'o' : 'p'}${key}@${row.time}`, JSON.stringify(row)]);
    for (const other of others.get(key) ?? []) {
      if (Math.abs(other.time - row.time) > WITHIN_MS) continue;
      const order = 'order' in row ? row.order : (other as { order: Order }).order;
      const payment = 'payment' in row ? row.payment : (other as { payment: Payment }).payment;
      if (order.amount < AMOUNT_MIN) continue;
      const { customer, amount } = order;
      const { METHOD, PAID } = payment;
      emit(key, JSON.stringify({ CUSTOMER: customer, AMOUNT: amount, METHOD, PAID }));
    }
    if (row.time > this.#swept + WITHIN_MS) this.#sweep(row.time);
  }

  takeDirty(): readonly [string, string][] {
    const dirty = this.#dirty;
    this.#dirty = [];
    return dirty;
  }

  #sweep(now: number): void {
    this.#swept = now;
    const oldest = now - 2 * WITHIN_MS - BATCH_RECORDS * ORDER_INTERVAL_MS;
    for (const side of [this.#orders, this.#payments]) {
      for (const [key, rows] of side) if (rows.at(-1)!.time < oldest) side.delete(key);
    }
  }
}

export function streamJoinNaive(): Contestant {
  const join = new NaiveJoin();
  return naiveContestant({
    input: naiveInput,
    process: (value, emit, { key, timestamp }) => {
      const row = key!.startsWith('o') ? { order: value } : { payment: value as never };
      join.add(key!.slice(1), { ...row, time: timestamp }, emit);
    },
    takeState: () => join.takeDirty(),
  });
}

function naiveInput(round: number): readonly NaiveRow[] {
  const first = round * ORDERS_PER_ROUND;
  const rows: NaiveRow[] = [];
  for (let from = first; from < first + ORDERS_PER_ROUND; from += BATCH_RECORDS) {
    for (let index = from; index < from + BATCH_RECORDS; index++) {
      const value = orderText(index, CUSTOMERS);
      rows.push({ key: `o${index}`, value, timestamp: orderTime(index) });
    }
    for (let index = from; index < from + BATCH_RECORDS; index++) {
      const value = paymentText(index);
      rows.push({ key: `p${index}`, value, timestamp: paymentTime(index) });
    }
  }
  return rows;
}
