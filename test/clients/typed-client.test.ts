/** The typed client against a server, over real sockets. */
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, expectTypeOf, test } from 'vitest';
import { connect, decimal, type LeatClient, LeatError } from '../../src/client/connect.ts';
import { insertViews, pageviews, type TestServer, testServer } from '../server/test-server.ts';

interface Running extends AsyncDisposable {
  readonly server: TestServer;
  readonly client: LeatClient;
}

async function running(sql = ''): Promise<Running> {
  const server = await testServer();
  const client = connect(server.url);
  if (sql !== '') await client.execute(sql);
  return {
    server,
    client,
    async [Symbol.asyncDispose]() {
      client.close();
      await server[Symbol.asyncDispose]();
    },
  };
}

const pushQueries = async ({ server }: Running): Promise<number | undefined> =>
  (await server.engine.metrics())['push_queries'];

const everyType =
  'CREATE STREAM every (id BIGINT KEY, yes BOOLEAN, n INT, x DOUBLE, d DECIMAL(25, 5), t STRING, b BYTES, on_day DATE,' +
  ' at_time TIME, since TIMESTAMP, a ARRAY<DECIMAL(4, 2)>, m MAP<STRING, BIGINT>,' +
  " s STRUCT<on_day DATE, since TIMESTAMP, n BIGINT, a ARRAY<BYTES>>) WITH (kafka_topic='every', value_format='JSON', partitions=1);";
const row = {
  ID: 2n ** 63n - 1n,
  YES: true,
  N: -1,
  X: 0.1,
  D: '12345678901234567890.10000',
  T: `it's "\u2028" \${x} \\ 😀`,
  B: new Uint8Array([0, 1, 255]),
  ON_DAY: '2024-05-01',
  AT_TIME: '10:15:30',
  SINCE: new Date(Date.UTC(2024, 4, 1, 10, 15, 30, 7)),
  A: ['1.50', null],
  M: new Map([['__proto__', -(2n ** 63n)]]),
  S: {
    ON_DAY: '1969-12-31',
    SINCE: new Date(-1),
    N: 9_007_199_254_740_993n,
    A: [new Uint8Array([7])],
  },
};

describe('statements', () => {
  test('are answered one by one, each with its type', async () => {
    await using here = await running();
    const replies = await here.client.execute(
      "CREATE STREAM s (v INT) WITH (kafka_topic='s', value_format='JSON', partitions=1); SHOW STREAMS;",
    );
    expect(replies.map((reply) => reply['@type'])).toEqual(['currentStatus', 'streams']);
    const [created, shown] = replies;
    if (created?.['@type'] !== 'currentStatus' || shown?.['@type'] !== 'streams') return;
    expect(created.commandStatus.message).toBe('Stream created');
    expect(shown.streams.map(({ name, topic }) => [name, topic])).toEqual([['S', 's']]);
  });

  test('that are refused say why, where and what to do', async () => {
    await using here = await running(pageviews);
    const error = await here.client
      .execute('SHOW STREAMS; SELECT ms FROM views EMIT CHANGES;')
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(LeatError);
    expect(error).toMatchObject({ code: 'request.query-endpoint', errorCode: 40002 });
    await expect(here.client.pull('SELECT usr_id FROM views;').all()).rejects.toMatchObject({
      code: 'analyze.unknown-column',
      message: expect.stringContaining("'USR_ID' cannot be resolved"),
      hint: 'Did you mean USER_ID?',
      statement: 'SELECT usr_id FROM views;',
      span: { start: 7, end: 13 },
    });
  });

  test('take properties and variables', async () => {
    await using here = await running(pageviews);
    await insertViews(here.server.engine, [['ann', 'home', 1]]);
    const options = {
      properties: { 'auto.offset.reset': 'earliest' },
      variables: { who: "ann' OR 'a' = 'a" },
    };
    const found = (text: string) =>
      here.client.pull('SELECT page FROM views WHERE user_id = ?;', [text], options).all();
    expect(await found('${who}')).toEqual([]);
    expect(await found('ann')).toEqual([{ PAGE: 'home' }]);
  });
});

