/** The server: one port, every protocol, one engine behind it. */
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from '../base/env.ts';
import { problem } from '../base/errors.ts';
import type { Engine } from '../engine/api.ts';
import { serviceId } from '../engine/config.ts';
import { checkOverridable } from '../sql/properties.ts';
import { bodyEncoding } from './body.ts';
import { Connections } from './connections.ts';
import type { OnError } from './errors.ts';
import { allowOrigin } from './cross-origin.ts';
import { Drain } from './drain.ts';
import { Exchange } from './exchange.ts';
import { checkHead } from './head.ts';
import { type HostPolicy, hostRefusal } from './host-check.ts';
import { http1Taker, webSocketTaker } from './http1-server.ts';
import { http2Taker } from './http2-server.ts';
import { type ListenerLimits, listenerLimits } from './limits.ts';
import { listen } from './listen.ts';
import { createPort } from './port.ts';
import type { RouteContext } from './route.ts';
import { Router } from './router.ts';
import { routes } from './routes/table.ts';
import { ServerMetrics } from './server-metrics.ts';
import { errorObserver } from './error-observer.ts';
import { stalledMsMax } from './slow-consumer.ts';
import { upgrade } from './upgrade.ts';
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
  /** Failures of ours are told here; nobody, if absent. */
  readonly logger?: Logger;
}

export interface RunningServer {
  readonly url: string;
  readonly port: number;
  /** Requests and sockets under way. */
  active(): number;
  /** Stops accepting, ends what streams and tells it so, and resolves when every connection is closed. The engine stays open. */
  close(): Promise<void>;
}

/** How long requests under way get to finish when the server closes, and connections after that. */
const drainMs = 5_000;
const closeMs = 1_000;

/** Throws `server.port-in-use` when the port is taken. */
export async function startServer(engine: Engine, options: ServerOptions): Promise<RunningServer> {
  const policy = options.policy ?? { hosts: [], origins: [] };
  const properties = options.properties ?? {};
  const { stalledMs = stalledMsMax } = options;
  const limits = listenerLimits(properties);
  const router = new Router(routes);
  const drain = new Drain();
  const metrics = new ServerMetrics();
  const onError = errorObserver(metrics, options.logger ?? null);
  const context: RouteContext = {
    engine,
    metrics,
    connections: () => ({ open: [...connections.sockets].length, active: drain.active }),
    identity: { version, clusterId: 'leat', serviceId: serviceId(properties) },
    statuses: new Map(),
    lifecycle: { state: 'READY' },
    checkProperty: (name) => checkOverridable(name, properties),
  };
  const handler = (request: IncomingMessage, response: ServerResponse) =>
    void handle(request, response, { router, context, policy, stalledMs, drain, limits, onError });
  const connections = new Connections(limits);
  const takers = {
    http1: http1Taker(handler, limits),
    http2: http2Taker(handler, connections, limits),
    webSocket: webSocketTaker(handler, limits, (request, socket, head) =>
      upgrade(request, socket, head, { engine, policy, stalledMs, drain, limits, onError }),
    ),
  };
  const port = createPort({ takers, connections, limits, tls: null, needsLogin: false });
  const { url, port: bound } = await listen(port, { scheme: 'http', ...options });
  return {
    url,
    port: bound,
    active: () => drain.active,
    async close() {
      const closed = once(port, 'close');
      port.close();
      context.lifecycle.state = 'TERMINATING';
      await drain.end(drainMs);
      takers.http1.closeIdle();
      takers.webSocket.closeIdle();
      const timer = setTimeout(() => {
        for (const socket of connections.sockets) socket.destroy();
      }, closeMs);
      for (const socket of connections.sockets) socket.end();
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
  readonly limits: ListenerLimits;
  readonly onError: OnError;
}

async function handle(
  request: IncomingMessage,
  response: ServerResponse,
  { router, context, policy, stalledMs, drain, limits, onError }: Serving,
): Promise<void> {
  response.on('error', () => undefined);
  const found = router.find(request.method ?? 'GET', request.url ?? '/');
  const exchange = new Exchange(request, response, found?.params ?? {}, {
    stalledMs,
    closing: drain.closing,
    limits,
    onError,
  });
  const began = performance.now();
  response.once('close', () => {
    const seconds = ((exchange.answeredMs ?? performance.now()) - began) / 1000;
    const { method = '' } = request;
    context.metrics.answered(found?.route?.path ?? null, method, response.statusCode, seconds);
  });
  try {
    const leave = drain.enter();
    response.once('finish', leave).once('close', leave);
    const refusal = hostRefusal(request.headers, policy);
    if (refusal !== null) throw problem('server.forbidden-host', refusal);
    checkHead(request, limits);
    bodyEncoding(request.headers);
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
