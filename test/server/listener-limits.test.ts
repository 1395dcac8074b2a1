/** What a listener gives to one client, and what it does with one that wants more. */
import { once } from 'node:events';
import { connect as connectHttp2 } from 'node:http2';
import { connect, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { openSocket, pageviews, post, rawRequest, testServer } from './test-server.ts';

const limited = (properties: Readonly<Record<string, string>>) => testServer({}, { properties });

/** A connection that has sent `text`; resolves with what it got before it was closed. */
async function untilClosed(socket: Socket): Promise<string> {
  let text = '';
  socket.on('data', (chunk) => {
    text += String(chunk);
  });
  socket.on('error', () => undefined);
  await once(socket, 'close');
  return text;
}

async function isServed(socket: Socket): Promise<boolean> {
  socket.on('error', () => undefined);
  socket.write('GET /info HTTP/1.1\r\nHost: localhost\r\n\r\n');
  const [what] = await Promise.race([
    once(socket, 'data'),
    once(socket, 'close').then(() => [null]),
  ]);
  return what !== null;
}

/** How an HTTP/2 session ended: the code of the GOAWAY it was sent, if any. */
async function sessionEnd(session: ReturnType<typeof connectHttp2>): Promise<number | null> {
  let code: number | null = null;
  session.on('goaway', (of) => {
    code = of;
  });
  session.on('error', () => undefined);
  await new Promise((resolve) => session.once('close', resolve));
  return code;
}

describe('connections', () => {
  test('of one address are counted, and one may come when another has gone', async () => {
    await using server = await limited({ 'leat.limit.connections.per.ip': '2' });
    const { port } = server.server;
    const open = [connect(port, '127.0.0.1'), connect(port, '127.0.0.1')];
    expect(await Promise.all(open.map(isServed))).toEqual([true, true]);
    expect(await isServed(connect(port, '127.0.0.1'))).toBe(false);
    open[0]?.destroy();
    await expect
      .poll(async () => {
        const socket = connect(port, '127.0.0.1');
        const served = await isServed(socket);
        socket.destroy();
        return served;
      })
      .toBe(true);
    open[1]?.destroy();
  });

  test('HTTP and WebSocket each have a number of their own', async () => {
    await using server = await limited({
      'leat.limit.http.connections': '1',
      'leat.limit.ws.connections': '1',
    });
    await server.engine.execute({ sql: pageviews, properties: {}, variables: {} });
    const request = { ksql: 'SELECT * FROM views EMIT CHANGES;' };
    const first = openSocket(server.url, request);
    await once(first, 'message');
    const http = connect(server.server.port, '127.0.0.1');
    expect(await isServed(http)).toBe(true);
    const second = openSocket(server.url, request);
    const [error] = await once(second, 'error');
    expect(String(error)).toMatch(/hang up|ECONNRESET/);
    expect(await isServed(connect(server.server.port, '127.0.0.1'))).toBe(false);
    first.terminate();
    http.destroy();
  });

  test.each([
    ['nothing', ''],
    ['half a request', 'GET /info HTT'],
    ['half an HTTP/2 preface', 'PRI * HT'],
  ])('that say %s are closed when the time for it is over', async (_what, text) => {
    await using server = await limited({ 'leat.limit.timeout.handshake.ms': '50' });
    const socket = connect(server.server.port, '127.0.0.1');
    socket.write(text);
    expect(await untilClosed(socket)).toBe('');
  });

  test.each([
    ['Kafka', Buffer.from([0, 0, 0, 20, 0, 18, 0, 3])],
    ['TLS', Buffer.from([0x16, 3, 1, 2, 0, 1])],
    ['SSH', Buffer.from('ssh-2.0')],
    ['a binary protocol', Buffer.from([0xff, 0xfe])],
  ])('that speak %s are closed at once', async (_what, bytes) => {
    await using server = await testServer();
    const socket = connect(server.server.port, '127.0.0.1');
    socket.write(bytes);
    expect(await untilClosed(socket)).toBe('');
  });
});

describe('the time of a request', () => {
  const times = { 'leat.limit.timeout.request.ms': '100' };

  test('a body that does not arrive is not waited for', async () => {
    await using server = await limited(times);
    const text = 'POST /ksql HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{';
    expect(await rawRequest(server.server.port, text, '\r\n\r\n')).toMatch(/^HTTP\/1.1 408 /);
  });

  test('nor is the second head of a connection', async () => {
    await using server = await limited(times);
    const socket = connect(server.server.port, '127.0.0.1');
    socket.write('GET /info HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await once(socket, 'data');
    socket.write('GET /info HTTP/1.1\r\nHos');
    expect(await untilClosed(socket)).toMatch(/^HTTP\/1.1 408 /);
  });

  test('nor a body over HTTP/2', async () => {
    await using server = await limited(times);
    const session = connectHttp2(server.url);
    const stream = session.request({ ':method': 'POST', ':path': '/ksql' });
    stream.on('error', () => undefined);
    stream.write('{');
    let text = '';
    stream.setEncoding('utf8').on('data', (chunk) => {
      text += chunk;
    });
    const closed = once(stream, 'close');
    const [head] = await once(stream, 'response');
    expect(head[':status']).toBe(408);
    await closed;
    expect(JSON.parse(text)).toMatchObject({ error_code: 40800, code: 'request.timeout' });
    session.destroy();
  });

  test('an HTTP/2 connection without a request is closed', async () => {
    await using server = await limited(times);
    expect(await sessionEnd(connectHttp2(server.url))).toBe(0);
  });
});

describe('HTTP/2', () => {
  test('a connection that has been without a stream for long is closed; one with a push query is not', async () => {
    await using server = await limited({ 'ksql.idle.connection.timeout.seconds': '1' });
    await server.engine.execute({ sql: pageviews, properties: {}, variables: {} });
    const pushing = connectHttp2(server.url);
    const push = pushing.request({ ':method': 'POST', ':path': '/query-stream' });
    push.end(JSON.stringify({ sql: 'SELECT * FROM views EMIT CHANGES;' }));
    await once(push, 'response');
    const idle = connectHttp2(server.url);
    const info = idle.request({ ':path': '/info' });
    await once(info.resume(), 'close');
    expect(await sessionEnd(idle)).toBe(0);
    expect(pushing.closed).toBe(false);
    pushing.destroy();
  });

  test('an insert stream without a row is closed', async () => {
    await using server = await limited({ 'ksql.idle.connection.timeout.seconds': '1' });
    await server.engine.execute({ sql: pageviews, properties: {}, variables: {} });
    const session = connectHttp2(server.url);
    const stream = session.request({ ':method': 'POST', ':path': '/inserts-stream' });
    stream.on('error', () => undefined);
    stream.write('{"target":"views"}\n');
    await once(stream, 'close');
    expect(stream.rstCode).toBe(8);
    session.destroy();
  });

  test('whoever opens streams only to take them back is told to calm down', async () => {
    await using server = await limited({ 'leat.limit.http2.resets': '20' });
    const session = connectHttp2(server.url);
    await once(session, 'connect');
    const ended = sessionEnd(session);
    for (let count = 0; count < 40 && !session.destroyed; count++) {
      const stream = session.request({ ':method': 'POST', ':path': '/ksql' });
      stream.on('error', () => undefined);
      // Its head has to be on its way, or it is never sent.
      await new Promise((resolve) => setImmediate(resolve));
      stream.close(8);
    }
    expect(await ended).toBe(0xb);
  });

  test('and so is whoever pings for ever', async () => {
    await using server = await limited({ 'leat.limit.http2.control.frames': '10' });
    const session = connectHttp2(server.url);
    await once(session, 'connect');
    const ended = sessionEnd(session);
    for (let count = 0; count < 9; count++) session.ping(() => undefined);
    session.ping(() => undefined);
    session.ping(() => undefined);
    expect(await ended).toBe(0xb);
  });

  test('as many streams as may be are said in its settings', async () => {
    await using server = await limited({ 'leat.limit.http2.streams': '7' });
    const session = connectHttp2(server.url);
    const [settings] = await once(session, 'remoteSettings');
    expect(settings).toMatchObject({ maxConcurrentStreams: 7, maxHeaderListSize: 16_384 });
    session.destroy();
  });
});

describe('heads', () => {
  const many = Object.fromEntries(Array.from({ length: 101 }, (_, at) => [`x-${at}`, 'v']));

  test('with too many headers are refused over HTTP/1.1', async () => {
    await using server = await testServer();
    const lines = Array.from({ length: 100 }, (_, at) => `X-${at}: v\r\n`).join('');
    const head = `GET /info HTTP/1.1\r\nHost: localhost\r\n${lines}\r\n`;
    const answer = await rawRequest(server.server.port, head, '}');
    expect(answer).toMatch(/^HTTP\/1.1 431 /);
    expect(JSON.parse(answer.slice(answer.indexOf('{')))).toEqual({
      '@type': 'generic_error',
      error_code: 43100,
      code: 'request.too-many-headers',
      message: 'LIMIT_EXCEEDED: headers is 101, limit 100 (leat.limit.http.headers)',
    });
    expect((await post(`${server.url}/ksql`, { ksql: 'SHOW STREAMS;' }, many)).status).toBe(431);
  });

  test.each([
    ['too many headers', many, 'request.too-many-headers'],
    ['too many bytes', { 'x-long': 'v'.repeat(20_000) }, 'request.head-too-large'],
  ])('with %s are refused over HTTP/2', async (_what, headers, code) => {
    await using server = await testServer();
    const session = connectHttp2(server.url);
    const stream = session.request({ ':path': '/info', ...headers });
    const chunks: Buffer[] = [];
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    const [head] = await once(stream, 'response');
    await once(stream, 'end');
    expect(head[':status']).toBe(431);
    expect(JSON.parse(String(Buffer.concat(chunks)))).toMatchObject({ error_code: 43100, code });
    session.destroy();
  });

  test('with too many bytes are refused over HTTP/1.1', async () => {
    await using server = await testServer();
    const text = `GET /info HTTP/1.1\r\nHost: localhost\r\nX-Long: ${'v'.repeat(20_000)}\r\n\r\n`;
    expect(await rawRequest(server.server.port, text, '\r\n\r\n')).toMatch(/^HTTP\/1.1 431 /);
  });
});

describe('bodies', () => {
  const gzip = { 'content-encoding': 'gzip' };
  const sent = async (url: string, body: Buffer, headers: Record<string, string>) => {
    const response = await fetch(`${url}/ksql`, {
      method: 'POST',
      body: new Uint8Array(body),
      headers,
    });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };

  test('may come as gzip', async () => {
    await using server = await testServer();
    const body = gzipSync(JSON.stringify({ ksql: 'SHOW STREAMS;' }));
    expect((await sent(server.url, body, gzip)).status).toBe(200);
  });

  test('are measured inflated', async () => {
    await using server = await testServer();
    const body = gzipSync(JSON.stringify({ ksql: `SHOW STREAMS;${' '.repeat(9 * 1024 * 1024)}` }));
    expect(body.length).toBeLessThan(20_000);
    const answer = await sent(server.url, body, gzip);
    expect(answer).toMatchObject({ status: 413, body: { error_code: 41300 } });
    expect(answer.body['message']).toMatch(
      /^LIMIT_EXCEEDED: bytes of the body is \d+, limit 8388608 \(leat.limit.http.body\)$/,
    );
  });

  test('are refused before they are read where they say how long they are', async () => {
    await using server = await limited({ 'leat.limit.http.body': '1000' });
    const text = 'POST /ksql HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1001\r\n\r\n';
    expect(await rawRequest(server.server.port, text, '}')).toMatch(
      /^HTTP\/1.1 413 [\s\S]*"error_code":41300/,
    );
  });

  test.each([
    ['br', 'SHOW STREAMS;', 415, 'request.unsupported-encoding'],
    ['gzip, gzip', 'SHOW STREAMS;', 415, 'request.unsupported-encoding'],
    ['gzip', 'this is no gzip', 400, 'request.corrupt-body'],
  ])('in %s that cannot be read are refused', async (encoding, text, status, code) => {
    await using server = await testServer();
    const answer = await sent(server.url, Buffer.from(text), { 'content-encoding': encoding });
    expect(answer).toMatchObject({ status, body: { code } });
  });
});

describe('WebSocket messages', () => {
  test.each([
    ['too long', { 'leat.limit.ws.message': '100' }, 1009],
    ['in too many fragments', { 'leat.limit.ws.fragments': '3' }, 1008],
  ])('%s close the connection', async (_what, properties, code) => {
    await using server = await limited(properties);
    await server.engine.execute({ sql: pageviews, properties: {}, variables: {} });
    const socket = openSocket(server.url, { ksql: 'SELECT * FROM views EMIT CHANGES;' });
    await once(socket, 'message');
    socket.send('x'.repeat(60), { fin: false });
    for (let count = 0; count < 3; count++) socket.send('x'.repeat(60), { fin: false });
    const [closedWith] = await once(socket, 'close');
    expect(closedWith).toBe(code);
  });
});

test('a limit that is no number stops the server from starting', async () => {
  await expect(limited({ 'leat.limit.http2.resets': 'many' })).rejects.toThrow(
    'leat.limit.http2.resets is many, which is no number from 1 to 100000',
  );
});
