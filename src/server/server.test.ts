/** Every endpoint over real sockets, with an engine in memory behind it. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { type TestEngine, testEngine } from '../engine/engine.test-helper.ts';
import { delimited, json, ksqlJson, ksqlProtobuf } from './messages.ts';
import { type RunningServer, startServer } from './start.ts';

let backend: TestEngine;
let server: RunningServer;

beforeEach(async () => {
  backend = await testEngine();
  server = await startServer(backend.engine, { host: '127.0.0.1', port: 0 });
});
afterEach(async () => {
  await server.close();
  await backend[Symbol.asyncDispose]();
});

interface Answer {
  readonly status: number;
  readonly type: string | null;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: whatever JSON the server sends
  readonly body: any;
}

async function call(path: string, body?: object | string, accept?: string): Promise<Answer> {
  const response = await fetch(server.url + path, {
    redirect: 'manual',
    ...(body === undefined
      ? {}
      : { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body) }),
    ...(accept === undefined ? {} : { headers: { accept } }),
  });
  const text = await response.text();
  let parsed: unknown = null;
  try {
    parsed = JSON.parse(text);
  } catch {
    // Not every answer is JSON.
  }
  return {
    status: response.status,
    type: response.headers.get('content-type'),
    text,
    body: parsed,
  };
}
const ksql = (sql: string, more: object = {}) => call('/ksql', { ksql: sql, ...more });

const pageViews = `CREATE STREAM VIEWS (ID INT KEY, PAGE STRING) WITH (KAFKA_TOPIC='views', VALUE_FORMAT='JSON', PARTITIONS=1);
CREATE TABLE PER_PAGE AS SELECT PAGE, COUNT(*) AS N FROM VIEWS GROUP BY PAGE;`;

async function withViews(): Promise<void> {
  await ksql(pageViews);
  await ksql("INSERT INTO VIEWS VALUES (1, 'home'); INSERT INTO VIEWS VALUES (2, 'home');");
  await backend.engine.settle();
}

describe('POST /ksql', () => {
  test('answers with an entity for each statement that has one', async () => {
    const { status, type, body } = await ksql(
      `CREATE STREAM S1 (A INT) WITH (KAFKA_TOPIC='t1', VALUE_FORMAT='JSON', PARTITIONS=1);
       DEFINE x = 'y'; SHOW STREAMS;`,
    );
    expect([status, type]).toEqual([200, 'application/json']);
    expect(body).toMatchObject([
      {
        '@type': 'currentStatus',
        commandId: 'stream/`S1`/create',
        commandStatus: { status: 'SUCCESS', message: 'Stream created', queryId: null },
        commandSequenceNumber: 0,
        warnings: [],
      },
      {
        '@type': 'streams',
        statementText: 'SHOW STREAMS;',
        streams: [
          {
            type: 'STREAM',
            name: 'S1',
            topic: 't1',
            keyFormat: 'KAFKA',
            valueFormat: 'JSON',
            isWindowed: false,
          },
        ],
      },
    ]);
  });

  test('executes nothing of a request that holds an invalid statement', async () => {
    const { status, body } = await ksql(`${pageViews} DROP STREAM NOBODY;`);
    expect(status).toBe(400);
    expect(body).toMatchObject({
      '@type': 'statement_error',
      error_code: 40001,
      statementText: 'DROP STREAM NOBODY;',
      entities: [],
    });
    expect((await ksql('SHOW STREAMS;')).body[0].streams).toEqual([]);
  });

  test('names the statement that does not parse', async () => {
    const { status, body } = await ksql('SHOW STREAMS; SHOW STREEMS;');
    expect(status).toBe(400);
    expect(body).toMatchObject({ error_code: 40001, statementText: 'SHOW STREEMS;' });
    expect(body.message).toMatch(/^line 1:20: Syntax Error\n/);
  });

  test('sends queries to the query endpoint', async () => {
    await ksql(pageViews);
    const { status, body } = await ksql('SELECT * FROM PER_PAGE;');
    expect([status, body.error_code]).toEqual([400, 40002]);
    expect(body.message).toContain("should be issued to the websocket endpoint '/query'");
  });

  test.each([
    ['{', 'Invalid JSON in request'],
    ['{}', '"ksql" field must be populated'],
    ['{"ksql":"SHOW STREAMS;","streamsProperties":{"no.such":1}}', 'Unknown property: no.such'],
    ['{"ksql":"SHOW STREAMS;","commandSequenceNumber":"x"}', 'commandSequenceNumber'],
  ])('refuses the body %s', async (text, message) => {
    const { status, body } = await call('/ksql', text);
    expect([status, body['@type'], body.error_code]).toEqual([400, 'generic_error', 40000]);
    expect(body.message).toContain(message);
  });

  test('waits for a command that the client knows of, but not for ever', async () => {
    const [created] = (await ksql(pageViews)).body;
    const after = { commandSequenceNumber: created.commandSequenceNumber };
    expect((await ksql('SHOW STREAMS;', after)).status).toBe(200);
    expect((await ksql('SHOW STREAMS;', { commandSequenceNumber: -1 })).status).toBe(200);
    const { status, body } = await ksql('SHOW STREAMS;', { commandSequenceNumber: 99 });
    expect([status, body.error_code]).toEqual([503, 50301]);
    expect(body.message).toBe(
      'Timed out while waiting for a previous command to execute. command sequence number: 99',
    );
  });

  test('ends push queries by their id', async () => {
    await ksql(pageViews);
    const stream = await backend.engine.query({
      sql: 'SELECT * FROM VIEWS EMIT CHANGES;',
      properties: {},
      variables: {},
    });
    const { body } = await ksql(`TERMINATE ${stream.head.queryId};`);
    expect(body).toMatchObject([
      { '@type': 'terminate_query', queryId: stream.head.queryId, wasTerminated: true },
    ]);
    for await (const frame of stream) expect(frame.rows).toEqual([]);
    expect(stream.end()).toBe('terminated');
  });
});

describe('queries', () => {
  beforeEach(withViews);

  test('/query frames a pull query as one array, an element a line', async () => {
    const { status, type, text } = await call('/query', { ksql: 'SELECT * FROM PER_PAGE;' });
    expect([status, type]).toEqual([200, ksqlJson]);
    expect(text.split('\n')).toEqual([
      expect.stringMatching(
        /^\[\{"header":\{"queryId":"transient_\S+","schema":"`PAGE` STRING KEY, `N` BIGINT"\}\},$/,
      ),
      '{"row":{"columns":["home",2]}}]',
      '',
    ]);
  });

  test('/query says why a push query ended', async () => {
    const { text } = await call('/query', { ksql: 'SELECT * FROM VIEWS EMIT CHANGES LIMIT 2;' });
    expect(text.split('\n').slice(1)).toEqual([
      '{"row":{"columns":[1,"home"]}},',
      '{"row":{"columns":[2,"home"]}},',
      '{"finalMessage":"Limit Reached"}]',
      '',
    ]);
  });

  test('/query-stream sends metadata and rows as lines, or as one array', async () => {
    const sql = 'SELECT ID, PAGE FROM VIEWS EMIT CHANGES LIMIT 1;';
    const lines = await call('/query-stream', { sql });
    expect(lines.type).toBe(delimited);
    expect(lines.text.split('\n')).toEqual([
      expect.stringMatching(
        /^\{"queryId":"transient_VIEWS_\S+","columnNames":\["ID","PAGE"\],"columnTypes":\["INTEGER","STRING"\]\}$/,
      ),
      '[1,"home"]',
      '',
    ]);
    const array = await call('/query-stream', { sql }, json);
    expect(array.type).toBe(json);
    expect(array.body).toEqual([
      expect.objectContaining({ columnNames: ['ID', 'PAGE'] }),
      [1, 'home'],
    ]);
  });

  test('/query-stream sends rows as protobuf messages', async () => {
    const sql = 'SELECT * FROM PER_PAGE;';
    const { type, body } = await call('/query-stream', { sql }, ksqlProtobuf);
    expect(type).toBe(ksqlProtobuf);
    expect(body[0].header.protoSchema).toContain('  string PAGE = 1;\n  int64 N = 2;\n');
    expect(body[1]).toEqual({ row: { protobufBytes: 'CgRob21lEAI=' } });
  });

  test('tombstones of a table leave with NULL in place of the values', async () => {
    await ksql(
      "CREATE TABLE T (ID INT PRIMARY KEY, A INT, B INT) WITH (KAFKA_TOPIC='t', VALUE_FORMAT='JSON', PARTITIONS=1);",
    );
    await ksql('INSERT INTO T VALUES (1, 2, 3);');
    await backend.engine.produce([
      {
        topic: 't',
        partition: 0,
        key: Uint8Array.of(0, 0, 0, 1),
        value: null,
        timestamp: null,
        headers: [],
      },
    ]);
    const sql = 'SELECT ID, A FROM T EMIT CHANGES LIMIT 2;';
    const { body } = await call('/query', { ksql: sql });
    expect(body.slice(1, 3)).toEqual([
      { row: { columns: [1, 2] } },
      { row: { columns: [1, null], tombstone: true } },
    ]);
  });

  test('PRINT is text on /query, and records alone on /query-stream', async () => {
    const sql = 'PRINT views FROM BEGINNING LIMIT 1;';
    const printed = await call('/query', { ksql: sql });
    expect(printed.text.split('\n')).toEqual([
      'Key format: KAFKA_INT or KAFKA_STRING',
      'Value format: JSON or KAFKA_STRING',
      'rowtime: 1970/01/01 00:16:40.000 Z, key: 1, value: {"PAGE":"home"}, partition: 0',
      '',
    ]);
    const streamed = await call('/query-stream', { sql });
    expect([streamed.type, streamed.text]).toEqual([delimited, `${printed.text.split('\n')[2]}\n`]);
    expect((await call('/query-stream', { sql }, json)).status).toBe(406);
  });

  test('a syntax error carries the statement', async () => {
    const ofQuery = 'SELECT * FROM VIEWS ORDER BY ID;';
    const { status, body } = await call('/query', { ksql: ofQuery });
    expect([status, body['@type'], body.error_code]).toEqual([400, 'statement_error', 40001]);
    expect(body.message).toContain(`line 1:27: Syntax Error\n\nStatement: ${ofQuery}`);
    expect(body.statementText).toBe(ofQuery);
  });

  test.each([
    ['/query', { ksql: 'SHOW STREAMS;' }, 'not supported for this resource'],
    ['/query', { ksql: 'SELECT * FROM VIEWS; SELECT * FROM VIEWS;' }, 'found 2 instead'],
    ['/query', {}, '"ksql" field must be populated'],
    ['/query-stream', { sql: 'SHOW STREAMS;' }, 'Neither a query nor a print statement'],
    ['/query-stream', {}, '"sql" field must be populated'],
  ])('%s refuses %j', async (path, request, message) => {
    const { status, body } = await call(path, request);
    expect([status, body.error_code]).toEqual([400, 40000]);
    expect(body.message).toContain(message);
  });

  test('/close-query ends a push query', async () => {
    const ends = new Promise<string>((resolve) => {
      void (async () => {
        const response = await fetch(`${server.url}/query-stream`, {
          method: 'POST',
          body: JSON.stringify({ sql: 'SELECT * FROM VIEWS EMIT CHANGES;' }),
        });
        let text = '';
        for await (const chunk of response.body ?? []) {
          text += Buffer.from(chunk).toString();
          const id = /"queryId":"([^"]+)"/.exec(text)?.[1];
          if (id !== undefined && text.includes('[2,"home"]'))
            expect((await call('/close-query', { queryId: id })).status).toBe(200);
        }
        resolve(text);
      })();
    });
    expect(await ends).toContain('[1,"home"]\n[2,"home"]\n');
    const { status, body } = await call('/close-query', { queryId: 'nobody' });
    expect([status, body.message]).toEqual([400, 'No query with id nobody']);
  });
});

describe('GET /ws/query', () => {
  interface Conversation {
    readonly frames: readonly unknown[];
    readonly code: number;
    readonly reason: string;
  }
  function converse(query: string): Promise<Conversation> {
    const socket = new WebSocket(`${server.url.replace('http', 'ws')}/ws/query${query}`);
    const frames: unknown[] = [];
    return new Promise((resolve, reject) => {
      socket.on('message', (data) => frames.push(JSON.parse(String(data))));
      socket.on('error', reject);
      socket.on('close', (code, reason) => resolve({ frames, code, reason: reason.toString() }));
    });
  }
  const asking = (ksqlText: string, more: object = {}) =>
    converse(`?request=${encodeURIComponent(JSON.stringify({ ksql: ksqlText, ...more }))}`);

  beforeEach(withViews);

  test('sends the schema, the rows, and why it ended', async () => {
    const schema = (type: string) => ({ type, fields: null, memberSchema: null });
    expect(await asking('SELECT ID, PAGE FROM VIEWS EMIT CHANGES LIMIT 1;')).toEqual({
      frames: [
        [
          { name: 'ID', schema: schema('INTEGER') },
          { name: 'PAGE', schema: schema('STRING') },
        ],
        { row: { columns: [1, 'home'] } },
        { error: 'done' },
      ],
      code: 1000,
      reason: 'done',
    });
  });

  test('sends lines of PRINT as texts', async () => {
    const { frames } = await asking('PRINT views FROM BEGINNING LIMIT 1;');
    expect(frames[0]).toMatch(/^Key format: /);
  });

  test.each([
    ['', 'Error parsing request: missing request parameter'],
    ['?version=2', 'Received invalid api version: 2'],
    ['?request=%7B', 'Invalid JSON in request'],
    ['?request=%7B%22ksql%22%3A%22SHOW%20STREAMS%3B%22%7D', 'Unexpected statement type'],
    ['?request=%7B%22ksql%22%3A%22SELEC%3B%22%7D', 'Error parsing query: line 1:1: Syntax Error'],
  ])('refuses %s with 1003', async (query, reason) => {
    const { frames, ...end } = await converse(query);
    expect(end.code).toBe(1003);
    expect(end.reason).toContain(reason);
    expect(frames).toEqual([{ error: expect.stringContaining(reason) }]);
  });

  test('closes with 1013 when a command does not come', async () => {
    const { code } = await asking('SELECT * FROM PER_PAGE;', { commandSequenceNumber: 99 });
    expect(code).toBe(1013);
  });

  test('is all that is upgraded', async () => {
    const socket = new WebSocket(`${server.url.replace('http', 'ws')}/ws/other`);
    const [error] = await new Promise<unknown[]>((resolve) => {
      socket.on('error', (...args) => resolve(args));
    });
    expect(String(error)).toContain('404');
  });
});

describe('what the server says of itself', () => {
  test('the root leads to /info', async () => {
    const response = await fetch(`${server.url}/`, { redirect: 'manual' });
    expect([response.status, response.headers.get('location')]).toEqual([307, '/info']);
    expect((await call('/info')).body).toEqual({
      KsqlServerInfo: {
        version: expect.stringMatching(/^\d+\.\d+/),
        kafkaClusterId: expect.any(String),
        ksqlServiceId: 'default_',
        serverStatus: 'RUNNING',
      },
    });
  });

  test('/healthcheck, /chc/ready, /chc/live', async () => {
    const healthy = { isHealthy: true };
    expect((await call('/healthcheck')).body).toEqual({
      isHealthy: true,
      details: { metastore: healthy, kafka: healthy, commandRunner: healthy },
      serverState: 'READY',
    });
    expect((await call('/chc/ready')).text).toBe('{}');
    expect((await call('/chc/live')).text).toBe('{}');
  });

  test('statuses of commands', async () => {
    await ksql(pageViews);
    expect((await call('/status/stream/VIEWS/create')).body).toEqual({
      status: 'SUCCESS',
      message: 'Stream created',
      queryId: null,
    });
    expect((await call('/status')).body).toEqual({
      commandStatuses: {
        'stream/`VIEWS`/create': 'SUCCESS',
        'table/`PER_PAGE`/create': 'SUCCESS',
      },
    });
    const { status, body } = await call('/status/stream/NOBODY/create');
    expect([status, body.error_code, body.message]).toEqual([404, 40400, 'Command not found']);
  });

  test('which properties a session may set', async () => {
    expect((await call('/is_valid_property/auto.offset.reset')).text).toBe('true');
    expect((await call('/is_valid_property/ksql.streams.auto.offset.reset')).text).toBe('true');
    for (const [name, message] of [
      ['no.such', 'Unknown property: no.such'],
      ['ksql.service.id', "Cannot override property 'ksql.service.id'"],
    ]) {
      const { status, body } = await call(`/is_valid_property/${name}`);
      expect([status, body.error_code, body.message]).toEqual([400, 40000, message]);
    }
  });

  test('metadata', async () => {
    const { clusterId, version } = (await call('/v1/metadata')).body;
    expect(version).toMatch(/^\d/);
    expect(clusterId.scope.clusters['ksql-cluster']).toBe('default_');
    expect((await call('/v1/metadata/id')).body).toEqual(clusterId);
  });

  test('nothing of a cluster that does not exist', async () => {
    for (const answer of [
      await call('/clusterStatus'),
      await call('/heartbeat', {}),
      await call('/lag', {}),
    ])
      expect([answer.status, answer.text]).toEqual([404, '']);
  });

  test('paths and methods that are not served', async () => {
    expect(await call('/nowhere')).toMatchObject({ status: 404, text: 'Not Found' });
    expect((await call('/ksql')).status).toBe(405);
    expect((await call('/info', {})).status).toBe(405);
    expect((await call('/ksql', { ksql: 'SHOW STREAMS;' }, 'text/html')).status).toBe(406);
  });
});

describe('POST /ksql/terminate', () => {
  test('leaves only the topics that no query made or that no pattern names', async () => {
    await ksql(pageViews);
    await ksql('CREATE STREAM COPY AS SELECT * FROM VIEWS;');
    await ksql('CREATE TYPE `a point` AS STRUCT<x INT, y INT>;');
    const { status, body } = await call('/ksql/terminate', {
      deleteTopicList: ['PER_.*', 'views'],
    });
    expect([status, body[0].commandId]).toEqual([200, 'cluster/TerminateCluster/terminate']);
    const { sources, queries } = await backend.engine.describe();
    expect([sources, queries]).toEqual([[], []]);
    const sql = 'SHOW TYPES;';
    const [types] = await backend.engine.execute({ sql, properties: {}, variables: {} });
    expect(types?.entity?.['types']).toEqual({});
    const topics = (await backend.engine.topics()).map(({ name }) => name);
    expect(topics).toEqual(expect.arrayContaining(['views', 'COPY']));
    expect(topics).not.toContain('PER_PAGE');
  });

  test('takes no statements afterwards', async () => {
    await call('/ksql/terminate', {});
    const { status, body } = await ksql('SHOW STREAMS;');
    expect([status, body.error_code]).toEqual([503, 50304]);
    expect((await call('/healthcheck')).body.serverState).toBe('TERMINATED');
  });

  test('refuses patterns that are none', async () => {
    const { status, body } = await call('/ksql/terminate', { deleteTopicList: ['('] });
    expect([status, body.message]).toEqual([400, 'Invalid pattern: (']);
    expect((await ksql('SHOW STREAMS;')).status).toBe(200);
  });
});

describe('pages of other origins', () => {
  const from = (origin: string, method = 'GET') =>
    fetch(`${server.url}/info`, {
      method,
      headers: {
        origin,
        ...(method === 'OPTIONS' ? { 'access-control-request-method': 'GET' } : {}),
      },
    });

  test('are refused unless the policy names them', async () => {
    expect((await from('https://elsewhere.example')).status).toBe(403);
  });

  test('are told that they may read the answer', async () => {
    const open = await startServer(backend.engine, {
      host: '127.0.0.1',
      port: 0,
      policy: { hosts: [], origins: ['https://console.example'] },
    });
    const headers = { origin: 'https://console.example' };
    const info = await fetch(`${open.url}/info`, { headers });
    expect(info.headers.get('access-control-allow-origin')).toBe('https://console.example');
    const preflight = await fetch(`${open.url}/ksql`, {
      method: 'OPTIONS',
      headers: { ...headers, 'access-control-request-method': 'POST' },
    });
    expect(preflight.status).toBe(200);
    expect(preflight.headers.get('access-control-allow-methods')).toBe('GET,POST,HEAD');
    await open.close();
  });
});
