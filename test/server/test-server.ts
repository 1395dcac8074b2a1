/** A server on a free port over an inline engine in memory, and clients as plain as can be. */
import { once } from 'node:events';
import { connect as connectHttp2 } from 'node:http2';
import { connect, type Socket } from 'node:net';
import { WebSocket } from 'ws';
import type { EngineParts } from '../../src/engine/config.ts';
import type { LocalEngine } from '../../src/engine/local-engine.ts';
import { openLocalEngine } from '../../src/engine/open.ts';
import { systemEnv, systemLogger } from '../../src/engine/system-env.ts';
import { type RunningServer, type ServerOptions, startServer } from '../../src/server/start.ts';

export interface TestServer extends AsyncDisposable {
  readonly engine: LocalEngine;
  readonly server: RunningServer;
  readonly url: string;
}

/** Streams are read from their beginning unless a request says otherwise. */
export async function testServer(
  parts: Partial<EngineParts> = {},
  options: Partial<ServerOptions> = {},
  properties: Readonly<Record<string, string>> = {},
): Promise<TestServer> {
  const engine = await openLocalEngine(
    {
      directory: null,
      durability: 'memory',
      properties: { 'auto.offset.reset': 'earliest', ...properties },
    },
    { env: systemEnv(systemLogger()), timers: false, ...parts },
  );
  const server = await startServer(engine, { host: '127.0.0.1', port: 0, ...options });
  return {
    engine,
    server,
    url: server.url,
    async [Symbol.asyncDispose]() {
      await server.close();
      await engine[Symbol.asyncDispose]();
    },
  };
}

export interface Answer {
  readonly status: number;
  readonly type: string | null;
  readonly text: string;
}

export async function post(
  url: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const response = await fetch(url, {
    method: 'POST',
    body: typeof body === 'string' ? body : JSON.stringify(body),
    headers,
  });
  return {
    status: response.status,
    type: response.headers.get('content-type'),
    text: await response.text(),
  };
}

/** One HTTP/2 request with prior knowledge; `chunks` are the pieces in which the answer came. */
export async function http2Request(
  url: string,
  headers: Record<string, string>,
  body: string,
): Promise<{ readonly status: number; readonly text: string; readonly chunks: readonly string[] }> {
  const session = connectHttp2(url);
  const stream = session.request({ ':method': 'POST', ...headers });
  const chunks: string[] = [];
  stream.setEncoding('utf8').on('data', (text: string) => chunks.push(text));
  stream.end(body);
  const [head] = await once(stream, 'response');
  await once(stream, 'end');
  session.close();
  return { status: head[':status'], text: chunks.join(''), chunks };
}

/** Sends text over a socket and gives what comes back until `until` appears or the other side ends. */
export async function rawRequest(port: number, text: string, until: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.write(text);
  const answer = await readUntil(socket, until);
  socket.destroy();
  return answer;
}

async function readUntil(socket: Socket, until: string): Promise<string> {
  let text = '';
  for await (const chunk of socket) {
    text += String(chunk);
    if (text.includes(until)) break;
  }
  return text;
}

export interface SocketEnd {
  readonly frames: readonly string[];
  readonly code: number;
  readonly reason: string;
}

export function openSocket(url: string, request: unknown, more = ''): WebSocket {
  const query = request === null ? '' : `request=${encodeURIComponent(JSON.stringify(request))}`;
  return new WebSocket(`${url.replace('http', 'ws')}/ws/query?${query}${more}`);
}

/** Every frame of a WebSocket query, and how it ended. */
export async function socketQuery(url: string, request: unknown, more = ''): Promise<SocketEnd> {
  const socket = openSocket(url, request, more);
  const frames: string[] = [];
  socket.on('message', (data) => frames.push(String(data)));
  const [code, reason] = await once(socket, 'close');
  return { frames, code, reason: String(reason) };
}

export const pageviews: string =
  "CREATE STREAM views (user_id STRING KEY, page STRING, ms INT) WITH (KAFKA_TOPIC='views', VALUE_FORMAT='JSON', PARTITIONS=1);" +
  'CREATE TABLE per_user AS SELECT user_id, COUNT(*) AS n FROM views GROUP BY user_id;';

export async function insertViews(
  engine: LocalEngine,
  rows: readonly (readonly [string, string, number])[],
): Promise<void> {
  await engine.insertRows(
    'views',
    rows.map(([user, page, ms]) => JSON.stringify({ USER_ID: user, PAGE: page, MS: ms })),
  );
}
