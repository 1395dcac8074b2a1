/**
 * Operands and operators, in the order they were written, to a tree (spec §3.1). The rules collect a flat list, so that a level of
 * nesting costs the parser few stack frames and a long chain none; the trees are built here, binding tighter operators first and
 * equal ones to the left.
 */
import type { Span } from '../src/base/errors.ts';
import type { ArithmeticOperator, Expression, Identifier } from './ast.ts';

/** `extent` includes the parentheses around the node, which the node's own span does not. */
export interface Operand {
  readonly node: Expression;
  readonly extent: Span;
}
export interface BinaryStep {
  readonly operator: ArithmeticOperator | '||';
  readonly operand: Operand;
}
export interface LogicalStep {
  readonly operator: 'AND' | 'OR';
  readonly operand: Operand;
}

/** `first` followed by `steps`, with `* / %` before `+ -` before `||`. */
export function arithmeticTree(first: Operand, steps: readonly BinaryStep[]): Expression {
  const products = fold(first, steps, (operator) => '*/%'.includes(operator));
  const sums = fold(products.first, products.rest, (operator) => operator !== '||');
  return fold(sums.first, sums.rest, () => true).first.node;
}

/** `first` followed by `steps`, with AND before OR. */
export function logicalTree(first: Operand, steps: readonly LogicalStep[]): Expression {
  let whole: Operand | null = null;
  let conjunction = first;
  for (const { operator, operand } of steps) {
    if (operator === 'AND') {
      conjunction = logical('AND', conjunction, operand);
    } else {
      whole = whole === null ? conjunction : logical('OR', whole, conjunction);
      conjunction = operand;
    }
  }
  return whole === null ? conjunction.node : logical('OR', whole, conjunction).node;
}

/** Joins, from the left, whatever `binds` wants; the rest comes back with its operands so joined. */
function fold(
  first: Operand,
  steps: readonly BinaryStep[],
  binds: (operator: BinaryStep['operator']) => boolean,
): { readonly first: Operand; readonly rest: readonly BinaryStep[] } {
  let head = first;
  const rest: BinaryStep[] = [];
  for (const step of steps) {
    if (!binds(step.operator)) {
      rest.push(step);
      continue;
    }
    const last = rest.pop();
    if (last === undefined) head = binary(head, step);
    else rest.push({ operator: last.operator, operand: binary(last.operand, step) });
  }
  return { first: head, rest };
}

function binary(left: Operand, { operator, operand: right }: BinaryStep): Operand {
  const span = around(left, right);
  if (operator !== '||') {
    const node: Expression = {
      kind: 'arithmetic',
      operator,
      left: left.node,
      right: right.node,
      span,
    };
    return { node, extent: span };
  }
  const name: Identifier = { kind: 'identifier', name: 'CONCAT', quoted: false, span };
  const operands = [left.node, right.node];
  return { node: { kind: 'call', name, arguments: operands, star: false, span }, extent: span };
}

function logical(operator: 'AND' | 'OR', left: Operand, right: Operand): Operand {
  const span = around(left, right);
  const node: Expression = {
    kind: 'logical',
    operator,
    left: left.node,
    right: right.node,
    span,
  };
  return { node, extent: span };
}

function around(left: Operand, right: Operand): Span {
  return { start: left.extent.start, end: right.extent.end };
}
