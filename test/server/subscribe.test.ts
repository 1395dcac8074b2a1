import { describe, expect, test } from 'vitest';
import type { LocalEngine } from '../../src/engine/local-engine.ts';
import { overEvents, overLines, overWebSocket, transports } from './subscribers.ts';
import { insertViews, pageviews, post, testServer } from './test-server.ts';

const run = (engine: LocalEngine, sql: string) =>
  engine.execute({ sql, properties: {}, variables: {} });

describe.each(transports)('a subscription over %s', (_, subscribe) => {
  test('is a schema, a snapshot, a tick, and what changes', async () => {
    await using server = await testServer();
    await run(server.engine, pageviews);
    await insertViews(server.engine, [['ann', 'home', 10]]);
    await server.engine.settle();
    const reader = subscribe(server.url, { sql: 'SELECT * FROM per_user EMIT CHANGES;' });
    await reader.until(({ token }) => token !== null);
    expect(reader.frames).toEqual([
      {
        type: 'schema',
        queryId: expect.stringMatching(/^SUBSCRIPTION_PER_USER_/),
        table: true,
        columns: [
          { name: 'USER_ID', type: 'STRING', key: true },
          { name: 'N', type: 'BIGINT', key: false },
        ],
      },
      { type: 'snapshot', rows: [['ann', 1]] },
      { type: 'tick', token: expect.stringMatching(/^[\w.-]+$/) },
    ]);
    await insertViews(server.engine, [
      ['ann', 'home', 1],
      ['bob', 'home', 1],
    ]);
    await reader.until(({ rows }) => rows.size === 2);
    expect(reader.frames[3]).toEqual({
      type: 'upsert',
      rows: [
        ['ann', 2],
        ['bob', 1],
      ],
    });
    reader.close();
  });

  test('goes on after a token with what changed meanwhile, each row once', async () => {
    await using server = await testServer();
    await run(server.engine, pageviews);
    await insertViews(server.engine, [
      ['ann', 'home', 1],
      ['bob', 'home', 1],
    ]);
    await server.engine.settle();
    const sql = 'SELECT * FROM per_user EMIT CHANGES;';
    const first = await subscribe(server.url, { sql }).until(({ token }) => token !== null);
    first.close();
    for (const user of ['ann', 'cid', 'ann']) await insertViews(server.engine, [[user, 'x', 1]]);
    await server.engine.settle();
    const second = subscribe(server.url, { sql, after: first.token as string });
    await second.until(({ token }) => token !== null);
    expect(second.history.toSorted((a, b) => (a.key < b.key ? -1 : 1))).toEqual([
      { key: '["ann"]', row: ['ann', 3] },
      { key: '["cid"]', row: ['cid', 1] },
    ]);
    const third = subscribe(server.url, { sql, after: second.token as string });
    await third.until(({ token }) => token !== null);
    expect(third.history).toEqual([]);
    second.close();
    third.close();
  });

  test('ends with the LIMIT', async () => {
    await using server = await testServer();
    await run(server.engine, pageviews);
    await insertViews(server.engine, [['ann', 'home', 1]]);
    await server.engine.settle();
    const reader = subscribe(server.url, {
      sql: 'SELECT * FROM per_user EMIT CHANGES LIMIT 2;',
    });
    await reader.until(({ token }) => token !== null);
    await insertViews(server.engine, [
      ['bob', 'home', 1],
      ['cid', 'home', 1],
    ]);
    await reader.ended();
    expect(reader.frames.at(-1)).toEqual({ type: 'end', reason: 'limit' });
    expect([...reader.rows.values()]).toEqual([
      ['ann', 1],
      ['bob', 1],
    ]);
  });

  test('of a stream: records from the beginning, and after a token those that follow', async () => {
    await using server = await testServer();
    await run(server.engine, pageviews);
    await insertViews(server.engine, [
      ['ann', 'home', 1],
      ['bob', 'help', 20],
      ['cid', 'help', 30],
    ]);
    const sql = 'SELECT user_id, ms FROM views WHERE ms > 10 EMIT CHANGES WITH SNAPSHOT;';
    const first = await subscribe(server.url, { sql }).until(({ history }) => history.length === 2);
    await first.until(({ frames }) => frames.at(-1)?.type === 'tick');
    first.close();
    expect(first.frames.filter(({ type }) => type === 'insert')).toEqual([
      {
        type: 'insert',
        rows: [
          ['bob', 20],
          ['cid', 30],
        ],
      },
    ]);
    await insertViews(server.engine, [['dan', 'home', 40]]);
    const second = subscribe(server.url, { sql, after: first.token as string });
    await second.until(({ history }) => history.length === 1);
    expect(second.history[0]?.row).toEqual(['dan', 40]);
    second.close();
  });

  test('is told what is wrong', async () => {
    await using server = await testServer();
    await run(server.engine, pageviews);
    const reader = subscribe(server.url, { sql: 'SELECT nothing FROM per_user EMIT CHANGES;' });
    await reader.ended();
    expect(reader.frames).toMatchObject([
      { error_code: 40001, code: 'analyze.unknown-column', message: /NOTHING/ },
    ]);
  });
});

