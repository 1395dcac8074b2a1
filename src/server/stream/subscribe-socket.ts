/**
 * /leat/v1/subscribe over a WebSocket: the request is `?request=` or the first message, each frame is a message. A client that takes
 * nothing is closed with 4008; until then what it misses waits in the engine, of each row the last.
 */
import type { IncomingMessage } from 'node:http';
import type { WebSocket } from 'ws';
import { problem } from '../../base/errors.ts';
import type { Engine, Subscription, SubscribeRequest } from '../../engine/api.ts';
import { shuttingDown } from '../listener/drain.ts';
import { errorBody } from '../errors.ts';
import { keepAlive, sendFrame, type SocketSettings, truncated } from './socket.ts';
import { errorFrame, subscribeRequest, subscribeRequestIn } from './subscription-request.ts';

/** How long the first message may take. */
const requestMs = 30_000;

const done = 1000;
const goingAway = 1001;
const invalid = 1003;
const failed = 1011;
const tooSlow = 4008;

/** The last token that was sent. */
interface Sent {
  token: string | null;
}

export async function serveSubscriber(
  socket: WebSocket,
  request: IncomingMessage,
  engine: Engine,
  { stalledMs, closing, onError }: SocketSettings,
): Promise<void> {
  socket.on('error', () => socket.terminate());
  const ping = keepAlive(socket);
  socket.once('close', () => clearInterval(ping));
  const sent: Sent = { token: null };
  try {
    const subscription = await open(socket, request.url ?? '', engine);
    const close = () => void subscription.close();
    socket.once('close', close);
    closing.addEventListener('abort', close);
    if (socket.readyState !== socket.OPEN || closing.aborted) close();
    try {
      await sendAll(socket, subscription, { stalledMs, sent });
    } finally {
      closing.removeEventListener('abort', close);
      close();
    }
    if (closing.aborted) throw shuttingDown();
    socket.close(done, 'done');
  } catch (error) {
    if (socket.readyState !== socket.OPEN) return;
    const body = errorBody(error);
    onError(error, body);
    socket.send(errorFrame(body, sent.token));
    const code = closing.aborted ? goingAway : closeCode(body);
    socket.close(code, truncated(String(body['message'])));
  }
}

async function open(socket: WebSocket, url: string, engine: Engine): Promise<Subscription> {
  return engine.subscribe(subscribeRequestIn(url) ?? (await firstMessage(socket)));
}

function firstMessage(socket: WebSocket): Promise<SubscribeRequest> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(problem('request.missing', 'Error parsing request: no message with it came')),
      requestMs,
    );
    socket.once('close', () => {
      clearTimeout(timer);
      reject(problem('request.missing', 'Error parsing request: the client has gone'));
    });
    socket.once('message', (data) => {
      clearTimeout(timer);
      try {
        resolve(subscribeRequest(String(data)));
      } catch (error) {
        reject(error);
      }
    });
  });
}

async function sendAll(
  socket: WebSocket,
  subscription: Subscription,
  { stalledMs, sent }: { readonly stalledMs: number; readonly sent: Sent },
): Promise<void> {
  for await (const { text, token } of subscription) {
    if (socket.readyState !== socket.OPEN) return;
    await sendFrame(socket, text, stalledMs);
    sent.token = token ?? sent.token;
  }
}

function closeCode(body: Readonly<Record<string, unknown>>): number {
  const code = body['error_code'] as number;
  if (code === 42900) return tooSlow;
  return code >= 50000 ? failed : invalid;
}
