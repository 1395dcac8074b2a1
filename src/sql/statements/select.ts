/** SELECT outside a persistent statement: with EMIT a push query, without it a pull query (spec: sql-statements.md §9). */
import type { Query, SelectStatement } from '../../../grammar/ast.ts';
import { queriesWriting } from '../../catalog/dependencies.ts';
import { isEnabled, propertyValue } from '../properties.ts';
import { analyzeTransient } from '../query/analyze.ts';
import { analyzePull } from '../query/pull.ts';
import { queryContext, requiredColumns } from './analyze.ts';
import { checkLimit } from './limit.ts';
import { lower } from './query-def.ts';
import { prepareSubscription } from './subscribe.ts';
import type { Effect, PrepareContext } from './statement.ts';

/** Starts a query whose rows go to whoever asked. */
export function prepareSelect(statement: SelectStatement, context: PrepareContext): Effect {
  const { query } = statement;
  if (query.emit !== null) checkLimit(query.limit);
  if (query.start !== undefined) return prepareSubscription(statement, context, 'selected');
  if (query.emit === null) return analyzePull(query, queryContext(context));
  const analyzed = analyzeTransient(query, queryContext(context));
  return {
    kind: 'push',
    plan: lower(analyzed.plan, null, context),
    sources: analyzed.sources,
    columns: analyzed.columns,
    limit: analyzed.limit,
    table: analyzed.collection === 'table',
    scalable: isScalable(analyzed.resolved, analyzed.sources, context),
  };
}

/** Filters and projects what exactly one running query writes, from now on (spec: semantics.md §13). */
function isScalable(query: Query, sources: readonly string[], context: PrepareContext): boolean {
  const { properties, catalog } = context;
  const [source] = sources;
  const isPlain =
    query.emit === 'CHANGES' &&
    query.window === null &&
    query.groupBy === null &&
    query.partitionBy === null &&
    query.having === null;
  if (source === undefined || sources.length > 1 || !isPlain) return false;
  if (!isEnabled(properties, 'ksql.query.push.v2.enabled')) return false;
  if (propertyValue(properties, 'auto.offset.reset') !== 'latest') return false;
  const columns = requiredColumns(query);
  if (columns.includes('ROWPARTITION') || columns.includes('ROWOFFSET')) return false;
  return queriesWriting(catalog, source).length === 1;
}
