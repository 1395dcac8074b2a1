import { once } from 'node:events';
import { connect } from 'node:http2';
import { describe, expect, test } from 'vitest';
import { problem } from '../../src/base/errors.ts';
import {
  http2Request,
  insertViews,
  pageviews,
  post,
  rawRequest,
  type TestServer,
  testServer,
} from './test-server.ts';

const rows = [
  ['ann', 'home', 10],
  ['bob', 'cart', 20],
  ['ann', 'cart', 30],
] as const;

describe('POST /ksql', () => {
  test('answers each statement that has an answer', async () => {
    await using server = await testServer();
    const answer = await post(`${server.url}/ksql`, {
      ksql: `SET 'auto.offset.reset'='latest';${pageviews}SHOW STREAMS;`,
    });
    expect(answer.status).toBe(200);
    expect(answer.type).toBe('application/json');
    const entities = JSON.parse(answer.text);
    expect(entities.map((entity: { '@type': string }) => entity['@type'])).toEqual([
      'currentStatus',
      'currentStatus',
      'streams',
    ]);
    expect(entities[0]).toMatchObject({
      commandId: 'stream/`VIEWS`/create',
      commandStatus: { status: 'SUCCESS', message: 'Stream created', queryId: null },
      commandSequenceNumber: 0,
      warnings: [],
    });
    expect(entities[2].streams).toEqual([
      {
        type: 'STREAM',
        name: 'VIEWS',
        topic: 'views',
        keyFormat: 'KAFKA',
        valueFormat: 'JSON',
        isWindowed: false,
      },
    ]);
  });

  test('executes nothing when one statement is refused', async () => {
    await using server = await testServer();
    const answer = await post(`${server.url}/ksql`, {
      ksql: "CREATE STREAM s (a INT) WITH (KAFKA_TOPIC='s', VALUE_FORMAT='JSON', PARTITIONS=1); DROP STREAM nothing;",
    });
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.text)).toMatchObject({
      '@type': 'statement_error',
      error_code: 40001,
      statementText: 'DROP STREAM nothing;',
      entities: [],
    });
    expect(JSON.parse(answer.text).message).toContain('Stream NOTHING does not exist');
    expect((await server.engine.describe()).sources).toEqual([]);
  });

  test.each([
    ['not JSON', '{', 40000, 'Invalid JSON in request'],
    ['no statements', '{}', 40000, '"ksql" field must be populated'],
    [
      'a syntax error',
      { ksql: 'SELEC 1;' },
      40001,
      "line 1:1: Syntax Error\nUnknown statement 'SELEC'",
    ],
    [
      'a query',
      { ksql: 'SELECT * FROM views EMIT CHANGES;' },
      40002,
      "should be issued to the websocket endpoint '/query'",
    ],
    [
      'an unknown property',
      { ksql: 'SHOW STREAMS;', streamsProperties: { nothing: 1 } },
      40000,
      'nothing',
    ],
  ])('refuses %s', async (_name, body, code, message) => {
    await using server = await testServer();
    await server.engine.execute({ sql: pageviews, properties: {}, variables: {} });
    const answer = await post(`${server.url}/ksql`, body);
    expect(answer.status).toBe(Math.floor(code / 100));
    expect(JSON.parse(answer.text).error_code).toBe(code);
    expect(JSON.parse(answer.text).message).toContain(message);
  });

  test('refuses a body beyond the limit without reading all of it', async () => {
    await using server = await testServer();
    const body = JSON.stringify({ ksql: `SHOW STREAMS;${' '.repeat(9 * 1024 * 1024)}` });
    const answer = await post(`${server.url}/ksql`, body).catch((error: Error) => error);
    // The answer may be lost when the connection is cut under the sender.
    if (answer instanceof Error)
      expect(String(answer.cause)).toMatch(/ECONNRESET|EPIPE|closed|terminated/);
    else expect([400, 413]).toContain(answer.status);
    expect((await post(`${server.url}/ksql`, { ksql: 'SHOW STREAMS;' })).status).toBe(200);
  });

  test('takes variables and properties from the request', async () => {
    await using server = await testServer();
    const { status } = await post(`${server.url}/ksql`, {
      ksql: "CREATE STREAM ${name} (a INT) WITH (KAFKA_TOPIC='t', VALUE_FORMAT='JSON', PARTITIONS=1); CREATE STREAM d AS SELECT * FROM ${name};",
      sessionVariables: { name: 'from_variable' },
      streamsProperties: { 'ksql.streams.auto.offset.reset': 'latest' },
    });
    expect(status).toBe(200);
    expect((await server.engine.describe()).sources.map(({ name }) => name)).toEqual([
      'FROM_VARIABLE',
      'D',
    ]);
  });
});

