import { describe, expect, test } from 'vitest';
import { createStatement, generators, seededRandom } from './generators.ts';

describe('generated records', () => {
  test('the same seed gives the same records', () => {
    const first = seededRandom(7);
    const second = seededRandom(7);
    const orders = generators['orders'];
    for (let index = 0; index < 50; index++) {
      expect(orders?.next(index, first, 0)).toEqual(orders?.next(index, second, 0));
    }
  });

  test('stay within the ranges of the presets', () => {
    const random = seededRandom(1);
    for (let index = 0; index < 1000; index++) {
      const order = generators['orders']?.next(index, random, 0) as {
        orderunits: number;
        itemid: string;
        address: { city: string };
      };
      expect(order.orderunits).toBeGreaterThanOrEqual(0.1);
      expect(order.orderunits).toBeLessThan(10);
      expect(order.itemid).toMatch(/^Item_[1-9]\d{0,2}$/);
      expect(order.address.city).toMatch(/^City_[1-9]{0,2}$/);
      expect(generators['users']?.next(index, random, 0)['userid']).toMatch(/^User_[1-9]?$/);
    }
  });

  test('a struct among the columns does not cut the statement', () => {
    expect(createStatement(generators['orders']!, 'orders', 'orders', 2)).toBe(
      "CREATE STREAM IF NOT EXISTS orders (orderid INT KEY, ordertime BIGINT, itemid STRING, orderunits DOUBLE, address STRUCT<city STRING, state STRING, zipcode BIGINT>) WITH (kafka_topic = 'orders', value_format = 'JSON', partitions = 2);",
    );
  });
});
