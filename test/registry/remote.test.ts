/** One engine's schemas in the registry of another, over real sockets. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { LocalEngine } from '../../src/engine/local-engine.ts';
import { openLocalEngine } from '../../src/engine/open.ts';
import { systemEnv } from '../../src/engine/system-env.ts';
import { type RunningServer, startServer } from '../../src/server/start.ts';

const silent = { error() {}, warn() {}, info() {}, debug() {} };
let registry: LocalEngine;
let server: RunningServer | null = null;
let url: string;
let directory: string;
const opened: LocalEngine[] = [];

beforeEach(async () => {
  registry = await openLocalEngine({ directory: null, durability: 'memory', properties: {} });
  await start(0);
  directory = mkdtempSync(join(tmpdir(), 'leat-remote-'));
});
afterEach(async () => {
  for (const engine of opened.splice(0)) await engine[Symbol.asyncDispose]();
  await stop();
  await registry[Symbol.asyncDispose]();
  rmSync(directory, { recursive: true });
});

async function start(port: number): Promise<void> {
  server = await startServer(registry, { host: '127.0.0.1', port });
  ({ url } = server);
}

async function stop(): Promise<void> {
  await server?.close();
  server = null;
}

async function open(): Promise<LocalEngine> {
  const properties = { 'auto.offset.reset': 'earliest', 'ksql.schema.registry.url': url };
  const engine = await openLocalEngine(
    { directory, durability: 'process', properties },
    { env: systemEnv(silent) },
  );
  opened.push(engine);
  return engine;
}

async function close(engine: LocalEngine): Promise<void> {
  opened.splice(opened.indexOf(engine), 1);
  await engine[Symbol.asyncDispose]();
}

async function run(engine: LocalEngine, sql: string): Promise<void> {
  await engine.execute({ sql, properties: {}, variables: {} });
}

/** Values of a topic's records, hexadecimal. */
async function values(engine: LocalEngine, topic: string): Promise<readonly string[]> {
  const records = await engine.fetch(topic, 0, 0, 1_000_000);
  return records.map(({ value }) => Buffer.from(value ?? []).toString('hex'));
}

async function produce(engine: LocalEngine, value: readonly number[]): Promise<void> {
  const record = { partition: 0, key: null, value: Uint8Array.from(value), headers: [] };
  await Promise.all(await engine.produce([{ topic: 's', timestamp: 1, ...record }]));
}

/** Registers a schema where no engine but the registry sees it. */
async function register(subject: string, text: string): Promise<number> {
  const schema = { type: 'AVRO', text, references: [] } as const;
  const request = { op: 'register', subject, schema, id: null } as const;
  return (await registry.registry<'register'>(request)).id;
}

const withV =
  '{"type":"record","name":"Other","namespace":"o","fields":[{"name":"V","type":"int"},{"name":"W","type":"int","default":0}]}';
const create = "CREATE STREAM S (V INT) WITH (kafka_topic='s', value_format='avro', partitions=1);";
const copy = 'CREATE STREAM OUT AS SELECT V + 1 AS X FROM S;';

test('schemas that statements define are registered there and read from there', async () => {
  const engine = await open();
  await run(engine, `${create} ${copy}`);
  const subjects = { op: 'subjects', prefix: '', deleted: false } as const;
  expect(await registry.registry<'subjects'>(subjects)).toEqual(['OUT-value', 's-value']);
  await register('there-value', withV);
  const sql = "CREATE STREAM THERE WITH (kafka_topic='there', value_format='avro', partitions=1);";
  await engine.execute({ sql, properties: {}, variables: {}, validateAll: true });
  const there = (await engine.describe()).sources.find(({ name }) => name === 'THERE');
  expect(there?.schema).toBe('`V` INTEGER, `W` INTEGER');
  await run(engine, 'DROP STREAM THERE DELETE TOPIC;');
  expect(await registry.registry<'subjects'>(subjects)).toEqual(['OUT-value', 's-value']);
});

test('what it refuses is refused, and nothing has happened', async () => {
  const engine = await open();
  await run(engine, create);
  await register(
    'OUT-value',
    '{"type":"record","name":"Old","fields":[{"name":"A","type":"int"}]}',
  );
  await expect(run(engine, copy)).rejects.toThrow(
    'Could not register schema for topic: OUT. Schema being registered is incompatible',
  );
  expect((await engine.describe()).sources.map(({ name }) => name)).toEqual(['S']);
});

test('a record whose schema nobody has seen is read once it is fetched', async () => {
  const engine = await open();
  await run(engine, `${create} ${copy}`);
  const id = await register('elsewhere', withV);
  await produce(engine, [0, 0, 0, 0, id, 10, 14]);
  await expect.poll(() => values(engine, 'OUT')).toEqual(['0000000002020c']);
});

test('a record whose schema does not exist there is skipped', async () => {
  const engine = await open();
  await run(engine, `${create} ${copy}`);
  await produce(engine, [0, 0, 0, 0, 99, 10]);
  await produce(engine, [0, 0, 0, 0, 1, 2, 6]);
  await expect.poll(() => values(engine, 'OUT')).toEqual(['00000000020208']);
});

test('while it is down statements say so, known schemas work after a restart, and unknown ones are waited for', async () => {
  const before = await open();
  await run(before, `${create} ${copy}`);
  await close(before);
  const id = await register('elsewhere', withV);
  const { port } = new URL(url);
  await stop();

  const engine = await open();
  await run(engine, 'INSERT INTO S VALUES (1);');
  await expect.poll(() => values(engine, 'OUT')).toHaveLength(1);
  const failed = run(
    engine,
    "CREATE STREAM T (A INT) WITH (kafka_topic='t', format='avro', partitions=1);",
  );
  await expect(failed).rejects.toMatchObject({
    message: expect.stringContaining('Failed to reach Schema Registry'),
    data: { problem: { hint: expect.stringContaining(url) } },
  });
  await produce(engine, [0, 0, 0, 0, id, 10, 14]);
  await engine.settle();
  expect(await values(engine, 'OUT')).toHaveLength(1);

  await start(Number(port));
  await expect.poll(() => values(engine, 'OUT'), { timeout: 15_000 }).toHaveLength(2);
});

test('PRINT shows records whose schemas nobody has seen, and bytes while it is down', async () => {
  const engine = await open();
  await run(
    engine,
    "CREATE STREAM S (V BIGINT) WITH (kafka_topic='s', value_format='kafka', partitions=1);",
  );
  const id = await register('elsewhere', withV);
  await produce(engine, [0, 0, 0, 0, id, 10, 14]);
  const print = async () => {
    const sql = "PRINT 's' FROM BEGINNING LIMIT 1;";
    const rows: unknown[] = [];
    for await (const batch of await engine.query({ sql, properties: {}, variables: {} }))
      rows.push(...batch.rows);
    return rows;
  };
  const { port } = new URL(url);
  await stop();
  expect(await print()).toEqual([
    'Key format: ¯\\_(ツ)_/¯ - no data processed',
    'Value format: KAFKA_STRING',
    expect.stringContaining('key: <null>, value: \0\0\0\0'),
  ]);
  await start(Number(port));
  expect(await print()).toEqual([
    'Key format: ¯\\_(ツ)_/¯ - no data processed',
    'Value format: AVRO or KAFKA_STRING',
    expect.stringContaining('key: <null>, value: {"V":5,"W":7}, partition: 0'),
  ]);
});
