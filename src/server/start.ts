/** The server: one port, every protocol, one engine behind it. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Logger } from '../base/env.ts';
import { problem } from '../base/errors.ts';
import type { Engine } from '../engine/api.ts';
import { serviceId } from '../engine/config.ts';
import { checkOverridable, isEnabled } from '../sql/properties.ts';
import { checkRole } from '../sql/statement-roles.ts';
import { bodyEncoding } from './listener/body.ts';
import { Cluster } from './cluster.ts';
import { Connections } from './listener/connections.ts';
import type { OnError } from './errors.ts';
import { allowOrigin } from './listener/cross-origin.ts';
import { Drain } from './listener/drain.ts';
import { Exchange } from './exchange.ts';
import { checkHead } from './listener/head.ts';
import { EngineHealth } from './metrics/health.ts';
import { type HostPolicy, hostRefusal } from './listener/host-check.ts';
import { http1Taker, webSocketTaker } from './listener/http1-server.ts';
import { http2Taker } from './listener/http2-server.ts';
import { type ListenerLimits, listenerLimits, webSocketLifeMs } from './limits.ts';
import type { Listener } from './listener/listen.ts';
import { openPorts } from './listener/ports.ts';
import type { RouteContext } from './route.ts';
import { Router } from './router.ts';
import { routes } from './routes/table.ts';
import { ServerMetrics } from './metrics/server-metrics.ts';
import { errorObserver } from './metrics/error-observer.ts';
import { checkExposure, checkOrigins } from './security/exposure.ts';
import { Gate } from './security/gate.ts';
import { openSecurity, type Security } from './security/load.ts';
import { routeRole } from './security/route-roles.ts';
import { stalledMsMax } from './stream/slow-consumer.ts';
import { upgrade } from './listener/upgrade.ts';
import { version } from './version.ts';

export interface ServerOptions {
  /** Address to listen on; loopback, if absent. */
  readonly host?: string;
  /** 0 takes any free port, and so does an absent one. */
  readonly port?: number;
  /** Where to listen instead, when it is more than one place or over TLS. */
  readonly listeners?: readonly Listener[];
  /** Who may do what, and the certificate; absent: anybody anything, which is for loopback only. */
  readonly security?: Security;
  /** What may be missing outside loopback: nothing unless the user says so. */
  readonly insecure?: { readonly withoutTls: boolean; readonly withoutUsers: boolean };
  readonly policy?: HostPolicy;
  /** Properties of the server, for what depends on them here. */
  readonly properties?: Readonly<Record<string, string>>;
  /** How long a client may take nothing of what is sent to it; a minute unless a test is in a hurry. */
  readonly stalledMs?: number;
  /** Failures of ours are told here; nobody, if absent. */
  readonly logger?: Logger;
}

export interface RunningServer {
  /** Of the first listener. */
  readonly url: string;
  readonly port: number;
  readonly urls: readonly string[];
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
  const { security = openSecurity } = options;
  const { host = '127.0.0.1', port = 0 } = options;
  const listeners = options.listeners ?? [{ scheme: 'http', host, port }];
  const hasUsers = security.authenticator !== null;
  checkOrigins(policy.origins, hasUsers);
  const missing = checkExposure(listeners, {
    hasUsers,
    withoutTls: options.insecure?.withoutTls ?? false,
    withoutUsers: options.insecure?.withoutUsers ?? false,
  });
  for (const what of missing) options.logger?.warn('server-unprotected', { what });
  const limits = listenerLimits(properties);
  const router = new Router(routes);
  const drain = new Drain();
  const metrics = new ServerMetrics();
  const onError = errorObserver(metrics, options.logger ?? null);
  const context: RouteContext = {
    engine,
    metrics,
    health: new EngineHealth(engine),
    connections: () => ({
      open: [...connections.sockets].length,
      active: drain.active,
      refused: connections.refused,
    }),
    identity: { version, clusterId: 'leat', serviceId: serviceId(properties) },
    statuses: new Map(),
    lifecycle: { state: 'READY' },
    cluster: new Cluster(properties),
    checkProperty: (name) => checkOverridable(name, properties),
  };
  const connections = new Connections(limits);
  const gate = new Gate({
    authenticator: security.authenticator,
    connections,
    checkSni: isEnabled(properties, 'ksql.server.sni.check.enable'),
    engine,
  });
  const serving = { router, context, policy, stalledMs, drain, limits, onError, gate };
  const handler = (request: IncomingMessage, response: ServerResponse) =>
    void handle(request, response, serving);
  const onUpgrade = (request: IncomingMessage, socket: Socket, head: Buffer) =>
    upgrade(request, socket, head, { ...serving, lifeMsMax: webSocketLifeMs(properties) });
  const takers = {
    http1: http1Taker(handler, limits, onUpgrade),
    http2: http2Taker(handler, connections, limits),
    webSocket: webSocketTaker(handler, limits, onUpgrade),
  };
  const ports = await openPorts(listeners, security.tls, {
    takers,
    connections,
    limits,
    needsLogin: hasUsers,
  });
  const urls = ports.opened.map(({ url }) => url);
  return {
    url: urls[0] as string,
    port: ports.opened[0]?.port as number,
    urls,
    active: () => drain.active,
    async close() {
      const closed = ports.close();
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
  readonly gate: Gate;
}

async function handle(
  request: IncomingMessage,
  response: ServerResponse,
  { router, context, policy, stalledMs, drain, limits, onError, gate }: Serving,
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
    const { principal, engine } = await gate.admit(request);
    if (found === null) return exchange.send('Not Found', 404, 'text/plain');
    if (found.route === null) return exchange.send('Method Not Allowed', 405, 'text/plain');
    if (context.lifecycle.state !== 'READY' && found.route.method === 'POST')
      throw problem('server.terminated', 'The server is shut down');
    if (principal !== null) {
      const what = `${found.route.method} ${found.route.path}`;
      checkRole(principal.role, routeRole(found.route), what);
    }
    await found.route.handle(exchange, { ...context, engine });
  } catch (error) {
    if (response.headersSent) {
      // Over HTTP/2 an end without an error looks like all there is.
      response.destroy(error instanceof Error ? error : undefined);
      return;
    }
    const challenge = gate.challengeOf(error);
    if (challenge !== null) response.setHeader('www-authenticate', challenge);
    exchange.fail(error);
  }
}
