import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { testEngine, type TestEngine } from '../engine.test-helper.ts';
import { type QueryStream, StatementFailure } from '../api.ts';

const counts =
  "CREATE STREAM S (K STRING KEY, V INT) WITH (KAFKA_TOPIC='s', VALUE_FORMAT='JSON', PARTITIONS=2);" +
  'CREATE TABLE T AS SELECT K, COUNT(*) AS N, SUM(V) AS TOTAL FROM S GROUP BY K;';

const request = (sql: string) => ({ sql, properties: {}, variables: {} });

/** One row of S for each key. */
async function insert(server: TestEngine, keys: readonly string[], v = 1): Promise<void> {
  await server.engine.insertRows(
    'S',
    keys.map((key) => JSON.stringify({ K: key, V: v })),
  );
}

function numbered(count: number): readonly string[] {
  return Array.from({ length: count }, (_, at) => `k${String(at).padStart(6, '0')}`);
}

async function rowsOf(stream: QueryStream): Promise<readonly string[]> {
  const rows: string[] = [];
  for await (const frame of stream) rows.push(...frame.rows);
  return rows;
}

async function codeOf(outcome: Promise<unknown>): Promise<string> {
  const error = await outcome.then(
    () => null,
    (reason: unknown) => reason,
  );
  return error instanceof StatementFailure
    ? error.data.problem.code
    : ((error as { code?: string } | null)?.code ?? 'none');
}

describe('limits', () => {
  test('a query that reads too many rows ends with the limit by name', async () => {
    await using server = await testEngine({ 'leat.limit.pull.rows': '3' });
    await server.run(counts);
    await insert(server, ['a', 'b', 'c']);
    expect(await server.rows('SELECT K FROM T;')).toHaveLength(3);
    await insert(server, ['d']);
    await expect(server.rows('SELECT K FROM T;')).rejects.toThrow(
      'LIMIT_EXCEEDED: rows that a pull query reads is 4, limit 3 (leat.limit.pull.rows)',
    );
    expect(await server.rows("SELECT K FROM T WHERE K = 'd';")).toEqual(['["d"]']);
  });

  test('a result has a limit of rows, which LIMIT keeps', async () => {
    await using server = await testEngine({ 'leat.limit.pull.result.rows': '2' });
    await server.run(counts);
    await insert(server, ['a', 'b', 'c']);
    await expect(server.rows('SELECT K FROM T;')).rejects.toThrow(
      'LIMIT_EXCEEDED: rows of a pull query is 3, limit 2 (leat.limit.pull.result.rows)',
    );
    await expect(server.rows("SELECT K FROM T WHERE K IN ('a', 'b', 'c');")).rejects.toThrow(
      'leat.limit.pull.result.rows',
    );
    expect(await server.rows('SELECT K FROM T LIMIT 2;')).toHaveLength(2);
    expect(await server.rows("SELECT K FROM T WHERE K >= 'b';")).toHaveLength(2);
  });

  test('a result has a limit of bytes', async () => {
    await using server = await testEngine({ 'leat.limit.pull.result.bytes': '12' });
    await server.run(counts);
    await insert(server, ['a', 'b']);
    expect(await server.rows('SELECT K FROM T;')).toHaveLength(2);
    await insert(server, ['c']);
    await expect(server.rows('SELECT K FROM T;')).rejects.toThrow(
      'LIMIT_EXCEEDED: bytes of a pull query is 15, limit 12 (leat.limit.pull.result.bytes)',
    );
    expect(await server.rows('SELECT K FROM T LIMIT 1;')).toHaveLength(1);
  });

  test('a limit that is no number is refused when the engine opens', async () => {
    await expect(testEngine({ 'leat.limit.pull.ms': 'soon' })).rejects.toThrow(
      'leat.limit.pull.ms',
    );
  });

  test('so many queries start each second', async () => {
    await using server = await testEngine({ 'ksql.query.pull.max.qps': '2' });
    await server.run(counts);
    const pull = () => server.rows("SELECT K FROM T WHERE K = 'a';");
    await pull();
    await expect(pull()).rejects.toThrow(
      'Host is at rate limit for pull queries. Currently set to 2 qps.',
    );
    server.time += 1_000;
    await pull();
    await pull();
    expect(await codeOf(pull())).toBe('pull.rate');
    server.time += 500;
    await pull();
  });

  test('so many bytes leave in an hour', async () => {
    await using server = await testEngine({
      'ksql.query.pull.max.hourly.bandwidth.megabytes': '0',
    });
    await server.run(counts);
    const pull = () => server.rows("SELECT K FROM T WHERE K = 'a';");
    await pull();
    await insert(server, ['a']);
    await pull();
    await expect(pull()).rejects.toThrow('Host is at bandwidth rate limit for pull queries.');
    server.time += 61 * 60_000;
    await pull();
  });
});

