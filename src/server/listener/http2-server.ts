/**
 * HTTP/2, with the limits that Node leaves to others: a session without a request, or without a stream for long, is closed; so is
 * one whose client opens streams only to take them back (rapid reset, CVE-2023-44487), or that pings for ever.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Http2Server, ServerHttp2Session } from 'node:http2';
import type { Connections } from './connections.ts';
import type { ListenerLimits } from '../limits.ts';
import type { ConnectionTaker } from './port.ts';

const minuteMs = 60_000;
/** RFC 9113 §7. */
const noError = 0;
const cancel = 0x8;
const enhanceYourCalm = 0xb;
/** `:method`, `:path`, `:scheme`, `:authority` and, of a WebSocket over HTTP/2, `:protocol`. */
const pseudoHeaders = 5;
const mebibytesPerSession = 10;

export function http2Taker(
  handler: (request: IncomingMessage, response: ServerResponse) => void,
  connections: Connections,
  limits: ListenerLimits,
): ConnectionTaker {
  let server: Http2Server | null = null;
  return (socket, connection) => {
    server ??= createServer(handler, limits);
    // The session is made, and announced, before `emit` returns.
    server.once('session', (session) => {
      connections.link(session, connection);
      guard(session, limits);
    });
    server.emit('connection', socket);
  };
}

function createServer(
  handler: (request: IncomingMessage, response: ServerResponse) => void,
  limits: ListenerLimits,
): Http2Server {
  const { createServer: createHttp2 } = process.getBuiltinModule('node:http2');
  const server = createHttp2(
    {
      maxSessionMemory: mebibytesPerSession,
      // One more than may be, so that too many are answered and not merely cut off.
      maxHeaderListPairs: limits.headers.value + pseudoHeaders + 1,
      maxSessionInvalidFrames: 100,
      maxSessionRejectedStreams: 100,
      unknownProtocolTimeout: limits.handshakeMs.value,
      settings: {
        maxConcurrentStreams: limits.streams.value,
        maxHeaderListSize: limits.headerBytes.value,
        enablePush: false,
      },
    },
    // The types know only of the compatible classes of HTTP/2, which have what is used here.
    handler as never,
  );
  server.on('sessionError', () => undefined);
  return server;
}

/** Watches a session until it closes. */
function guard(session: ServerHttp2Session, limits: ListenerLimits): void {
  const resets = new PerMinute(limits.resets.value);
  const controlFrames = new PerMinute(limits.controlFrames.value);
  let streams = 0;
  const idle = () => session.destroy();
  let timer = setTimeout(idle, limits.requestMs.value);
  session.on('stream', (stream, headers) => {
    // Without rows and acknowledgements an insert stream is not wanted; a push query without rows may well be.
    if (headers[':path']?.startsWith('/inserts-stream') === true)
      stream.setTimeout(limits.idleMs, () => stream.close(cancel));
    streams++;
    clearTimeout(timer);
    stream.once('close', () => {
      const isReset =
        stream.aborted || (stream.rstCode !== noError && stream.rstCode !== undefined);
      if (isReset && resets.isPassed()) calm(session);
      streams--;
      if (streams > 0 || session.destroyed) return;
      clearTimeout(timer);
      timer = setTimeout(idle, limits.idleMs);
    });
  });
  const onControlFrame = () => {
    if (controlFrames.isPassed()) calm(session);
  };
  session.on('ping', onControlFrame);
  session.on('remoteSettings', onControlFrame);
  session.once('close', () => clearTimeout(timer));
}

/** Says why (GOAWAY) and closes. */
function calm(session: ServerHttp2Session): void {
  if (!session.destroyed) session.destroy(new Error('too many frames'), enhanceYourCalm);
}

/** How often something happened within one minute. */
class PerMinute {
  readonly #max: number;
  #since = 0;
  #count = 0;

  constructor(max: number) {
    this.#max = max;
  }

  /** Counts one more; whether that is too many. */
  isPassed(): boolean {
    const now = performance.now();
    if (now - this.#since > minuteMs) {
      this.#since = now;
      this.#count = 0;
    }
    this.#count++;
    return this.#count > this.#max;
  }
}
