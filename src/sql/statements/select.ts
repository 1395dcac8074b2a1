/** SELECT outside a persistent statement: with EMIT a push query, without it a pull query (spec: sql-statements.md §9). */
import type { SelectStatement } from '../../../grammar/ast.ts';
import { analyzeTransient } from '../query/analyze.ts';
import { analyzePull } from '../query/pull.ts';
import { queryContext } from './analyze.ts';
import { lower } from './query-def.ts';
import type { Effect, PrepareContext } from './statement.ts';

/** Starts a query whose rows go to whoever asked. */
export function prepareSelect(statement: SelectStatement, context: PrepareContext): Effect {
  const { query } = statement;
  if (query.emit === null) return pull(statement, context);
  const analyzed = analyzeTransient(query, queryContext(context));
  return {
    kind: 'push',
    plan: lower(analyzed.plan, null, context),
    sources: analyzed.sources,
    columns: analyzed.columns,
    limit: analyzed.limit,
    table: analyzed.collection === 'table',
  };
}

function pull(statement: SelectStatement, context: PrepareContext): Effect {
  return analyzePull(statement.query, queryContext(context));
}
