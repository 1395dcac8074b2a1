/**
 * SELECT … EMIT CHANGES WITH SNAPSHOT, or AFTER a token: what there is, then what changes. Differs: ksqlDB has neither.
 *
 * Of a table it reads what a persistent query keeps of it, so it can begin with one committed state and tell rows that leave the
 * condition from rows that never met it. Of a stream it reads the log, whose offsets say where it was. What keeps state of its
 * own (joins, aggregates) has neither: it is refused, and what it computes can be made a table.
 */
import type { Query, SelectStatement } from '../../../grammar/ast.ts';
import { problem } from '../../base/errors.ts';
import type { QueryDef, SourceDef } from '../../catalog/command.ts';
import type { NamedExpression } from '../../plan/expression.ts';
import { argsOf } from '../../plan/steps.ts';
import { callsOf } from '../expression/walk.ts';
import { isAggregate } from '../query/aggregate-calls.ts';
import { analyzeTransient } from '../query/analyze.ts';
import { analyzePull } from '../query/pull.ts';
import { keyColumn, WINDOW_BOUNDS, WINDOW_END, WINDOW_START } from '../query/relation.ts';
import { expressionsOf, findSource } from '../query/sources.ts';
import { queryContext } from './analyze.ts';
import { lower } from './query-def.ts';
import type { Effect, PrepareContext, ResultColumn } from './statement.ts';

export type SubscribeEffect = Extract<Effect, { kind: 'subscribe' }>;

/** `keyed`: key columns that are not selected stand before those that are; `selected`: as in any other SELECT. */
export type SubscriptionShape = 'keyed' | 'selected';

/** Of a SELECT with EMIT CHANGES; without a clause that says where to begin it begins with what there is. */
export function prepareSubscription(
  { query }: SelectStatement,
  context: PrepareContext,
  shape: SubscriptionShape,
): SubscribeEffect {
  if (query.emit !== 'CHANGES')
    throw problem('subscribe.not-changes', 'A subscription needs EMIT CHANGES.', {
      span: query.span,
      hint: 'Add EMIT CHANGES at the end of the SELECT.',
    });
  checkStateless(query, context);
  const def = findSource(query.from.source.name, queryContext(context));
  const after = query.start?.kind === 'after' ? query.start.token : null;
  const effect =
    def.collection === 'table'
      ? subscribeTable(query, def, context, shape)
      : subscribeStream(query, def, context);
  return { ...effect, after };
}

function checkStateless(query: Query, { functions }: PrepareContext): void {
  const { from, window, groupBy, partitionBy, having } = query;
  const aggregates = expressionsOf(query).some(
    (expression) => callsOf(expression, (name) => isAggregate(functions, name)).length > 0,
  );
  const clauses = [window, groupBy, partitionBy, having];
  if (from.joins.length === 0 && clauses.every((clause) => clause === null) && !aggregates) return;
  throw problem(
    'subscribe.stateful',
    'Subscriptions read one stream, or one table that a query keeps: joins, aggregates and PARTITION BY have no place in them.',
    {
      span: query.span,
      hint: 'Make it a table or stream with CREATE … AS SELECT, and subscribe to that.',
    },
  );
}

function subscribeTable(
  query: Query,
  def: SourceDef,
  context: PrepareContext,
  shape: SubscriptionShape,
): Omit<SubscribeEffect, 'after'> {
  const kept = def.query === null ? undefined : context.catalog.queries.get(def.query);
  checkKept(def, kept, query);
  const properties = { ...context.properties, 'ksql.query.pull.table.scan.enabled': 'true' };
  const pull = analyzePull({ ...query, emit: null }, queryContext({ ...context, properties }));
  if (pull.plan.kind !== 'table') throw new Error('a pull query over a table');
  checkChanges(def, kept);
  const missing = shape === 'keyed' ? missingKeys(def, pull.plan.columns) : [];
  const columns: readonly ResultColumn[] = [
    ...missing.map(({ name, expression }) => ({
      name,
      type: expression.type!,
      role: 'key' as const,
    })),
    ...pull.columns,
  ];
  const plan = {
    ...pull.plan,
    source: def.name,
    columns: [...missing, ...pull.plan.columns],
    key: columns.flatMap(({ role }, index) => (role === 'key' ? [index] : [])),
  };
  return { kind: 'subscribe', plan, columns };
}

function checkKept(def: SourceDef, kept: QueryDef | undefined, query: Query): void {
  if (kept !== undefined && kept.plan.materialized !== null) return;
  throw problem(
    'subscribe.not-kept',
    `No query keeps the rows of ${def.name}: there are none to begin with.`,
    {
      span: query.from.source.span,
      hint: `Make it a CREATE SOURCE TABLE, or CREATE TABLE … AS SELECT * FROM ${def.name} and subscribe to that.`,
    },
  );
}

/** What EMIT FINAL holds back is not announced when it changes. */
function checkChanges(def: SourceDef, query: QueryDef | undefined): void {
  const isFinal = query?.plan.steps.some(
    (step) => step.op === 'aggregate@1' && argsOf(step, 'aggregate@1').final,
  );
  if (isFinal !== true) return;
  throw problem(
    'subscribe.final',
    `${def.name} is a table with EMIT FINAL, whose rows change before they are emitted: it has no changes to subscribe to.`,
    { hint: `Declare a stream over the topic ${def.topic} and subscribe to that.` },
  );
}

function missingKeys(
  { schema, window }: SourceDef,
  selected: readonly NamedExpression[],
): readonly NamedExpression[] {
  const keys: NamedExpression[] = schema.key.map((field, index) => ({
    name: field.name,
    expression: keyColumn(index, field),
    text: field.name,
  }));
  const bounds = [WINDOW_START, WINDOW_END].map((expression, index) => {
    const name = WINDOW_BOUNDS[index]!;
    return { name, expression, text: name };
  });
  const all = window === null ? keys : [...keys, ...bounds];
  const known = new Set(selected.map(({ expression }) => JSON.stringify(expression)));
  return all.filter(({ expression }) => !known.has(JSON.stringify(expression)));
}

function subscribeStream(
  query: Query,
  def: SourceDef,
  context: PrepareContext,
): Omit<SubscribeEffect, 'after'> {
  const analyzed = analyzeTransient(query, queryContext(context));
  const plan = lower(analyzed.plan, null, context);
  const root = argsOf(plan.steps.at(-1)!, 'emit@1');
  const columns = analyzed.columns.map((column, index): ResultColumn => {
    const { expression } = root.columns[index]!;
    const isKey = expression.kind === 'column' && expression.side === 'key';
    return isKey ? { ...column, role: 'key' } : column;
  });
  return {
    kind: 'subscribe',
    plan: { kind: 'stream', source: def.name, plan, limit: query.limit },
    columns,
  };
}
