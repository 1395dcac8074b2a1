/** How clients see a server stop. */
import { once } from 'node:events';
import { connect as connectHttp2 } from 'node:http2';
import { connect, type Socket } from 'node:net';
import { expect, test } from 'vitest';
import { openSocket, pageviews, type TestServer, testServer } from './test-server.ts';

const told = '"error_code":50303,"message":"The server is shutting down"';

async function serverWithViews(): Promise<TestServer> {
  const server = await testServer();
  await server.engine.execute({ sql: pageviews, properties: {}, variables: {} });
  return server;
}

function select(url: string, path: string, body: object): Promise<Response> {
  return fetch(`${url}${path}`, { method: 'POST', body: JSON.stringify(body) });
}

test('push queries are told and end; the last element closes what is JSON', async () => {
  await using server = await serverWithViews();
  const sql = 'SELECT * FROM views EMIT CHANGES;';
  const lines = await select(server.url, '/query-stream', { sql });
  const elements = await select(server.url, '/query', { ksql: sql });
  const printed = await select(server.url, '/query', { ksql: 'PRINT views;' });
  await server.server.close();
  expect(await lines.text()).toMatch(new RegExp(`^{"queryId".*\n{.*${told}.*}\n$`));
  expect(JSON.parse(await elements.text())).toMatchObject([
    { header: {} },
    { errorMessage: { error_code: 50303 } },
  ]);
  expect(await printed.text()).toContain(told);
});

test('a WebSocket query gets an error frame and a close code', async () => {
  await using server = await serverWithViews();
  const socket = openSocket(server.url, { ksql: 'SELECT * FROM views EMIT CHANGES;' });
  const frames: string[] = [];
  socket.on('message', (data) => frames.push(String(data)));
  await once(socket, 'message');
  const closed = once(socket, 'close');
  await server.server.close();
  const [code, reason] = await closed;
  expect([code, String(reason)]).toEqual([1011, 'The server is shutting down']);
  expect(frames.at(-1)).toBe('{"error":"The server is shutting down"}');
});

test('an insert stream is acknowledged as far as it came', async () => {
  await using server = await serverWithViews();
  const session = connectHttp2(server.url).on('error', () => undefined);
  const stream = session.request({ ':method': 'POST', ':path': '/inserts-stream' });
  stream.setEncoding('utf8').on('error', () => undefined);
  let text = '';
  const acknowledged = new Promise<void>((resolve) => {
    stream.on('data', (piece: string) => {
      text += piece;
      resolve();
    });
  });
  stream.write('{"target":"views"}\n{"USER_ID":"u","PAGE":"p","MS":1}\n');
  await acknowledged;
  const ended = once(stream, 'end');
  await server.server.close();
  await ended;
  expect(text).toBe('{"status":"ok","seq":0}\n');
  session.destroy();
});

test('a request under way is answered, further ones on open connections are refused', async () => {
  await using server = await serverWithViews();
  const body = JSON.stringify({ ksql: 'SHOW STREAMS;' });
  const head = `POST /ksql HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${body.length}\r\n\r\n`;
  const slow = new Conversation(server.server.port);
  const other = new Conversation(server.server.port);
  other.send('GET /info HTTP/1.1\r\nHost: localhost\r\n\r\n');
  slow.send(head + body.slice(0, 5));
  await other.until('KsqlServerInfo');
  await expect.poll(() => server.server.active()).toBe(1);
  const closed = server.server.close();
  other.send('GET /info HTTP/1.1\r\nHost: localhost\r\n\r\n');
  expect(await other.until(told)).toContain('HTTP/1.1 503');
  slow.send(body.slice(5));
  expect(await slow.until('"warnings":[]')).toContain('HTTP/1.1 200');
  await closed;
  await expect(fetch(`${server.url}/info`)).rejects.toThrow();
});

/** What one connection says and hears. */
class Conversation {
  readonly #socket: Socket;
  #heard = '';

  constructor(port: number) {
    this.#socket = connect(port, '127.0.0.1').on('error', () => undefined);
    this.#socket.setEncoding('utf8').on('data', (text: string) => {
      this.#heard += text;
    });
  }

  send(text: string): void {
    this.#socket.write(text);
  }

  async until(text: string): Promise<string> {
    await expect.poll(() => this.#heard, { timeout: 5_000 }).toContain(text);
    return this.#heard;
  }
}
