/**
 * GET /ws/query: a SELECT or PRINT over a WebSocket (spec: api.md §9). The first frame is the schema, then one frame a row;
 * a last frame says why it ended, and the close code says it again. A client that does not read makes its query stand still
 * (the frames that wait are bounded), and is closed if it stays away.
 */
import type { IncomingMessage } from 'node:http';
import type { WebSocket } from 'ws';
import { ProblemError, problem } from '../../base/errors.ts';
import {
  type Engine,
  type QueryFrame,
  type QueryStream,
  StatementFailure,
} from '../../engine/api.ts';
import { resultFieldsJson } from '../../sql/statements/entities/query-text.ts';
import { shuttingDown } from '../listener/drain.ts';
import { errorBody, type OnError } from '../errors.ts';
import { ksqlRequest, parseBody } from '../messages.ts';
import { slowConsumer } from './slow-consumer.ts';

/** Bytes the socket may hold for the network before rows wait in the engine. */
const socketBytesMax: number = 64 * 1024;
/** A close reason is at most 123 bytes of UTF-8 (RFC 6455 §5.5). */
const reasonBytesMax = 123;
const pingMs = 20_000;

const done = 1000;
const invalid = 1003;
const failed = 1011;
const timedOut = 1013;
const tooSlow = 4008;

export interface SocketSettings {
  readonly stalledMs: number;
  /** Aborts when the server stops. */
  readonly closing: AbortSignal;
  readonly onError: OnError;
}

export async function serveSocket(
  socket: WebSocket,
  request: IncomingMessage,
  engine: Engine,
  { stalledMs, closing, onError }: SocketSettings,
): Promise<void> {
  socket.on('error', () => socket.terminate());
  const ping = keepAlive(socket);
  try {
    const stream = await open(request.url ?? '', engine);
    socket.once('close', () => void stream.close());
    if (socket.readyState !== socket.OPEN || closing.aborted) await stream.close();
    const onClosing = () => void stream.close();
    closing.addEventListener('abort', onClosing);
    try {
      await sendAll(socket, stream, stalledMs);
    } finally {
      closing.removeEventListener('abort', onClosing);
    }
    if (closing.aborted && stream.end() === 'closed') throw shuttingDown();
    end(socket, done, 'done');
  } catch (error) {
    const body = errorBody(error);
    onError(error, body);
    const [code, reason] = describe(error, body);
    end(socket, code, reason);
  } finally {
    socket.once('close', () => clearInterval(ping));
    if (socket.readyState === socket.CLOSED) clearInterval(ping);
  }
}

/** Pings, and drops a peer that did not answer the last one. Where rows still wait for the network it had no chance to. */
export function keepAlive(socket: WebSocket): NodeJS.Timeout {
  let alive = true;
  socket.on('pong', () => {
    alive = true;
  });
  return setInterval(() => {
    if (!alive && socket.bufferedAmount === 0) return socket.terminate();
    alive = false;
    socket.ping();
  }, pingMs).unref();
}

async function open(url: string, engine: Engine): Promise<QueryStream> {
  const params = new URL(url, 'http://leat').searchParams;
  const version = params.get('version');
  if (version !== null && version !== '1')
    throw problem('request.version', `Received invalid api version: ${version}`);
  const request = params.get('request');
  if (request === null || request === '')
    throw problem('request.missing', 'Error parsing request: missing request parameter');
  return engine.query(ksqlRequest(parseBody(request)));
}

async function sendAll(socket: WebSocket, stream: QueryStream, stalledMs: number): Promise<void> {
  const isPrint = stream.head.kind === 'print';
  if (!isPrint) socket.send(JSON.stringify(resultFieldsJson(stream.head.columns)));
  for await (const frame of stream) {
    for (const message of isPrint ? frame.rows.map(lineMessage) : rowMessages(frame)) {
      if (socket.readyState !== socket.OPEN) return;
      await sendFrame(socket, message, stalledMs);
    }
  }
}

function lineMessage(line: string): string {
  return JSON.stringify(line);
}

/** The messages of frames: a frame that many readers get is one object, and so are the bytes that wait for their networks. */
const messagesOf = new WeakMap<QueryFrame, readonly Buffer[]>();

function rowMessages(frame: QueryFrame): readonly Buffer[] {
  const known = messagesOf.get(frame);
  if (known !== undefined) return known;
  const deleted = new Set(frame.tombstones ?? []);
  const messages = frame.rows.map((row, at) =>
    Buffer.from(`{"row":{"columns":${row}${deleted.has(at) ? ',"tombstone":true' : ''}}}`, 'utf8'),
  );
  messagesOf.set(frame, messages);
  return messages;
}

/** Sends a message; when too much waits for the network, resolves once it is out. Throws `push.slow-consumer`. */
export async function sendFrame(
  socket: WebSocket,
  text: string | Buffer,
  stalledMs: number,
): Promise<void> {
  if (socket.bufferedAmount <= socketBytesMax) {
    socket.send(text, { binary: false });
    return;
  }
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => reject(slowConsumer(stalledMs)), stalledMs);
    // Called with an error when the socket has gone meanwhile: then there is nothing to wait for either.
    socket.send(text, { binary: false }, () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

function describe(
  error: unknown,
  body: ReturnType<typeof errorBody>,
): readonly [code: number, reason: string] {
  const code = body['error_code'] as number;
  const message = String(body['message']);
  if (code === 42900) return [tooSlow, message];
  if (code === 50301) return [timedOut, message];
  if (code >= 50000) return [failed, message];
  if (error instanceof ProblemError && error.code === 'request.not-a-query')
    return [invalid, 'Unexpected statement type: only SELECT and PRINT are served here'];
  return [
    invalid,
    error instanceof StatementFailure && error.data.phase === 'parse'
      ? `Error parsing query: ${message}`
      : message,
  ];
}

/** Ends a socket at a time, in milliseconds since 1970: it lives no longer than the token it was opened with. */
export function endAt(socket: WebSocket, timeMs: number): void {
  const expired = () => end(socket, failed, 'The request token has expired.');
  const timer = setTimeout(expired, timeMs - Date.now());
  socket.once('close', () => clearTimeout(timer));
}

function end(socket: WebSocket, code: number, reason: string): void {
  if (socket.readyState !== socket.OPEN) return;
  socket.send(JSON.stringify({ error: reason }));
  socket.close(code, truncated(reason));
}

/** As much of a reason as a close frame takes. */
export function truncated(reason: string): string {
  const bytes = Buffer.from(reason, 'utf8');
  if (bytes.length <= reasonBytesMax) return reason;
  // A character cut in half decodes to a replacement of three bytes: stay clear of the limit.
  return `${bytes
    .subarray(0, reasonBytesMax - 6)
    .toString('utf8')
    .replace(/\uFFFD$/, '')}...`;
}
