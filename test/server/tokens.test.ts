/** Bearer tokens: which are taken, and the many that look like it and are not. */
import { createHmac, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { temporaryDirectory } from './directories.ts';
import { securedServer } from './security.test-support.ts';
import { openSocket, pageviews, socketQuery, type TestServer } from './test-server.ts';

type Claims = Readonly<Record<string, unknown>>;

const ours = generateKeyPairSync('rsa', { modulusLength: 2048 });
const theirs = generateKeyPairSync('rsa', { modulusLength: 2048 });
const curve = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const publicPem = ours.publicKey.export({ type: 'spki', format: 'pem' }) as string;

const now = (): number => Math.floor(Date.now() / 1000);
const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const good = (): Claims => ({
  iss: 'https://id.example',
  aud: 'leat',
  sub: 'ann',
  role: 'admin',
  exp: now() + 600,
});

/** A token as RFC 7515 has it, made by hand so that it may be wrong in any way. */
function token(claims: Claims, header: Claims = {}, key: KeyObject = ours.privateKey): string {
  const body = `${part({ alg: 'RS256', typ: 'JWT', ...header })}.${part(claims)}`;
  return `${body}.${sign('sha256', Buffer.from(body), key).toString('base64url')}`;
}

function hmacToken(claims: Claims, secret: string): string {
  const body = `${part({ alg: 'HS256', typ: 'JWT' })}.${part(claims)}`;
  return `${body}.${createHmac('sha256', secret).update(body).digest('base64url')}`;
}

const directory = temporaryDirectory();
const publicKey = join(directory.path, 'public.pem');
writeFileSync(publicKey, publicPem);
const keySet = join(directory.path, 'keys.json');
const jwk = (key: KeyObject, kid: string) => ({
  ...key.export({ format: 'jwk' }),
  kid,
  use: 'sig',
});
const said = { 'leat.jwt.issuer': 'https://id.example', 'leat.jwt.audience': 'leat' };
/** The limit of failures is not what is tested here. */
const patient = { 'leat.limit.login.failures': '100000' };

async function status(url: string, bearer: string, path: string = '/info'): Promise<number> {
  const headers = { authorization: `Bearer ${bearer}` };
  return (await fetch(`${url}${path}`, { headers })).status;
}

let server: TestServer;
beforeAll(async () => {
  server = await securedServer({ ...said, ...patient, 'leat.jwt.public.key': publicKey });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  directory[Symbol.dispose]();
});

test('a token of the issuer, for this audience, with a role, gets in', async () => {
  expect(await status(server.url, token(good()))).toBe(200);
  expect(await status(server.url, token({ ...good(), aud: ['other', 'leat'] }))).toBe(200);
  expect(await status(server.url, token({ ...good(), nbf: now() - 5 }))).toBe(200);
});

test('clocks may be apart by the tolerance, and no more', async () => {
  expect(await status(server.url, token({ ...good(), exp: now() - 20 }))).toBe(200);
  expect(await status(server.url, token({ ...good(), exp: now() - 40 }))).toBe(401);
  expect(await status(server.url, token({ ...good(), nbf: now() + 20 }))).toBe(200);
});

const without = (name: string): Claims =>
  Object.fromEntries(Object.entries(good()).filter(([key]) => key !== name));
const tampered = (change: (parts: string[]) => string[]): string =>
  change(token(good()).split('.')).join('.');

describe('a forged token is refused', () => {
  test.each<readonly [string, () => string]>([
    ['no text', () => ''],
    ['one part', () => part(good())],
    ['two parts', () => token(good()).split('.').slice(0, 2).join('.')],
    ['four parts', () => `${token(good())}.${part({})}`],
    ['five parts, as if encrypted', () => `${token(good())}.a.b`],
    ['a signature left out', () => tampered(([a = '', b = '']) => [a, b, ''])],
    ['a signature of zeros', () => tampered(([a = '', b = '']) => [a, b, 'A'.repeat(342)])],
    [
      'a signature of other claims',
      () => tampered(([a = '', , c = '']) => [a, part({ ...good(), sub: 'root' }), c]),
    ],
    [
      'a signature of another head',
      () => tampered(([, b = '', c = '']) => [part({ alg: 'RS256', kid: 'x' }), b, c]),
    ],
    ['a signature cut short', () => token(good()).slice(0, -4)],
    ['a signature with a bit more', () => `${token(good())}AAAA`],
    ['of another key', () => token(good(), {}, theirs.privateKey)],
    ['alg none', () => `${part({ alg: 'none' })}.${part(good())}.`],
    ['alg None', () => `${part({ alg: 'None' })}.${part(good())}.`],
    ['alg NONE with our signature', () => token(good(), { alg: 'NONE' })],
    ['alg missing', () => token(good(), { alg: undefined })],
    ['alg null', () => token(good(), { alg: null })],
    ['alg a list', () => token(good(), { alg: ['RS256'] })],
    ['alg in small letters', () => token(good(), { alg: 'rs256' })],
    ['alg of another signature', () => token(good(), { alg: 'PS256' })],
    ['alg of a curve', () => token(good(), { alg: 'ES256' }, curve.privateKey)],
    ['HMAC with the public key', () => hmacToken(good(), publicPem)],
    ['HMAC with the public key, trimmed', () => hmacToken(good(), publicPem.trim())],
    ['HMAC with nothing', () => hmacToken(good(), '')],
    [
      'a key of its own in the head',
      () => token(good(), { jwk: jwk(theirs.publicKey, 'x') }, theirs.privateKey),
    ],
    [
      'an address of its keys in the head',
      () => token(good(), { jku: 'http://127.0.0.1:1/' }, theirs.privateKey),
    ],
    ['a critical extension', () => token(good(), { crit: ['x'], x: 1 })],
    ['an unencoded payload', () => token(good(), { b64: false, crit: ['b64'] })],
    ['expired', () => token({ ...good(), exp: now() - 600 })],
    ['without an end', () => token(without('exp'))],
    ['with an end that is no number', () => token({ ...good(), exp: 'never' })],
    ['not yet valid', () => token({ ...good(), nbf: now() + 600 })],
    ['with a begin that is no number', () => token({ ...good(), nbf: 'soon' })],
    ['of another issuer', () => token({ ...good(), iss: 'https://id.example.evil' })],
    ['of no issuer', () => token(without('iss'))],
    ['of a list of issuers', () => token({ ...good(), iss: ['https://id.example'] })],
    ['for another audience', () => token({ ...good(), aud: 'other' })],
    ['for no audience', () => token(without('aud'))],
    ['for an empty list of audiences', () => token({ ...good(), aud: [] })],
    ['claims that are a list', () => `${part({ alg: 'RS256' })}.${part([good()])}.x`],
    ['claims that are no JSON', () => `${part({ alg: 'RS256' })}.bm9uZQ.x`],
  ])('%s', async (_what, make) => {
    expect(await status(server.url, make())).toBe(401);
  });
});

describe('roles', () => {
  test.each([
    [{ role: 'read' }, 403],
    [{ role: 'write' }, 403],
    [{ role: ['read', 'admin'] }, 200],
    [{ role: 'openid write admin' }, 200],
  ])('%j of the claim, for what an admin may: %i', async (claim, expected) => {
    const response = await fetch(`${server.url}/ksql`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token({ ...good(), ...claim })}` },
      body: JSON.stringify({ ksql: 'CREATE TYPE IF NOT EXISTS t AS INT;' }),
    });
    expect(response.status).toBe(expected);
  });

  test.each([
    ['none', without('role')],
    ['an unknown one', { ...good(), role: 'root' }],
    ['one in capital letters', { ...good(), role: 'ADMIN' }],
    ['an object', { ...good(), role: { admin: true } }],
    ['one that is inherited', { ...good(), role: '__proto__' }],
  ])('%s is no role', async (_what, claims) => {
    expect(await status(server.url, token(claims))).toBe(403);
  });

  test('may be deep in the claims', async () => {
    await using deep = await securedServer({
      ...said,
      'leat.jwt.public.key': publicKey,
      'leat.jwt.role.claim': 'realm_access.roles',
    });
    const claims = { ...good(), realm_access: { roles: ['offline', 'read'] } };
    expect(await status(deep.url, token(claims))).toBe(200);
    expect(await status(deep.url, token(good()))).toBe(403);
  });
});

describe('key sets', () => {
  test('of a file may change', async () => {
    writeFileSync(keySet, JSON.stringify({ keys: [jwk(theirs.publicKey, 'old')] }));
    await using rotated = await securedServer({ ...said, ...patient, 'leat.jwt.jwks': keySet });
    expect(await status(rotated.url, token(good(), { kid: 'new' }))).toBe(401);
    const keys = [jwk(theirs.publicKey, 'old'), jwk(ours.publicKey, 'new')];
    writeFileSync(keySet, JSON.stringify({ keys }));
    expect(await status(rotated.url, token(good(), { kid: 'new' }))).toBe(200);
    // A key counts under its own name only.
    expect(await status(rotated.url, token(good(), { kid: 'old' }))).toBe(401);
  });

  test('are fetched from an address; one that does not answer lets nobody in and is no fault of the client', async () => {
    const keys = JSON.stringify({ keys: [jwk(ours.publicKey, 'a')] });
    let isUp = false;
    const provider = createServer((_request, response) => {
      response.statusCode = isUp ? 200 : 500;
      response.end(isUp ? keys : 'down');
    }).listen(0, '127.0.0.1');
    await once(provider, 'listening');
    const { port } = provider.address() as AddressInfo;
    const url = `http://127.0.0.1:${port}/jwks.json`;
    await using remote = await securedServer({ ...said, 'leat.jwt.jwks': url });
    expect(await status(remote.url, token(good(), { kid: 'a' }))).toBe(503);
    isUp = true;
    expect(await status(remote.url, token(good(), { kid: 'a' }))).toBe(200);
    provider.close();
    provider.closeAllConnections();
  });
});

describe('WebSockets', () => {
  const push = { ksql: 'SELECT * FROM views EMIT CHANGES;' };
  const show = { ksql: 'SELECT * FROM per_user;' };

  test('take the token from access_token, as browsers have to send it', async () => {
    await server.engine.execute({
      sql: pageviews.replaceAll('CREATE ', 'CREATE OR REPLACE '),
      properties: {},
      variables: {},
    });
    const ended = await socketQuery(server.url, show, `&access_token=${token(good())}`);
    expect(ended.code).toBe(1000);
    await expect(socketQuery(server.url, show, '&access_token=a.b.c')).rejects.toThrow('401');
    // Nowhere else: it would stand in the logs of whatever is on the way.
    const url = `${server.url}/info?access_token=${token(good())}`;
    expect((await fetch(url)).status).toBe(401);
  });

  test('end with the token', async () => {
    const claims = { ...good(), exp: now() + 1 };
    const ended = await socketQuery(server.url, push, `&access_token=${token(claims)}`);
    expect([ended.code, ended.reason]).toEqual([1011, 'The request token has expired.']);
    expect(ended.frames.at(-1)).toBe('{"error":"The request token has expired."}');
  });

  test('and after the longest time at the latest', async () => {
    await using brief = await securedServer({
      ...said,
      'leat.jwt.public.key': publicKey,
      'ksql.websocket.connection.max.timeout.ms': '100',
    });
    await brief.engine.execute({ sql: pageviews, properties: {}, variables: {} });
    const socket = openSocket(brief.url, push, `&access_token=${token(good())}`);
    const [code] = await once(socket, 'close');
    expect(code).toBe(1011);
  });
});

describe('what is half said does not start', () => {
  const key = { 'leat.jwt.public.key': publicKey };
  test.each<readonly [string, Readonly<Record<string, string>>, string]>([
    ['no key', said, 'tokens need one source of keys'],
    ['two', { ...said, ...key, 'leat.jwt.jwks': keySet }, 'tokens need one source of keys'],
    ['no issuer', { ...key, 'leat.jwt.audience': 'leat' }, 'leat.jwt.issuer is not set'],
    ['no audience', { ...key, 'leat.jwt.issuer': 'x' }, 'leat.jwt.audience is not set'],
    ['HMAC', { ...said, ...key, 'leat.jwt.algorithms': 'RS256,HS256' }, 'names HS256'],
    ['none', { ...said, ...key, 'leat.jwt.algorithms': 'none' }, 'names none'],
    ['no file', { ...said, 'leat.jwt.public.key': '/nowhere.pem' }, 'cannot be read'],
    ['keys in clear text', { ...said, 'leat.jwt.jwks': 'http://id.example/keys' }, 'https://'],
    ['no seconds', { ...said, ...key, 'leat.jwt.clock.tolerance.seconds': '-1' }, 'is -1'],
  ])('%s', async (_what, properties, message) => {
    await expect(securedServer(properties)).rejects.toMatchObject({
      code: 'config.authentication',
    });
    const error = await securedServer(properties).catch((reason: Error) => reason);
    expect(`${(error as Error).message} ${(error as { hint?: string }).hint}`).toContain(message);
  });
});
