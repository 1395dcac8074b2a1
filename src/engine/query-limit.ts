/** The engine's own limit on persistent queries, whatever the configuration allows. */
import { problem } from '../base/errors.ts';
import { persistentQueriesMax } from './limits.ts';

/** `count` queries run and one more is to. */
export function refuseTooMany(count: number): void {
  if (count < persistentQueriesMax) return;
  throw problem(
    'query.too-many',
    `Not executing statement(s) as it would cause the number of active, persistent queries to exceed the configured limit. ` +
      `Use the TERMINATE command to terminate existing queries. Current persistent query count: ${count}. Configured limit: ${persistentQueriesMax}.`,
  );
}
