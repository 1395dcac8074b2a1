/**
 * A projection over a projection becomes one, when the lower one's columns cannot fail: only then evaluating them inside the
 * upper expressions isolates the same errors. Columns, literals and ROWTIME cannot.
 *
 *     project(a + 1, project(x AS a, scan s))  →  project(x + 1, scan s)
 */
import { mapParts } from '../columns.ts';
import type { Expression, NamedExpression } from '../expression.ts';
import type { LogicalPlan } from '../logical.ts';

export function mergeProjections(node: LogicalPlan): LogicalPlan {
  if (node.kind !== 'project' || node.input.kind !== 'project') return node;
  const lower = node.input;
  if (!lower.columns.every((column) => isSafe(column.expression))) return node;
  const columns = node.columns.map((column) => ({
    ...column,
    expression: substitute(column.expression, lower.columns),
  }));
  return { ...node, columns, input: lower.input };
}

function isSafe(e: Expression): boolean {
  return e.kind === 'column' || e.kind === 'literal' || e.kind === 'rowtime' || e.kind === 'window';
}

function substitute(e: Expression, columns: readonly NamedExpression[]): Expression {
  if (e.kind === 'column' && e.side === 'value') return columns[e.index]!.expression;
  return mapParts(e, (part) => substitute(part, columns));
}
