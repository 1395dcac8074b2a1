/** TERMINATE, PAUSE and RESUME, of one query or ALL (spec: sql-statements.md §10). */
import type { PauseQuery, ResumeQuery, TerminateQuery } from '../../../grammar/ast.ts';
import { problem } from '../../base/errors.ts';
import type { QueryDef } from '../../catalog/command.ts';
import { similarHint } from '../suggest.ts';
import { commandEffect } from './effects.ts';
import type { Effect, PrepareContext } from './statement.ts';

/** Stops persistent queries, or closes one push query. ALL leaves the queries of source tables, which end with their source. */
export function prepareTerminate(statement: TerminateQuery, context: PrepareContext): Effect {
  const id = statement.queryId?.name ?? null;
  if (id === null) {
    const ids = all(context);
    return commandEffect({ kind: 'stop-query', ids }, 'terminate/ALL/execute', 'Query terminated.');
  }
  const written = context.text.slice(
    statement.queryId?.span.start ?? 0,
    statement.queryId?.span.end ?? 0,
  );
  const push = context.runtime
    .pushQueries()
    .find((query) => query.id === id || query.id === written);
  if (push !== undefined) return { kind: 'close-query', queryId: push.id };
  if (/^(transient|scalable_push_query)_/i.test(written))
    throw problem('query.unknown', `Failed to terminate query with query ID: '${written}'`);
  const query = findQuery(id, 'terminate', context);
  return commandEffect(
    { kind: 'stop-query', ids: [query.id] },
    `terminate/${query.id}/execute`,
    'Query terminated.',
  );
}

/** Suspends queries; those that are paused stay so. */
export function preparePause(statement: PauseQuery, context: PrepareContext): Effect {
  const id = statement.queryId?.name ?? null;
  const ids = id === null ? all(context) : [findQuery(id, 'pause', context).id];
  return commandEffect(
    { kind: 'pause-query', ids },
    `pause/${id ?? 'ALL'}/execute`,
    'Query paused.',
  );
}

/** Lets queries go on; those that run go on running. */
export function prepareResume(statement: ResumeQuery, context: PrepareContext): Effect {
  const id = statement.queryId?.name ?? null;
  const ids = id === null ? all(context) : [findQuery(id, 'resume', context).id];
  return commandEffect(
    { kind: 'resume-query', ids },
    `resume/${id ?? 'ALL'}/execute`,
    'Query resumed.',
  );
}

/** Ids of the persistent queries that users may act on. */
function all(context: PrepareContext): readonly string[] {
  return [...context.catalog.queries.values()]
    .filter((query) => query.sink !== null)
    .map(({ id }) => id);
}

function findQuery(
  id: string,
  action: 'terminate' | 'pause' | 'resume',
  context: PrepareContext,
): QueryDef {
  const { queries } = context.catalog;
  const query = queries.get(id);
  if (query === undefined) {
    throw problem('query.unknown', `Unknown queryId: ${id}`, similarHint(id, queries.keys()));
  }
  if (query.sink !== null) return query;
  throw problem(
    'query.source-table',
    `Cannot ${action} query '${id}' because it is linked to a source table.`,
  );
}
