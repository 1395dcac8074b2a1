/**
 * The analysis of a query, clause by clause in the order of evaluation (spec: semantics.md §4): sources and joins, WHERE,
 * PARTITION BY, then either GROUP BY, aggregates and HAVING, or table functions; at last the SELECT. Each clause takes the
 * relation so far and gives the next one; nothing is evaluated twice.
 */
import type * as ast from '../../../grammar/ast.ts';
import { problem } from '../../base/errors.ts';
import type { FunctionRegistry } from '../../functions/define.ts';
import type { LogicalPlan, WindowSpec } from '../../plan/logical.ts';
import { formatType } from '../../types/format-type.ts';
import type { BindEnvironment } from '../expression/environment.ts';
import { emptyScope } from '../expression/scope.ts';
import { callsOf, columnReferences } from '../expression/walk.ts';
import { aggregateRelation, findKnown } from './aggregate.ts';
import { checkStorable, checkUndo, isAggregate, withRowtime } from './aggregate-calls.ts';
import type {
  PersistentQuery,
  PersistentTarget,
  QueryContext,
  SelectColumn,
  TransientQuery,
} from './analyzed.ts';
import { filterRelation } from './filter.ts';
import { joinRelation } from './join.ts';
import { partitionRelation } from './partition-by.ts';
import {
  bindColumns,
  type BoundColumn,
  checkReservedNames,
  chooseKeys,
  keysAsSelected,
  projectPersistent,
} from './projection.ts';
import { PULL_ADVICE } from './pull-rules.ts';
import { type ReadSource, type Relation, scanRelation } from './relation.ts';
import { resolvedQuery } from './resolved-query.ts';
import { expandSelect } from './select-items.ts';
import { checkKafkaFormat, expressionsOf, readSources } from './sources.ts';
import { flattenRelation, tableFunctionsIn } from './table-functions.ts';
import { windowSpec } from './window.ts';
import { printResolved } from '../expression/environment.ts';

/** A query inside CREATE … AS SELECT or INSERT INTO. */
export function analyzePersistent(
  query: ast.Query,
  context: QueryContext,
  target: PersistentTarget,
): PersistentQuery {
  if (query.limit !== null)
    throw problem('analyze.limit', `${target.statement} statements don't support LIMIT clause.`, {
      span: query.span,
    });
  if (query.start !== undefined)
    throw problem(
      'analyze.start',
      `${target.statement} statements don't say where their changes begin: WITH SNAPSHOT and AFTER belong to SELECT.`,
      { span: query.start.span },
    );
  const analysis = analyze(query, context, target);
  const { relation, bound, sources, spec } = analysis;
  const projected = projectPersistent(relation, bound, target);
  const asSelected = context.properties['ksql.new.query.planner.enabled']?.toLowerCase() === 'true';
  const plan = asSelected ? keysAsSelected(projected, bound) : projected;
  return {
    kind: 'persistent',
    plan,
    key: plan.key,
    value: plan.value,
    window: plan.window,
    collection: plan.collection,
    retentionMs: spec?.retentionMs ?? null,
    ...common(query, sources, analysis.select, relation),
  };
}

/** A push query: SELECT with EMIT CHANGES or EMIT FINAL. */
export function analyzeTransient(query: ast.Query, context: QueryContext): TransientQuery {
  const analysis = analyze(query, context, null);
  const { relation, bound, sources } = analysis;
  checkDistinctNames(bound);
  const columns = bound.map(({ name, expression, text }) => ({ name, expression, text }));
  const fields = columns.map(({ name, expression }) => ({ name, type: expression.type! }));
  const plan: LogicalPlan = {
    kind: 'emit',
    key: [],
    value: fields,
    collection: relation.plan.collection,
    window: relation.plan.window,
    input: relation.plan,
    columns,
    limit: query.limit,
  };
  return {
    kind: 'transient',
    plan,
    columns: fields.map((field) => ({ ...field, role: 'value' })),
    limit: query.limit,
    collection: plan.collection,
    ...common(query, sources, analysis.select, relation),
  };
}

interface Analysis {
  readonly relation: Relation;
  readonly bound: readonly BoundColumn[];
  readonly select: readonly SelectColumn[];
  readonly sources: readonly ReadSource[];
  readonly spec: WindowSpec | null;
}

