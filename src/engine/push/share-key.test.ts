import { expect, test } from 'vitest';
import { builtinFunctions } from '../../functions/table.ts';
import { testEngine } from '../engine.test-helper.ts';
import { restlessFunctions } from './share-key.ts';

const sources =
  "CREATE STREAM s (k STRING KEY, v INT, items ARRAY<INT>) WITH (KAFKA_TOPIC='s', VALUE_FORMAT='JSON', PARTITIONS=1);" +
  "CREATE TABLE t (k STRING PRIMARY KEY, v INT) WITH (KAFKA_TOPIC='t', VALUE_FORMAT='JSON', PARTITIONS=1);";

/** How many records tasks look at when one comes and the query is asked three times. */
async function recordsFor(sqls: readonly string[]): Promise<number> {
  await using server = await testEngine({ 'auto.offset.reset': 'latest' });
  await server.run(sources);
  for (const sql of sqls) await server.engine.query({ sql, properties: {}, variables: {} });
  const before = (await server.engine.metrics())['records_processed_total']!;
  await server.produce('s', '{"V":1,"ITEMS":[1,2]}');
  return (await server.engine.metrics())['records_processed_total']! - before;
}
const thrice = (sql: string): readonly string[] => [sql, sql, sql];

test.each([
  'SELECT * FROM s EMIT CHANGES;',
  'SELECT v + 1 AS w FROM s WHERE v > 0 EMIT CHANGES;',
  'SELECT EXPLODE(items) AS item FROM s EMIT CHANGES;',
  'SELECT * FROM s PARTITION BY v EMIT CHANGES;',
])('%s runs once, whoever asks', async (sql) => {
  expect(await recordsFor(thrice(sql))).toBe(1);
});

test.each([
  'SELECT v, COUNT(*) AS n FROM s GROUP BY v EMIT CHANGES;',
  'SELECT RANDOM() AS r FROM s EMIT CHANGES;',
  'SELECT v FROM s WHERE UNIX_TIMESTAMP() > 0 EMIT CHANGES;',
  'SELECT s.v FROM s JOIN t ON s.k = t.k EMIT CHANGES;',
])('%s runs for each who asks', async (sql) => {
  expect(await recordsFor(thrice(sql))).toBe(3);
});

test('queries that differ in their LIMIT run as one, in anything else each for itself', async () => {
  const sql = 'SELECT v FROM s EMIT CHANGES';
  expect(await recordsFor([`${sql};`, `${sql} LIMIT 2;`, `${sql} LIMIT 7;`])).toBe(1);
  expect(await recordsFor([`${sql};`, 'SELECT k, v FROM s EMIT CHANGES;', `${sql} LIMIT 7;`])).toBe(
    2,
  );
});

test('a query with other properties runs for itself', async () => {
  await using server = await testEngine({ 'auto.offset.reset': 'latest' });
  await server.run(sources);
  const ask = (properties: Readonly<Record<string, string>>) =>
    server.engine.query({ sql: 'SELECT v FROM s EMIT CHANGES;', properties, variables: {} });
  await ask({});
  await ask({ 'ksql.cast.strings.preserve.nulls': 'false' });
  const before = (await server.engine.metrics())['records_processed_total']!;
  await server.produce('s', '{"V":1}');
  expect((await server.engine.metrics())['records_processed_total']! - before).toBe(2);
});

test('the functions that are asked for time or chance are all named', () => {
  const asking = builtinFunctions.filter((def) => {
    if (def.kind === 'aggregate') return false;
    return def.overloads.some(({ bind }) => /\b(now|random)\b/.test(bind.toString()));
  });
  expect(asking.map(({ name }) => name).sort()).toEqual([...restlessFunctions].sort());
});
