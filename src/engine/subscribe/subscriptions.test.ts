import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { LocalEngine } from '../local-engine.ts';
import { engineWith, pull, subscribe, totals, view } from './subscriptions.test-helper.ts';

const produce = (
  engine: LocalEngine,
  topic: string,
  ...records: readonly (readonly [key: string, value: string | null, timestamp?: number])[]
) =>
  engine
    .produce(
      records.map(([key, value, timestamp = 1]) => ({
        topic,
        partition: 0,
        key: Buffer.from(key),
        value: value === null ? null : Buffer.from(value),
        timestamp,
        headers: [],
      })),
    )
    .then(() => engine.settle());

const users =
  "CREATE SOURCE TABLE users (id STRING PRIMARY KEY, region STRING, age INT) WITH (KAFKA_TOPIC='users', VALUE_FORMAT='JSON', PARTITIONS=1);";
const user = (region: string, age: number) => JSON.stringify({ REGION: region, AGE: age });

describe('a subscription to a table', () => {
  test('begins with the rows there are and goes on with each change', async () => {
    await using engine = await engineWith(totals);
    await view(engine, ['ann', 10], ['bob', 5]);
    const reader = await subscribe(engine, 'SELECT n, ms FROM totals EMIT CHANGES;');
    expect(await reader.take()).toMatchObject([
      {
        type: 'schema',
        table: true,
        columns: [
          { name: 'USER', type: 'STRING', key: true },
          { name: 'N', type: 'BIGINT', key: false },
          { name: 'MS', type: 'INTEGER', key: false },
        ],
      },
      {
        type: 'snapshot',
        rows: expect.arrayContaining([
          ['ann', 1, 10],
          ['bob', 1, 5],
        ]),
      },
    ]);
    await view(engine, ['ann', 1]);
    await view(engine, ['cid', 2], ['cid', 3]);
    expect(await reader.take()).toEqual([
      { type: 'upsert', rows: [['ann', 2, 11]] },
      {
        type: 'upsert',
        rows: [
          ['cid', 1, 2],
          ['cid', 2, 5],
        ],
      },
    ]);
  });

  test('for a key gets that key alone, and shares its operator with those for other keys', async () => {
    await using engine = await engineWith(totals);
    await view(engine, ['ann', 10], ['bob', 5]);
    const of = (name: string) =>
      subscribe(engine, `SELECT * FROM totals WHERE user = '${name}' EMIT CHANGES;`);
    const [ann, bob, nobody] = await Promise.all([of('ann'), of('bob'), of('nobody')]);
    const both = await subscribe(
      engine,
      "SELECT * FROM totals WHERE 'bob' = user OR user = 'ann' EMIT CHANGES;",
    );
    const listed = await subscribe(
      engine,
      "SELECT * FROM totals WHERE user IN ('ann', 'zoe') EMIT CHANGES;",
    );
    for (const reader of [ann, bob, nobody, both, listed]) await reader.take();
    await view(engine, ['bob', 1], ['ann', 1], ['bob', 1]);
    expect(await ann.take()).toEqual([{ type: 'upsert', rows: [['ann', 2, 11]] }]);
    expect(await bob.take()).toEqual([
      {
        type: 'upsert',
        rows: [
          ['bob', 2, 6],
          ['bob', 3, 7],
        ],
      },
    ]);
    expect(await nobody.take()).toEqual([]);
    expect(await both.take()).toHaveLength(1);
    expect(await listed.take()).toEqual([{ type: 'upsert', rows: [['ann', 2, 11]] }]);
    // The one with OR is a shape of its own; IN and = are the same.
    expect((await engine.metrics())['push_queries']).toBe(2);
  });

  test('rows that leave the condition are deleted, and those that never met it are not heard of', async () => {
    await using engine = await engineWith(users);
    await produce(engine, 'users', ['a', user('EU', 20)], ['b', user('US', 30)]);
    const adults = await subscribe(engine, 'SELECT * FROM users WHERE age >= 25 EMIT CHANGES;');
    const eu = await subscribe(engine, "SELECT age FROM users WHERE region = 'EU' EMIT CHANGES;");
    const us = await subscribe(engine, "SELECT age FROM users WHERE region = 'US' EMIT CHANGES;");
    expect((await adults.take())[1]).toEqual({ type: 'snapshot', rows: [['b', 'US', 30]] });
    expect((await eu.take())[1]).toEqual({ type: 'snapshot', rows: [['a', 20]] });
    await us.take();
    await produce(engine, 'users', ['a', user('EU', 21)], ['b', user('US', 10)]);
    expect(await adults.take()).toEqual([{ type: 'delete', keys: [['b']] }]);
    expect(await eu.take()).toEqual([{ type: 'upsert', rows: [['a', 21]] }]);
    expect(await us.take()).toEqual([{ type: 'upsert', rows: [['b', 10]] }]);
    await produce(engine, 'users', ['a', user('US', 21)]);
    expect(await adults.take()).toEqual([]);
    expect(await eu.take()).toEqual([{ type: 'delete', keys: [['a']] }]);
    expect(await us.take()).toEqual([{ type: 'upsert', rows: [['a', 21]] }]);
    await produce(engine, 'users', ['a', null], ['nobody', null]);
    expect(await adults.take()).toEqual([]);
    expect(await eu.take()).toEqual([]);
    expect(await us.take()).toEqual([{ type: 'delete', keys: [['a']] }]);
  });

  test('a condition on ROWTIME deletes what does not meet it any more', async () => {
    await using engine = await engineWith(users);
    const old = await subscribe(engine, 'SELECT age FROM users WHERE ROWTIME < 100 EMIT CHANGES;');
    await old.take();
    await produce(engine, 'users', ['a', user('EU', 20), 50]);
    await produce(engine, 'users', ['a', user('EU', 21), 150]);
    expect(await old.take()).toEqual([
      { type: 'upsert', rows: [['a', 20]] },
      { type: 'delete', keys: [['a']] },
    ]);
  });

  test('rows that HAVING drops are deleted', async () => {
    await using engine = await engineWith(
      `${totals}CREATE TABLE quick AS SELECT user, SUM(ms) AS ms FROM views GROUP BY user HAVING SUM(ms) < 10;`,
    );
    await view(engine, ['ann', 3]);
    const reader = await subscribe(engine, 'SELECT * FROM quick EMIT CHANGES;');
    expect((await reader.take())[1]).toEqual({ type: 'snapshot', rows: [['ann', 3]] });
    await view(engine, ['ann', 20], ['bob', 30]);
    await view(engine, ['bob', 1]);
    expect(await reader.take()).toEqual([{ type: 'delete', keys: [['ann']] }]);
  });

  test('windows are part of the key; sessions that merge go', async () => {
    await using engine = await engineWith(
      `${totals}CREATE TABLE visits AS SELECT user, COUNT(*) AS n FROM views WINDOW SESSION (10 SECONDS) GROUP BY user;` +
        'CREATE TABLE hourly AS SELECT user, COUNT(*) AS n FROM views WINDOW TUMBLING (SIZE 1 HOUR) GROUP BY user;',
    );
    const sessions = await subscribe(engine, 'SELECT n FROM visits EMIT CHANGES;');
    const hours = await subscribe(
      engine,
      "SELECT n FROM hourly WHERE user = 'ann' AND windowstart = 3600000 EMIT CHANGES;",
    );
    expect((await sessions.take())[0]).toMatchObject({
      columns: [
        { name: 'USER', key: true },
        { name: 'WINDOWSTART', type: 'BIGINT', key: true },
        { name: 'WINDOWEND', key: true },
        { name: 'N', key: false },
      ],
    });
    await hours.take();
    const at = (timestamp: number) => ['ann', '{"PAGE":"p","MS":1}', timestamp] as const;
    await produce(engine, 'views', at(3_600_000), at(3_615_000));
    await produce(engine, 'views', at(3_607_000));
    await produce(engine, 'views', at(7_200_000));
    expect(await sessions.take()).toEqual([
      {
        type: 'upsert',
        rows: [
          ['ann', 3_600_000, 3_600_000, 1],
          ['ann', 3_615_000, 3_615_000, 1],
        ],
      },
      {
        type: 'delete',
        keys: [
          ['ann', 3_600_000, 3_600_000],
          ['ann', 3_615_000, 3_615_000],
        ],
      },
      { type: 'upsert', rows: [['ann', 3_600_000, 3_615_000, 3]] },
      { type: 'upsert', rows: [['ann', 7_200_000, 7_200_000, 1]] },
    ]);
    expect(await hours.take()).toEqual([
      {
        type: 'upsert',
        rows: [
          ['ann', 3_600_000, 7_200_000, 1],
          ['ann', 3_600_000, 7_200_000, 2],
        ],
      },
      { type: 'upsert', rows: [['ann', 3_600_000, 7_200_000, 3]] },
    ]);
    const resumed = await subscribe(
      engine,
      "SELECT n FROM hourly WHERE user = 'ann' AND windowstart = 3600000 EMIT CHANGES;",
      hours.token,
    );
    await produce(engine, 'views', at(3_600_001));
    expect((await resumed.take()).slice(1)).toEqual([
      { type: 'upsert', rows: [['ann', 3_600_000, 7_200_000, 4]] },
    ]);
  });

  test('a table that a join makes has its deletes', async () => {
    await using engine = await engineWith(
      `${users}CREATE SOURCE TABLE regions (name STRING PRIMARY KEY, tax INT) WITH (KAFKA_TOPIC='regions', VALUE_FORMAT='JSON', PARTITIONS=1);` +
        'CREATE TABLE taxed AS SELECT u.id AS id, u.age AS age, r.tax AS tax FROM users u JOIN regions r ON u.region = r.name;',
    );
    await produce(engine, 'regions', ['EU', '{"TAX":20}']);
    await produce(engine, 'users', ['a', user('EU', 20)], ['b', user('US', 30)]);
    const reader = await subscribe(engine, 'SELECT * FROM taxed WHERE age < 50 EMIT CHANGES;');
    expect((await reader.take())[1]).toEqual({ type: 'snapshot', rows: [['a', 20, 20]] });
    await produce(engine, 'regions', ['EU', '{"TAX":21}'], ['US', '{"TAX":7}']);
    await produce(engine, 'regions', ['EU', null]);
    expect(await reader.take()).toEqual([
      {
        type: 'upsert',
        rows: [
          ['a', 20, 21],
          ['b', 30, 7],
        ],
      },
      { type: 'delete', keys: [['a']] },
    ]);
  });

  test('is told when the table goes', async () => {
    await using engine = await engineWith(totals);
    const reader = await subscribe(engine, 'SELECT * FROM totals EMIT CHANGES;');
    await engine.execute({ sql: 'DROP TABLE totals;', properties: {}, variables: {} });
    await reader.ended;
    expect((await reader.take()).at(-1)).toEqual({ type: 'end', reason: 'terminated' });
  });

  test('goes on over a table whose query failed and was made anew', async () => {
    await using engine = await engineWith(
      "CREATE STREAM s (k STRING KEY, v DECIMAL(2, 0)) WITH (KAFKA_TOPIC='s', VALUE_FORMAT='JSON', PARTITIONS=1);" +
        'CREATE TABLE sums AS SELECT k, SUM(v) AS total FROM s GROUP BY k;',
    );
    await produce(engine, 's', ['a', '{"V":99}']);
    const reader = await subscribe(engine, 'SELECT * FROM sums EMIT CHANGES;');
    await reader.take();
    // The first is summed before the second overflows; both are void together.
    await produce(engine, 's', ['b', '{"V":1}'], ['a', '{"V":1}']);
    expect(await reader.take()).toEqual([]);
    expect(await pull(engine, 'SELECT * FROM sums;')).toEqual(['["a",99]']);
  });
});

