/** Limits of statements: what parses can still be too much to plan or to run. */
import { configuredLimit, type Limit } from '../base/limits.ts';

/** Nodes of a statement's syntax tree: expressions, types, clauses. Names do not count, the literals of an IN list are counted apart. */
export const nodesMax: Limit = { key: 'leat.limit.sql.nodes', value: 10_000 };
/** Columns of a source, and of a SELECT. */
export const columnsMax: Limit = { key: 'leat.limit.sql.columns', value: 1_000 };
/** Items of an IN list. */
export const inItemsMax: Limit = { key: 'leat.limit.sql.in', value: 10_000 };
/** Joins of a query. */
export const joinsMax: Limit = { key: 'leat.limit.sql.joins', value: 8 };
/** Hopping windows that one row counts in: the size over the advance. */
export const windowHopsMax: Limit = { key: 'leat.limit.window.hops', value: 1_000 };

export interface StatementLimits {
  readonly nodes: Limit;
  readonly columns: Limit;
  readonly inItems: Limit;
  readonly joins: Limit;
  readonly windowHops: Limit;
}

/** The limits as the server's properties set them; throws `config.invalid-limit`. */
export function statementLimits(properties: Readonly<Record<string, string>>): StatementLimits {
  return {
    nodes: configuredLimit(nodesMax, properties, 50_000),
    columns: configuredLimit(columnsMax, properties, 1_900),
    inItems: configuredLimit(inItemsMax, properties, 30_000),
    joins: configuredLimit(joinsMax, properties, 32),
    windowHops: configuredLimit(windowHopsMax, properties, 10_000),
  };
}