test('a table that is too far behind is not asked', async () => {
  await using server = await testEngine();
  await server.run(counts);
  await server.run('PAUSE CTAS_T_1;');
  await insert(server, ['a', 'b', 'c']);
  const ask = (lag: string) =>
    server.engine.query({
      sql: "SELECT K FROM T WHERE K = 'a';",
      properties: { 'ksql.query.pull.max.allowed.offset.lag': lag },
      variables: {},
    });
  await expect(ask('0')).rejects.toThrow('failed to find valid host');
  expect(await rowsOf(await ask('3'))).toEqual([]);
});

describe('a query that takes its time', () => {
  const many = 9_000;
  /** All rows in memory, or hardly any. */
  const memories: readonly Readonly<Record<string, string>>[] = [
    {},
    { 'leat.limit.state.memory': '100000' },
  ];

  test('counts toward the limit of those under way, until it ends', async () => {
    await using server = await testEngine({ 'ksql.query.pull.max.concurrent.requests': '1' });
    await server.run(counts);
    await insert(server, numbered(many));
    const first = await server.engine.query(request('SELECT K FROM T;'));
    await expect(server.rows('SELECT K FROM T;')).rejects.toThrow(
      'Host is at concurrency limit for pull queries. Currently set to 1 maximum concurrent requests.',
    );
    expect(await server.rows("SELECT K FROM T WHERE K = 'k000001';")).toHaveLength(1);
    let rows = 0;
    for await (const frame of first) rows += frame.rows.length;
    expect(rows).toBe(many);
    expect(await server.rows('SELECT K FROM T;')).toHaveLength(many);
  });

  test('ends with an error when it takes too long', async () => {
    await using server = await testEngine({ 'leat.limit.pull.ms': '10' });
    await server.run(counts);
    await insert(server, numbered(many));
    const stream = await server.engine.query(request('SELECT K FROM T;'));
    server.time += 11;
    await expect(rowsOf(stream)).rejects.toThrow(
      'LIMIT_EXCEEDED: milliseconds of a pull query is 11, limit 10 (leat.limit.pull.ms)',
    );
  });

  test('does no more work once it is closed', async () => {
    await using server = await testEngine({ 'ksql.query.pull.max.concurrent.requests': '1' });
    await server.run(counts);
    await insert(server, numbered(many));
    const stream = await server.engine.query(request('SELECT K FROM T;'));
    await stream.close();
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
    expect(await server.rows('SELECT K FROM T;')).toHaveLength(many);
  });

  test('gives rows in the order of partitions and keys', async () => {
    await using server = await testEngine();
    await server.run(counts.replace('PARTITIONS=2', 'PARTITIONS=1'));
    await insert(server, numbered(many).toReversed());
    const rows = await server.rows('SELECT K FROM T;');
    expect(rows).toEqual(numbered(many).map((key) => `["${key}"]`));
    expect(await server.rows('SELECT K FROM T LIMIT 3;')).toEqual(rows.slice(0, 3));
  });

  test('ends with an error when its table goes', async () => {
    await using server = await testEngine();
    await server.run(counts);
    await insert(server, numbered(many));
    const stream = await server.engine.query(request('SELECT K FROM T;'));
    await server.run('DROP TABLE T;');
    expect(await codeOf(rowsOf(stream))).toBe('pull.not-running');
  });

  test.each(memories)('sees one state, however much changes meanwhile: %o', async (properties) => {
    await using server = await testEngine(properties);
    await server.run(counts.replace('PARTITIONS=2', 'PARTITIONS=1'));
    const keys = numbered(many);
    await insert(server, keys);
    // Each insert adds one to one key and takes it from another: the sum of what one state holds never changes.
    for (let round = 0; round < 20; round++) {
      const stream = await server.engine.query(request('SELECT K, TOTAL FROM T;'));
      const transfers: Promise<unknown>[] = [];
      for (let at = 0; at < 200; at++) {
        transfers.push(
          server.engine.insertRows('S', [
            JSON.stringify({ K: keys[(round * 7919 + at * 41) % many], V: 1 }),
            JSON.stringify({ K: keys[(round * 104_729 + at * 977) % many], V: -1 }),
          ]),
        );
        if (at % 10 === 0) await new Promise((resolve) => setImmediate(resolve));
      }
      let sum = 0;
      let rows = 0;
      for await (const frame of stream) {
        for (const row of frame.rows) {
          sum += (JSON.parse(row) as [string, number])[1];
          rows++;
        }
      }
      expect([rows, sum]).toEqual([many, many]);
      await Promise.all(transfers);
    }
  });

  test.each(memories)(
    'sees what it would see at rest, when rows come and go: %o',
    async (properties) => {
      await using server = await testEngine(properties);
      await server.run(
        "CREATE TABLE SOURCE (K STRING PRIMARY KEY, V INT) WITH (KAFKA_TOPIC='s', VALUE_FORMAT='JSON', PARTITIONS=1);" +
          'CREATE TABLE KEPT AS SELECT K, V FROM SOURCE WHERE V > 0;',
      );
      const change = (key: number, v: number | null) => ({
        topic: 's',
        partition: 0,
        key: Buffer.from(`k${key}`),
        value: v === null ? null : Buffer.from(JSON.stringify({ V: v })),
        timestamp: 1,
        headers: [],
      });
      await server.engine.produce(Array.from({ length: many }, (_, key) => change(key, 1)));
      const changes = fc.array(
        fc.tuple(fc.nat(many + 100), fc.option(fc.integer({ min: -1, max: 3 }))),
        { minLength: 1, maxLength: 400 },
      );
      await fc.assert(
        fc.asyncProperty(changes, fc.option(fc.nat(50)), async (made, limit) => {
          const sql = `SELECT K, V FROM KEPT${limit === null ? '' : ` LIMIT ${limit}`};`;
          const stream = await server.engine.query(request(sql));
          await new Promise((resolve) => setImmediate(resolve));
          // All in one commit: what the query shows is the state before or after it.
          const done = server.engine.produce(made.map(([key, v]) => change(key, v)));
          const rows = await rowsOf(stream);
          await done;
          await server.engine.settle();
          expect(rows).toEqual(await server.rows(sql));
        }),
        { numRuns: 15 },
      );
    },
  );

  const windows = [
    'HOPPING (SIZE 4 SECONDS, ADVANCE BY 2 SECONDS, RETENTION 60 SECONDS, GRACE PERIOD 40 SECONDS)',
    'SESSION (3 SECONDS, RETENTION 60 SECONDS, GRACE PERIOD 40 SECONDS)',
  ];
  test.each(windows)(
    'sees one state of windows, which come, change, merge and expire: %s',
    async (window) => {
      await using server = await testEngine();
      await server.run(
        "CREATE STREAM S (K INT KEY, V INT) WITH (KAFKA_TOPIC='s', VALUE_FORMAT='JSON', PARTITIONS=1);" +
          `CREATE TABLE T WITH (KEY_FORMAT='JSON') AS SELECT K, COUNT(*) AS N FROM S WINDOW ${window} GROUP BY K;`,
      );
      const row = (key: number, second: number) => ({
        topic: 's',
        partition: 0,
        key: Buffer.from(String(key)),
        value: Buffer.from('{"V":1}'),
        timestamp: second * 1000,
        headers: [],
      });
      await server.engine.produce(
        Array.from({ length: 6_000 }, (_, at) => row(at % 1_000, Math.floor(at / 1_000) * 10)),
      );
      const sql = 'SELECT K, WINDOWSTART, WINDOWEND, N FROM T;';
      const made = fc.array(fc.tuple(fc.nat(1_100), fc.integer({ min: -30, max: 12 })), {
        minLength: 1,
        maxLength: 300,
      });
      let now = 60;
      await fc.assert(
        fc.asyncProperty(made, async (changes) => {
          now += 5;
          const before = await server.rows(sql);
          const stream = await server.engine.query(request(sql));
          await new Promise((resolve) => setImmediate(resolve));
          const done = server.engine.produce(changes.map(([key, at]) => row(key, now + at)));
          const rows = await rowsOf(stream);
          await done;
          await server.engine.settle();
          expect([before, await server.rows(sql)]).toContainEqual(rows);
        }),
        { numRuns: 20 },
      );
    },
  );
});

