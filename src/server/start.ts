/** The server: one port, every protocol, one engine behind it. */
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { problem } from '../base/errors.ts';
import type { Engine } from '../engine/api.ts';
import { serviceId } from '../engine/config.ts';
import { checkOverridable } from '../sql/properties.ts';
import { allowOrigin } from './cross-origin.ts';
import { Drain } from './drain.ts';
import { Exchange } from './exchange.ts';
import { type HostPolicy, hostRefusal } from './host-check.ts';
import { type ConnectionTaker, createPort } from './port.ts';
import type { RouteContext } from './route.ts';
import { Router } from './router.ts';
import { routes } from './routes/table.ts';
import { stalledMsMax } from './slow-consumer.ts';
import { version } from './version.ts';

export interface ServerOptions {
  /** Address to listen on; loopback unless the user says otherwise. */
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly policy?: HostPolicy;
  /** Properties of the server, for what depends on them here. */
  readonly properties?: Readonly<Record<string, string>>;
  /** How long a client may take nothing of what is sent to it; a minute unless a test is in a hurry. */
  readonly stalledMs?: number;
}

export interface RunningServer {
  readonly url: string;
  readonly port: number;
  /** Requests and sockets under way. */
  active(): number;
  /** Stops accepting, ends what streams and tells it so, and resolves when every connection is closed. The engine stays open. */
  close(): Promise<void>;
}

const connectionsMax = 1_000;
const headerBytesMax: number = 16 * 1024;
const requestTimeoutMs = 30_000;
const http2StreamsMax = 100;
const webSocketMessageBytesMax: number = 1024 * 1024;
/** How long requests under way get to finish when the server closes, and connections after that. */
const drainMs = 5_000;
const closeMs = 1_000;

// An import of node:http reads every export of it, some of which load a whole HTTP client: 30 ms and 13 MB for nothing.
const { createServer: createHttp1 } = process.getBuiltinModule('node:http');

/** Throws `server.port-in-use` when the port is taken. */
export async function startServer(engine: Engine, options: ServerOptions): Promise<RunningServer> {
  const policy = options.policy ?? { hosts: [], origins: [] };
  const properties = options.properties ?? {};
  const { stalledMs = stalledMsMax } = options;
  const router = new Router(routes);
  const drain = new Drain();
  const context: RouteContext = {
    engine,
    identity: { version, clusterId: 'leat', serviceId: serviceId(properties) },
    statuses: new Map(),
    lifecycle: { state: 'READY' },
    checkProperty: (name) => checkOverridable(name, properties),
  };
  const handler = (request: IncomingMessage, response: ServerResponse) =>
    void handle(request, response, { router, context, policy, stalledMs, drain });
  const http1 = createHttp1(
    { maxHeaderSize: headerBytesMax, requestTimeout: requestTimeoutMs },
    handler,
  );
  const webSocket = createHttp1({ maxHeaderSize: headerBytesMax }, handler);
  const http2 = lazily(() => {
    const { createServer: createHttp2 } = process.getBuiltinModule('node:http2');
    const options = { settings: { maxConcurrentStreams: http2StreamsMax } };
    const server = createHttp2(options, handler as never);
    server.on('sessionError', () => undefined);
    return server;
  });
  webSocket.on(
    'upgrade',
    (request, socket, head) =>
      void upgrade(request, socket as Socket, head, { engine, policy, stalledMs, drain }),
  );
  const sockets = new Set<Socket>();
  const port = createPort({ http1, http2, webSocket }, sockets);
  port.maxConnections = connectionsMax;
  port.listen(options.port, options.host);
  try {
    await once(port, 'listening');
  } catch (error) {
    throw listenProblem(error, options);
  }
  const { port: bound } = port.address() as AddressInfo;
  const host = options.host.includes(':') ? `[${options.host}]` : options.host;
  return {
    url: `http://${host}:${bound}`,
    port: bound,
    active: () => drain.active,
    async close() {
      const closed = once(port, 'close');
      port.close();
      context.lifecycle.state = 'TERMINATING';
      await drain.end(drainMs);
      http1.closeIdleConnections();
      const timer = setTimeout(() => {
        for (const socket of sockets) socket.destroy();
      }, closeMs);
      for (const socket of sockets) socket.end();
      await closed;
      clearTimeout(timer);
    },
  };
}

