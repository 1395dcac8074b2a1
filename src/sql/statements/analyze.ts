/** The door to the analysis of queries: contexts as it wants them. */
import type { Expression, Query } from '../../../grammar/ast.ts';
import { callsOf, columnReferences } from '../expression/walk.ts';
import type { QueryContext } from '../query/analyzed.ts';
import type { PrepareContext } from './statement.ts';

/** What the analysis wants of a statement's context. */
export function queryContext(context: PrepareContext): QueryContext {
  const { catalog, functions, properties, text, runtime, now, random } = context;
  return {
    catalog,
    functions,
    properties,
    text,
    now,
    random,
    partitions: (name) => runtime.topics().find((topic) => topic.name === name)?.partitions ?? null,
  };
}

/** Columns that an aggregating query reads, in the order of SELECT, WHERE, GROUP BY and HAVING; COUNT(*) reads ROWTIME. */
export function requiredColumns(query: Query): readonly string[] {
  const clauses = [
    ...query.select.flatMap((item) => (item.kind === 'selectExpression' ? [item.expression] : [])),
    query.where,
    ...(query.groupBy?.items ?? []),
    query.having,
  ];
  const names = clauses.flatMap((clause) => (clause === null ? [] : columnsOf(clause)));
  return [...new Set(names)];
}

function columnsOf(expression: Expression): readonly string[] {
  const names = columnReferences(expression).map(({ name }) => name.name);
  const counts = callsOf(expression, (name) => name === 'COUNT');
  return counts.some((call) => call.arguments.length === 0) ? [...names, 'ROWTIME'] : names;
}