describe('a token', () => {
  test('leads to each row that changed, once, as it is now, and to those that went', async () => {
    await using engine = await engineWith(users);
    await produce(
      engine,
      'users',
      ['a', user('EU', 1)],
      ['b', user('EU', 2)],
      ['c', user('EU', 3)],
      ['d', user('US', 4)],
    );
    const sql = "SELECT age FROM users WHERE region = 'EU' EMIT CHANGES;";
    const first = await subscribe(engine, sql);
    await first.take();
    await first.subscription.close();
    await produce(engine, 'users', ['a', user('EU', 5)], ['b', null], ['c', user('US', 3)]);
    await produce(engine, 'users', ['a', user('EU', 6)]);
    const second = await subscribe(engine, sql, first.token);
    expect((await second.take()).slice(1)).toEqual([
      { type: 'upsert', rows: [['a', 6]] },
      { type: 'delete', keys: [['b'], ['c']] },
    ]);
    await produce(engine, 'users', ['d', user('EU', 4)]);
    expect(await second.take()).toEqual([{ type: 'upsert', rows: [['d', 4]] }]);
  });

  test('of a key leads to that key', async () => {
    await using engine = await engineWith(totals);
    await view(engine, ['ann', 1], ['bob', 1]);
    const sql = "SELECT n FROM totals WHERE user = 'ann' EMIT CHANGES;";
    const first = await subscribe(engine, sql);
    await first.take();
    await first.subscription.close();
    await view(engine, ['bob', 1]);
    const second = await subscribe(engine, sql, first.token);
    expect(await second.take()).toHaveLength(1);
    await second.subscription.close();
    await view(engine, ['ann', 1]);
    const third = await subscribe(engine, sql, first.token);
    expect((await third.take()).slice(1)).toEqual([{ type: 'upsert', rows: [['ann', 2]] }]);
  });

  test('stands in SQL as well', async () => {
    await using engine = await engineWith(totals);
    const first = await subscribe(engine, 'SELECT n FROM totals EMIT CHANGES WITH SNAPSHOT;');
    await first.take();
    await first.subscription.close();
    await view(engine, ['ann', 1]);
    const second = await subscribe(
      engine,
      `SELECT n FROM totals EMIT CHANGES AFTER '${first.token}';`,
    );
    expect((await second.take()).slice(1)).toEqual([{ type: 'upsert', rows: [['ann', 1]] }]);
  });

  test('holds after a restart', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'leat-subscribe-'));
    try {
      const config = { directory, durability: 'process' } as const;
      const sql = 'SELECT n FROM totals EMIT CHANGES;';
      let token = '';
      {
        await using engine = await engineWith(totals, { config });
        await view(engine, ['ann', 1]);
        const reader = await subscribe(engine, sql);
        await reader.take();
        token = reader.token;
        await reader.subscription.close();
        await view(engine, ['bob', 1]);
      }
      await using engine = await engineWith('', { config });
      await view(engine, ['cid', 1]);
      const reader = await subscribe(engine, sql, token);
      expect((await reader.take()).slice(1)).toEqual([
        {
          type: 'upsert',
          rows: expect.arrayContaining([
            ['bob', 1],
            ['cid', 1],
          ]),
        },
      ]);
    } finally {
      await rm(directory, { recursive: true });
    }
  });

  test.each([
    ['of another condition', "SELECT n FROM totals WHERE user = 'ann' EMIT CHANGES;"],
    ['of other columns', 'SELECT ms FROM totals EMIT CHANGES;'],
  ])('%s is refused', async (_, sql) => {
    await using engine = await engineWith(totals);
    const first = await subscribe(engine, 'SELECT n FROM totals EMIT CHANGES;');
    await first.take();
    await expect(subscribe(engine, sql, first.token)).rejects.toThrow('RESUME_EXPIRED');
  });

  test('is too old after a day where the topic is compacted', async () => {
    const clock = { time: 1_000 };
    const { systemEnv } = await import('../system-env.ts');
    const env = { ...systemEnv(), clock: { now: () => clock.time } };
    await using engine = await engineWith(totals, { parts: { env } });
    const sql = 'SELECT n FROM totals EMIT CHANGES;';
    const first = await subscribe(engine, sql);
    await first.take();
    clock.time += 23 * 60 * 60 * 1000;
    await subscribe(engine, sql, first.token);
    clock.time += 60 * 60 * 1000;
    await expect(subscribe(engine, sql, first.token)).rejects.toThrow('it is too old');
  });

  test('of a stream over a topic that was made anew is refused', async () => {
    await using engine = await engineWith(totals);
    await view(engine, ['ann', 1]);
    const sql = 'SELECT * FROM views EMIT CHANGES;';
    const first = await subscribe(engine, sql);
    await first.take();
    await engine.execute({
      sql: `DROP TABLE totals; DROP STREAM views DELETE TOPIC; ${totals}`,
      properties: {},
      variables: {},
    });
    await view(engine, ['ann', 1], ['ann', 2]);
    await expect(subscribe(engine, sql, first.token)).rejects.toThrow('made anew');
  });
});

