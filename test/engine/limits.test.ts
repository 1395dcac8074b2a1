/** A query that passes a limit fails, alone, with what it has committed. */
import { expect, test } from 'vitest';
import { type TestEngine, testEngine } from '../../src/engine/engine.test-helper.ts';
import { openLocalEngine } from '../../src/engine/open.ts';
import { temporaryDirectory } from '../server/directories.ts';

const message = 'LIMIT_EXCEEDED: rows of state is 3, limit 2 (leat.limit.state.rows)';

async function running(): Promise<TestEngine> {
  const test = await testEngine({ 'leat.limit.state.rows': '2' });
  await test.run(
    `CREATE STREAM s (g STRING, v INT) WITH (KAFKA_TOPIC='s', VALUE_FORMAT='JSON', PARTITIONS=1);
     CREATE STREAM copy AS SELECT g, v FROM s;
     CREATE TABLE per_g AS SELECT g, COUNT(*) AS n FROM s GROUP BY g;
     CREATE TABLE per_sign AS SELECT SIGN(v) AS sign, COUNT(*) AS n FROM s GROUP BY SIGN(v);`,
  );
  return test;
}

const row = (g: string, v: number) => JSON.stringify({ G: g, V: v });

async function stateOf(test: TestEngine, query: string): Promise<unknown> {
  const [reply] = await test.run('SHOW QUERIES;');
  const entity = reply?.entity as unknown as {
    readonly queries: readonly { readonly id: string; readonly state: string }[];
  };
  return entity.queries.find(({ id }) => id === query)?.state;
}

test('the query is shown as failed with the limit it passed; all others go on', async () => {
  await using test = await running();
  await test.produce('s', row('a', 1), row('b', 2), row('c', 3), row('d', 4));
  expect(await test.engine.settle()).toEqual([{ queryId: 'CTAS_PER_G_2', message, causes: [] }]);
  expect(await stateOf(test, 'CTAS_PER_G_2')).toBe('ERROR:1');
  expect(await stateOf(test, 'CSAS_COPY_1')).toBe('RUNNING:1');
  const explained = await test.run('EXPLAIN CTAS_PER_G_2;');
  expect(JSON.stringify(explained)).toContain(message);
  await test.produce('s', row('e', 5));
  expect((await test.values('COPY')).length).toBe(5);
  expect(await test.rows('SELECT * FROM per_sign;')).toEqual(['[1,5]']);
});

test('its table stands as it was committed', async () => {
  await using test = await running();
  await test.produce('s', row('a', 1), row('b', 2));
  await test.produce('s', row('a', 3), row('c', 4));
  expect(await stateOf(test, 'CTAS_PER_G_2')).toBe('ERROR:1');
  expect(await test.rows('SELECT * FROM per_g;')).toEqual(['["a",1]', '["b",1]']);
  expect(await test.values('PER_G')).toEqual(['{"N":1}', '{"N":1}']);
});

test('it is tried again after a while, each time twice as long', async () => {
  const waiting: { readonly delayMs: number; readonly run: () => void }[] = [];
  await using engine = await openLocalEngine(
    {
      directory: null,
      durability: 'memory',
      properties: { 'auto.offset.reset': 'earliest', 'leat.limit.state.rows': '1' },
    },
    {
      timers: true,
      env: {
        clock: { now: () => 0 },
        timers: {
          after(delayMs, run) {
            waiting.push({ delayMs, run });
            return { [Symbol.dispose]() {} };
          },
        },
        random: { next: () => 0 },
        logger: { error() {}, warn() {}, info() {}, debug() {} },
      },
    },
  );
  await engine.execute({
    sql: `CREATE STREAM s (g STRING, v INT) WITH (KAFKA_TOPIC='s', VALUE_FORMAT='JSON', PARTITIONS=1);
      CREATE TABLE per_g AS SELECT g, COUNT(*) AS n FROM s GROUP BY g;`,
    properties: {},
    variables: {},
  });
  await engine.produce(
    ['a', 'b'].map((g) => ({
      topic: 's',
      partition: 0,
      key: null,
      value: Buffer.from(row(g, 1)),
      timestamp: 1,
      headers: [],
    })),
  );
  const retries = () =>
    waiting.map(({ delayMs }) => delayMs).filter((delayMs) => delayMs >= 15_000);
  expect(await engine.settle()).toHaveLength(1);
  expect(retries()).toEqual([15_000]);
  waiting.find(({ delayMs }) => delayMs === 15_000)?.run();
  expect(await engine.settle()).toHaveLength(2);
  expect(retries()).toEqual([15_000, 30_000]);
});

