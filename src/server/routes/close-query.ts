/** POST /close-query: ends a push query by its id (spec: api.md §6.4). */
import { problem } from '../../base/errors.ts';
import { parseBody } from '../messages.ts';
import type { Route } from '../route.ts';

export const closeQueryRoute: Route = {
  method: 'POST',
  path: '/close-query',
  async handle(exchange, { engine }) {
    const id = parseBody(await exchange.body())['queryId'];
    if (typeof id !== 'string')
      throw problem('request.no-query-id', '"queryId" field must be populated');
    if (!(await engine.closeQuery(id)))
      throw problem('request.unknown-query', `No query with id ${id}`);
    exchange.send('');
  },
};
