/**
 * GROUP BY and what follows it (spec: semantics.md §5, §6).
 *
 * Aggregate calls are taken out of SELECT and HAVING, computed once each, and stand there as columns; grouping expressions stand
 * as the key columns. What is left may only use those. Two expressions are the same if they print the same once names are
 * resolved, so `(F1 + F2)` is not `(F2 + F1)`.
 */
import type * as ast from '../../../grammar/ast.ts';
import { problem } from '../../base/errors.ts';
import type { Expression, NamedExpression } from '../../plan/expression.ts';
import type { LogicalPlan, WindowSpec } from '../../plan/logical.ts';
import { type BindEnvironment, printResolved } from '../expression/environment.ts';
import { bindPredicate } from '../expression/predicate.ts';
import { resolveColumn, type Scope, type ScopeColumn } from '../expression/scope.ts';
import { callsOf, children } from '../expression/walk.ts';
import {
  aggregateText,
  type BoundAggregate,
  bindAggregates,
  checkNoBounds,
  isAggregate,
} from './aggregate-calls.ts';
import type { SelectColumn } from './analyzed.ts';
import { checkDistinct, checkKeyTypes, isKeyAlready, nameItems } from './partition-by.ts';
import {
  keyColumn,
  type KnownExpression,
  type Relation,
  ROWTIME,
  valueColumn,
  WINDOW_END,
  WINDOW_START,
} from './relation.ts';

export interface Grouping {
  /** Null groups everything under one constant key: an aggregate of a push query without GROUP BY. */
  readonly by: ast.ByClause | null;
  readonly spec: WindowSpec | null;
  readonly final: boolean;
  readonly select: readonly SelectColumn[];
  readonly having: ast.Expression | null;
}
export interface Aggregated {
  readonly relation: Relation;
  readonly environment: BindEnvironment;
  readonly aggregates: readonly BoundAggregate[];
}

/** The aggregated relation, with the environment in which SELECT is to be bound. */
export function aggregateRelation(
  relation: Relation,
  grouping: Grouping,
  environment: BindEnvironment,
): Aggregated {
  const items = grouping.by?.items ?? [];
  checkGroupBy(grouping, environment);
  const by = groupingKeys(items, relation, environment);
  checkSelect(grouping, by, environment);
  const windowed = grouping.spec !== null;
  const nodes = [
    ...grouping.select.map(({ expression }) => expression),
    ...(grouping.having === null ? [] : [grouping.having]),
  ];
  if (windowed && grouping.having !== null) checkNoBounds(grouping.having);
  const selectEnvironment: BindEnvironment = { ...environment, clause: 'SELECT' };
  const aggregates = bindAggregates(nodes, {
    environment: selectEnvironment,
    rowtime: ROWTIME,
    windowed,
  });
  checkKeyTypes(by);
  const plan = aggregatePlan(relation, grouping, by, aggregates);
  const result: Relation = {
    plan,
    scope: boundsScope(relation.scope, grouping.spec),
    keys: by.map(({ text }, index) => ({
      field: plan.key[index]!,
      expression: keyColumn(index, plan.key[index]!),
      choices: [],
      texts: [text],
    })),
    keyKind: 'grouping',
    known: [],
    star: [],
  };
  const known = knownAfter(plan, items, aggregates, environment);
  const after: BindEnvironment = { ...selectEnvironment, scope: result.scope, known };
  if (grouping.having === null) return { relation: result, environment: after, aggregates };
  const filtered = having(result, grouping.having, { ...after, clause: 'HAVING' });
  return { relation: filtered, environment: after, aggregates };
}

function checkGroupBy({ by, spec }: Grouping, environment: BindEnvironment): void {
  if (by === null) return;
  if (by.items.length === 0)
    throw problem('analyze.group-by', 'GROUP BY requires at least one expression', {
      span: by.span,
    });
  for (const item of by.items) {
    const [call] = callsOf(item, (name) => isAggregate(environment.functions, name));
    if (call !== undefined)
      throw problem(
        'analyze.group-by',
        `GROUP BY does not support aggregate functions: ${call.name.name} is an aggregate function.`,
        { span: call.span },
      );
    if (spec !== null) checkNoBounds(item);
  }
  checkDistinct(by, 'GROUP BY', environment);
}

/** Rows that are keyed by the grouping expressions already are grouped by the key itself. */
function groupingKeys(
  items: readonly ast.Expression[],
  relation: Relation,
  environment: BindEnvironment,
): readonly NamedExpression[] {
  const by = nameItems(items, { ...environment, clause: 'GROUP BY' });
  for (const [index, { expression }] of by.entries())
    if (expression.type === null)
      throw problem('analyze.group-by', 'Cannot GROUP BY NULL', { span: items[index]!.span });
  if (!isKeyAlready(by, items, relation, environment)) return by;
  return by.map((item, index) => ({ ...item, expression: relation.keys[index]!.expression }));
}

/** Columns that an expression uses outside of grouping expressions and aggregate calls. */
function ungroupedColumns(
  node: ast.Argument,
  grouped: ReadonlySet<string>,
  environment: BindEnvironment,
  bounds: boolean,
): readonly string[] {
  const { scope, text, clause, functions } = environment;
  if (node.kind === 'lambda' || node.kind === 'intervalUnit')
    return children(node).flatMap((child) => ungroupedColumns(child, grouped, environment, bounds));
  if (node.kind === 'call' && isAggregate(functions, node.name.name)) return [];
  if (node.kind === 'column') {
    if (bounds && (node.name.name === 'WINDOWSTART' || node.name.name === 'WINDOWEND')) return [];
    resolveColumn(scope, node, { clause, text });
  }
  const printed = printResolved(node, scope);
  if (grouped.has(printed)) return [];
  if (node.kind === 'column') return [printed];
  return children(node).flatMap((child) => ungroupedColumns(child, grouped, environment, bounds));
}