function analyze(
  query: ast.Query,
  context: QueryContext,
  target: PersistentTarget | null,
): Analysis {
  const sources = readSources(query, context);
  checkWindowedTables(sources, target);
  const base: BindEnvironment = {
    scope: emptyScope,
    clause: 'SELECT',
    functions: context.functions,
    types: context.catalog.types,
    properties: context.properties,
    text: context.text,
  };
  const read = readRelation(query, sources, base, context);
  const inSelect = (relation: Relation): BindEnvironment => environmentOf(relation, base, 'SELECT');
  const starOf = (relation: Relation): Relation['star'] =>
    relation.scope.joined || target === null
      ? relation.star
      : relation.star.filter(({ role }) => role !== 'window');
  const written = expandSelect(query.select, { environment: inSelect(read), star: starOf(read) });
  if (target !== null) checkReservedNames(written);
  let relation = chooseKeys(read, written);
  const aggregating = isAggregating(query, written, context);
  const spec =
    query.window === null || !aggregating ? null : windowSpec(query.window, query.emit === 'FINAL');
  checkEmit(query, { spec, target }, context);
  if (query.window !== null && !aggregating) throw windowWithoutGroupBy(query.window);
  if (query.where !== null)
    relation = filterRelation(relation, query.where, {
      environment: environmentOf(relation, base, 'WHERE'),
      windowed: spec !== null,
    });
  let select = written;
  if (query.partitionBy !== null) {
    const environment = environmentOf(relation, base, 'PARTITION BY');
    relation = partitionRelation(relation, query.partitionBy, environment);
    select = expandSelect(query.select, {
      environment: inSelect(relation),
      star: starOf(relation),
    });
  }
  if (aggregating) return aggregated({ query, relation, select, sources, spec, target, base });
  relation = flattenRelation(relation, select, inSelect(relation));
  const bound = bindColumns(select, relation, inSelect(relation));
  return { relation, bound, select, sources, spec };
}

function readRelation(
  query: ast.Query,
  sources: readonly ReadSource[],
  environment: BindEnvironment,
  context: QueryContext,
): Relation {
  const [first, second] = sources;
  if (second === undefined) return scanRelation(first!);
  checkKafkaFormat(sources, 'JOIN');
  return joinRelation(query, sources, { context, environment, rowtime: needsRowtime(query) });
}

/** Whether joined rows must hold the timestamps of their parts. */
function needsRowtime(query: ast.Query): boolean {
  const star = query.select.some((item) => item.kind === 'selectAll');
  if (star && query.partitionBy !== null) return true;
  return expressionsOf(query).some((expression) =>
    columnReferences(expression).some(({ name }) => name.name === 'ROWTIME'),
  );
}

function environmentOf(
  { scope, known }: Relation,
  base: BindEnvironment,
  clause: BindEnvironment['clause'],
): BindEnvironment {
  if (known.length === 0) return { ...base, scope, clause };
  return { ...base, scope, clause, known: (node) => findKnown(known, node, scope) };
}

function isAggregating(
  query: ast.Query,
  select: readonly SelectColumn[],
  { functions }: QueryContext,
): boolean {
  if (query.groupBy !== null) return true;
  return select.some(({ expression }) => callsAggregate(expression, functions));
}

function callsAggregate(node: ast.Expression, functions: FunctionRegistry): boolean {
  return callsOf(node, (name) => isAggregate(functions, name)).length > 0;
}

interface AggregatingQuery {
  readonly query: ast.Query;
  readonly relation: Relation;
  readonly select: readonly SelectColumn[];
  readonly sources: readonly ReadSource[];
  readonly spec: WindowSpec | null;
  readonly target: PersistentTarget | null;
  readonly base: BindEnvironment;
}

