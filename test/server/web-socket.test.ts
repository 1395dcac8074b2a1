import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import type { Engine } from '../../src/engine/api.ts';
import { insertViews, openSocket, pageviews, socketQuery, testServer } from './test-server.ts';

const request = (ksql: string) => ({ ksql, streamsProperties: {} });

interface ShownQuery {
  readonly id: string;
  readonly queryType: string;
}
async function queries(engine: Engine): Promise<readonly ShownQuery[]> {
  const replies = await engine.execute({ sql: 'SHOW QUERIES;', properties: {}, variables: {} });
  const shown = replies.map(
    ({ entity }) => entity as unknown as { readonly queries: ShownQuery[] },
  );
  return shown.flatMap((entity) => entity.queries);
}

describe('GET /ws/query', () => {
  test('gives the schema, then a frame a row, then why it ended', async () => {
    await using server = await testServer();
    await server.engine.execute({ sql: pageviews, properties: {}, variables: {} });
    await insertViews(server.engine, [
      ['ann', 'home', 1],
      ['bob', 'cart', 2],
    ]);
    const { frames, code, reason } = await socketQuery(
      server.url,
      request('SELECT user_id, ms FROM views EMIT CHANGES LIMIT 2;'),
    );
    expect(frames.map((frame) => JSON.parse(frame))).toEqual([
      [
        { name: 'USER_ID', schema: { type: 'STRING', fields: null, memberSchema: null } },
        { name: 'MS', schema: { type: 'INTEGER', fields: null, memberSchema: null } },
      ],
      { row: { columns: ['ann', 1] } },
      { row: { columns: ['bob', 2] } },
      { error: 'done' },
    ]);
    expect([code, reason]).toEqual([1000, 'done']);
  });

  test('rows come as they are committed', async () => {
    await using server = await testServer();
    await server.engine.execute({ sql: pageviews, properties: {}, variables: {} });
    const socket = openSocket(server.url, request('SELECT user_id, n FROM per_user EMIT CHANGES;'));
    const frames: string[] = [];
    socket.on('message', (data) => frames.push(String(data)));
    await expect.poll(() => frames.length).toBe(1);
    await insertViews(server.engine, [['ann', 'home', 1]]);
    await expect.poll(() => frames.at(-1)).toBe('{"row":{"columns":["ann",1]}}');
    await insertViews(server.engine, [['ann', 'cart', 1]]);
    await expect.poll(() => frames.at(-1)).toBe('{"row":{"columns":["ann",2]}}');
    socket.close();
    await expect.poll(async () => (await server.engine.metrics())['push_queries']).toBe(0);
  });

  test('pull queries and PRINT', async () => {
    await using server = await testServer();
    await server.engine.execute({ sql: pageviews, properties: {}, variables: {} });
    await insertViews(server.engine, [['ann', 'home', 1]]);
    const pull = await socketQuery(
      server.url,
      request("SELECT n FROM per_user WHERE user_id = 'ann';"),
    );
    expect([pull.frames[1], pull.code]).toEqual(['{"row":{"columns":[1]}}', 1000]);
    const print = await socketQuery(server.url, request('PRINT views FROM BEGINNING LIMIT 1;'));
    expect(print.frames.slice(0, 2).map((frame) => typeof JSON.parse(frame))).toEqual([
      'string',
      'string',
    ]);
    expect(print.frames[2]).toContain('value: {\\"PAGE\\":\\"home\\",\\"MS\\":1}');
    expect(print.code).toBe(1000);
  });

  test('TERMINATE ends it', async () => {
    await using server = await testServer();
    await server.engine.execute({ sql: pageviews, properties: {}, variables: {} });
    const ended = socketQuery(server.url, request('SELECT * FROM views EMIT CHANGES;'));
    const pushId = async () =>
      (await queries(server.engine)).find((query) => query.queryType === 'PUSH')?.id;
    await expect.poll(pushId).toBeDefined();
    await server.engine.execute({
      sql: `TERMINATE \`${await pushId()}\`;`,
      properties: {},
      variables: {},
    });
    expect((await ended).code).toBe(1000);
  });

  test.each([
    ['no request', null, '', 'Error parsing request: missing request parameter'],
    ['a wrong version', request('SELECT 1;'), '&version=2', 'Received invalid api version: 2'],
    ['a syntax error', request('SELEC 1;'), '', 'Error parsing query: line 1:1: Syntax Error'],
    [
      'an unknown source',
      request('SELECT * FROM nothing EMIT CHANGES;'),
      '',
      'NOTHING does not exist',
    ],
    ['another statement', request('SHOW STREAMS;'), '', 'Unexpected statement type'],
    ['no statement', { ksql: '' }, '', '"ksql" field must be populated'],
  ])('refuses %s with code 1003', async (_name, body, more, message) => {
    await using server = await testServer();
    const { frames, code, reason } = await socketQuery(server.url, body, more);
    expect(code).toBe(1003);
    expect(JSON.parse(frames.at(-1) as string).error).toContain(message);
    expect(message.startsWith(reason.slice(0, 10)) || reason.includes(message.slice(0, 20))).toBe(
      true,
    );
  });

  test('a reason too long for a close frame is cut', async () => {
    await using server = await testServer();
    await server.engine.execute({ sql: pageviews, properties: {}, variables: {} });
    const sql = `SELECT \`${'ü'.repeat(300)}\` FROM views EMIT CHANGES;`;
    const { frames, code, reason } = await socketQuery(server.url, request(sql));
    expect(code).toBe(1003);
    expect(Buffer.byteLength(reason)).toBeLessThanOrEqual(123);
    expect(reason).toMatch(/^Line: 1, Col: 8: SELECT column 'ü+\.\.\.$/);
    expect(JSON.parse(frames.at(-1) as string).error).toContain('ü'.repeat(300));
  });

  test('other paths, hosts and origins get no WebSocket', async () => {
    await using server = await testServer();
    const refused = async (path: string, headers: Record<string, string>) => {
      const socket = new WebSocket(`${server.url.replace('http', 'ws')}${path}`, { headers });
      socket.on('error', () => undefined);
      const [, response] = await once(socket, 'unexpected-response');
      response.destroy();
      socket.terminate();
      return response.statusCode;
    };
    expect(await refused('/other', {})).toBe(404);
    expect(await refused('/ws/query', { host: 'evil.example' })).toBe(403);
    expect(await refused('/ws/query', { origin: 'https://evil.example' })).toBe(403);
  });

  test('closing the server closes the socket', async () => {
    const server = await testServer();
    await server.engine.execute({ sql: pageviews, properties: {}, variables: {} });
    const socket = openSocket(server.url, request('SELECT * FROM views EMIT CHANGES;'));
    await once(socket, 'message');
    const closed = once(socket, 'close');
    await server[Symbol.asyncDispose]();
    await closed;
  });
});
