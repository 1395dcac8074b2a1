/** From HTTP/1.1 to a WebSocket: ws is loaded by the first client that wants one. */
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Engine } from '../engine/api.ts';
import type { Drain } from './drain.ts';
import type { OnError } from './errors.ts';
import { type HostPolicy, hostRefusal } from './host-check.ts';
import type { ListenerLimits } from './limits.ts';

const subscribePath = '/leat/v1/subscribe';

export interface Upgrading {
  readonly engine: Engine;
  readonly policy: HostPolicy;
  readonly stalledMs: number;
  readonly drain: Drain;
  readonly limits: ListenerLimits;
  readonly onError: OnError;
}

export async function upgrade(
  request: IncomingMessage,
  socket: Socket,
  head: Buffer,
  { engine, policy, stalledMs, drain, limits, onError }: Upgrading,
): Promise<void> {
  const path = (request.url ?? '').split('?', 1)[0];
  const refusal = hostRefusal(request.headers, policy);
  if ((path !== '/ws/query' && path !== subscribePath) || refusal !== null) {
    socket.end(
      `HTTP/1.1 ${refusal === null ? '404 Not Found' : '403 Forbidden'}\r\nConnection: close\r\n\r\n`,
    );
    return;
  }
  const [{ WebSocketServer }, serve] = await Promise.all([
    import('ws'),
    path === subscribePath
      ? import('./subscribe-socket.ts').then(({ serveSubscriber }) => serveSubscriber)
      : import('./socket.ts').then(({ serveSocket }) => serveSocket),
  ]);
  const acceptor = new WebSocketServer({
    noServer: true,
    maxPayload: limits.messageBytes.value,
    maxFragments: limits.fragments.value,
    perMessageDeflate: false,
  });
  acceptor.handleUpgrade(request, socket, head, (client) => {
    if (!drain.closing.aborted) client.once('close', drain.enter());
    void serve(client, request, engine, { stalledMs, closing: drain.closing, onError });
  });
}
