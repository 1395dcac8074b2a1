/**
 * POST and GET /leat/v1/subscribe: frames as lines of JSON, or as server-sent events (WHATWG HTML §9.2) whose ids are the tokens, so
 * that a browser goes on by itself where it was cut off. A token that is too old is told in the stream and forgotten with an empty
 * id: the browser's next attempt starts over.
 */
import type { Subscription, SubscribeRequest } from '../../engine/api.ts';
import { shuttingDown } from '../listener/drain.ts';
import { errorReply } from '../errors.ts';
import type { Exchange } from '../exchange.ts';
import { json, leatJson } from '../media-types.ts';
import { keepFromSilence } from '../stream/quiet.ts';
import type { Route, RouteContext } from '../route.ts';
import {
  errorFrame,
  subscribeRequest,
  subscribeRequestIn,
  withPublicCode,
} from '../stream/subscription-request.ts';
import { problem } from '../../base/errors.ts';

const eventStream = 'text/event-stream';
const path = '/leat/v1/subscribe';

export const subscribePostRoute: Route = {
  method: 'POST',
  path,
  async handle(exchange, context) {
    const type = exchange.accepted([leatJson, eventStream, json]);
    await serve(exchange, context, subscribeRequest(await exchange.body()), type);
  },
};

export const subscribeGetRoute: Route = {
  method: 'GET',
  path,
  async handle(exchange, context) {
    const type = exchange.accepted([eventStream, leatJson, json]);
    const request = subscribeRequestIn(exchange.request.url ?? '');
    if (request === null)
      throw problem('request.missing', 'Error parsing request: missing request parameter', {
        hint: 'Give the SELECT as ?sql=…, or a JSON object as ?request=….',
      });
    const last = exchange.request.headers['last-event-id'];
    const isResumed = type === eventStream && typeof last === 'string' && last !== '';
    await serve(exchange, context, isResumed ? { ...request, after: last } : request, type);
  },
};

async function serve(
  exchange: Exchange,
  { engine }: RouteContext,
  request: SubscribeRequest,
  type: string,
): Promise<void> {
  const framing = type === eventStream ? eventFraming : lineFraming;
  let subscription: Subscription;
  try {
    subscription = await engine.subscribe(request);
  } catch (error) {
    refuse(exchange, error, type);
    return;
  }
  try {
    await send(exchange, subscription, { framing, type });
  } finally {
    await subscription.close();
  }
}

function refuse(exchange: Exchange, error: unknown, type: string): void {
  const { status } = errorReply(error);
  const body = withPublicCode(exchange.errorBody(error));
  if (type !== eventStream || body['code'] !== 'RESUME_EXPIRED') {
    exchange.send(body, status);
    return;
  }
  exchange.begin(type);
  exchange.end(eventFraming(errorFrame(body, null), ''));
}

/** The text of a frame as it is sent; `id` is the token where there is one. */
type Framing = (text: string, id: string | null) => string;

const lineFraming: Framing = (text) => `${text}\n`;
const eventFraming: Framing = (text, id) =>
  id === null ? `data: ${text}\n\n` : `id: ${id}\ndata: ${text}\n\n`;

async function send(
  exchange: Exchange,
  subscription: Subscription,
  { framing, type }: { readonly framing: Framing; readonly type: string },
): Promise<void> {
  const close = () => void subscription.close();
  exchange.gone.addEventListener('abort', close);
  exchange.closing.addEventListener('abort', close, { signal: exchange.gone });
  if (exchange.closing.aborted || exchange.gone.aborted) close();
  exchange.response.setHeader('cache-control', 'no-store');
  exchange.begin(type);
  const { response } = exchange;
  // A comment, or a blank line: proxies and fetch drop what is silent.
  const alive = keepFromSilence(response, type === eventStream ? ':\n\n' : '\n');
  let last: string | null = null;
  try {
    for await (const { text, token } of subscription) {
      await exchange.write(framing(text, token));
      last = token ?? last;
    }
    if (exchange.closing.aborted && !exchange.gone.aborted) throw shuttingDown();
    exchange.end();
  } catch (error) {
    exchange.end(framing(errorFrame(exchange.errorBody(error), last), null));
  } finally {
    clearInterval(alive);
  }
}
