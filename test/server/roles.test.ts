/** Who may do what, over every route: expectations are written out here, not taken from the server's tables. */
import { once } from 'node:events';
import { connect as connectHttp2 } from 'node:http2';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { routes } from '../../src/server/routes/table.ts';
import { roles } from '../../src/sql/statement-roles.ts';
import { temporaryDirectory } from './directories.ts';
import { basic, securedServer, writeUsersFile } from './security.test-support.ts';
import { pageviews, type TestServer } from './test-server.ts';

/** The least role of every route; `open`: no login at all. */
const expected: Readonly<Record<string, 'open' | (typeof roles)[number]>> = {
  'GET /': 'read',
  'POST /ksql': 'read',
  'POST /ksql/terminate': 'admin',
  'POST /query': 'read',
  'POST /query-stream': 'read',
  'POST /inserts-stream': 'write',
  'POST /leat/v1/inserts': 'write',
  'POST /leat/v1/subscribe': 'read',
  'GET /leat/v1/subscribe': 'read',
  'POST /close-query': 'read',
  'GET /info': 'read',
  'GET /healthcheck': 'open',
  'GET /status/:type/:entity/:action': 'read',
  'GET /status': 'read',
  'GET /is_valid_property/:name': 'read',
  'GET /clusterStatus': 'read',
  'POST /heartbeat': 'read',
  'POST /lag': 'read',
  'GET /v1/metadata': 'open',
  'GET /v1/metadata/id': 'open',
  'GET /chc/ready': 'open',
  'GET /chc/live': 'open',
  'GET /livez': 'open',
  'GET /readyz': 'open',
  'GET /metrics': 'read',
  'GET /openapi.json': 'read',
  'GET /subjects': 'read',
  'GET /subjects/:subject/versions': 'read',
  'POST /subjects/:subject/versions': 'write',
  'POST /subjects/:subject': 'read',
  'GET /subjects/:subject/versions/:version': 'read',
  'GET /subjects/:subject/versions/:version/schema': 'read',
  'GET /subjects/:subject/versions/:version/referencedby': 'read',
  'DELETE /subjects/:subject': 'write',
  'DELETE /subjects/:subject/versions/:version': 'write',
  'GET /schemas/types': 'read',
  'GET /schemas/ids/:id': 'read',
  'GET /schemas/ids/:id/schema': 'read',
  'GET /schemas/ids/:id/versions': 'read',
  'GET /schemas/ids/:id/subjects': 'read',
  'GET /config': 'read',
  'GET /config/:subject': 'read',
  'PUT /config': 'write',
  'PUT /config/:subject': 'write',
  'DELETE /config': 'write',
  'DELETE /config/:subject': 'write',
  'GET /mode': 'read',
  'GET /mode/:subject': 'read',
  'PUT /mode': 'write',
  'PUT /mode/:subject': 'write',
  'POST /compatibility/subjects/:subject/versions/:version': 'read',
  'POST /compatibility/subjects/:subject/versions': 'read',
};

const directory = temporaryDirectory();
let server: TestServer;
beforeAll(async () => {
  const users = join(directory.path, 'users');
  await writeUsersFile(users, { read: 'read', write: 'write', admin: 'admin' });
  server = await securedServer({ 'leat.users.file': users });
  await server.engine.execute({ sql: pageviews, properties: {}, variables: {} });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  directory[Symbol.dispose]();
});

