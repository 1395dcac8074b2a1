/** A condition as alternatives of conditions that must all hold: its disjunctive normal form. */
import type * as ast from '../../../grammar/ast.ts';

/** Conditions that must all hold. */
export type Conjunction = readonly ast.Expression[];

/** More alternatives than this are not worth finding: the rows are scanned. */
const ALTERNATIVES_MAX = 1_000;

/** The alternatives; null if there are too many. IN and BETWEEN stay whole, NOT is not looked into. */
export function disjuncts(node: ast.Expression): readonly Conjunction[] | null {
  if (node.kind !== 'logical') return [[node]];
  const left = disjuncts(node.left);
  const right = disjuncts(node.right);
  if (left === null || right === null) return null;
  if (node.operator === 'OR') return limited([...left, ...right]);
  if (left.length * right.length > ALTERNATIVES_MAX) return null;
  return left.flatMap((a) => right.map((b) => [...a, ...b]));
}

function limited(alternatives: readonly Conjunction[]): readonly Conjunction[] | null {
  return alternatives.length > ALTERNATIVES_MAX ? null : alternatives;
}
