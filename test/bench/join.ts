/** A stream of orders joined with a table of customers, and the filter over the same orders as the yardstick. */
import { RecordBatchWriter } from '../../src/log/record-batch-writer.ts';
import type { Append } from '../../src/log/log.ts';
import { AMOUNT_MIN, customerOf, ORDER_COLUMNS, orderAppends, TOPIC } from './orders.ts';
import { productContestant } from './product.ts';
import type { Contestant } from './rounds.ts';

export const JOIN_RECORDS = 100_000;
export const TABLE_ROWS = 100_000;

/** The filter and projection of filter.ts, with the customer's name looked up. */
export const JOIN_SQL: string = `
CREATE STREAM orders (customer_key STRING KEY, ${ORDER_COLUMNS})
  WITH (KAFKA_TOPIC='${TOPIC}', KEY_FORMAT='KAFKA', VALUE_FORMAT='JSON', PARTITIONS=1);
CREATE TABLE customers (id STRING PRIMARY KEY, name STRING, city STRING)
  WITH (KAFKA_TOPIC='customers', KEY_FORMAT='KAFKA', VALUE_FORMAT='JSON', PARTITIONS=1);
CREATE STREAM named_orders AS SELECT o.customer_key, o.order_id, o.amount, c.name
  FROM orders o JOIN customers c ON o.customer_key = c.id WHERE o.amount >= ${AMOUNT_MIN};`;

export function joinProduct(): Promise<Contestant> {
  return productContestant({
    sql: JOIN_SQL,
    appends: joinAppends,
    from: 'log',
  });
}

export function joinAppends(round: number): readonly Append[] {
  const first = round * JOIN_RECORDS;
  const orders = orderAppends(first, JOIN_RECORDS, { customers: TABLE_ROWS, isKeyed: true });
  return round === 0 ? [...customerAppends(), ...orders] : orders;
}

function customerAppends(): Append[] {
  const writer = new RecordBatchWriter(256 * 1024);
  const appends: Append[] = [];
  const seen = new Set<string>();
  for (let index = 0; seen.size < TABLE_ROWS; index++) {
    const id = customerOf(index, TABLE_ROWS);
    if (seen.has(id)) continue;
    seen.add(id);
    const value = Buffer.from(`{"NAME":"Name of ${id}","CITY":"City ${seen.size % 500}"}`);
    writer.append(Buffer.from(id), value, 0);
    if (writer.recordCount < 1000 && seen.size < TABLE_ROWS) continue;
    const { bytes, recordCount, maxTimestamp } = writer.finish();
    const to = { topic: 'customers', partition: 0 };
    appends.push({ to, batch: bytes, recordCount, maxTimestamp, times: null });
  }
  return appends;
}
