/** Comparisons, BETWEEN and the time-string shortcut (spec: sql-statements.md §3.4, §3.10). */
import type * as ast from '../../../grammar/ast.ts';
import { problem } from '../../base/errors.ts';
import type { ComparisonOperator, Expression } from '../../plan/expression.ts';
import { formatType } from '../../types/format-type.ts';
import { isNumeric } from '../../types/numeric-types.ts';
import { parseTimestamp } from '../../types/temporal.ts';
import type { SqlType, TypeKind } from '../../types/type.ts';
import type { Binder } from './environment.ts';
import { BOOLEAN, bigintLiteral } from './literals.ts';

const OPERATORS: Readonly<Record<ast.ComparisonOperator, ComparisonOperator>> = {
  '=': 'EQUAL',
  '<>': 'NOT_EQUAL',
  '<': 'LESS_THAN',
  '<=': 'LESS_THAN_OR_EQUAL',
  '>': 'GREATER_THAN',
  '>=': 'GREATER_THAN_OR_EQUAL',
  'IS DISTINCT FROM': 'IS_DISTINCT_FROM',
};

export function bindComparison(node: ast.ComparisonExpression, binder: Binder): Expression {
  return compare(node.operator, node.left, node.right, binder);
}

/** `a BETWEEN x AND y` is `a >= x AND a <= y`. */
export function bindBetween(node: ast.BetweenExpression, binder: Binder): Expression {
  const left = compare('>=', node.value, node.lower, binder);
  const right = compare('<=', node.value, node.upper, binder);
  return { kind: 'logical', type: BOOLEAN, op: 'AND', left, right };
}

/** Binds both sides and checks that they can be compared. */
export function compare(
  operator: ast.ComparisonOperator,
  left: ast.Expression,
  right: ast.Expression,
  binder: Binder,
): Expression {
  const boundLeft = magicTimestamp(left, right, binder) ?? binder.bind(left);
  const boundRight = magicTimestamp(right, left, binder) ?? binder.bind(right);
  const span = { start: left.span.start, end: right.span.end };
  if (boundLeft.type === null || boundRight.type === null) {
    const text = (type: SqlType | null): string => (type === null ? 'NULL' : formatType(type));
    throw problem(
      'analyze.compare-null',
      `Comparison with NULL not supported: ${text(boundLeft.type)} ${operator} ${text(boundRight.type)}\nUse 'IS NULL' or 'IS NOT NULL' instead.`,
      { span },
    );
  }
  const op = OPERATORS[operator];
  if (!isComparable(boundLeft.type, boundRight.type, op)) {
    const text = (side: ast.Expression, type: SqlType): string =>
      `${binder.print(side)} (${formatType(type)})`;
    throw problem(
      'analyze.compare',
      `Cannot compare ${text(left, boundLeft.type)} to ${text(right, boundRight.type)} with ${op}.`,
      { span },
    );
  }
  return { kind: 'comparison', type: BOOLEAN, op, left: boundLeft, right: boundRight };
}

const COMPARABLE: Readonly<Partial<Record<TypeKind, readonly TypeKind[]>>> = {
  STRING: ['STRING', 'TIME', 'DATE', 'TIMESTAMP'],
  TIMESTAMP: ['TIMESTAMP', 'DATE', 'STRING'],
  DATE: ['TIMESTAMP', 'DATE', 'STRING'],
  TIME: ['TIME', 'STRING'],
  BYTES: ['BYTES'],
};
const EQUATABLE: readonly TypeKind[] = ['BOOLEAN', 'ARRAY', 'MAP', 'STRUCT'];
const EQUALITIES: readonly ComparisonOperator[] = [
  'EQUAL',
  'NOT_EQUAL',
  'IS_DISTINCT_FROM',
  'IS_NOT_DISTINCT_FROM',
];

/** Whether values of the two types can be compared with the operator. */
function isComparable(left: SqlType, right: SqlType, op: ComparisonOperator): boolean {
  if (isNumeric(left) && isNumeric(right)) return true;
  if (EQUATABLE.includes(left.kind)) return left.kind === right.kind && EQUALITIES.includes(op);
  return COMPARABLE[left.kind]?.includes(right.kind) ?? false;
}

const TIME_COLUMNS: readonly string[] = ['ROWTIME', 'WINDOWSTART', 'WINDOWEND'];

/** In WHERE, a string literal beside a time column is a timestamp: the epoch milliseconds it stands for; else null. */
function magicTimestamp(
  node: ast.Expression,
  other: ast.Expression,
  { environment }: Binder,
): Expression | null {
  if (environment.clause !== 'WHERE' || node.kind !== 'string') return null;
  if (other.kind !== 'column' || !TIME_COLUMNS.includes(other.name.name)) return null;
  return bigintLiteral(BigInt(parseTimeText(node)));
}

/** Epoch milliseconds of a partial timestamp such as `2020-07`. */
export function parseTimeText(node: ast.StringLiteral): number {
  try {
    return parseTimestamp(node.value);
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw problem('analyze.timestamp-text', message, { span: node.span, cause });
  }
}