describe('a subscription to a stream', () => {
  test('has the records from where the session says, or from the beginning', async () => {
    await using engine = await engineWith(totals, {
      config: { properties: { 'auto.offset.reset': 'latest' } },
    });
    await view(engine, ['ann', 1]);
    const later = await subscribe(engine, 'SELECT ms FROM views EMIT CHANGES;');
    const all = await subscribe(engine, 'SELECT ms FROM views EMIT CHANGES WITH SNAPSHOT;');
    await view(engine, ['bob', 2]);
    expect((await later.take()).slice(1)).toEqual([{ type: 'insert', rows: [[2]] }]);
    expect((await all.take()).slice(1).flatMap(({ rows }) => rows)).toEqual([[1], [2]]);
  });

  test('goes on after what its condition dropped', async () => {
    await using engine = await engineWith(totals);
    const sql = 'SELECT ms FROM views WHERE ms > 10 EMIT CHANGES;';
    await view(engine, ['ann', 1], ['ann', 11]);
    const first = await subscribe(engine, sql);
    expect((await first.take()).slice(1)).toEqual([{ type: 'insert', rows: [[11]] }]);
    await first.subscription.close();
    await view(engine, ['ann', 2], ['ann', 12]);
    const second = await subscribe(engine, sql, first.token);
    expect((await second.take()).slice(1)).toEqual([{ type: 'insert', rows: [[12]] }]);
  });
});

