/** What subscribers ask and what they are told of errors: the same over WebSocket, server-sent events and lines (docs/subscriptions.md). */
import { problem } from '../../base/errors.ts';
import type { SubscribeRequest } from '../../engine/api.ts';
import { parseBody, queryStreamRequest } from '../messages.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Of a request as JSON: `sql`, and perhaps `properties`, `variables` and `after`. */
export function subscribeRequest(text: string): SubscribeRequest {
  return requestOf(parseBody(text));
}

/** Of a URL: `request` with all of it as JSON, or `sql` and perhaps `after`; null where it says neither. */
export function subscribeRequestIn(url: string): SubscribeRequest | null {
  const params = new URL(url, 'http://leat').searchParams;
  const request = params.get('request');
  const sql = params.get('sql');
  const after = params.get('after');
  if (request === null && sql === null) return null;
  const fields = request === null ? { sql } : parseBody(request);
  return requestOf(after === null ? fields : { ...fields, after });
}

function requestOf(fields: Fields): SubscribeRequest {
  const { after, variables, ...rest } = fields;
  if (after !== undefined && after !== null && typeof after !== 'string')
    throw problem('request.invalid-json', 'Invalid JSON in request: "after" must be a text');
  const request = queryStreamRequest(
    variables === undefined ? rest : { ...rest, sessionVariables: variables },
  );
  return typeof after === 'string' && after !== '' ? { ...request, after } : request;
}

/** Names of errors that clients of this route know; the others keep theirs. */
const publicCodes: Readonly<Record<string, string>> = {
  'subscribe.expired': 'RESUME_EXPIRED',
  'push.slow-consumer': 'SLOW_CONSUMER',
};

/** A frame that says what went wrong; `token` is where the client can go on. */
export function errorFrame(body: Fields, token: string | null): string {
  const { code, error_code, message, hint } = withPublicCode(body);
  const isSlow = code === 'SLOW_CONSUMER';
  return JSON.stringify({
    type: 'error',
    error_code,
    message,
    code,
    hint,
    ...(isSlow && token !== null ? { token } : {}),
  });
}

export function withPublicCode(body: Fields): Fields {
  const code = publicCodes[String(body['code'])];
  return code === undefined ? body : { ...body, code };
}