describe('queries', () => {
  test('/query gives one JSON array, an element a line', async () => {
    await using server = await testServer();
    await server.engine.execute({ sql: pageviews, properties: {}, variables: {} });
    await insertViews(server.engine, rows);
    const push = await post(`${server.url}/query`, {
      ksql: 'SELECT user_id, ms FROM views EMIT CHANGES LIMIT 2;',
    });
    expect(push.type).toContain('application/vnd.ksql.v1+json');
    const elements = JSON.parse(push.text);
    expect(elements[0].header.schema).toBe('`USER_ID` STRING, `MS` INTEGER');
    expect(elements.slice(1)).toEqual([
      { row: { columns: ['ann', 10] } },
      { row: { columns: ['bob', 20] } },
      { finalMessage: 'Limit Reached' },
    ]);
    expect(push.text.split('\n').slice(1)).toEqual([
      '{"row":{"columns":["ann",10]}},',
      '{"row":{"columns":["bob",20]}},',
      '{"finalMessage":"Limit Reached"}]',
      ...(push.text.endsWith('\n') ? [''] : []),
    ]);
  });

  test('a pull query over a table marks keys and has no final message', async () => {
    await using server = await testServer();
    await server.engine.execute({ sql: pageviews, properties: {}, variables: {} });
    await insertViews(server.engine, rows);
    const pull = await post(`${server.url}/query`, {
      ksql: "SELECT * FROM per_user WHERE user_id = 'ann';",
    });
    const elements = JSON.parse(pull.text);
    expect(elements[0].header.schema).toBe('`USER_ID` STRING KEY, `N` BIGINT');
    expect(elements.slice(1)).toEqual([{ row: { columns: ['ann', 2] } }]);
  });

  test('/query-stream gives metadata and a line a row', async () => {
    await using server = await testServer();
    await server.engine.execute({ sql: pageviews, properties: {}, variables: {} });
    await insertViews(server.engine, rows);
    const answer = await post(`${server.url}/query-stream`, {
      sql: 'SELECT page, ms FROM views EMIT CHANGES LIMIT 3;',
    });
    const [head, ...lines] = answer.text.trim().split('\n');
    expect(JSON.parse(head as string)).toMatchObject({
      columnNames: ['PAGE', 'MS'],
      columnTypes: ['STRING', 'INTEGER'],
    });
    expect(lines).toEqual(['["home",10]', '["cart",20]', '["cart",30]']);
    const json = await post(
      `${server.url}/query-stream`,
      { sql: 'SELECT page FROM views EMIT CHANGES LIMIT 1;' },
      { accept: 'application/json' },
    );
    expect(JSON.parse(json.text)[1]).toEqual(['home']);
  });

  test('PRINT gives lines', async () => {
    await using server = await testServer();
    await server.engine.execute({ sql: pageviews, properties: {}, variables: {} });
    await insertViews(server.engine, rows);
    const { text } = await post(`${server.url}/query`, {
      ksql: 'PRINT views FROM BEGINNING LIMIT 1;',
    });
    expect(text).toMatch(
      /^Key format: .*\nValue format: .*\nrowtime: .* key: ann, value: \{"PAGE":"home","MS":10\}, partition: 0\n$/,
    );
  });

  test.each([
    ['/query', { ksql: 'SHOW STREAMS;' }, 40000],
    ['/query', { ksql: 'SELECT 1; SELECT 2;' }, 40001],
    ['/query', { ksql: 'SELECT * FROM nothing;' }, 40001],
    ['/query-stream', { sql: '' }, 40000],
    ['/query-stream', { sql: 'SELECT nothing FROM views EMIT CHANGES;' }, 40001],
  ])('%s refuses %j', async (path, body, code) => {
    await using server = await testServer();
    await server.engine.execute({ sql: pageviews, properties: {}, variables: {} });
    const answer = await post(`${server.url}${path}`, body);
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.text).error_code).toBe(code);
  });

  test('commands beyond their rate are refused; those before them have been carried out', async () => {
    await using server = await testServer(
      {},
      {},
      { 'ksql.server.command.topic.rate.limit': '0.001' },
    );
    const ksql = 'CREATE TYPE a AS INT; SHOW TYPES; CREATE TYPE b AS INT;';
    const answer = await post(`${server.url}/ksql`, { ksql });
    expect(answer.status).toBe(429);
    expect(JSON.parse(answer.text)).toMatchObject({
      '@type': 'generic_error',
      error_code: 42900,
      message: 'DDL/DML rate is crossing the configured rate limit of statements/second',
    });
    expect([...server.engine.catalog.types.keys()]).toEqual(['A']);
  });

  test('what nobody serves is not acceptable', async () => {
    await using server = await testServer();
    const answer = await post(
      `${server.url}/query`,
      { ksql: 'SELECT 1;' },
      { accept: 'text/html' },
    );
    expect(answer.status).toBe(406);
  });

  test.each([
    ['/info', 'text/plain', 406],
    ['/healthcheck', 'application/vnd.ksqlapi.delimited.v1', 406],
    ['/status', 'application/json;q=0', 406],
    ['/v1/metadata/id', 'text/html, */*;q=0.1', 200],
    ['/is_valid_property/auto.offset.reset', 'application/vnd.ksql.v1+json', 200],
    ['/chc/live', 'text/plain', 200],
  ])('GET %s for who accepts %s: %d', async (path, accept, status) => {
    await using server = await testServer();
    const answer = await fetch(`${server.url}${path}`, { headers: { accept } });
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toBe('application/json');
  });

  test.each([
    ['application/json', 'application/json', '[{"header":'],
    ['application/*', 'application/vnd.ksql.v1+json', '[{"header":'],
    [
      'application/vnd.ksql.v1+json;q=0.5, application/vnd.ksqlapi.delimited.v1',
      'application/vnd.ksqlapi.delimited.v1',
      '{"queryId":',
    ],
  ])('/query for who accepts %s answers %s', async (accept, type, start) => {
    await using server = await testServer();
    await server.engine.execute({ sql: pageviews, properties: {}, variables: {} });
    const ksql = 'SELECT * FROM per_user;';
    const answer = await post(`${server.url}/query`, { ksql }, { accept });
    expect(answer.type).toBe(type);
    expect(answer.text).toMatch(new RegExp(`^${start.replace(/[[{]/g, '\\$&')}`));
  });

  test('a push query ends by /close-query, and its client hears of it', async () => {
    await using server = await testServer();
    await server.engine.execute({ sql: pageviews, properties: {}, variables: {} });
    const response = await fetch(`${server.url}/query-stream`, {
      method: 'POST',
      body: JSON.stringify({ sql: 'SELECT * FROM views EMIT CHANGES;' }),
    });
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    const { value } = await reader.read();
    const { queryId } = JSON.parse(Buffer.from(value as Uint8Array).toString());
    expect((await post(`${server.url}/close-query`, { queryId })).status).toBe(200);
    expect((await reader.read()).done).toBe(true);
    const again = await post(`${server.url}/close-query`, { queryId });
    expect(again.status).toBe(400);
    expect(again.text).toContain(`No query with id ${queryId}`);
  });

  test('a push query ends with its connection', async () => {
    await using server = await testServer();
    await server.engine.execute({ sql: pageviews, properties: {}, variables: {} });
    const abort = new AbortController();
    await fetch(`${server.url}/query-stream`, {
      method: 'POST',
      body: JSON.stringify({ sql: 'SELECT * FROM views EMIT CHANGES;' }),
      signal: abort.signal,
    });
    expect((await server.engine.metrics())['push_queries']).toBe(1);
    abort.abort();
    await expect.poll(async () => (await server.engine.metrics())['push_queries']).toBe(0);
  });

  test('a table tells its push clients of deletions', async () => {
    await using server = await testServer();
    const sql =
      "CREATE TABLE t (k STRING PRIMARY KEY, v INT) WITH (KAFKA_TOPIC='t', VALUE_FORMAT='JSON', PARTITIONS=1); CREATE TABLE u AS SELECT * FROM t;";
    await server.engine.execute({ sql, properties: {}, variables: {} });
    const record = { topic: 't', partition: 0, key: Buffer.from('a'), timestamp: 1, headers: [] };
    await server.engine.produce([
      { ...record, value: Buffer.from('{"V":1}') },
      { ...record, value: null },
    ]);
    const { text } = await post(`${server.url}/query`, {
      ksql: 'SELECT * FROM u EMIT CHANGES LIMIT 2;',
    });
    expect(JSON.parse(text).slice(1, 3)).toEqual([
      { row: { columns: ['a', 1] } },
      { row: { columns: ['a', null], tombstone: true } },
    ]);
  });
});