describe('refused', () => {
  test.each([
    ['SELECT * FROM totals;', 'EMIT CHANGES'],
    ['SELECT * FROM totals EMIT FINAL;', 'EMIT CHANGES'],
    ['SELECT user, COUNT(*) FROM views GROUP BY user EMIT CHANGES;', 'Subscriptions read one'],
    ['SELECT v.user FROM views v JOIN totals t ON v.user = t.user EMIT CHANGES;', 'read one'],
    ['SELECT * FROM loose EMIT CHANGES;', 'No query keeps the rows of LOOSE'],
    ['SELECT * FROM closed EMIT CHANGES;', 'EMIT FINAL'],
    ['SHOW STREAMS;', 'Only a SELECT'],
    ['SELECT * FROM nothing EMIT CHANGES;', 'does not exist'],
  ])('%s', async (sql, message) => {
    await using engine = await engineWith(
      `${totals}CREATE TABLE loose (k STRING PRIMARY KEY, v INT) WITH (KAFKA_TOPIC='loose', VALUE_FORMAT='JSON', PARTITIONS=1);` +
        'CREATE TABLE closed AS SELECT user, COUNT(*) AS n FROM views WINDOW TUMBLING (SIZE 1 HOUR) GROUP BY user EMIT FINAL;',
    );
    await expect(subscribe(engine, sql)).rejects.toThrow(message);
  });

  test('more than leat.limit.subscriptions', async () => {
    await using engine = await engineWith(totals, {
      config: { properties: { 'leat.limit.subscriptions': '2' } },
    });
    const sql = 'SELECT * FROM totals EMIT CHANGES;';
    const first = await subscribe(engine, sql);
    await subscribe(engine, sql);
    await expect(subscribe(engine, sql)).rejects.toThrow('limit 2 (leat.limit.subscriptions)');
    await first.subscription.close();
    await subscribe(engine, sql);
  });

  test('more shapes than ksql.max.push.queries', async () => {
    await using engine = await engineWith(totals, {
      config: { properties: { 'ksql.max.push.queries': '1' } },
    });
    const of = (name: string) =>
      subscribe(engine, `SELECT n FROM totals WHERE user = '${name}' EMIT CHANGES;`);
    await Promise.all([of('a'), of('b')]);
    await expect(subscribe(engine, 'SELECT n FROM totals EMIT CHANGES;')).rejects.toThrow(
      'Maximum number of push queries exceeded',
    );
    await expect(
      engine.query({ sql: 'SELECT * FROM views EMIT CHANGES;', properties: {}, variables: {} }),
    ).rejects.toThrow('Maximum number of push queries exceeded');
  });

  test('in what is kept, where changes begin', async () => {
    await using engine = await engineWith(totals);
    const sql = 'CREATE TABLE t AS SELECT * FROM totals EMIT CHANGES WITH SNAPSHOT;';
    await expect(engine.execute({ sql, properties: {}, variables: {} })).rejects.toThrow(
      'belong to SELECT',
    );
  });
});

