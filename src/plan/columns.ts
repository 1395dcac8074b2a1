/** Which columns an expression reads. */
import { unreachable } from '../base/assert.ts';
import type { Expression } from './expression.ts';

/** Direct parts of an expression, in order. */
export function partsOf(e: Expression): readonly Expression[] {
  switch (e.kind) {
    case 'literal':
    case 'column':
    case 'rowtime':
    case 'window':
    case 'param':
      return [];
    case 'call':
      return e.args;
    case 'arithmetic':
    case 'comparison':
    case 'logical':
      return [e.left, e.right];
    case 'negate':
    case 'not':
    case 'is-null':
    case 'cast':
    case 'field':
      return [e.operand];
    case 'in':
      return [e.operand, ...e.items];
    case 'like':
      return [e.operand, e.pattern];
    case 'case':
      return [
        ...e.branches.flatMap((branch) => [branch.when, branch.then]),
        ...(e.otherwise === null ? [] : [e.otherwise]),
      ];
    case 'subscript':
      return [e.operand, e.index];
    case 'array':
      return e.elements;
    case 'map':
      return e.entries.flatMap((entry) => [entry.key, entry.value]);
    case 'struct':
      return e.fields;
    case 'lambda':
      return [e.body];
    default:
      return unreachable(e);
  }
}

/** Adds the indexes of the value columns that the expression reads. */
export function addValueColumns(e: Expression, into: Set<number>): void {
  if (e.kind === 'column' && e.side === 'value') into.add(e.index);
  for (const part of partsOf(e)) addValueColumns(part, into);
}

/** Does some part of the expression, or it itself, pass the test? */
export function somePart(e: Expression, test: (part: Expression) => boolean): boolean {
  return test(e) || partsOf(e).some((part) => somePart(part, test));
}

/** The expression with each direct part replaced. */
export function mapParts(e: Expression, change: (part: Expression) => Expression): Expression {
  switch (e.kind) {
    case 'literal':
    case 'column':
    case 'rowtime':
    case 'window':
    case 'param':
      return e;
    case 'call':
      return { ...e, args: e.args.map(change) };
    case 'arithmetic':
    case 'comparison':
    case 'logical':
      return { ...e, left: change(e.left), right: change(e.right) };
    case 'negate':
    case 'not':
    case 'is-null':
    case 'cast':
    case 'field':
      return { ...e, operand: change(e.operand) };
    case 'in':
      return { ...e, operand: change(e.operand), items: e.items.map(change) };
    case 'like':
      return { ...e, operand: change(e.operand), pattern: change(e.pattern) };
    case 'case':
      return {
        ...e,
        branches: e.branches.map((branch) => changeBranch(branch, change)),
        otherwise: e.otherwise === null ? null : change(e.otherwise),
      };
    case 'subscript':
      return { ...e, operand: change(e.operand), index: change(e.index) };
    case 'array':
      return { ...e, elements: e.elements.map(change) };
    case 'map':
      return {
        ...e,
        entries: e.entries.map(({ key, value }) => ({ key: change(key), value: change(value) })),
      };
    case 'struct':
      return { ...e, fields: e.fields.map(change) };
    case 'lambda':
      return { ...e, body: change(e.body) };
    default:
      return unreachable(e);
  }
}

type Branch = Extract<Expression, { kind: 'case' }>['branches'][number];

function changeBranch(branch: Branch, change: (part: Expression) => Expression): Branch {
  const changed = { ...branch, when: change(branch.when) };
  // biome-ignore lint/suspicious/noThenProperty: a branch of CASE is no promise
  changed.then = change(branch.then);
  return changed;
}