describe('HTTP/2 with prior knowledge, on the same port', () => {
  test('a request without body, or one that only says it is HTTP/2, is answered as any other', async () => {
    await using server = await testServer();
    const { status } = await http2Request(server.url, { ':path': '/ksql' }, '');
    expect(status).toBe(400);
    const text = 'GET /info HTTP/2.0\r\nHost: localhost\r\nConnection: close\r\n\r\n';
    expect(await rawRequest(server.server.port, text, 'KsqlServerInfo')).toContain('200 OK');
  });

  test('serves statements and queries, a frame a row', async () => {
    await using server = await testServer();
    const made = await http2Request(
      server.url,
      { ':path': '/ksql' },
      JSON.stringify({ ksql: pageviews }),
    );
    expect(made.status).toBe(200);
    await insertViews(server.engine, rows);
    const { text } = await http2Request(
      server.url,
      { ':path': '/query-stream' },
      JSON.stringify({ sql: 'SELECT page FROM views EMIT CHANGES LIMIT 3;' }),
    );
    expect(text.trim().split('\n').slice(1)).toEqual(['["home"]', '["cart"]', '["cart"]']);
  });

  test('rows of text beyond ASCII arrive as they were', async () => {
    await using server = await testServer();
    await server.engine.execute({ sql: pageviews, properties: {}, variables: {} });
    const pages = Array.from({ length: 50 }, (_, at) => `größe ${at} 日本 😀`);
    await insertViews(
      server.engine,
      pages.map((page) => ['ä', page, 1] as const),
    );
    const body = JSON.stringify({ sql: 'SELECT page FROM views EMIT CHANGES LIMIT 50;' });
    const { text } = await http2Request(server.url, { ':path': '/query-stream' }, body);
    expect(
      text
        .trim()
        .split('\n')
        .slice(1)
        .map((line) => JSON.parse(line)[0]),
    ).toEqual(pages);
  });
});