describe('rows', () => {
  test('of every type come back as they went in', async () => {
    await using here = await running(everyType);
    await using writer = here.client.insertStream('every');
    await writer.write(row);
    expect(await here.client.pull('SELECT * FROM every;').all()).toEqual([row]);
    const columns = await here.client.pull('SELECT id, d FROM every;').columns();
    expect(columns).toEqual([
      { name: 'ID', type: { kind: 'BIGINT' }, key: false },
      { name: 'D', type: { kind: 'DECIMAL', precision: 25, scale: 5 }, key: false },
    ]);
  });

  test('are found by parameters of every type, and inserted with them', async () => {
    await using here = await running(everyType);
    const { ID, YES, N, X, D, T, B, ON_DAY, AT_TIME, SINCE, A, M, S } = row;
    await here.client.execute('INSERT INTO every VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?);', [
      ID,
      YES,
      N,
      X,
      decimal(D),
      T,
      B,
      ON_DAY,
      AT_TIME,
      SINCE,
      [decimal('1.50'), null],
      M,
      S,
    ]);
    expect(A).toEqual(['1.50', null]);
    expect(await here.client.pull('SELECT * FROM every;').all()).toEqual([row]);
    const found = await here.client
      .pull(
        'SELECT id FROM every WHERE id=? AND yes=? AND n=? AND x=? AND d=? AND t=? AND b=? AND on_day=? AND at_time=? AND since=?;',
        [ID, YES, N, X, decimal(D), T, B, ON_DAY, AT_TIME, SINCE],
      )
      .all();
    expect(found).toEqual([{ ID }]);
  });

  test('have the type they are said to have', async () => {
    await using here = await running(pageviews);
    await insertViews(here.server.engine, [['ann', 'home', 1]]);
    const rows = here.client.pull<{ N: bigint }>('SELECT n FROM per_user WHERE user_id = ?;', [
      'ann',
    ]);
    for await (const { N } of rows) {
      expectTypeOf(N).toEqualTypeOf<bigint>();
      expect(N).toBe(1n);
    }
    await expect(rows.all()).rejects.toMatchObject({ code: 'client.used-twice' });
  });

  test('text that means to do harm is text, wherever it is compared', async () => {
    await using here = await running(pageviews);
    const hostile = [
      "' OR 'a' = 'a",
      "'; DROP TABLE per_user; --",
      '${x}',
      '$${x}',
      "''",
      '\\',
      '--',
      '/*',
      '?',
      '`"',
    ];
    await using writer = here.client.insertStream('views');
    await writer.writeAll(hostile.map((text) => ({ user_id: text, page: text, ms: 1 })));
    await here.server.engine.settle();
    for (const text of hostile) {
      const options = { variables: { x: 'gone' } };
      const table = here.client.pull(
        'SELECT user_id FROM per_user WHERE user_id = ?;',
        [text],
        options,
      );
      expect(await table.all()).toEqual([{ USER_ID: text }]);
      const stream = here.client.pull('SELECT page FROM views WHERE page = ?;', [text], options);
      expect(await stream.all()).toEqual([{ PAGE: text }]);
    }
  });
});

