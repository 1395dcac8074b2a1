/** The registry inside the engine: durable, in step with statements, the same on a thread. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { StatementFailure } from '../api.ts';
import type { LocalEngine } from '../local-engine.ts';
import { openLocalEngine } from '../open.ts';
import { ThreadEngine } from '../thread/thread-engine.ts';

const properties = { 'auto.offset.reset': 'earliest' };
const opened: AsyncDisposable[] = [];
const directories: string[] = [];

afterEach(async () => {
  for (const engine of opened.splice(0)) await engine[Symbol.asyncDispose]();
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true });
});

async function open(directory: string | null = null): Promise<LocalEngine> {
  const engine = await openLocalEngine(
    { directory, durability: directory === null ? 'memory' : 'process', properties },
    { timers: false },
  );
  opened.push(engine);
  return engine;
}

function freshDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'leat-registry-'));
  directories.push(directory);
  return directory;
}

async function run(engine: LocalEngine, sql: string): Promise<string> {
  try {
    await engine.execute({ sql, properties: {}, variables: {} });
    return '';
  } catch (error) {
    if (error instanceof StatementFailure) return error.message;
    throw error;
  }
}

function subjects(engine: LocalEngine): Promise<readonly string[]> {
  return engine.registry<'subjects'>({ op: 'subjects', prefix: '', deleted: false });
}

/** Values of a topic's records, hexadecimal. */
async function values(engine: LocalEngine, topic: string): Promise<readonly string[]> {
  const records = await engine.fetch(topic, 0, 0, 1_000_000);
  return records.map(({ value }) => Buffer.from(value ?? []).toString('hex'));
}

const create =
  "CREATE STREAM S (K INT KEY, V INT) WITH (kafka_topic='s', format='avro', partitions=1);";

describe('a schema that a statement registers', () => {
  it('is there after a restart, and reads what was written before', async () => {
    const directory = freshDirectory();
    const first = await open(directory);
    expect(await run(first, `${create} CREATE STREAM OUT AS SELECT K, V + 1 AS W FROM S;`)).toBe(
      '',
    );
    expect(await run(first, 'INSERT INTO S VALUES (1, 2);')).toBe('');
    await first.settle();
    opened.pop();
    await first[Symbol.asyncDispose]();
    const second = await open(directory);
    expect(await subjects(second)).toEqual(['OUT-key', 'OUT-value', 's-key', 's-value']);
    expect(await run(second, 'INSERT INTO S VALUES (1, 3);')).toBe('');
    await second.settle();
    expect(await values(second, 'OUT')).toEqual(['00000000030206', '00000000030208']);
  });

  it('is checked against those before it, and where it is refused nothing has happened', async () => {
    const engine = await open();
    await run(engine, create);
    const text = '{"type":"record","name":"Other","fields":[]}';
    await engine.registry<'register'>({
      op: 'register',
      subject: 'OUT-value',
      schema: { type: 'AVRO', text, references: [] },
      id: null,
    });
    const message = await run(engine, 'CREATE STREAM OUT AS SELECT * FROM S;');
    expect(message).toContain(
      'Could not register schema for topic: OUT. Schema being registered is incompatible',
    );
    expect((await engine.describe()).sources.map(({ name }) => name)).toEqual(['S']);
    expect((await engine.topics()).map(({ name }) => name)).not.toContain('OUT');
    expect(await subjects(engine)).toEqual(['OUT-value', 's-key', 's-value']);
  });

  it('is seen by the statements behind it when they are validated together', async () => {
    const engine = await open();
    const sql = `${create} CREATE STREAM AGAIN WITH (kafka_topic='s', format='avro');`;
    await engine.execute({ sql, properties: {}, variables: {}, validateAll: true });
    const again = (await engine.describe()).sources.find(({ name }) => name === 'AGAIN');
    expect(again?.schema).toBe('`ROWKEY` INTEGER KEY, `V` INTEGER');
  });

  it('goes with its topic', async () => {
    const engine = await open();
    await run(engine, create);
    expect(await run(engine, 'DROP STREAM S DELETE TOPIC;')).toBe('');
    expect(await subjects(engine)).toEqual([]);
  });
});

it('rows of an insert stream find their schema registered', async () => {
  const engine = await open();
  const text = '{"type":"record","name":"Old","fields":[{"name":"V","type":"int"}]}';
  await engine.registry<'set-config'>({ op: 'set-config', subject: null, level: 'NONE' });
  await engine.registry<'register'>({
    op: 'register',
    subject: 's-value',
    schema: { type: 'AVRO', text, references: [] },
    id: null,
  });
  await run(engine, create);
  expect(await engine.insertRows('S', ['{"K":1,"V":5}'])).toEqual([null]);
  const latest = await engine.registry<'version'>({
    op: 'version',
    subject: 's-value',
    version: 'latest',
    deleted: false,
  });
  expect(latest.version).toBe(2);
  expect(await values(engine, 's')).toEqual([`000000000${latest.id}020a`]);
});

it('records with an id that nobody registered are skipped', async () => {
  const engine = await open();
  await run(engine, `${create} CREATE STREAM OUT AS SELECT * FROM S;`);
  const value = Uint8Array.from([0, 0, 0, 0, 99, 2, 2]);
  const record = { topic: 's', partition: 0, key: null, value, timestamp: 1, headers: [] };
  await engine.produce([record]);
  await run(engine, 'INSERT INTO S VALUES (1, 2);');
  expect(await engine.settle()).toEqual([]);
  expect(await values(engine, 'OUT')).toHaveLength(1);
});

it('a query goes on writing when the subject of its sink has been deleted, also after a restart', async () => {
  const directory = freshDirectory();
  const first = await open(directory);
  await run(first, `${create} CREATE STREAM OUT AS SELECT * FROM S;`);
  await first.registry<'delete-subject'>({
    op: 'delete-subject',
    subject: 'OUT-value',
    permanent: false,
  });
  opened.pop();
  await first[Symbol.asyncDispose]();
  const second = await open(directory);
  expect(await run(second, 'INSERT INTO S VALUES (1, 2);')).toBe('');
  expect(await second.settle()).toEqual([]);
  expect(await values(second, 'OUT')).toEqual(['00000000020204']);
});

describe('ASSERT SCHEMA', () => {
  it.each([
    ['ASSERT SCHEMA SUBJECT `s-value`', ''],
    ['ASSERT SCHEMA ID 1', ''],
    ['ASSERT SCHEMA SUBJECT `s-key` ID 1', ''],
    ['ASSERT NOT EXISTS SCHEMA SUBJECT nobody', ''],
    ['ASSERT SCHEMA SUBJECT nobody ID 7', 'Schema with subject name nobody id 7 does not exist'],
    ['ASSERT NOT EXISTS SCHEMA ID 1', 'Schema with id 1 exists'],
  ])('%s', async (statement, message) => {
    const engine = await open();
    await run(engine, create);
    expect(await run(engine, `${statement} TIMEOUT 0 SECONDS;`)).toBe(message);
  });
});

it('answers on a thread of its own, problems and all', async () => {
  const engine = await ThreadEngine.open(
    { directory: null, durability: 'memory', properties },
    { onFatal: () => undefined },
  );
  opened.push(engine);
  const schema = { type: 'JSON', text: '{"type":"string"}', references: [] } as const;
  const registered = await engine.registry<'register'>({
    op: 'register',
    subject: 's',
    schema,
    id: null,
  });
  expect(registered).toMatchObject({ id: 1, version: 1 });
  await expect(engine.registry<'schema'>({ op: 'schema', id: 5 })).rejects.toMatchObject({
    code: 'registry.schema-not-found',
  });
});
