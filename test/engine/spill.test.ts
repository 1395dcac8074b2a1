/** Queries whose state is many times the memory that they may take. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { LocalEngine } from '../../src/engine/local-engine.ts';
import { openLocalEngine } from '../../src/engine/open.ts';
import { temporaryDirectory } from '../server/directories.ts';
import { rowsOf, topicText } from './topics.ts';

const keys = 3000;

function open(
  directory: string,
  properties: Readonly<Record<string, string>> = {},
): Promise<LocalEngine> {
  return openLocalEngine(
    {
      directory,
      durability: 'process',
      properties: {
        'auto.offset.reset': 'earliest',
        'leat.limit.state.memory': '100000',
        ...properties,
      },
    },
    { timers: false },
  );
}

async function execute(engine: LocalEngine, sql: string): Promise<void> {
  await engine.execute({ sql, properties: {}, variables: {} });
}

/** `count` records of as many keys, in an order of their own. */
async function append(engine: LocalEngine, topic: string, count: number): Promise<void> {
  await engine.produce(
    Array.from({ length: count }, (_, index) => {
      const id = (index * 7919) % keys;
      return {
        topic,
        partition: 0,
        key: Buffer.from(`k${id}`),
        value: Buffer.from(JSON.stringify({ V: id })),
        timestamp: 1000 + index,
        headers: [],
      };
    }),
  );
}

async function produce(engine: LocalEngine, topic: string, count = keys): Promise<void> {
  await append(engine, topic, count);
  expect(await engine.settle()).toEqual([]);
}

const source = (name: string, isTable = false) =>
  `CREATE ${isTable ? 'TABLE' : 'STREAM'} ${name} (k STRING ${isTable ? 'PRIMARY ' : ''}KEY, v INT)
    WITH (KAFKA_TOPIC='${name}', KEY_FORMAT='KAFKA', VALUE_FORMAT='JSON', PARTITIONS=1);`;

test('counts go on where they were, in memory or not, also in an engine opened anew', async () => {
  using directory = temporaryDirectory();
  const spill = join(directory.path, 'spill', 'rows');
  const first = await open(directory.path);
  await execute(
    first,
    `${source('s')}
     CREATE TABLE n AS SELECT k, COUNT(*) AS c, SUM(v) AS t FROM s GROUP BY k;
     CREATE TABLE w AS SELECT k, COUNT(*) AS c FROM s WINDOW TUMBLING (SIZE 1 HOUR) GROUP BY k;`,
  );
  await produce(first, 's');
  await produce(first, 's');
  const metrics = await first.metrics();
  expect(metrics['state_resident_bytes']).toBeLessThan(300_000);
  expect(metrics['state_spilled_bytes']).toBeGreaterThan(2 * keys * 48);
  expect(metrics['state_spill_reads_total']).toBeGreaterThan(keys);
  expect(existsSync(spill)).toBe(true);
  await first[Symbol.asyncDispose]();
  expect(existsSync(spill)).toBe(false);

  await using second = await open(directory.path);
  expect((await second.metrics())['state_resident_bytes']).toBeLessThan(300_000);
  await produce(second, 's', 10);
  expect(await rowsOf(second, "SELECT * FROM n WHERE k = 'k0';")).toEqual(['["k0",3,0]']);
  expect(await rowsOf(second, "SELECT * FROM n WHERE k = 'k17';")).toEqual(['["k17",2,34]']);
  expect(await rowsOf(second, "SELECT * FROM n WHERE k = 'k3000';")).toEqual([]);
  expect(await rowsOf(second, "SELECT k, c FROM w WHERE k = 'k7919';")).toEqual([]);
  expect(await rowsOf(second, "SELECT k, c FROM w WHERE k = 'k1919';")).toEqual(['["k1919",3]']);
  const all = await rowsOf(second, 'SELECT * FROM n;');
  const expected = Array.from({ length: keys }, (_, id) => {
    const times = Array.from({ length: 10 }, (_, at) => (at * 7919) % keys).includes(id) ? 3 : 2;
    return `["k${id}",${times},${id * times}]`;
  });
  expect(all).toEqual(expected.sort());
});

test('a table that streams are joined with is looked up where it is', async () => {
  using directory = temporaryDirectory();
  await using engine = await open(directory.path);
  await execute(
    engine,
    `${source('s')} ${source('t', true)}
     CREATE STREAM j AS SELECT s.k, s.v, t.v AS tv FROM s JOIN t ON s.k = t.k;`,
  );
  await produce(engine, 's', 5);
  await produce(engine, 't');
  await produce(engine, 's');
  await produce(engine, 't', 3);
  await produce(engine, 's', 2);
  const [joined = []] = await topicText(engine, 'J');
  expect(joined).toHaveLength(keys + 2);
  expect(joined.at(-1)).toContain('k1919 {"S_V":1919,"TV":1919}');
  expect((await engine.metrics())['state_spill_reads_total']).toBeGreaterThan(keys / 2);
});

test('a query whose rows have no room on disk either fails alone, and loses nothing', async () => {
  using directory = temporaryDirectory();
  const small = await open(directory.path, { 'leat.limit.state.spill': '65536' });
  await execute(
    small,
    `${source('s')}
     CREATE STREAM copy AS SELECT * FROM s;
     CREATE TABLE n AS SELECT k, COUNT(*) AS c FROM s GROUP BY k;`,
  );
  await small.produce([
    {
      topic: 's',
      partition: 0,
      key: Buffer.from('k1'),
      value: Buffer.from('{"V":1}'),
      timestamp: 1,
      headers: [],
    },
  ]);
  await small.settle();
  await append(small, 's', keys);
  expect(JSON.stringify(await small.settle())).toContain('leat.limit.state.spill');
  const [copied = []] = await topicText(small, 'COPY');
  expect(copied).toHaveLength(keys + 1);
  expect(await rowsOf(small, 'SELECT * FROM n;')).toEqual(['["k1",1]']);
  await small[Symbol.asyncDispose]();

  await using large = await open(directory.path);
  expect(await large.settle()).toEqual([]);
  expect(await rowsOf(large, "SELECT * FROM n WHERE k = 'k1';")).toEqual(['["k1",2]']);
});
