/** Names and passwords: who gets in, who does not, and what it costs to try. */
import { once } from 'node:events';
import { connect as connectHttp2 } from 'node:http2';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { BasicLogin } from '../../src/server/security/basic.ts';
import { Users } from '../../src/server/security/users-file.ts';
import { temporaryDirectory } from './directories.ts';
import { basic, securedServer, writeUsersFile } from './security.test-support.ts';
import { rawRequest, socketQuery } from './test-server.ts';

let directory: ReturnType<typeof temporaryDirectory>;
let users: string;

beforeEach(async () => {
  directory = temporaryDirectory();
  users = join(directory.path, 'users');
  await writeUsersFile(users, { ann: 'admin', bob: 'read,sales', joe: 'sales' });
});
afterEach(() => directory[Symbol.dispose]());

const secured = (properties: Readonly<Record<string, string>> = {}) =>
  securedServer({ 'leat.users.file': users, ...properties });

async function ask(
  url: string,
  headers: Record<string, string>,
  path: string = '/info',
): Promise<{ readonly status: number; readonly body: Record<string, unknown> }> {
  const response = await fetch(`${url}${path}`, { headers });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

describe('a server with users', () => {
  test('serves who gives name and password, over HTTP/1.1 and HTTP/2', async () => {
    await using server = await secured();
    expect((await ask(server.url, basic('ann'))).status).toBe(200);
    expect((await ask(server.url, basic('bob'))).status).toBe(200);
    const session = connectHttp2(server.url);
    const [head] = await once(session.request({ ':path': '/info', ...basic('ann') }), 'response');
    expect(head[':status']).toBe(200);
    const [refused] = await once(session.request({ ':path': '/info' }), 'response');
    expect([refused[':status'], refused['www-authenticate']]).toEqual([
      401,
      'Basic realm="leat", charset="UTF-8"',
    ]);
    session.destroy();
  });

  test.each([
    ['nothing', {}],
    ['a wrong password', basic('ann', 'wrong')],
    ['an empty password', basic('ann', '')],
    ['the password of another', basic('ann', 'bob-secret')],
    ['a name in other letters', basic('ANN', 'ann-secret')],
    ['an unknown name', basic('eve')],
    ['a name like a property of an object', basic('__proto__')],
    ['no colon', { authorization: `Basic ${Buffer.from('ann').toString('base64')}` }],
    ['no base64', { authorization: 'Basic ann:ann-secret' }],
    ['two words', { authorization: `${basic('ann')['authorization']} more` }],
    ['another scheme', { authorization: 'Digest username="ann"' }],
    ['a token, which nobody is there to check', { authorization: 'Bearer abc' }],
  ])('refuses %s', async (_what, headers) => {
    await using server = await secured();
    const response = await fetch(`${server.url}/info`, { headers });
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toBe('Basic realm="leat", charset="UTF-8"');
    expect(await response.json()).toMatchObject({
      '@type': 'generic_error',
      error_code: 40100,
      message: 'Unauthorized',
    });
  });

  test('says its realm, and never more of it than fits a header', async () => {
    await using server = await secured({ 'authentication.realm': 'or"ders' });
    const response = await fetch(`${server.url}/info`);
    expect(response.headers.get('www-authenticate')).toBe('Basic realm="orders", charset="UTF-8"');
  });

  test('does not say what there is to those who have not logged in', async () => {
    await using server = await secured();
    const statuses = await Promise.all(
      ['/nothing', '/ksql', '/status', '/subjects', '/metrics', '/'].map(
        async (path) => (await fetch(`${server.url}${path}`, { redirect: 'manual' })).status,
      ),
    );
    expect(statuses).toEqual([401, 401, 401, 401, 401, 401]);
  });

  test('does not read the body of who has not logged in', async () => {
    await using server = await secured();
    const text = 'POST /ksql HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\n{';
    const answer = await rawRequest(server.server.port, text, '}');
    expect(answer).toMatch(/^HTTP\/1\.1 401 [\s\S]*connection: close/i);
  });

  test('answers some paths to anybody, and those it is told to', async () => {
    await using server = await secured({ 'authentication.skip.paths': '/info,/status*' });
    const status = async (path: string) => (await fetch(`${server.url}${path}`)).status;
    for (const path of [
      '/v1/metadata',
      '/v1/metadata/id',
      '/healthcheck',
      '/chc/ready',
      '/chc/live',
    ])
      expect([path, await status(path)]).toEqual([path, 200]);
    expect(await status('/info')).toBe(200);
    expect(await status('/status')).toBe(200);
    expect(await status('/info/more')).toBe(401);
    expect(await status('/is_valid_property/x')).toBe(401);
  });

  test('who is served without a login may still change nothing', async () => {
    await using server = await secured({ 'authentication.skip.paths': '/ksql' });
    const response = await fetch(`${server.url}/ksql`, {
      method: 'POST',
      body: JSON.stringify({ ksql: 'CREATE TYPE t AS INT;' }),
    });
    expect(response.status).toBe(403);
  });

  test('asks for one of authentication.roles, where that is said', async () => {
    await using server = await secured({ 'authentication.roles': 'sales,boss' });
    expect((await ask(server.url, basic('bob'))).status).toBe(200);
    const { status, body } = await ask(server.url, basic('ann'));
    expect([status, body['error_code']]).toEqual([403, 40300]);
    expect(body['message']).toContain('You are forbidden from using this cluster.');
    await using open = await secured({ 'authentication.roles': '*, **' });
    expect((await ask(open.url, basic('ann'))).status).toBe(200);
  });

  test("refuses a user with none of Leat's roles", async () => {
    await using server = await secured();
    expect((await ask(server.url, basic('joe'))).body).toMatchObject({
      error_code: 40300,
      code: 'auth.no-role',
    });
  });

  test('sees a changed file with the next request', async () => {
    await using server = await secured();
    expect((await ask(server.url, basic('bob'))).status).toBe(200);
    await writeUsersFile(users, { ann: 'admin', eve: 'read' });
    expect((await ask(server.url, basic('bob'))).status).toBe(401);
    expect((await ask(server.url, basic('eve'))).status).toBe(200);
  });

  test('asks on WebSockets as well', async () => {
    await using server = await secured();
    const head =
      'GET /ws/query?request=%7B%7D HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n';
    const refused = await rawRequest(server.server.port, `${head}\r\n`, '}');
    expect(refused).toMatch(/^HTTP\/1\.1 401 Unauthorized\r\n/);
    expect(refused).toContain('WWW-Authenticate: Basic realm="leat"');
    const login = `Authorization: ${basic('bob')['authorization']}\r\n`;
    const served = await rawRequest(server.server.port, `${head}${login}\r\n`, '\r\n\r\n');
    expect(served).toMatch(/^HTTP\/1\.1 101 /);
    await expect(socketQuery(server.url, { ksql: 'SHOW STREAMS;' })).rejects.toThrow('401');
  });
});

describe('guessing', () => {
  test('five failures of an address a minute, then everything else it tries is refused unseen', async () => {
    await using server = await secured();
    expect((await ask(server.url, basic('ann'))).status).toBe(200);
    for (let count = 0; count < 5; count++)
      expect((await ask(server.url, basic('ann', `guess ${count}`))).status).toBe(401);
    const { status, body } = await ask(server.url, basic('bob'));
    expect([status, body['error_code'], body['message']]).toEqual([
      429,
      42900,
      'LIMIT_EXCEEDED: failed logins of a minute is 5, limit 5 (leat.limit.login.failures)',
    ]);
    // Whoever is known already is not made to suffer for it.
    expect((await ask(server.url, basic('ann'))).status).toBe(200);
  });

  test('all at once helps no guesser', async () => {
    await using server = await secured();
    const guesses = Array.from({ length: 40 }, (_, at) => ask(server.url, basic('ann', `${at}`)));
    const statuses = (await Promise.all(guesses)).map(({ status }) => status);
    const seen = statuses.filter((status) => status === 401).length;
    expect(seen).toBeGreaterThanOrEqual(5);
    // Two are looked at together, and one may begin before the failure of the last has been counted.
    expect(seen).toBeLessThanOrEqual(8);
    expect(statuses.filter((status) => status === 429).length).toBe(40 - seen);
  });

  test('many requests with the right password are one login', async () => {
    await using server = await secured({ 'leat.limit.login.failures': '1' });
    const requests = Array.from({ length: 80 }, () => ask(server.url, basic('ann')));
    const statuses = (await Promise.all(requests)).map(({ status }) => status);
    expect(new Set(statuses)).toEqual(new Set([200]));
  });

  test('connections on which nobody has logged in are few', async () => {
    await using server = await secured({ 'leat.limit.connections.unauthenticated': '2' });
    const { port } = server.server;
    const silent = [connect(port, '127.0.0.1'), connect(port, '127.0.0.1')];
    await Promise.all(silent.map((socket) => once(socket, 'connect')));
    const third = connect(port, '127.0.0.1');
    await once(third, 'close');
    const login = `GET /info HTTP/1.1\r\nHost: localhost\r\nAuthorization: ${basic('ann')['authorization']}\r\n\r\n`;
    silent[0]?.write(login);
    await once(silent[0] as NonNullable<(typeof silent)[0]>, 'data');
    const fourth = connect(port, '127.0.0.1');
    fourth.write(login);
    const [chunk] = await once(fourth, 'data');
    expect(String(chunk)).toMatch(/^HTTP\/1\.1 200 /);
    for (const socket of [...silent, fourth]) socket.destroy();
  });
});

describe('a password that was right', () => {
  test('is not checked again', async () => {
    const login = new BasicLogin({ users: new Users(users), admitted: null });
    const encoded = (basic('ann')['authorization'] ?? '').slice('Basic '.length);
    let checks = 0;
    const mayCheck = () => {
      checks++;
    };
    expect(await login.login(encoded, mayCheck)).toEqual({
      name: 'ann',
      role: 'admin',
      expiresMs: null,
    });
    await login.login(encoded, mayCheck);
    await login.login(encoded, mayCheck);
    expect(checks).toBe(1);
  });

  test('is checked again when it has been given anew, even if it is the same', async () => {
    const login = new BasicLogin({ users: new Users(users), admitted: null });
    const encoded = (basic('ann')['authorization'] ?? '').slice('Basic '.length);
    await login.login(encoded, () => undefined);
    await writeUsersFile(users, { ann: 'read' });
    const refuse = () => {
      throw new Error('looked at');
    };
    await expect(login.login(encoded, refuse)).rejects.toThrow('looked at');
    expect(await login.login(encoded, () => undefined)).toMatchObject({ role: 'read' });
  });
});

describe('what is half said', () => {
  test.each([
    [{ 'authentication.method': 'BASIC' }, 'no file says who the users are'],
    [{ 'authentication.method': 'LDAP' }, 'authentication.method is LDAP'],
    [{ 'ksql.authentication.plugin.class': 'a.B' }, 'names a Java class'],
    [{ 'leat.users.file': '/nowhere/users' }, 'cannot be read'],
  ])('%j does not start', async (properties, message) => {
    await expect(securedServer(properties)).rejects.toThrow(message);
  });

  test('users that nobody is to be asked for do not start either', async () => {
    await expect(secured({ 'authentication.method': 'NONE' })).rejects.toThrow(
      'authentication.method is NONE, and leat.users.file names users',
    );
  });
});