test('TERMINATE ends all subscribers of a shape, and a close one', async () => {
  await using engine = await engineWith(totals);
  const sql = 'SELECT n FROM totals EMIT CHANGES;';
  const [one, two, three] = await Promise.all([1, 2, 3].map(() => subscribe(engine, sql)));
  const id = one!.subscription.head.queryId;
  expect(await engine.closeQuery(id)).toBe(true);
  await one!.ended;
  const shape = id.slice(0, id.lastIndexOf('_'));
  await engine.execute({ sql: `TERMINATE ${shape};`, properties: {}, variables: {} });
  await Promise.all([two!.ended, three!.ended]);
  expect((await two!.take()).at(-1)).toEqual({ type: 'end', reason: 'terminated' });
  expect((await engine.metrics())['push_queries']).toBe(0);
});

test('whoever reads a topic that is deleted is told so, and the engine goes on', async () => {
  await using engine = await engineWith(totals);
  const reader = await subscribe(engine, 'SELECT ms FROM views EMIT CHANGES;');
  const push = await engine.query({
    sql: 'SELECT ms FROM views EMIT CHANGES;',
    properties: {},
    variables: {},
  });
  const sql = 'DROP TABLE totals; DROP STREAM views DELETE TOPIC;';
  await engine.execute({ sql, properties: {}, variables: {} });
  await reader.ended;
  expect((await reader.take()).at(-1)).toEqual({ type: 'end', reason: 'terminated' });
  for await (const frame of push) expect(frame).toBeUndefined();
  expect(push.end()).toBe('terminated');
  await engine.execute({ sql: totals, properties: {}, variables: {} });
  await view(engine, ['ann', 1]);
  expect(await pull(engine, 'SELECT n FROM totals;')).toEqual(['[1]']);
});

