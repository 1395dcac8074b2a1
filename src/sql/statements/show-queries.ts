/** `SHOW QUERIES [EXTENDED]` (spec: sql-statements.md §11). */
import type { ShowQueries } from '../../../grammar/ast.ts';
import { entityEffect } from './effects.ts';
import { queryDescriptionJson, persistentQueryJson, pushQueryJson } from './entities/query-json.ts';
import { runningQueryText } from './entities/query-text.ts';
import { explainPush } from './explain.ts';
import type { Effect, PrepareContext } from './statement.ts';

/** Persistent queries in order of creation, then push queries. */
export function prepareShowQueries(statement: ShowQueries, context: PrepareContext): Effect {
  const persistent = [...context.catalog.queries.values()];
  const push = context.runtime.pushQueries();
  if (!statement.extended) {
    return entityEffect('queries', {
      queries: [
        ...persistent.map((query) => persistentQueryJson(query, context)),
        ...push.map(pushQueryJson),
      ],
    });
  }
  return entityEffect('query_descriptions', {
    queryDescriptions: [
      ...persistent.map((query) =>
        queryDescriptionJson(runningQueryText(query, context), query, context),
      ),
      ...push.map((query) => queryDescriptionJson(explainPush(query, context).text, null, context)),
    ],
  });
}
