/** POST /ksql: statements other than SELECT and PRINT (spec: api.md §4). */
import { asksForTokens, entityOf, json, ksqlJson, ksqlRequest, parseBody } from '../messages.ts';
import type { Route } from '../route.ts';

const statusesMax = 1000;

export const ksqlRoute: Route = {
  method: 'POST',
  path: '/ksql',
  async handle(exchange, { engine, statuses }) {
    exchange.accepted([ksqlJson, json]);
    const request = ksqlRequest(parseBody(await exchange.body()));
    const replies = await engine.execute({ ...request, validateAll: true });
    const entities = replies.flatMap((reply) => entityOf(reply) ?? []);
    for (const entity of entities) {
      const id = entity['commandId'];
      if (typeof id === 'string')
        statuses.set(id, entity['commandStatus'] as Readonly<Record<string, unknown>>);
    }
    for (const id of statuses.keys()) {
      if (statuses.size <= statusesMax) break;
      statuses.delete(id);
    }
    if (asksForTokens(request.properties))
      exchange.response.setHeader('leat-consistency-token', await engine.consistencyToken());
    exchange.send(entities);
  },
};
