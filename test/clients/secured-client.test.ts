/** The typed client with credentials and over TLS. */
import { execFile } from 'node:child_process';
import { generateKeyPairSync, sign } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { env, execPath } from 'node:process';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { connect } from '../../src/client/connect.ts';
import { temporaryDirectory } from '../server/directories.ts';
import { certificate, securedServer, writeUsersFile } from '../server/security.test-support.ts';
import { pageviews } from '../server/test-server.ts';

let directory: ReturnType<typeof temporaryDirectory>;
let users: string;

beforeEach(async () => {
  directory = temporaryDirectory();
  users = join(directory.path, 'users');
  await writeUsersFile(users, { ann: 'admin', bob: 'read', cid: 'write' });
});
afterEach(() => directory[Symbol.dispose]());

const as = (url: string, user: string, password = `${user}-secret`) =>
  connect(url, { authorization: { user, password } });

describe('a client of a server with users', () => {
  test('does what its user may', async () => {
    await using server = await securedServer({ 'leat.users.file': users });
    await as(server.url, 'ann').execute(pageviews);
    const rows = [{ user_id: 'ann', page: 'home', ms: 1 }];
    expect(await as(server.url, 'cid').insertStream('views').writeAll(rows)).toBe(1);
    const reader = as(server.url, 'bob');
    expect(await reader.pull('SELECT ms FROM views;').all()).toEqual([{ MS: 1 }]);
    const kinds: string[] = [];
    const sql = 'SELECT ms FROM views EMIT CHANGES WITH SNAPSHOT LIMIT 1;';
    for await (const { kind } of reader.subscribe(sql)) kinds.push(kind);
    expect(kinds.length).toBeGreaterThan(0);
    await expect(reader.insertStream('views').writeAll(rows)).rejects.toMatchObject({
      errorCode: 40300,
    });
    await expect(reader.execute('DROP TABLE per_user;')).rejects.toMatchObject({
      errorCode: 40300,
    });
  });

  test.each(['http', 'websocket'] as const)(
    'gives a token anew each time, over %s',
    async (transport) => {
      const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      const file = join(directory.path, 'key.pem');
      writeFileSync(file, publicKey.export({ type: 'spki', format: 'pem' }));
      await using server = await securedServer({
        'leat.jwt.public.key': file,
        'leat.jwt.issuer': 'us',
        'leat.jwt.audience': 'leat',
      });
      await server.engine.execute({ sql: pageviews, properties: {}, variables: {} });
      let made = 0;
      const token = (): string => {
        const claims = { iss: 'us', aud: 'leat', sub: `ann ${made++}`, role: 'write' };
        const exp = Math.floor(Date.now() / 1000) + 60;
        const text = [{ alg: 'ES256' }, { ...claims, exp }].map(base64url).join('.');
        const signed = sign('sha256', Buffer.from(text), {
          key: privateKey,
          dsaEncoding: 'ieee-p1363',
        });
        return `${text}.${signed.toString('base64url')}`;
      };
      const client = connect(server.url, { authorization: { token } });
      await client.insertStream('views').write({ user_id: 'ann', page: 'home', ms: 1 });
      const rows: unknown[] = [];
      const sql = 'SELECT ms FROM views EMIT CHANGES WITH SNAPSHOT LIMIT 1;';
      for await (const change of client.subscribe(sql, [], { transport }))
        if ('rows' in change) rows.push(...change.rows);
      expect([rows, made]).toEqual([[{ MS: 1 }], 2]);
      const stranger = connect(server.url, { authorization: { token: `${token()}x` } });
      await expect(
        stranger.subscribe(sql, [], { transport })[Symbol.asyncIterator]().next(),
      ).rejects.toMatchObject({ errorCode: 40100 });
    },
  );

  test('is told that nobody knows it', async () => {
    await using server = await securedServer({ 'leat.users.file': users });
    const stranger = as(server.url, 'ann', 'wrong');
    await expect(stranger.info()).rejects.toMatchObject({ errorCode: 40100 });
    await expect(
      stranger.subscribe('SELECT 1;')[Symbol.asyncIterator]().next(),
    ).rejects.toMatchObject({ errorCode: 40100 });
  });

  test('works over TLS', async () => {
    const properties = {
      'leat.users.file': users,
      'leat.tls.certificate': certificate('server.pem'),
    };
    await using server = await securedServer(properties);
    await server.engine.execute({ sql: pageviews, properties: {}, variables: {} });
    const program = join(import.meta.dirname, 'secure-reader.ts');
    const { stdout } = await promisify(execFile)(
      execPath,
      [program, server.url, 'cid', 'cid-secret'],
      { env: { ...env, NODE_EXTRA_CA_CERTS: certificate('authority.pem') } },
    );
    expect(stdout).toBe('[{"PAGE":"home","MS":1}]\n');
  });

  test('is told what keeps it from a server with TLS, and one without', async () => {
    await using secure = await securedServer({ 'leat.tls.certificate': certificate('server.pem') });
    await using plain = await securedServer({});
    await expect(connect(secure.url).info()).rejects.toMatchObject({
      code: 'client.unreachable',
      hint: expect.stringContaining('NODE_EXTRA_CA_CERTS=cert.pem'),
    });
    await expect(connect(secure.url.replace('https', 'http')).info()).rejects.toMatchObject({
      message:
        'the server answered with status 400: This port speaks HTTPS: use https:// in the URL.',
    });
    await expect(connect(plain.url.replace('http', 'https')).info()).rejects.toMatchObject({
      code: 'client.unreachable',
      hint: 'Where the server has no TLS, a URL begins with http://',
    });
  });
});

function base64url(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
