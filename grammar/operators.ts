/**
 * Operands and operators, in the order they were written, to a tree (spec §3.1). The rules collect a flat list, so that a level of
 * nesting costs the parser few stack frames and a long chain none; the trees are built here, binding tighter operators first and
 * equal ones to the left.
 */
import type { Span } from '../src/base/errors.ts';
import type { ArithmeticOperator, Expression, Identifier } from './ast.ts';

export interface BinaryStep {
  readonly operator: ArithmeticOperator | '||';
  readonly operand: Expression;
}
export interface LogicalStep {
  readonly operator: 'AND' | 'OR';
  readonly operand: Expression;
}

/** `first` followed by `steps`, with `* / %` before `+ -` before `||`. */
export function arithmeticTree(first: Expression, steps: readonly BinaryStep[]): Expression {
  const products = fold(first, steps, (operator) => '*/%'.includes(operator));
  const sums = fold(products.first, products.rest, (operator) => operator !== '||');
  return fold(sums.first, sums.rest, () => true).first;
}

/** `first` followed by `steps`, with AND before OR. */
export function logicalTree(first: Expression, steps: readonly LogicalStep[]): Expression {
  const join = (left: Expression, { operator, operand }: LogicalStep): Expression => ({
    kind: 'logical',
    operator,
    left,
    right: operand,
    span: spanOf(left, operand),
  });
  let whole: Expression | null = null;
  let conjunction = first;
  for (const step of steps) {
    if (step.operator === 'AND') {
      conjunction = join(conjunction, step);
    } else {
      whole = whole === null ? conjunction : join(whole, { operator: 'OR', operand: conjunction });
      conjunction = step.operand;
    }
  }
  return whole === null ? conjunction : join(whole, { operator: 'OR', operand: conjunction });
}

/** Joins, from the left, whatever `binds` wants; the rest comes back with its operands so joined. */
function fold(
  first: Expression,
  steps: readonly BinaryStep[],
  binds: (operator: BinaryStep['operator']) => boolean,
): { readonly first: Expression; readonly rest: readonly BinaryStep[] } {
  let head = first;
  const rest: BinaryStep[] = [];
  for (const step of steps) {
    const last = rest.pop();
    if (!binds(step.operator)) {
      if (last !== undefined) rest.push(last);
      rest.push(step);
    } else if (last === undefined) {
      head = binary(head, step);
    } else {
      rest.push({ operator: last.operator, operand: binary(last.operand, step) });
    }
  }
  return { first: head, rest };
}

function binary(left: Expression, { operator, operand }: BinaryStep): Expression {
  const span = spanOf(left, operand);
  if (operator !== '||') return { kind: 'arithmetic', operator, left, right: operand, span };
  const name: Identifier = { kind: 'identifier', name: 'CONCAT', quoted: false, span };
  return { kind: 'call', name, arguments: [left, operand], star: false, span };
}

function spanOf(left: Expression, right: Expression): Span {
  return { start: left.span.start, end: right.span.end };
}
