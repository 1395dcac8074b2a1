/**
 * POST /ksql/terminate: ends all queries, forgets all streams, tables and types, deletes the topics that queries had made and whose
 * names match, and takes no more statements (spec: api.md §8).
 */
import { problem } from '../../base/errors.ts';
import type { Engine } from '../../engine/api.ts';
import { quoteAlways } from '../../types/format-type.ts';
import { json, ksqlJson, parseBody } from '../messages.ts';
import { terminateBody } from '../schemas/requests.ts';
import { checkBody, missing } from '../schemas/schema.ts';
import type { Route } from '../route.ts';

export const terminateRoute: Route = {
  method: 'POST',
  path: '/ksql/terminate',
  async handle(exchange, { engine, lifecycle }) {
    exchange.accepted([ksqlJson, json]);
    const text = await exchange.body();
    const body = text.trim() === '' ? {} : parseBody(text);
    checkBody(terminateBody, body, missing);
    const isDeleted = topicMatcher(body['deleteTopicList']);
    lifecycle.state = 'TERMINATING';
    await terminate(engine, isDeleted);
    lifecycle.state = 'TERMINATED';
    exchange.send([
      {
        '@type': 'currentStatus',
        statementText: 'TERMINATE CLUSTER;',
        commandId: 'cluster/TerminateCluster/terminate',
        commandStatus: { status: 'SUCCESS', message: 'Cluster terminated.', queryId: null },
        commandSequenceNumber: -1,
        warnings: [],
      },
    ]);
  },
};

/** Names, or regular expressions for whole names. */
function topicMatcher(list: unknown): (topic: string) => boolean {
  const patterns = Array.isArray(list) ? list.map(String) : [];
  const expressions = patterns.map((pattern) => {
    try {
      return new RegExp(`^(?:${pattern})$`, 'u');
    } catch (cause) {
      throw problem('request.invalid-pattern', `Invalid pattern: ${pattern}`, { cause });
    }
  });
  return (topic) =>
    patterns.includes(topic) || expressions.some((expression) => expression.test(topic));
}

/** Sources go before those they were made from, the youngest first. */
async function terminate(engine: Engine, isDeleted: (topic: string) => boolean): Promise<void> {
  const run = (sql: string) => engine.execute({ sql, properties: {}, variables: {} });
  const { queries, sources } = await engine.describe();
  const sinks = new Set(queries.map(({ sink }) => sink));
  if (queries.some(({ sink }) => sink !== null)) await run('TERMINATE ALL;');
  for (const { name, type, topic, isSource } of [...sources].reverse()) {
    const isMade = sinks.has(name) && !isSource && isDeleted(topic);
    await run(`DROP ${type} IF EXISTS ${quoteAlways(name)}${isMade ? ' DELETE TOPIC' : ''};`);
  }
  const [reply] = await run('SHOW TYPES;');
  for (const name of Object.keys(reply?.entity?.['types'] ?? {}))
    await run(`DROP TYPE IF EXISTS ${quoteAlways(name)};`);
}