describe('push queries', () => {
  test('give rows as they are committed, and end with the loop over them', async () => {
    await using here = await running(pageviews);
    const rows = here.client.push<{ USER_ID: string; N: bigint }>(
      'SELECT * FROM per_user EMIT CHANGES;',
    );
    expect(await rows.queryId()).toMatch(/^transient_/);
    const seen: unknown[] = [];
    await insertViews(here.server.engine, [['ann', 'home', 1]]);
    for await (const change of rows) {
      seen.push(change);
      if (seen.length === 2) break;
      await insertViews(here.server.engine, [['ann', 'cart', 1]]);
    }
    expect(seen).toEqual([
      { USER_ID: 'ann', N: 1n },
      { USER_ID: 'ann', N: 2n },
    ]);
    await expect.poll(() => pushQueries(here)).toBe(0);
  });

  test('end with close, with their LIMIT and with TERMINATE', async () => {
    await using here = await running(pageviews);
    const closed = here.client.push('SELECT * FROM views EMIT CHANGES;');
    await closed.queryId();
    setTimeout(() => closed.close());
    expect(await closed.all()).toEqual([]);
    const terminated = here.client.push('SELECT * FROM views EMIT CHANGES;');
    await here.client.execute(`TERMINATE \`${await terminated.queryId()}\`;`);
    expect(await terminated.all()).toEqual([]);
    await insertViews(here.server.engine, [['ann', 'home', 1]]);
    const limited = here.client.push('SELECT user_id FROM views EMIT CHANGES LIMIT 1;');
    expect(await limited.all()).toEqual([{ USER_ID: 'ann' }]);
  });

  test('wait for a reader that takes nothing, and lose nothing', async () => {
    await using here = await running(pageviews);
    const rows = here.client.push<{ MS: number }>('SELECT ms FROM views EMIT CHANGES;');
    const reader = rows.batches();
    await using writer = here.client.insertStream('views');
    const page = 'x'.repeat(1_000);
    const count = 5_000;
    await writer.writeAll(Array.from({ length: count }, (_, ms) => ({ user_id: 'u', page, ms })));
    const seen: number[] = [];
    for await (const some of reader) {
      for (const { MS } of some) seen.push(MS);
      if (seen.length === count) break;
    }
    expect(seen).toEqual(Array.from({ length: count }, (_, at) => at));
  });

  test('PRINT gives lines', async () => {
    await using here = await running(pageviews);
    await insertViews(here.server.engine, [['ann', 'home', 1]]);
    const lines: string[] = [];
    for await (const line of here.client.print('PRINT views FROM BEGINNING;')) {
      lines.push(line);
      if (line.startsWith('rowtime')) break;
    }
    expect(lines.at(-1)).toContain('key: ann, value: {"PAGE":"home","MS":1}, partition: 0');
    await expect.poll(() => pushQueries(here)).toBe(0);
  });
});

describe('signals', () => {
  test('end what is under way with their reason', async () => {
    await using here = await running(pageviews);
    const abort = new AbortController();
    const options = { signal: abort.signal };
    const rows = here.client.push('SELECT * FROM views EMIT CHANGES;', [], options);
    await rows.queryId();
    abort.abort(new Error('enough'));
    await expect(rows.all()).rejects.toThrow('enough');
    await expect(here.client.execute('SHOW STREAMS;', [], options)).rejects.toThrow('enough');
    await expect(
      here.client.insertStream('views', options).write({ user_id: 'a' }),
    ).rejects.toThrow('enough');
    await expect.poll(() => pushQueries(here)).toBe(0);
  });

  test('closing the client ends everything', async () => {
    await using here = await running(pageviews);
    const rows = here.client.push('SELECT * FROM views EMIT CHANGES;');
    await rows.queryId();
    here.client.close();
    await expect(rows.all()).rejects.toMatchObject({ name: 'AbortError' });
  });
});

