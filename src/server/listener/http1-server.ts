/** HTTP/1.1: one server for requests, and one for those that ask for a WebSocket. */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { ListenerLimits } from '../limits.ts';
import type { ConnectionTaker } from './port.ts';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** How often connections are looked at that are late; a connection is closed that much after its time at the latest. */
const lookMsMax = 1_000;
/** Idle connections of a client that sends one request after the other. */
const keepAliveMs = 5_000;

// An import of node:http reads every export of it, some of which load a whole HTTP client: 30 ms and 13 MB for nothing.
const { createServer } = process.getBuiltinModule('node:http');

export type Http1Taker = ConnectionTaker & {
  /** Closes connections without a request under way. */
  closeIdle(): void;
};

type OnUpgrade = (request: IncomingMessage, socket: Socket, head: Buffer) => Promise<void>;

/**
 * For connections that begin with a plain request. They may ask for a WebSocket later (Node's own client takes one that it has),
 * which is heard from Node 24.9 on: before, a server that hears of one Upgrade hears of all, h2c included.
 */
export function http1Taker(
  handler: Handler,
  limits: ListenerLimits,
  onUpgrade: OnUpgrade,
): Http1Taker {
  const server = makeServer(handler, limits);
  if ('shouldUpgradeCallback' in server) {
    server.shouldUpgradeCallback = ({ headers }: IncomingMessage) =>
      /\bwebsocket\b/i.test(headers.upgrade ?? '');
    server.on(
      'upgrade',
      (request, socket, head) => void onUpgrade(request, socket as Socket, head),
    );
  }
  return Object.assign((socket: Socket) => void server.emit('connection', socket), {
    closeIdle() {
      server.closeIdleConnections();
      // It never listened, but looks at its connections from time to time, which this ends.
      server.close();
    },
  });
}

export function webSocketTaker(
  handler: Handler,
  limits: ListenerLimits,
  onUpgrade: OnUpgrade,
): Http1Taker {
  const server = makeServer(handler, limits);
  server.on('upgrade', (request, socket, head) => void onUpgrade(request, socket as Socket, head));
  return Object.assign((socket: Socket) => void server.emit('connection', socket), {
    closeIdle() {
      server.close();
    },
  });
}

function makeServer(handler: Handler, limits: ListenerLimits): Server {
  const { headerBytes, headers, requestMs, idleMs } = limits;
  const server = createServer(
    {
      maxHeaderSize: headerBytes.value,
      // Bodies have their time where they are read: those of insert streams go on for as long as rows come.
      requestTimeout: 0,
      headersTimeout: requestMs.value,
      connectionsCheckingInterval: Math.min(lookMsMax, requestMs.value),
      keepAliveTimeout: Math.min(keepAliveMs, idleMs),
      insecureHTTPParser: false,
    },
    handler,
  );
  // Some Nodes drop headers beyond their limit without a word: one more than may be is let through, to be refused.
  server.maxHeadersCount = headers.value + 1;
  // Its connections are handed to it and it never listens: without this it would look at none of the time limits.
  server.emit('listening');
  return server;
}
