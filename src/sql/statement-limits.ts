/**
 * Refuses statements that are too much to plan or to run, before anything recursive looks at them and before anything is stored. One
 * walk over the syntax tree, without recursion; it ends as soon as a limit is passed.
 */
import type * as ast from '../../grammar/ast.ts';
import { durationMs } from '../../grammar/duration.ts';
import { type ProblemError, problem, type Span } from '../base/errors.ts';
import { type Limit, limitText } from '../base/limits.ts';
import type { Schema } from '../types/type.ts';
import type { StatementLimits } from './limits.ts';

/** Nodes with limits of their own. */
type Limited = ast.Query | ast.FromClause | ast.HoppingWindow | ast.InExpression;

/** Throws `sql.limit`. */
export function checkStatement(statement: ast.Statement, limits: StatementLimits): void {
  const pending: unknown[] = [statement];
  let nodes = 0;
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (typeof next !== 'object' || next === null) continue;
    if ('kind' in next && next.kind !== 'identifier') {
      if (++nodes > limits.nodes.value)
        throw exceeded(limits.nodes, 'nodes of a statement', {
          actual: nodes,
          span: statement.span,
        });
      checkNode(next as Limited, limits);
    }
    if ('kind' in next && next.kind === 'in') {
      const { value, items } = next as ast.InExpression;
      pending.push(value, ...items.filter((item) => !isLiteral(item)));
    } else {
      for (const part of Object.values(next)) pending.push(part);
    }
  }
}

/** Throws `sql.limit` for a source with too many columns, wherever they come from. */
export function checkColumns({ key, value }: Schema, limits: StatementLimits): void {
  const actual = key.length + value.length;
  if (actual > limits.columns.value) throw exceeded(limits.columns, 'columns', { actual });
}

function checkNode(node: Limited, limits: StatementLimits): void {
  const check = (limit: Limit, what: string, actual: number): void => {
    if (actual > limit.value) throw exceeded(limit, what, { actual, span: node.span });
  };
  switch (node.kind) {
    case 'query':
      check(limits.columns, 'columns of a SELECT', node.select.length);
      return;
    case 'from':
      check(limits.joins, 'joins of a query', node.joins.length);
      return;
    case 'in':
      check(limits.inItems, 'items of an IN list', node.items.length);
      return;
    case 'hopping': {
      const hops = Math.ceil(durationMs(node.size) / durationMs(node.advance));
      if (Number.isFinite(hops)) check(limits.windowHops, 'windows of one row', hops);
      return;
    }
    default:
      // All others have none of their own.
      node satisfies never;
  }
}

function isLiteral({ kind }: ast.Expression): boolean {
  return ['null', 'boolean', 'integer', 'decimal', 'double', 'string'].includes(kind);
}

function exceeded(
  limit: Limit,
  what: string,
  at: { readonly actual: number; readonly span?: Span },
): ProblemError {
  const { actual, span } = at;
  return problem('sql.limit', limitText(limit, what, actual), {
    hint: `The server's property ${limit.key} says how many there may be.`,
    ...(span === undefined ? {} : { span }),
  });
}
