/**
 * The workload: orders of about 113 bytes with five columns. Customers come from a fixed set of keys in an order that looks
 * random and is always the same.
 */
import type { Append } from '../../src/log/log.ts';
import { RecordBatchWriter } from '../../src/log/record-batch-writer.ts';

export const TOPIC = 'orders';
/** 37 % of the orders have at least this amount. */
export const AMOUNT_MIN = 630;
const REGIONS = ['EU', 'US', 'APAC', 'LATAM'];
const DAY_MS = 86_400_000;
/** Yesterday: what is older than a topic's retention would be removed while it is measured. */
const FIRST_TIME: number = (Math.floor(Date.now() / DAY_MS) - 1) * DAY_MS;
/** Between two orders, in event time. */
export const ORDER_INTERVAL_MS = 13;
export const BATCH_RECORDS = 1000;

/** Event time of order `index`; it only grows. */
export function orderTime(index: number): number {
  return FIRST_TIME + index * ORDER_INTERVAL_MS;
}

export function customerOf(index: number, customers: number): string {
  return `customer-${(Math.imul(index, 0x9e3779b1) >>> 0) % customers}`;
}

export function orderText(index: number, customers: number): string {
  const amount = ((index * 7907) % 100_000) / 100;
  return `{"order_id":${1_000_000 + index * 7},"customer":"${customerOf(index, customers)}","region":"${REGIONS[index % 4]}","amount":${amount},"ordered_at":${orderTime(index)}}`;
}

/** Column definitions as SQL. */
export const ORDER_COLUMNS =
  'order_id BIGINT, customer STRING, region STRING, amount DOUBLE, ordered_at BIGINT';

/** The orders from `first` on, as produced: keyed or not, in batches of a thousand. */
export function orderAppends(
  first: number,
  count: number,
  options: { readonly customers: number; readonly topic?: string; readonly isKeyed?: boolean },
): Append[] {
  const { customers, topic = TOPIC, isKeyed = false } = options;
  const writer = new RecordBatchWriter(256 * 1024);
  const appends: Append[] = [];
  for (let index = first; index < first + count; index++) {
    const key = isKeyed ? Buffer.from(customerOf(index, customers)) : null;
    writer.append(key, Buffer.from(orderText(index, customers)), orderTime(index));
    if (writer.recordCount < BATCH_RECORDS && index + 1 < first + count) continue;
    const { bytes, recordCount, maxTimestamp } = writer.finish();
    const to = { topic, partition: 0 };
    appends.push({ to, batch: bytes, recordCount, maxTimestamp, times: null });
  }
  return appends;
}