/** From now on no row is taken. */
function fail({ engine }: TestServer, error: Error): void {
  engine.insertRows = (_target, rows) =>
    rows.length === 0 ? Promise.resolve([]) : Promise.reject(error);
}

describe('POST /inserts-stream', () => {
  const insert = (url: string, lines: readonly string[], headers: Record<string, string> = {}) =>
    http2Request(url, { ':path': '/inserts-stream', ...headers }, `${lines.join('\n')}\n`);

  test('acknowledges every row by its number', async () => {
    await using server = await testServer();
    await server.engine.execute({ sql: pageviews, properties: {}, variables: {} });
    const answer = await insert(server.url, [
      '{"target":"views"}',
      '{"USER_ID":"ann","MS":1}',
      '{"user_id":"bob","page":"x"}',
    ]);
    expect(
      answer.text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual([
      { seq: 0, status: 'ok' },
      { seq: 1, status: 'ok' },
    ]);
    const { text } = await post(`${server.url}/query-stream`, {
      sql: 'SELECT * FROM views EMIT CHANGES LIMIT 2;',
    });
    expect(text.trim().split('\n').slice(1)).toEqual(['["ann",null,1]', '["bob","x",null]']);
  });

  test('as an array, if asked for', async () => {
    await using server = await testServer();
    await server.engine.execute({ sql: pageviews, properties: {}, variables: {} });
    const accept = { accept: 'application/json' };
    expect(JSON.parse((await insert(server.url, ['{"target":"views"}'], accept)).text)).toEqual([]);
    const answer = await insert(
      server.url,
      ['{"target":"views"}', '{"USER_ID":"ann"}', '{"USER_ID":"bob"}'],
      accept,
    );
    expect(JSON.parse(answer.text)).toEqual([
      { seq: 0, status: 'ok' },
      { seq: 1, status: 'ok' },
    ]);
  });

  test('says which row is wrong, and ends there', async () => {
    await using server = await testServer();
    await server.engine.execute({ sql: pageviews, properties: {}, variables: {} });
    const lines = [
      '{"target":"views"}',
      '{"USER_ID":"ann"}',
      '{"PAGE":"keyless"}',
      '{"USER_ID":"late"}',
    ];
    const acks = (await insert(server.url, lines)).text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(acks).toEqual([
      { seq: 0, status: 'ok' },
      {
        seq: 1,
        status: 'error',
        error_code: 40000,
        message: 'Key field must be specified: USER_ID',
      },
    ]);
  });

  test.each([
    ['{"target":"nothing"}', 40001, 'Cannot insert values into an unknown stream/table'],
    ['{}', 40000, 'target'],
    ['no json', 40000, 'Invalid JSON'],
  ])('refuses %s before any row', async (first, code, message) => {
    await using server = await testServer();
    const answer = await insert(server.url, [first]);
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.text).error_code).toBe(code);
    expect(JSON.parse(answer.text).message).toContain(message);
  });

  test.each([
    ['/inserts-stream', 1],
    ['/leat/v1/inserts', 2],
  ])('%s says that the disk is full', async (path, refusals) => {
    await using server = await testServer();
    await server.engine.execute({ sql: pageviews, properties: {}, variables: {} });
    fail(server, problem('log.disk-full', 'nothing was written: 1 MiB are free on the disk'));
    const lines = '{"target":"views"}\n{"USER_ID":"ann"}\n{"USER_ID":"bob"}\n';
    const { text } = await http2Request(server.url, { ':path': path }, lines);
    const acknowledgements = text.trim().split('\n');
    expect(acknowledgements).toHaveLength(refusals);
    expect(JSON.parse(acknowledgements[0] ?? '')).toMatchObject({
      status: 'error',
      seq: 0,
      error_code: 50700,
      message: 'nothing was written: 1 MiB are free on the disk',
    });
  });

  test('breaks off when nobody knows what became of a row', async () => {
    await using server = await testServer();
    await server.engine.execute({ sql: pageviews, properties: {}, variables: {} });
    fail(server, new Error('the outcome is unknown'));
    const session = connect(server.url);
    const stream = session.request({ ':method': 'POST', ':path': '/inserts-stream' });
    stream.resume().end('{"target":"views"}\n{"USER_ID":"ann"}\n');
    await expect(once(stream, 'close')).rejects.toThrow('NGHTTP2_INTERNAL_ERROR');
    session.close();
  });

  test('is there for HTTP/2 only', async () => {
    await using server = await testServer();
    const answer = await post(`${server.url}/inserts-stream`, '{"target":"views"}\n');
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.text).error_code).toBe(40004);
  });
});