test('a push query that passes it ends with that message', async () => {
  await using test = await running();
  await test.produce('s', row('a', 1), row('b', 2), row('c', 3));
  await expect(
    test.rows('SELECT g, COUNT(*) AS n FROM s GROUP BY g EMIT CHANGES LIMIT 10;'),
  ).rejects.toThrow(message);
});

test('with a higher limit it goes on where it was, and nothing is missing', async () => {
  using directory = temporaryDirectory();
  const open = (limit: string) =>
    openLocalEngine(
      {
        directory: directory.path,
        durability: 'process',
        properties: { 'auto.offset.reset': 'earliest', 'leat.limit.state.rows': limit },
      },
      { timers: false },
    );
  const value = (g: string) => ({
    topic: 's',
    partition: 0,
    key: null,
    value: Buffer.from(row(g, 1)),
    timestamp: 1,
    headers: [],
  });
  const low = await open('2');
  await low.execute({
    sql: `CREATE STREAM s (g STRING, v INT) WITH (KAFKA_TOPIC='s', VALUE_FORMAT='JSON', PARTITIONS=1);
      CREATE TABLE per_g AS SELECT g, COUNT(*) AS n FROM s GROUP BY g;`,
    properties: {},
    variables: {},
  });
  await low.produce(['a', 'b', 'a'].map(value));
  await low.settle();
  await low.produce(['b', 'c', 'c'].map(value));
  expect((await low.settle()).map((failure) => failure.message)).toEqual([message]);
  await low[Symbol.asyncDispose]();
  await using high = await open('3');
  expect(await high.settle()).toEqual([]);
  const stream = await high.query({ sql: 'SELECT * FROM per_g;', properties: {}, variables: {} });
  const rows: string[] = [];
  for await (const frame of stream) rows.push(...frame.rows);
  expect(rows).toEqual(['["a",2]', '["b",2]', '["c",2]']);
});

test('a limit that is no number keeps the engine from starting', async () => {
  await expect(testEngine({ 'leat.limit.state.rows': 'many' })).rejects.toThrow(
    'leat.limit.state.rows is many, which is no number from 1 to 9007199254740991',
  );
});

test('sessions cannot set it', async () => {
  await using test = await running();
  await expect(test.run(`SET 'leat.limit.state.rows' = '1000';`)).rejects.toThrow(
    'leat.limit.state.rows',
  );
});

test('a query that cannot go on after a start is shown as failed, with its table; all others run', async () => {
  using directory = temporaryDirectory();
  const open = () =>
    openLocalEngine(
      {
        directory: directory.path,
        durability: 'process',
        properties: { 'auto.offset.reset': 'earliest' },
      },
      { timers: false },
    );
  const row = (value: number) => ({
    topic: 's',
    partition: 0,
    key: Buffer.from('a'),
    value: Buffer.from(JSON.stringify({ V: value })),
    timestamp: 1,
    headers: [],
  });
  const before = await open();
  await before.execute({
    sql: `CREATE STREAM s (k STRING KEY, v INT) WITH (KAFKA_TOPIC='s', VALUE_FORMAT='JSON', PARTITIONS=1);
      CREATE TABLE n WITH (VALUE_FORMAT='AVRO') AS SELECT k, COUNT(*) AS n FROM s GROUP BY k;
      CREATE TABLE m AS SELECT k, COUNT(*) AS m FROM s GROUP BY k;`,
    properties: {},
    variables: {},
  });
  await before.produce([row(1)]);
  await before.settle();
  for (const permanent of [false, true])
    await before.registry({ op: 'delete-subject', subject: 'N-value', permanent });
  await before[Symbol.asyncDispose]();
  await using after = await open();
  await after.produce([row(2)]);
  const failures = await after.settle();
  expect(failures.map(({ queryId }) => queryId)).toEqual(['CTAS_N_1']);
  const rows = async (sql: string) => {
    const stream = await after.query({ sql, properties: {}, variables: {} });
    const texts: string[] = [];
    for await (const frame of stream) texts.push(...frame.rows);
    return texts;
  };
  expect(await rows('SELECT * FROM m;')).toEqual(['["a",2]']);
  expect(await rows('SELECT * FROM n;')).toEqual(['["a",1]']);
});

test('a request is as long, and has as many statements, as the limits say', async () => {
  await using test = await running();
  expect(await test.run('SHOW STREAMS;'.repeat(100))).toHaveLength(100);
  await expect(test.run('SHOW STREAMS;'.repeat(101))).rejects.toThrow(
    'LIMIT_EXCEEDED: statements of one request is 101, limit 100 (leat.limit.sql.statements)',
  );
  await expect(test.run(' '.repeat(1_048_577))).rejects.toThrow(
    'LIMIT_EXCEEDED: characters of SQL is 1048577, limit 1048576 (leat.limit.sql.bytes)',
  );
});
