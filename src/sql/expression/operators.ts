/** Arithmetic, logic and predicates other than comparison (spec: sql-statements.md §3.3, §3.5, §3.6). */
import type * as ast from '../../../grammar/ast.ts';
import { problem } from '../../base/errors.ts';
import type { Expression } from '../../plan/expression.ts';
import { formatTypeOrNull } from '../../types/format-type.ts';
import { arithmeticResultType, isNumeric } from '../../types/numeric-types.ts';
import type { Binder } from './environment.ts';
import { BOOLEAN } from './literals.ts';

export function bindArithmetic(node: ast.ArithmeticExpression, binder: Binder): Expression {
  const left = binder.bind(node.left);
  const right = binder.bind(node.right);
  const refuse = (reason: string): Error =>
    problem('analyze.arithmetic', `Error processing expression: ${binder.print(node)}. ${reason}`, {
      span: node.span,
    });
  if (left.type === null || right.type === null)
    throw refuse(
      `Arithmetic on types ${formatTypeOrNull(left.type)} and ${formatTypeOrNull(right.type)} are not supported.`,
    );
  const type = arithmeticResultType(node.operator, left.type, right.type);
  if (type === null)
    throw refuse(`Unsupported arithmetic types. ${left.type.kind} ${right.type.kind}`);
  return { kind: 'arithmetic', type, op: node.operator, left, right };
}

/** A sign before anything but a literal; `+` changes nothing. */
export function bindSign(node: ast.UnaryExpression, binder: Binder): Expression {
  const operand = binder.bind(node.value);
  if (operand.type === null || !isNumeric(operand.type))
    throw problem(
      'analyze.arithmetic',
      `Error processing expression: ${binder.print(node)}. Unsupported arithmetic types. ${formatTypeOrNull(operand.type)}`,
      { span: node.span },
    );
  return node.operator === '+' ? operand : { kind: 'negate', type: operand.type, operand };
}

export function bindLogical(node: ast.LogicalExpression, binder: Binder): Expression {
  const left = bindBoolean(node.left, binder);
  const right = bindBoolean(node.right, binder);
  return { kind: 'logical', type: BOOLEAN, op: node.operator, left, right };
}

/** NOT; around IS DISTINCT FROM it is the operator IS NOT DISTINCT FROM. */
export function bindNot(node: ast.NotExpression, binder: Binder): Expression {
  const operand = bindBoolean(node.value, binder);
  if (operand.kind === 'comparison' && operand.op === 'IS_DISTINCT_FROM')
    return { ...operand, op: 'IS_NOT_DISTINCT_FROM' };
  return { kind: 'not', type: BOOLEAN, operand };
}

function bindBoolean(node: ast.Expression, binder: Binder): Expression {
  const bound = binder.bind(node);
  if (bound.type?.kind === 'BOOLEAN') return bound;
  throw problem(
    'analyze.not-boolean',
    `Invalid logical operand: ${binder.print(node)} should be BOOLEAN but is ${formatTypeOrNull(bound.type)}.`,
    { span: node.span },
  );
}

export function bindLike(node: ast.LikeExpression, binder: Binder): Expression {
  const operand = bindText(node.value, binder);
  const pattern = bindText(node.pattern, binder);
  if (node.escape !== null && node.escape.length !== 1)
    throw problem('analyze.escape', `Expected single character escape but got: ${node.escape}`, {
      span: node.span,
    });
  return { kind: 'like', type: BOOLEAN, operand, pattern, escape: node.escape };
}

function bindText(node: ast.Expression, binder: Binder): Expression {
  const bound = binder.bind(node);
  if (bound.type?.kind === 'STRING') return bound;
  const type = formatTypeOrNull(bound.type);
  throw problem(
    'analyze.like',
    node.kind === 'column'
      ? `The column type for Like condition must be VARCHAR. The column type is ${type}`
      : `Like condition must be between strings: ${binder.print(node)} is ${type}.`,
    { span: node.span },
  );
}

export function bindIsNull(node: ast.IsNullExpression, binder: Binder): Expression {
  const operand = binder.bind(node.value);
  return { kind: 'is-null', type: BOOLEAN, operand, negated: node.negated };
}