function aggregated(parts: AggregatingQuery): Analysis {
  const { query, relation, select, sources, spec, target, base } = parts;
  const { groupBy: by, having } = query;
  const [tableFunction] = tableFunctionsIn(select, base.functions);
  if (tableFunction !== undefined)
    throw problem('analyze.table-function', 'Table functions cannot be used with aggregations.', {
      span: tableFunction.span,
    });
  checkKafkaFormat(sources, 'GROUP BY');
  if (spec !== null && relation.plan.collection === 'table')
    throw problem('analyze.window', 'Windowing not supported for table aggregations.', {
      span: query.window!.span,
    });
  const called = [
    ...select.map(({ expression }) => expression),
    ...(having === null ? [] : [having]),
  ];
  if (!called.some((node) => callsAggregate(node, base.functions)))
    throw problem(
      'analyze.group-by',
      'GROUP BY requires aggregate functions in either the SELECT or HAVING clause.',
      { span: by?.span ?? query.span },
    );
  const result = aggregateRelation(
    relation,
    { by, spec, final: query.emit === 'FINAL', select, having },
    environmentOf(relation, base, 'GROUP BY'),
  );
  if (by === null && target !== null) throw withoutGroupBy(select, target, base);
  if (relation.plan.collection === 'table') checkUndo(result.aggregates);
  checkStorable(result.aggregates, sources[0]!.def.valueFormat.format);
  const bound = bindColumns(select, result.relation, result.environment);
  return { relation: result.relation, bound, select, sources, spec };
}

function withoutGroupBy(
  select: readonly SelectColumn[],
  { statement }: PersistentTarget,
  { functions }: BindEnvironment,
): Error {
  const calls = select.flatMap(({ expression }) =>
    callsOf(expression, (name) => isAggregate(functions, name)),
  );
  const texts = calls.map((call) => printResolved(withRowtime(call), emptyScope));
  return problem(
    'analyze.aggregate-without-group-by',
    `${statement} statement does not support aggregate function [${texts.join(', ')}] without a GROUP BY clause.`,
    { span: calls[0]!.span },
  );
}

function windowWithoutGroupBy({ span }: ast.Window): Error {
  return problem('analyze.window', 'WINDOW clause requires a GROUP BY clause.', { span });
}

function checkWindowedTables(
  sources: readonly ReadSource[],
  target: PersistentTarget | null,
): void {
  if (target === null) return;
  if (!sources.some(({ def }) => def.collection === 'table' && def.window !== null)) return;
  throw problem(
    'analyze.windowed-table',
    'KSQL does not support persistent queries on windowed tables.',
  );
}

function checkEmit(
  query: ast.Query,
  { spec, target }: { readonly spec: WindowSpec | null; readonly target: PersistentTarget | null },
  { properties }: QueryContext,
): void {
  if (query.emit !== 'FINAL') return;
  if (properties['ksql.suppress.enabled']?.toLowerCase() === 'false')
    throw problem(
      'analyze.emit-final',
      'Suppression is currently disabled. You can enable it by setting ksql.suppress.enabled to true',
      { span: query.span },
    );
  if (spec === null && query.window === null)
    throw problem(
      'analyze.emit-final',
      'EMIT FINAL is only supported for windowed aggregations.' +
        (target === null && query.groupBy === null
          ? ` Pull queries don't support EMIT clauses.${PULL_ADVICE}`
          : ''),
      { span: query.span },
    );
}

function checkDistinctNames(columns: readonly BoundColumn[]): void {
  const twice = columns.find(
    ({ name }, index) => columns.findIndex((other) => other.name === name) < index,
  );
  if (twice === undefined) return;
  throw problem(
    'analyze.duplicate-column',
    `Duplicate value columns found in schema: \`${twice.name}\` ${formatType(twice.expression.type!)}`,
    { span: twice.ast.span },
  );
}

type Common = Pick<PersistentQuery, 'sources' | 'leftmost' | 'resolved' | 'warnings'>;

function common(
  query: ast.Query,
  sources: readonly ReadSource[],
  select: readonly SelectColumn[],
  { scope }: Relation,
): Common {
  const graceless = query.from.joins.some(
    (join) => join.within !== null && join.within.grace === null,
  );
  return {
    sources: sources.map(({ def }) => def.name),
    leftmost: sources[0]!.def,
    resolved: resolvedQuery(query, { select, scope }),
    warnings: graceless ? [GRACE_NOTICE] : [],
  };
}

const GRACE_NOTICE =
  'DEPRECATION NOTICE: Stream-stream joins statements without a GRACE PERIOD will not be accepted in a future ksqlDB version.\n' +
  'Please use the GRACE PERIOD clause as specified in https://docs.ksqldb.io/en/latest/developer-guide/ksqldb-reference/select-push-query/';