describe('what the server says of itself', () => {
  test.each([
    ['/info', 'KsqlServerInfo'],
    ['/healthcheck', 'isHealthy'],
    ['/v1/metadata', 'clusterId'],
    ['/chc/ready', null],
    ['/chc/live', null],
  ])('%s', async (path, field) => {
    await using server = await testServer();
    const response = await fetch(server.url + path);
    expect(response.status).toBe(200);
    const body = (await response.json()) as object;
    expect(field === null ? Object.keys(body).length === 0 : field in body).toBe(true);
  });

  test('/ leads to /info, and what is not there is not found', async () => {
    await using server = await testServer();
    const root = await fetch(`${server.url}/`, { redirect: 'manual' });
    expect([root.status, root.headers.get('location')]).toEqual([307, '/info']);
    const missing = await fetch(`${server.url}/nothing`);
    expect([missing.status, await missing.text()]).toEqual([404, 'Not Found']);
  });

  test('statuses of commands and validity of properties', async () => {
    await using server = await testServer();
    await post(`${server.url}/ksql`, { ksql: pageviews });
    expect(await (await fetch(`${server.url}/status/stream/VIEWS/create`)).json()).toEqual({
      status: 'SUCCESS',
      message: 'Stream created',
      queryId: null,
    });
    expect((await fetch(`${server.url}/status/stream/NOTHING/create`)).status).toBe(404);
    expect(await (await fetch(`${server.url}/is_valid_property/auto.offset.reset`)).text()).toBe(
      'true',
    );
    expect((await fetch(`${server.url}/is_valid_property/nothing`)).status).toBe(400);
  });
});

