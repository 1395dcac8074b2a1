/** Filter and projection of JSON orders, from log to log. */
import type { Append } from '../../src/log/log.ts';
import { naiveContestant, naiveOrders } from './naive.ts';
import { AMOUNT_MIN, ORDER_COLUMNS, orderAppends, TOPIC } from './orders.ts';
import { type ProductOptions, productContestant } from './product.ts';
import type { Contestant } from './rounds.ts';

export const ROUND_RECORDS = 100_000;
const CUSTOMERS = 100_000;

export const FILTER_SQL: string = `
CREATE STREAM orders (${ORDER_COLUMNS}) WITH (KAFKA_TOPIC='${TOPIC}', VALUE_FORMAT='JSON', PARTITIONS=1);
CREATE STREAM large_orders AS SELECT order_id, customer, amount FROM orders WHERE amount >= ${AMOUNT_MIN};`;

export function filterAppends(round: number): readonly Append[] {
  return orderAppends(round * ROUND_RECORDS, ROUND_RECORDS, { customers: CUSTOMERS });
}

export function filterProduct(from: ProductOptions['from']): Promise<Contestant> {
  return productContestant({ sql: FILTER_SQL, appends: filterAppends, from });
}

export function filterNaive(): Contestant {
  return naiveContestant({
    input: (round) => naiveOrders(round * ROUND_RECORDS, ROUND_RECORDS, CUSTOMERS),
    process({ order_id, customer, amount }, emit) {
      if (amount >= AMOUNT_MIN)
        emit(null, JSON.stringify({ ORDER_ID: order_id, CUSTOMER: customer, AMOUNT: amount }));
    },
  });
}