function checkSelect(
  { select, having: condition, spec }: Grouping,
  by: readonly NamedExpression[],
  environment: BindEnvironment,
): void {
  const grouped = new Set(by.map(({ text }) => text));
  const { scope, functions } = environment;
  const bounds = spec !== null && !scope.joined;
  const inSelect: BindEnvironment = { ...environment, clause: 'SELECT' };
  const offending = select.filter(
    ({ expression }) => ungroupedColumns(expression, grouped, inSelect, bounds).length > 0,
  );
  const plain = offending.filter(
    ({ expression }) => callsOf(expression, (name) => isAggregate(functions, name)).length === 0,
  );
  if (plain.length > 0)
    throw problem(
      'analyze.not-grouped',
      `Non-aggregate SELECT expression(s) not part of GROUP BY: ${plain.map(({ expression }) => printResolved(expression, scope)).join(', ')}\nEither add the column(s) to the GROUP BY or remove them from the SELECT.`,
      { span: plain[0]!.expression.span },
    );
  if (offending.length > 0) {
    const columns = offending.flatMap(({ expression }) =>
      ungroupedColumns(expression, grouped, inSelect, bounds),
    );
    throw problem(
      'analyze.not-grouped',
      `Column used in aggregate SELECT expression(s) outside of aggregate functions not part of GROUP BY: ${[...new Set(columns)].join(', ')}\nEither add the column(s) to the GROUP BY or remove them from the SELECT.`,
      { span: offending[0]!.expression.span },
    );
  }
  if (condition === null) return;
  const inHaving: BindEnvironment = { ...environment, clause: 'HAVING' };
  const columns = ungroupedColumns(condition, grouped, inHaving, bounds);
  if (columns.length > 0)
    throw problem(
      'analyze.not-grouped',
      `Non-aggregate HAVING expression not part of GROUP BY: ${columns[0]}\nConsider switching the HAVING clause to a WHERE clause before the GROUP BY.`,
      { span: condition.span },
    );
}

function aggregatePlan(
  { plan: input }: Relation,
  { spec, final }: Grouping,
  by: readonly NamedExpression[],
  aggregates: readonly BoundAggregate[],
): LogicalPlan {
  const keys: readonly NamedExpression[] = by.length > 0 ? by : [CONSTANT_KEY];
  const calls = aggregates.map(({ call }) => call);
  return {
    kind: 'aggregate',
    key: keys.map(({ name, expression }) => ({ name, type: expression.type! })),
    value: calls.map(({ name, type }) => ({ name, type })),
    collection: 'table',
    window:
      spec === null
        ? null
        : { kind: spec.kind, sizeMs: spec.kind === 'SESSION' ? null : spec.sizeMs },
    input,
    by: keys,
    calls,
    spec,
    final,
  };
}

const CONSTANT_KEY: NamedExpression = {
  name: 'KSQL_SYNTH_KEY',
  expression: { kind: 'literal', type: { kind: 'INTEGER' }, value: 0 },
  text: '0',
};

/** The names of the rows that were grouped, for messages; what SELECT may use of them is checked, but the window bounds are new. */
function boundsScope(scope: Scope, spec: WindowSpec | null): Scope {
  if (spec === null || scope.joined) return scope;
  const source = scope.sources[0] ?? null;
  const column = (name: string, expression: Expression): ScopeColumn => ({
    source,
    name,
    role: 'window',
    expression,
  });
  const bounds = [column('WINDOWSTART', WINDOW_START), column('WINDOWEND', WINDOW_END)];
  return {
    ...scope,
    columns: [...scope.columns.filter(({ role }) => role !== 'window'), ...bounds],
  };
}

function knownAfter(
  plan: LogicalPlan,
  items: readonly ast.Expression[],
  aggregates: readonly BoundAggregate[],
  environment: BindEnvironment,
): (node: ast.Expression) => Expression | null {
  const { scope, functions } = environment;
  const groups = items.map(
    (item, index): KnownExpression => ({
      kind: item.kind,
      text: printResolved(item, scope),
      expression: keyColumn(index, plan.key[index]!),
    }),
  );
  return (node) => {
    if (node.kind === 'call' && isAggregate(functions, node.name.name)) {
      const text = aggregateText(node, environment);
      const index = aggregates.findIndex((aggregate) => aggregate.text === text);
      return index < 0 ? null : valueColumn(index, plan.value[index]!);
    }
    return findKnown(groups, node, scope);
  };
}

/** The known expression that prints like the node. */
export function findKnown(
  known: readonly KnownExpression[],
  node: ast.Expression,
  scope: Scope,
): Expression | null {
  const candidates = known.filter(({ kind }) => kind === node.kind);
  if (candidates.length === 0) return null;
  const text = printResolved(node, scope);
  return candidates.find((candidate) => candidate.text === text)?.expression ?? null;
}

function having(
  relation: Relation,
  condition: ast.Expression,
  environment: BindEnvironment,
): Relation {
  const { plan } = relation;
  const predicate = bindPredicate(condition, environment);
  const filter: LogicalPlan = {
    kind: 'filter',
    key: plan.key,
    value: plan.value,
    collection: plan.collection,
    window: plan.window,
    input: plan,
    predicate,
    text: printResolved(condition, environment.scope),
  };
  return { ...relation, plan: filter };
}