describe('connections', () => {
  test('an upgrade to h2c is answered over HTTP/1.1', async () => {
    await using server = await testServer();
    const answer = await rawRequest(
      server.server.port,
      'GET /info HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n',
      'KsqlServerInfo',
    );
    expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  });

  test('one connection serves request after request', async () => {
    await using server = await testServer();
    const request = 'GET /chc/live HTTP/1.1\r\nHost: localhost\r\n\r\n';
    const last = 'GET /info HTTP/1.1\r\nHost: localhost\r\n\r\n';
    const answer = await rawRequest(server.server.port, request + request + last, 'KsqlServerInfo');
    expect(answer.match(/HTTP\/1\.1 200 OK/g)).toHaveLength(3);
  });

  test('a request may come byte by byte', async () => {
    await using server = await testServer();
    const { connect } = await import('node:net');
    const socket = connect(server.server.port, '127.0.0.1').setNoDelay();
    const turn = () => new Promise((resolve) => setImmediate(resolve));
    for (const byte of 'GET /info HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n') {
      socket.write(byte);
      await turn();
    }
    let text = '';
    for await (const chunk of socket) text += String(chunk);
    expect(text).toContain('KsqlServerInfo');
  });

  test.each([
    '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 TLS here\r\n\r\n',
    'SSH-2.0-OpenSSH_9.6\r\n\r\n',
    '\0'.repeat(20_000),
  ])('foreign bytes are turned away: %j', async (bytes) => {
    await using server = await testServer();
    const answer = await rawRequest(server.server.port, bytes, '\r\n\r\n');
    expect(answer).toMatch(/^(HTTP\/1\.1 400 .*)?/);
    expect((await fetch(`${server.url}/info`)).status).toBe(200);
  });

  test('only what names the server by a name of its own, from a page of its own, is served', async () => {
    await using server = await testServer();
    const get = (headers: string) =>
      rawRequest(
        server.server.port,
        `GET /info HTTP/1.1\r\n${headers}Connection: close\r\n\r\n`,
        'never',
      );
    expect(await get('Host: localhost:8088\r\n')).toContain(' 200 ');
    expect(await get('Host: [::1]:8088\r\n')).toContain(' 200 ');
    expect(await get('Host: evil.example\r\n')).toContain(' 403 ');
    expect(await get('Host: localhost\r\nOrigin: http://localhost:3000\r\n')).toContain(' 200 ');
    expect(await get('Host: localhost\r\nOrigin: https://evil.example\r\n')).toContain(' 403 ');
    expect(await get('Host: localhost\r\nOrigin: null\r\n')).toContain(' 403 ');
    const http2 = await http2Request(
      server.url,
      { ':path': '/ksql', ':authority': 'evil.example' },
      '{}',
    );
    expect(http2.status).toBe(403);
  });

  test('names and origins can be allowed', async () => {
    await using server = await testServer(
      {},
      { policy: { hosts: ['leat.internal'], origins: ['https://console.example'] } },
    );
    const get = (headers: string) =>
      rawRequest(
        server.server.port,
        `GET /info HTTP/1.1\r\n${headers}Connection: close\r\n\r\n`,
        'never',
      );
    expect(await get('Host: leat.internal\r\nOrigin: https://console.example\r\n')).toContain(
      ' 200 ',
    );
    expect(await get('Host: leat.internal\r\nOrigin: https://other.example\r\n')).toContain(
      ' 403 ',
    );
  });

  test('closing ends what streams and lets go of every connection', async () => {
    const server = await testServer();
    await server.engine.execute({ sql: pageviews, properties: {}, variables: {} });
    const response = await fetch(`${server.url}/query-stream`, {
      method: 'POST',
      body: JSON.stringify({ sql: 'SELECT * FROM views EMIT CHANGES;' }),
    });
    const began = performance.now();
    const text = response.text().catch(() => 'cut');
    await server[Symbol.asyncDispose]();
    expect(performance.now() - began).toBeLessThan(5_000);
    expect(await text).toMatch(/queryId|cut/);
    await expect(fetch(`${server.url}/info`)).rejects.toThrow();
  });

  test('a port in use is refused', async () => {
    await using server = await testServer();
    await expect(testServer({}, { port: server.server.port })).rejects.toMatchObject({
      code: 'server.port-in-use',
    });
  });
});
