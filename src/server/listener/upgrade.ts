/** From HTTP/1.1 to a WebSocket: ws is loaded by the first client that wants one. */
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { problem } from '../../base/errors.ts';
import type { Drain } from './drain.ts';
import { errorReply, type OnError } from '../errors.ts';
import { checkHead } from './head.ts';
import { type HostPolicy, hostRefusal } from './host-check.ts';
import type { ListenerLimits } from '../limits.ts';
import type { Admitted, Gate } from '../security/gate.ts';

const subscribePath = '/leat/v1/subscribe';

const { STATUS_CODES } = process.getBuiltinModule('node:http');

export interface Upgrading {
  readonly gate: Gate;
  /** The longest that a socket may live on a token. */
  readonly lifeMsMax: number;
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
  { gate, policy, stalledMs, drain, limits, onError, lifeMsMax }: Upgrading,
): Promise<void> {
  // Until ws has it nobody else listens: a client that goes away is no failure of ours.
  socket.on('error', () => socket.destroy());
  const path = (request.url ?? '').split('?', 1)[0];
  let admitted: Admitted;
  try {
    const refusal = hostRefusal(request.headers, policy);
    if (refusal !== null) throw problem('server.forbidden-host', refusal);
    checkHead(request, limits);
    admitted = await gate.admit(request);
    if (path !== '/ws/query' && path !== subscribePath)
      throw problem('server.not-found', 'Not Found');
  } catch (error) {
    refuse(socket, error, gate.challengeOf(error), onError);
    return;
  }
  const { principal, engine } = admitted;
  const [{ WebSocketServer }, { endAt, serveSocket }] = await Promise.all([
    import('ws'),
    import('../stream/socket.ts'),
  ]);
  const serve =
    path === subscribePath
      ? (await import('../stream/subscribe-socket.ts')).serveSubscriber
      : serveSocket;
  const acceptor = new WebSocketServer({
    noServer: true,
    maxPayload: limits.messageBytes.value,
    maxFragments: limits.fragments.value,
    perMessageDeflate: false,
  });
  acceptor.handleUpgrade(request, socket, head, (client) => {
    if (!drain.closing.aborted) client.once('close', drain.enter());
    const expiresMs = principal?.expiresMs ?? null;
    if (expiresMs !== null) endAt(client, Math.min(expiresMs, Date.now() + lifeMsMax));
    void serve(client, request, engine, { stalledMs, closing: drain.closing, onError });
  });
}

/** Answers in HTTP: there is no WebSocket yet. */
function refuse(socket: Socket, error: unknown, challenge: string | null, onError: OnError): void {
  const { status, body } = errorReply(error);
  onError(error, body);
  const text = JSON.stringify(body);
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    'Connection: close',
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(text)}`,
    ...(challenge === null ? [] : [`WWW-Authenticate: ${challenge}`]),
  ];
  socket.end(`${lines.join('\r\n')}\r\n\r\n${text}`);
}