/** What a request is answered with; `null`: nobody. */
async function send(
  user: string | null,
  method: string,
  path: string,
  body?: unknown,
): Promise<{ readonly status: number; readonly text: string }> {
  const response = await fetch(server.url + path, {
    method,
    redirect: 'manual',
    headers: user === null ? {} : basic(user),
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, text: await response.text() };
}

test('every route is here, and nothing else', () => {
  const served = routes.map(({ method, path }) => `${method} ${path}`);
  expect([...new Set(served)].sort()).toEqual(Object.keys(expected).sort());
});

test.each(Object.entries(expected))('%s takes %s', async (route, needed) => {
  const [method = '', path = ''] = route.split(' ');
  const url = path.replace(/:\w+/g, 'x');
  const isServed = needed === 'open';
  expect((await send(null, method, url)).status === 401).toBe(!isServed);
  for (const role of roles) {
    // An admin's requests without a body are refused for that, or do no harm, but for this one.
    if (role === 'admin' && path === '/ksql/terminate') continue;
    const { status } = await send(role, method, url, method === 'GET' ? undefined : {});
    const isAllowed = isServed || roles.indexOf(role) >= roles.indexOf(needed);
    expect([role, status === 403]).toEqual([role, !isAllowed]);
    expect(status).not.toBe(401);
  }
});

const statements: readonly (readonly [string, (typeof roles)[number]])[] = [
  ['SHOW STREAMS;', 'read'],
  ["SET 'auto.offset.reset' = 'earliest';", 'read'],
  ['DESCRIBE views;', 'read'],
  ["INSERT INTO views VALUES ('a', 'b', 1);", 'write'],
  ['CREATE TYPE IF NOT EXISTS t AS INT;', 'admin'],
  ['DROP TYPE IF EXISTS t;', 'admin'],
  ['CREATE STREAM IF NOT EXISTS copied AS SELECT * FROM views;', 'admin'],
  ['INSERT INTO copied SELECT * FROM views;', 'admin'],
  ['PAUSE ALL;', 'admin'],
  ['RESUME ALL;', 'admin'],
  ['TERMINATE ALL;', 'admin'],
  ["SHOW STREAMS; ALTER SYSTEM 'ksql.query.pull.max.qps' = '1';", 'admin'],
];

test.each(statements)('on /ksql %s takes %s', async (ksql, needed) => {
  for (const role of roles) {
    const { status, text } = await send(role, 'POST', '/ksql', { ksql });
    const isAllowed = roles.indexOf(role) >= roles.indexOf(needed);
    expect([role, status === 403]).toEqual([role, !isAllowed]);
    if (isAllowed) continue;
    expect(JSON.parse(text)).toMatchObject({
      '@type': 'generic_error',
      error_code: 40300,
      code: 'auth.forbidden',
      message: expect.stringMatching(/^You are forbidden from using this cluster\. /),
    });
  }
});

test('nothing of a request is carried out that holds one statement too much', async () => {
  const count = async () => (await server.engine.metrics())['records_in_total'];
  const before = await count();
  const ksql = "INSERT INTO views VALUES ('x', 'y', 1); CREATE TYPE other AS INT;";
  expect((await send('write', 'POST', '/ksql', { ksql })).status).toBe(403);
  expect(await count()).toBe(before);
});

test('variables do not hide what a statement is', async () => {
  const ksql = 'SHOW STREAMS; CREATE TYPE ${name} AS INT;';
  const body = { ksql, sessionVariables: { name: 'hidden' } };
  expect((await send('read', 'POST', '/ksql', body)).status).toBe(403);
});

test.each(['/query', '/query-stream'])('%s reads and does nothing else', async (path) => {
  const sql = "INSERT INTO views VALUES ('a', 'b', 1);";
  expect((await send('read', 'POST', path, { ksql: sql, sql })).status).toBe(403);
  expect((await send('write', 'POST', path, { ksql: sql, sql })).status).toBe(400);
});

describe('rows', () => {
  test('a reader inserts none, over HTTP/2 neither', async () => {
    const session = connectHttp2(server.url);
    const insert = async (user: string) => {
      const stream = session.request({
        ':method': 'POST',
        ':path': '/inserts-stream',
        ...basic(user),
      });
      stream.on('error', () => undefined);
      stream.end('{"target":"views"}\n{"USER_ID":"a","PAGE":"b","MS":1}\n');
      const [head] = await once(stream, 'response');
      return head[':status'];
    };
    expect(await insert('read')).toBe(403);
    expect(await insert('write')).toBe(200);
    session.destroy();
  });
});

test('only an admin ends the cluster', async () => {
  expect((await send('write', 'POST', '/ksql/terminate', {})).status).toBe(403);
  expect((await send('admin', 'POST', '/ksql/terminate', {})).status).toBe(200);
});
