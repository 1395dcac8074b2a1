/** What a route takes before its body is read; its statements and calls of the engine are looked at again (role-engine.ts). */
import type { Role } from '../../sql/statement-roles.ts';
import type { Route } from '../route.ts';

const writes: ReadonlySet<string> = new Set([
  'POST /inserts-stream',
  'POST /leat/v1/inserts',
  'POST /subjects/:subject/versions',
  'DELETE /subjects/:subject',
  'DELETE /subjects/:subject/versions/:version',
  'PUT /config',
  'PUT /config/:subject',
  'DELETE /config',
  'DELETE /config/:subject',
  'PUT /mode',
  'PUT /mode/:subject',
]);

/** Routes with POST that change nothing, or where it is for the statements to say. */
const readsByPost: ReadonlySet<string> = new Set([
  'POST /ksql',
  'POST /query',
  'POST /query-stream',
  'POST /close-query',
  'POST /leat/v1/subscribe',
  'POST /heartbeat',
  'POST /lag',
  'POST /subjects/:subject',
  'POST /compatibility/subjects/:subject/versions/:version',
  'POST /compatibility/subjects/:subject/versions',
]);

/** The least role for a route. A GET changes nothing and is a reader's; whatever else is not known here is an admin's. */
export function routeRole({ method, path }: Pick<Route, 'method' | 'path'>): Role {
  const name = `${method} ${path}`;
  if (writes.has(name)) return 'write';
  return method === 'GET' || readsByPost.has(name) ? 'read' : 'admin';
}
