/** TLS on the one port: what is negotiated, whose certificates are taken, and how new ones come in. */
import { once } from 'node:events';
import { copyFileSync, readFileSync } from 'node:fs';
import { connect as connectHttp2 } from 'node:http2';
import { connect } from 'node:net';
import { join } from 'node:path';
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from 'node:tls';
import { describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { temporaryDirectory } from './directories.ts';
import { authority, certificate, secureGet, securedServer } from './security.test-support.ts';
import { insertViews, pageviews, rawRequest } from './test-server.ts';

const pem = { 'leat.tls.certificate': certificate('server.pem') };

async function handshake(port: number, options: ConnectionOptions = {}): Promise<TLSSocket> {
  const socket = connectTls({ host: '127.0.0.1', port, ca: authority, ...options });
  await once(socket, 'secureConnect');
  return socket;
}

describe('a listener with TLS', () => {
  test('is an https URL and speaks HTTP/1.1 and HTTP/2, as the handshake agrees', async () => {
    await using server = await securedServer(pem);
    expect(server.url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
    expect((await secureGet(server.url, '/info')).text).toContain('"KsqlServerInfo"');
    const offered = ['h2', 'http/1.1'];
    const socket = await handshake(server.server.port, { ALPNProtocols: offered });
    expect([socket.alpnProtocol, socket.getProtocol()]).toEqual(['h2', 'TLSv1.3']);
    socket.destroy();
    const session = connectHttp2(server.url, { ca: authority });
    const stream = session.request({ ':path': '/info' });
    const [head] = await once(stream, 'response');
    expect(head[':status']).toBe(200);
    session.destroy();
  });

  test('serves WebSockets', async () => {
    await using server = await securedServer(pem);
    await server.engine.execute({ sql: pageviews, properties: {}, variables: {} });
    await insertViews(server.engine, [['ann', 'home', 1]]);
    const request = { ksql: 'SELECT user_id FROM views EMIT CHANGES LIMIT 1;' };
    const query = `request=${encodeURIComponent(JSON.stringify(request))}`;
    const url = `${server.url.replace('https', 'wss')}/ws/query?${query}`;
    const socket = new WebSocket(url, { ca: authority });
    const frames: string[] = [];
    socket.on('message', (data) => frames.push(String(data)));
    const [code] = await once(socket, 'close');
    expect([frames[1], code]).toEqual(['{"row":{"columns":["ann"]}}', 1000]);
  });

  test('tells a request in clear text what it speaks, and closes anything else', async () => {
    await using server = await securedServer(pem);
    const head = 'GET /info HTTP/1.1\r\nHost: localhost\r\n\r\n';
    const answer = await rawRequest(server.server.port, head, 'URL.');
    expect(answer).toMatch(/^HTTP\/1\.1 400 [\s\S]*This port speaks HTTPS/);
    const socket = connect(server.server.port, '127.0.0.1');
    socket.write(Buffer.from([0, 0, 0, 20]));
    await once(socket, 'close');
  });

  test('closes a handshake that is not finished in time', async () => {
    await using server = await securedServer({ ...pem, 'leat.limit.timeout.handshake.ms': '50' });
    const socket = connect(server.server.port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write(Buffer.from([0x16, 3, 1, 2, 0, 1]));
    await once(socket, 'close');
  });

  test('stands beside others in clear text: all serve the same', async () => {
    await using server = await securedServer(pem, {
      listeners: [
        { scheme: 'http', host: '127.0.0.1', port: 0 },
        { scheme: 'https', host: '127.0.0.1', port: 0 },
      ],
    });
    const [clear = '', secure = ''] = server.server.urls;
    await server.engine.execute({ sql: pageviews, properties: {}, variables: {} });
    expect(clear).toMatch(/^http:/);
    expect((await fetch(`${clear}/info`)).status).toBe(200);
    expect((await secureGet(secure, '/info')).status).toBe(200);
  });

  test('speaks nothing below TLS 1.2, and only what it is told to', async () => {
    await using server = await securedServer({ ...pem, 'ssl.enabled.protocols': 'TLSv1.3' });
    await expect(handshake(server.server.port, { maxVersion: 'TLSv1.2' })).rejects.toThrow(
      /alert|version/i,
    );
    await expect(
      securedServer({ ...pem, 'ssl.enabled.protocols': 'TLSv1.1,TLSv1.2' }),
    ).rejects.toThrow('only TLSv1.2 and TLSv1.3 are spoken');
  });

  test('ksql.server.sni.check.enable: a request is for the name that the connection was made for', async () => {
    await using server = await securedServer({ ...pem, 'ksql.server.sni.check.enable': 'true' });
    const ask = async (host: string) => {
      const socket = await handshake(server.server.port, { servername: 'localhost' });
      socket.write(`GET /info HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
      const [chunk] = await once(socket, 'data');
      socket.destroy();
      return String(chunk);
    };
    expect(await ask('localhost')).toMatch(/^HTTP\/1\.1 200 /);
    const refused = await ask('127.0.0.1');
    expect(refused).toMatch(/^HTTP\/1\.1 421 /);
    expect(refused).toContain('This request was incorrectly sent to this ksqlDB server');
  });
});

describe('key stores', () => {
  test('may be PEM or PKCS12, said or seen', async () => {
    for (const properties of [
      { 'ssl.keystore.location': certificate('server.pem') },
      { 'ssl.keystore.location': certificate('server.pem'), 'ssl.keystore.type': 'PEM' },
      { 'ssl.keystore.location': certificate('server.p12'), 'ssl.keystore.password': 'changeit' },
      {
        'ssl.keystore.location': certificate('server.p12'),
        'ssl.keystore.type': 'PKCS12',
        'ssl.keystore.password': 'changeit',
      },
    ]) {
      await using server = await securedServer(properties);
      expect((await secureGet(server.url, '/info')).status).toBe(200);
    }
  });

  test.each([
    ["Java's own", { 'ssl.keystore.location': certificate('java.jks') }, 'type is JKS'],
    [
      'said to be another',
      { 'ssl.keystore.location': certificate('server.pem'), 'ssl.keystore.type': 'BCFKS' },
      'ssl.keystore.type is BCFKS',
    ],
    [
      'with another password',
      { 'ssl.keystore.location': certificate('server.p12'), 'ssl.keystore.password': 'wrong' },
      'cannot be used',
    ],
    ['with a key of another', { ...pem, 'leat.tls.key': certificate('client.pem') }, 'cannot be'],
    ['without a key', { 'leat.tls.certificate': certificate('authority.pem') }, 'cannot be used'],
    ['that is not there', { 'leat.tls.certificate': '/nowhere.pem' }, '/nowhere.pem cannot be'],
    [
      'with clients that nothing vouches for',
      { ...pem, 'ssl.client.authentication': 'REQUIRED' },
      'nobody says which are right',
    ],
    ['with an odd wish', { ...pem, 'ssl.client.authentication': 'PERHAPS' }, 'NONE, REQUESTED or'],
  ])('one %s does not start', async (_which, properties, message) => {
    await expect(securedServer(properties)).rejects.toThrow(message);
  });

  test('an https listener without a certificate does not start', async () => {
    const listeners = [{ scheme: 'https', host: '127.0.0.1', port: 0 }] as const;
    await expect(securedServer({}, { listeners })).rejects.toThrow('needs a certificate');
  });
});

describe("clients' certificates", () => {
  const asked = {
    ...pem,
    'leat.tls.client.ca': certificate('authority.pem'),
    'leat.tls.client.role': 'read',
  };
  const holder = (name: string) => {
    const both = readFileSync(certificate(name));
    return { cert: both, key: both };
  };

  test('REQUIRED: nobody gets in without one that an authority vouches for', async () => {
    await using server = await securedServer({ ...asked, 'ssl.client.authentication': 'REQUIRED' });
    expect((await secureGet(server.url, '/info', holder('client.pem'))).status).toBe(200);
    await expect(secureGet(server.url, '/info')).rejects.toThrow();
    await expect(secureGet(server.url, '/info', holder('stranger.pem'))).rejects.toThrow();
  });

  test('REQUESTED: it is a login for whoever has one', async () => {
    await using server = await securedServer({
      ...asked,
      'ssl.client.authentication': 'REQUESTED',
    });
    expect((await secureGet(server.url, '/info', holder('client.pem'))).status).toBe(200);
    expect((await secureGet(server.url, '/info')).status).toBe(401);
    expect((await secureGet(server.url, '/info', holder('stranger.pem'))).status).toBe(401);
  });

  test('a role for certificates that nobody is asked for does not start', async () => {
    await expect(securedServer(asked)).rejects.toThrow('clients are not asked for a certificate');
  });
});

test('a certificate that changes is used from then on; one that is broken is not, and the old one stays', async () => {
  using directory = temporaryDirectory();
  const path = join(directory.path, 'server.pem');
  copyFileSync(certificate('server.pem'), path);
  await using server = await securedServer(
    { 'leat.tls.certificate': path },
    {
      change: (security) => ({
        ...security,
        tls: security.tls === null ? null : { ...security.tls, reloadMs: 10 },
      }),
    },
  );
  const organisation = async () => {
    const socket = await handshake(server.server.port);
    const { subject } = socket.getPeerCertificate();
    socket.destroy();
    return subject.O ?? null;
  };
  expect(await organisation()).toBe(null);
  copyFileSync(certificate('renewed.pem'), path);
  await expect.poll(organisation).toBe('renewed');
  const warned = once(process, 'warning');
  copyFileSync(certificate('authority.pem'), path);
  const [warning] = await warned;
  expect(String(warning)).toContain('the old certificate stays in use');
  expect(await organisation()).toBe('renewed');
});