interface Serving {
  readonly router: Router;
  readonly context: RouteContext;
  readonly policy: HostPolicy;
  readonly stalledMs: number;
  readonly drain: Drain;
}

async function handle(
  request: IncomingMessage,
  response: ServerResponse,
  { router, context, policy, stalledMs, drain }: Serving,
): Promise<void> {
  response.on('error', () => undefined);
  const found = router.find(request.method ?? 'GET', request.url ?? '/');
  const exchange = new Exchange(request, response, found?.params ?? {}, {
    stalledMs,
    closing: drain.closing,
  });
  try {
    const leave = drain.enter();
    response.once('finish', leave).once('close', leave);
    const refusal = hostRefusal(request.headers, policy);
    if (refusal !== null) throw problem('server.forbidden-host', refusal);
    if (allowOrigin(request, response, policy)) return exchange.send('');
    if (found === null) return exchange.send('Not Found', 404, 'text/plain');
    if (found.route === null) return exchange.send('Method Not Allowed', 405, 'text/plain');
    if (context.lifecycle.state !== 'READY' && found.route.method === 'POST')
      throw problem('server.terminated', 'The server is shut down');
    await found.route.handle(exchange, context);
  } catch (error) {
    if (response.headersSent) response.destroy();
    else exchange.fail(error);
  }
}

/** A server that is made when its first connection comes. */
function lazily(make: () => ConnectionTaker): ConnectionTaker {
  let server: ConnectionTaker | null = null;
  return {
    emit(event, socket) {
      server ??= make();
      return server.emit(event, socket);
    },
  };
}

/** ws is loaded by the first client that wants it. */
async function upgrade(
  request: IncomingMessage,
  socket: Socket,
  head: Buffer,
  {
    engine,
    policy,
    stalledMs,
    drain,
  }: Pick<Serving, 'policy' | 'stalledMs' | 'drain'> & { readonly engine: Engine },
): Promise<void> {
  const path = (request.url ?? '').split('?', 1)[0];
  const refusal = hostRefusal(request.headers, policy);
  if (path !== '/ws/query' || refusal !== null) {
    socket.end(
      `HTTP/1.1 ${refusal === null ? '404 Not Found' : '403 Forbidden'}\r\nConnection: close\r\n\r\n`,
    );
    return;
  }
  const [{ WebSocketServer }, { serveSocket }] = await Promise.all([
    import('ws'),
    import('./socket.ts'),
  ]);
  const acceptor = new WebSocketServer({
    noServer: true,
    maxPayload: webSocketMessageBytesMax,
    perMessageDeflate: false,
  });
  acceptor.handleUpgrade(request, socket, head, (client) => {
    if (!drain.closing.aborted) client.once('close', drain.enter());
    void serveSocket(client, request, engine, { stalledMs, closing: drain.closing });
  });
}

function listenProblem(error: unknown, { host, port }: ServerOptions): Error {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE')
    return problem('server.port-in-use', `port ${port} on ${host} is in use`, {
      hint: 'Choose another with --port.',
    });
  if (code === 'EACCES')
    return problem('server.port-in-use', `port ${port} on ${host} may not be used by this user`, {
      hint: 'Choose one above 1023 with --port.',
    });
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return problem('server.bad-address', `this machine has no address ${host}`, {
      hint: 'Choose one with --host: 127.0.0.1 for this machine alone, 0.0.0.0 for all of its networks.',
    });
  return error as Error;
}
