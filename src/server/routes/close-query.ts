/** POST /close-query: ends a push query by its id (spec: api.md §6.4). */
import { problem } from '../../base/errors.ts';
import { parseBody } from '../messages.ts';
import { closeQueryBody } from '../schemas/requests.ts';
import { checkBody } from '../schemas/schema.ts';
import type { Route } from '../route.ts';

export const closeQueryRoute: Route = {
  method: 'POST',
  path: '/close-query',
  async handle(exchange, { engine }) {
    const body = parseBody(await exchange.body());
    checkBody(closeQueryBody, body, (field) =>
      problem('request.no-query-id', `"${field}" field must be populated`),
    );
    const id = body['queryId'] as string;
    if (!(await engine.closeQuery(id)))
      throw problem('request.unknown-query', `No query with id ${id}`);
    exchange.send('');
  },
};
