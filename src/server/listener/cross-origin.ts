/** What browsers are told about calls from pages of other origins (spec: api.md §1; the protocol: fetch.spec.whatwg.org). */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { HostPolicy } from './host-check.ts';

const methods = 'GET,POST,HEAD';
/** Differs: ksqlDB's are without Authorization, so that its pages cannot say who they are unless it is configured. */
const headers = 'X-Requested-With,Content-Type,Accept,Origin,Authorization';

/**
 * Adds the headers that let a page of an allowed origin read the answer. True for a preflight request, which is answered
 * with that: the call itself comes afterwards.
 */
export function allowOrigin(
  request: IncomingMessage,
  response: ServerResponse,
  policy: HostPolicy,
): boolean {
  const { origin } = request.headers;
  if (origin === undefined) return false;
  if (!policy.origins.includes('*') && !policy.origins.includes(origin)) return false;
  response.setHeader('access-control-allow-origin', origin);
  response.setHeader('access-control-allow-credentials', 'true');
  response.setHeader('vary', 'Origin');
  const isPreflight =
    request.method === 'OPTIONS' && 'access-control-request-method' in request.headers;
  if (!isPreflight) return false;
  response.setHeader('access-control-allow-methods', methods);
  response.setHeader('access-control-allow-headers', headers);
  return true;
}