describe('inserts', () => {
  test('are acknowledged row by row, and what is refused stops no other', async () => {
    await using here = await running(pageviews);
    const writer = here.client.insertStream('views');
    const written = await Promise.allSettled([
      writer.write({ user_id: 'ann', page: 'home', ms: 1 }),
      writer.write({ user_id: 'bob', page: 'home', ms: 'late' }),
      writer.write({ page: 'home' }),
      writer.write({ user_id: 'x'.repeat(1024 * 1024) }),
      writer.write({ user_id: 'cid', page: 'cart', ms: 2 }),
    ]);
    expect(written.map(({ status }) => status)).toEqual([
      'fulfilled',
      'rejected',
      'rejected',
      'rejected',
      'fulfilled',
    ]);
    expect(written.map((one) => (one.status === 'rejected' ? one.reason.message : null))).toEqual([
      null,
      "Can't coerce a field of type class java.lang.String (late) into type INTEGER",
      'Key field must be specified: USER_ID',
      'row is larger than 1048576 bytes',
      null,
    ]);
    expect(writer.acknowledged).toBe(2);
    await expect(writer.close()).rejects.toMatchObject({ code: 'insert.invalid-row' });
    await expect(writer.write({ user_id: 'dan' })).rejects.toMatchObject({ code: 'client.closed' });
    expect(await here.client.pull('SELECT user_id FROM views;').all()).toEqual([
      { USER_ID: 'ann' },
      { USER_ID: 'cid' },
    ]);
  });

  test('keep their order over many requests', async () => {
    await using here = await running(pageviews);
    await using writer = here.client.insertStream('views', { batchRows: 7 });
    async function* rows(): AsyncGenerator<object> {
      for (let ms = 0; ms < 100; ms++) yield { user_id: 'u', ms };
    }
    expect(await writer.writeAll(rows())).toBe(100);
    expect(writer.acknowledged).toBe(100);
    const read = await here.client.pull<{ MS: number }>('SELECT ms FROM views;').all();
    expect(read.map(({ MS }) => MS)).toEqual(Array.from({ length: 100 }, (_, at) => at));
  });

  test('of writers that do not wait are refused beyond a number, and ready says when to go on', async () => {
    await using here = await running(pageviews);
    const writer = here.client.insertStream('views', { batchRows: 2, bufferedRows: 4 });
    const many = Array.from({ length: 5 }, () => writer.write({ user_id: 'u' }));
    const outcomes = await Promise.allSettled([...many, writer.ready()]);
    expect(outcomes.map(({ status }) => status)).toEqual([
      ...['fulfilled', 'fulfilled', 'fulfilled', 'fulfilled', 'rejected', 'fulfilled'],
    ]);
    expect(writer.waiting).toBe(0);
    await expect(writer.close()).rejects.toMatchObject({ code: 'client.too-many-rows' });
  });

  test('into what is not there are refused', async () => {
    await using here = await running();
    const writer = here.client.insertStream('nothing');
    await expect(writer.writeAll([{ a: 1 }])).rejects.toThrow(
      'Cannot insert values into an unknown stream/table: nothing',
    );
    await writer.close();
  });

  test('that a server takes down with it are not acknowledged', async () => {
    const server = createServer((request) => request.socket.destroy());
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    const writer = connect(`http://127.0.0.1:${port}`).insertStream('s');
    await expect(writer.write({ a: 1 })).rejects.toMatchObject({ code: 'client.unreachable' });
    expect(writer.acknowledged).toBe(0);
    server.close();
  });
});

describe('what reaches the server', () => {
  async function headersSent(options: Parameters<typeof connect>[1]): Promise<IncomingHttpHeaders> {
    const server = createServer((_, response) => response.end('{"KsqlServerInfo":{}}'));
    const received = once(server, 'request');
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    await connect(`http://127.0.0.1:${port}/`, options).info();
    server.close();
    const [{ headers }] = await received;
    return headers;
  }

  test('a name and a password', async () => {
    const { authorization } = await headersSent({
      authorization: { user: 'ann', password: 'pä:ss' },
    });
    expect(authorization).toBe(`Basic ${Buffer.from('ann:pä:ss').toString('base64')}`);
  });

  test('a token, also one that is made anew', async () => {
    expect((await headersSent({ authorization: { token: 'abc' } })).authorization).toBe(
      'Bearer abc',
    );
    const token = async () => 'fresh';
    expect((await headersSent({ authorization: { token } })).authorization).toBe('Bearer fresh');
  });

  test('headers of one’s own', async () => {
    expect((await headersSent({ headers: { 'X-Requested-With': 'me' } }))['x-requested-with']).toBe(
      'me',
    );
  });

  test('nobody there is said, with what to do', async () => {
    const server = createServer();
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    await once(server.close(), 'close');
    await expect(connect(`http://127.0.0.1:${port}`).info()).rejects.toMatchObject({
      code: 'client.unreachable',
      detail: expect.stringContaining('ECONNREFUSED'),
      hint: 'Start one with: leat serve',
    });
  });
});