test('subscribers to whom nothing happened get newer tokens now and then', async () => {
  const { systemEnv } = await import('../system-env.ts');
  const due: (() => void)[] = [];
  const timers = {
    after(delayMs: number, run: () => void) {
      if (delayMs >= 300_000) due.push(run);
      return { [Symbol.dispose]: () => undefined };
    },
  };
  const env = { ...systemEnv(), timers };
  await using engine = await engineWith(totals, { parts: { env, timers: true } });
  const sql = "SELECT n FROM totals WHERE user = 'ann' EMIT CHANGES;";
  const reader = await subscribe(engine, sql);
  await reader.take();
  const { token } = reader;
  await view(engine, ['bob', 1]);
  expect(await reader.take()).toEqual([]);
  expect(reader.token).toBe(token);
  for (const run of due.splice(0)) run();
  await engine.settle();
  expect(await reader.take()).toEqual([]);
  expect(reader.token).not.toBe(token);
  const resumed = await subscribe(engine, sql, reader.token);
  expect(await resumed.take()).toHaveLength(1);
});

test('many who look at the whole table for other constants each see their own rows', async () => {
  await using engine = await engineWith(users);
  const records = Array.from(
    { length: 60 },
    (_, n) => [`u${n + 10}`, user(`r${n % 20}`, n)] as const,
  );
  await produce(engine, 'users', ...records);
  const readers = await Promise.all(
    Array.from({ length: 20 }, (_, n) =>
      subscribe(engine, `SELECT id FROM users WHERE region = 'r${n}' AND age < 40 EMIT CHANGES;`),
    ),
  );
  for (const [n, reader] of readers.entries())
    expect((await reader.take())[1]).toEqual({
      type: 'snapshot',
      rows: [[`u${n + 10}`], [`u${n + 30}`]],
    });
  expect((await engine.metrics())['push_queries']).toBe(1);
});

test('a token of a condition that thousands of rows may have left is refused', async () => {
  await using engine = await engineWith(users);
  const sql = "SELECT id FROM users WHERE region = 'EU' EMIT CHANGES;";
  const first = await subscribe(engine, sql);
  await first.take();
  await first.subscription.close();
  const rows = (count: number) =>
    Array.from({ length: count }, (_, n) => [`u${n}`, user('US', n)] as const);
  await produce(engine, 'users', ...rows(2_000));
  const second = await subscribe(engine, sql, first.token);
  const keys = (await second.take()).flatMap((frame) => (frame['keys'] as unknown[]) ?? []);
  expect(keys).toHaveLength(2_000);
  await produce(engine, 'users', ...rows(2_001));
  await expect(subscribe(engine, sql, first.token)).rejects.toThrow('RESUME_EXPIRED');
});