test('a token of another query, of a table made anew or of nobody is refused', async () => {
  await using server = await testServer();
  await run(server.engine, pageviews);
  const sql = "SELECT * FROM per_user WHERE user_id = 'ann' EMIT CHANGES;";
  const first = await overWebSocket(server.url, { sql }).until(({ token }) => token !== null);
  const after = first.token as string;
  const refused = async (body: { readonly sql: string; readonly after: string }) => {
    const { status, text } = await post(`${server.url}/leat/v1/subscribe`, body);
    const { error_code, code, hint } = JSON.parse(text) as Record<string, unknown>;
    return { status, error_code, code, hint };
  };
  const expired = {
    status: 410,
    error_code: 41000,
    code: 'RESUME_EXPIRED',
    hint: 'Start over with a snapshot.',
  };
  expect(await refused({ sql: sql.replace('ann', 'bob'), after })).toEqual(expired);
  expect(await refused({ sql, after: 'nonsense' })).toMatchObject({ code: 'subscribe.bad-token' });
  await run(
    server.engine,
    'DROP TABLE per_user; CREATE TABLE per_user AS SELECT user_id, COUNT(*) AS n FROM views GROUP BY user_id;',
  );
  await first.ended();
  expect(first.frames.at(-1)).toEqual({ type: 'end', reason: 'terminated' });
  expect(await refused({ sql, after })).toEqual(expired);
});

test('a browser whose token is too old starts over: the id is emptied', async () => {
  await using server = await testServer();
  await run(server.engine, pageviews);
  const sql = 'SELECT * FROM per_user EMIT CHANGES;';
  const response = await fetch(`${server.url}/leat/v1/subscribe?sql=${encodeURIComponent(sql)}`, {
    headers: {
      accept: 'text/event-stream',
      'last-event-id': '1.a.b.c.aaaaaaaaaaaaaaaa',
    },
  });
  expect(response.status).toBe(200);
  expect(await response.text()).toMatch(/^id: \ndata: \{"type":"error","error_code":41000,.*\n\n$/);
});

test('a browser goes on after the last event it has seen', async () => {
  await using server = await testServer();
  await run(server.engine, pageviews);
  const sql = 'SELECT * FROM per_user EMIT CHANGES;';
  const first = await overEvents(server.url, { sql }).until(({ token }) => token !== null);
  first.close();
  await insertViews(server.engine, [['ann', 'home', 1]]);
  await server.engine.settle();
  const second = overEvents(server.url, { sql }, first.token as string);
  await second.until(({ token }) => token !== null);
  expect(second.history).toEqual([{ key: '["ann"]', row: ['ann', 1] }]);
  second.close();
});

test('the request may stand in the URL of a WebSocket', async () => {
  await using server = await testServer();
  await run(server.engine, pageviews);
  const reader = overWebSocket(
    server.url,
    { sql: 'SELECT * FROM per_user EMIT CHANGES;' },
    'query',
  );
  await reader.until(({ token }) => token !== null);
  reader.close();
});

test('on ksqlDB’s routes rows keep its shapes, tombstones included', async () => {
  await using server = await testServer();
  await run(
    server.engine,
    "CREATE SOURCE TABLE users (id INT PRIMARY KEY, name STRING) WITH (KAFKA_TOPIC='users', VALUE_FORMAT='JSON', KEY_FORMAT='JSON', PARTITIONS=1);",
  );
  const produce = (id: number, name: string | null) =>
    server.engine.produce([
      {
        topic: 'users',
        partition: 0,
        key: Buffer.from(String(id)),
        value: name === null ? null : Buffer.from(JSON.stringify({ NAME: name })),
        timestamp: 1,
        headers: [],
      },
    ]);
  await produce(1, 'ann');
  await produce(2, 'bob');
  await server.engine.settle();
  const sql = "SELECT name FROM users WHERE name LIKE '%n%' EMIT CHANGES WITH SNAPSHOT LIMIT 3;";
  const answer = post(
    `${server.url}/query`,
    { ksql: sql },
    { accept: 'application/vnd.ksql.v1+json' },
  );
  const isRunning = () => server.engine.metrics().then((metrics) => metrics['push_queries'] === 1);
  while (!(await isRunning())) await new Promise((resolve) => setImmediate(resolve));
  await produce(2, 'nan');
  await produce(1, 'eve');
  const rows = (JSON.parse((await answer).text) as Record<string, unknown>[]).slice(1);
  expect(rows).toEqual([
    { row: { columns: ['ann'] } },
    { row: { columns: ['nan'] } },
    { row: { columns: [null], tombstone: true } },
    { finalMessage: 'Limit Reached' },
  ]);
});

test('lines end with an error when the server stops', async () => {
  await using server = await testServer();
  await run(server.engine, pageviews);
  const reader = await overLines(server.url, { sql: 'SELECT * FROM per_user EMIT CHANGES;' }).until(
    ({ token }) => token !== null,
  );
  await server.server.close();
  await reader.ended();
  expect(reader.frames.at(-1)).toMatchObject({ type: 'error', error_code: 50303 });
});