describe('plans that are kept', () => {
  const rows = ['a', "it's", '1', 'x y'];

  test('answer for the literals that were asked', async () => {
    await using server = await testEngine();
    await server.run(counts);
    await insert(server, rows);
    for (const pass of [1, 2]) {
      for (const key of [...rows, 'nobody']) {
        const found = await server.rows(
          `SELECT K, N FROM T WHERE K = '${key.replaceAll("'", "''")}';`,
        );
        expect([pass, found]).toEqual([pass, key === 'nobody' ? [] : [JSON.stringify([key, 1])]]);
      }
    }
    await expect(server.rows('SELECT K, N FROM T WHERE K = 1;')).rejects.toThrow('Cannot compare');
    expect(await server.rows("SELECT K, 'a' FROM T WHERE K = 'a';")).toEqual(['["a","a"]']);
    expect(await server.rows("SELECT K, 'b' FROM T WHERE K = 'a';")).toEqual(['["a","b"]']);
    expect(await server.rows("SELECT K FROM T WHERE 'a' = K;")).toEqual(['["a"]']);
    expect(await server.rows("SELECT K FROM T WHERE K = 'a' -- 'b'\n;")).toEqual(['["a"]']);
  });

  test('hold for keys of numbers and of several columns', async () => {
    await using server = await testEngine();
    await server.run(
      "CREATE STREAM S (A INT, B BIGINT, V INT) WITH (KAFKA_TOPIC='s', VALUE_FORMAT='JSON', PARTITIONS=1);" +
        "CREATE TABLE T WITH (KEY_FORMAT='JSON') AS SELECT A, B, COUNT(*) AS N FROM S GROUP BY A, B;",
    );
    await server.produce('s', '{"A":1,"B":2}', '{"A":2,"B":1}', '{"A":1,"B":9007199254740993}');
    expect(await server.rows('SELECT A, B, N FROM T WHERE A = 1 AND B = 2;')).toEqual(['[1,2,1]']);
    expect(await server.rows('SELECT A, B, N FROM T WHERE A = 2 AND B = 1;')).toEqual(['[2,1,1]']);
    expect(await server.rows('SELECT A, B, N FROM T WHERE B = 2 AND A = 1;')).toEqual(['[1,2,1]']);
    expect(
      await server.rows('SELECT A, B, N FROM T WHERE B = 9007199254740993 AND A = 1;'),
    ).toEqual(['[1,9007199254740993,1]']);
    expect(await server.rows('SELECT A, B, N FROM T WHERE A = 1 AND A = 2;')).toEqual([]);
    await expect(server.rows('SELECT A FROM T WHERE A = 9999999999 AND B = 1;')).resolves.toEqual(
      [],
    );
  });

  test('end with the catalog, and know properties', async () => {
    await using server = await testEngine();
    await server.run(counts);
    await insert(server, ['a']);
    const sql = "SELECT * FROM T WHERE K = 'a';";
    expect(await server.rows(sql)).toEqual(['["a",1,1]']);
    await server.run('DROP TABLE T; CREATE TABLE T AS SELECT K, MAX(V) AS M FROM S GROUP BY K;', {
      'auto.offset.reset': 'earliest',
    });
    await server.engine.settle();
    expect(await server.rows(sql)).toEqual(['["a",1]']);
    const scan = 'SELECT K FROM T WHERE M = 1;';
    expect(await server.rows(scan)).toEqual(['["a"]']);
    const properties = { 'ksql.query.pull.table.scan.enabled': 'false' };
    await expect(server.engine.query({ sql: scan, properties, variables: {} })).rejects.toThrow(
      'WHERE clause missing key column',
    );
    await expect(
      server.engine.query({ sql: scan, properties: { nonsense: '1' }, variables: {} }),
    ).rejects.toThrow('Unknown property');
  });

  test('hold the variables of no session', async () => {
    await using server = await testEngine();
    await server.run(counts);
    await insert(server, ['a', 'b']);
    const ask = async (key: string) => {
      const sql = "SELECT K FROM T WHERE K = '${key}';";
      const stream = await server.engine.query({ sql, properties: {}, variables: { key } });
      return await rowsOf(stream);
    };
    expect([await ask('a'), await ask('b')]).toEqual([['["a"]'], ['["b"]']]);
  });
});
