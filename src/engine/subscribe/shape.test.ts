import { describe, expect, test } from 'vitest';
import type { LocalEngine } from '../local-engine.ts';
import { engineWith, pull, subscribe } from './subscriptions.test-helper.ts';

const SQL =
  'CREATE SOURCE TABLE things (id INT PRIMARY KEY, part STRING PRIMARY KEY, n BIGINT, x DOUBLE, d DECIMAL(6, 2), b BOOLEAN, ' +
  "s STRUCT<a INT, t STRING>) WITH (KAFKA_TOPIC='things', FORMAT='JSON', PARTITIONS=1);";

const values: readonly string[] = [
  '{"N":1,"X":0.0,"D":1.50,"B":true,"S":{"A":1,"T":"one"}}',
  '{"N":2,"X":-0.0,"D":1.5,"B":false,"S":{"A":2,"T":"two"}}',
  '{"N":9007199254740993,"X":1.5,"D":-3.25,"B":null,"S":null}',
  '{"N":null,"X":null,"D":null,"B":true,"S":{"A":null,"T":null}}',
];

const produce = (
  engine: LocalEngine,
  rows: readonly (readonly [number, string, string | null])[],
) =>
  engine
    .produce(
      rows.map(([id, part, value], n) => ({
        topic: 'things',
        partition: 0,
        key: Buffer.from(JSON.stringify({ ID: id, PART: part })),
        value: value === null ? null : Buffer.from(value),
        timestamp: 100 * n,
        headers: [],
      })),
    )
    .then(() => engine.settle());

const conditions: readonly string[] = [
  'id = 1',
  '1 = id',
  "id = 1 AND part = 'a'",
  'id = 1 AND id = 2',
  'id IN (1, 1, 3)',
  "id IN (1, 3) AND part IN ('a', 'b') AND n = 2",
  "part IN ('a') AND id >= 2",
  'n = 1',
  'n = 9007199254740993',
  'n = CAST(2 AS BIGINT)',
  'n = 2.0',
  'x = 0.0',
  'x = 1.5e0',
  'd = 1.5',
  'd = 1.50 AND id = 2',
  'b = true',
  "b = true AND part = 'a'",
  'b',
  's->a = 2',
  "s->t = 'one' AND id = 1",
  'n = CAST(null AS BIGINT)',
  "part = 'a' OR part = 'b'",
  "NOT (part = 'a')",
  "part LIKE '%b' AND n = 2",
  'id = 1 + 1',
  'n = id',
  'part = \'say "a", b\'',
  "ROWTIME >= 300 AND part = 'a'",
];

describe('what is subscribed to is what a pull query gives', () => {
  test.each(conditions)('WHERE %s', async (condition) => {
    await using engine = await engineWith(SQL);
    const parts = ['a', 'b', 'ab', 'say "a", b'];
    const rows = [1, 2, 3].flatMap((id) =>
      parts.map((part, at) => [id, part, values[(id + at) % values.length] as string] as const),
    );
    await produce(engine, rows);
    const sql = `SELECT id, part, n, x FROM things WHERE ${condition}`;
    const reader = await subscribe(engine, `${sql} EMIT CHANGES;`);
    const map = new Map<string, string>();
    const take = async () => {
      for (const frame of await reader.take()) {
        for (const row of (frame['rows'] ?? []) as unknown[][])
          map.set(JSON.stringify(row.slice(0, 2)), JSON.stringify(row));
        for (const key of (frame['keys'] ?? []) as unknown[][]) {
          expect(map.delete(JSON.stringify(key))).toBe(true);
        }
      }
      const expected = await pull(engine, `${sql};`);
      expect([...map.values()].sort()).toEqual(
        expected.map((row) => JSON.stringify(JSON.parse(row))).sort(),
      );
    };
    await take();
    // Every row takes every value in turn, and then goes.
    for (let turn = 1; turn <= values.length; turn++) {
      await produce(
        engine,
        rows.map(([id, part], at) => [id, part, values[(at + turn) % values.length] as string]),
      );
      if (!condition.startsWith('ROWTIME')) await take();
    }
    await produce(
      engine,
      rows.map(([id, part]) => [id, part, null]),
    );
    if (!condition.startsWith('ROWTIME')) await take();
  });
});

test('constants make no shape of their own where they are compared for equality', async () => {
  await using engine = await engineWith(SQL);
  const shapes = async (...wheres: readonly string[]) => {
    const readers = await Promise.all(
      wheres.map((where) => subscribe(engine, `SELECT n FROM things WHERE ${where} EMIT CHANGES;`)),
    );
    const count = (await engine.metrics())['push_queries'];
    await Promise.all(readers.map((reader) => reader.subscription.close()));
    return count;
  };
  expect(await shapes('id = 1', 'id = 2', '3 = id', 'id IN (4, 5)')).toBe(1);
  expect(await shapes("id = 1 AND part = 'a'", "id = 2 AND part = 'b'")).toBe(1);
  expect(await shapes('n = 1', 'n = 2')).toBe(1);
  expect(await shapes('s->a = 1', 's->a = 2')).toBe(1);
  expect(await shapes('n > 1 AND id = 1', 'n > 1 AND id = 2')).toBe(1);
  expect(await shapes('n > 1', 'n > 2')).toBe(2);
});
