/** The engine's own limit on persistent queries, whatever the configuration allows. */
import { problem } from '../../base/errors.ts';
import { propertyValue } from '../../sql/properties.ts';
import { persistentQueriesMax } from '../limits.ts';

/** `count` queries run and one more is to; the server's properties may allow fewer than the engine can take. */
export function refuseTooMany(count: number, properties: Readonly<Record<string, string>>): void {
  const configured = Number(propertyValue(properties, 'ksql.query.persistent.active.limit'));
  const most = Math.min(configured, persistentQueriesMax);
  if (count < most) return;
  throw problem(
    'query.too-many',
    `Not executing statement(s) as it would cause the number of active, persistent queries to exceed the configured limit. ` +
      `Use the TERMINATE command to terminate existing queries. Current persistent query count: ${count}. Configured limit: ${most}.`,
  );
}
