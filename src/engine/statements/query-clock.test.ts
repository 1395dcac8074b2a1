/** What clock functions tell in persistent queries: a function of the log, so that a replay tells the same. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { testEngine } from '../engine.test-helper.ts';
import type { LocalEngine } from '../local-engine.ts';
import { openLocalEngine } from '../open.ts';
import { systemEnv } from '../system-env.ts';

const source = "CREATE STREAM S (N INT) WITH (KAFKA_TOPIC='s', VALUE_FORMAT='JSON', PARTITIONS=1);";
const query = 'CREATE STREAM T AS SELECT N, UNIX_TIMESTAMP() AS MS FROM S;';

test('they tell when a record came', async () => {
  await using server = await testEngine();
  await server.run(`${source} ${query}`);
  server.time = 2_000_000;
  await server.produce('s', '{"N":1}');
  server.time = 3_000_000;
  await server.produce('s', '{"N":2}');
  expect(await server.values('T')).toEqual(['{"N":1,"MS":2000000}', '{"N":2,"MS":3000000}']);
});

test('of what stood in the log before, they tell when the query was created', async () => {
  await using server = await testEngine();
  await server.run(source);
  await server.produce('s', '{"N":1}');
  server.time = 5_000_000;
  await server.run(query);
  server.time = 6_000_000;
  await server.produce('s', '{"N":2}');
  expect(await server.values('T')).toEqual(['{"N":1,"MS":5000000}', '{"N":2,"MS":6000000}']);
});

test('a query that stood still tells what it would have told', async () => {
  await using server = await testEngine();
  await server.run(`${source} ${query}`);
  await server.run('PAUSE ALL;');
  server.time = 2_000_000;
  await server.produce('s', '{"N":1}');
  server.time = 9_000_000;
  await server.run('RESUME ALL;');
  await server.engine.settle();
  expect(await server.values('T')).toEqual(['{"N":1,"MS":2000000}']);
});

test('queries that read from one another tell the same', async () => {
  await using server = await testEngine();
  await server.run(
    `${source} ${query} CREATE STREAM U AS SELECT MS, UNIX_TIMESTAMP() AS AGAIN FROM T;`,
  );
  server.time = 2_000_000;
  await server.produce('s', '{"N":1}');
  expect(await server.values('U')).toEqual(['{"MS":2000000,"AGAIN":2000000}']);
});

test('a transient query has the wall clock', async () => {
  await using server = await testEngine();
  await server.run(source);
  await server.produce('s', '{"N":1}');
  server.time = 7_000_000;
  expect(await server.rows('SELECT N, UNIX_TIMESTAMP() FROM S EMIT CHANGES LIMIT 1;')).toEqual([
    '[1,7000000]',
  ]);
});

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'leat-clock-'));
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

test('so does one on disk that goes on after a restart', async () => {
  const silent = { error() {}, warn() {}, info() {}, debug() {} };
  const openAt = (ms: number): Promise<LocalEngine> =>
    openLocalEngine(
      { directory, durability: 'process', properties: { 'auto.offset.reset': 'earliest' } },
      { env: { ...systemEnv(silent), clock: { now: () => ms } }, timers: false },
    );
  const run = (engine: LocalEngine, sql: string) =>
    engine.execute({ sql, properties: {}, variables: {} });
  {
    await using engine = await openAt(2_000_000);
    await run(engine, `${source} ${query} PAUSE ALL;`);
    const value = Buffer.from('{"N":1}');
    await Promise.all(
      await engine.produce([
        { topic: 's', partition: 0, key: null, value, timestamp: 1, headers: [] },
      ]),
    );
  }
  await using engine = await openAt(9_000_000);
  await run(engine, 'RESUME ALL;');
  await engine.settle();
  const [record] = await engine.fetch('T', 0, 0, 1_000);
  expect(Buffer.from(record?.value ?? []).toString()).toBe('{"N":1,"MS":2000000}');
});
