/** Which windows the WHERE clause of a pull query asks for (spec: semantics.md §12.3). Only narrows, as the key lookups do. */
import type * as ast from '../../../grammar/ast.ts';
import { problem } from '../../base/errors.ts';
import type { WindowRange } from '../../execution/task.ts';
import { parseTimeText } from '../expression/comparison.ts';
import { type BindEnvironment, printResolved } from '../expression/environment.ts';
import { columnReferences } from '../expression/walk.ts';
import type { QueryContext } from './analyzed.ts';
import { evaluateConstant } from './constant.ts';
import { type Conjunction, disjuncts } from './disjuncts.ts';

interface Bounds {
  readonly environment: BindEnvironment;
  readonly context: QueryContext;
}

/** The smallest range that holds the windows of every alternative; null if nothing is said about windows. */
export function windowRange(where: ast.Expression | null, bounds: Bounds): WindowRange | null {
  const alternatives = where === null ? null : disjuncts(where);
  if (alternatives === null) return null;
  const ranges = alternatives.map((conjunction) => conjunctionRange(conjunction, bounds));
  const all = ranges.filter((range) => range !== null);
  if (all.length === 0 || all.length < ranges.length) return null;
  return all.reduce((a, b) => ({
    startMin: Math.min(a.startMin, b.startMin),
    startMax: Math.max(a.startMax, b.startMax),
    endMin: Math.min(a.endMin, b.endMin),
    endMax: Math.max(a.endMax, b.endMax),
  }));
}

type BoundName = 'WINDOWSTART' | 'WINDOWEND';
type Operator = '=' | '<' | '<=' | '>' | '>=';
interface Limit {
  readonly bound: BoundName;
  readonly operator: Operator;
  readonly value: number;
  readonly text: string;
}

const EVERYTHING: WindowRange = {
  startMin: 0,
  startMax: Number.MAX_SAFE_INTEGER,
  endMin: 0,
  endMax: Number.MAX_SAFE_INTEGER,
};

function conjunctionRange(conjunction: Conjunction, bounds: Bounds): WindowRange | null {
  const limits = conjunction.flatMap((node) => limitsOf(node, bounds));
  if (limits.length === 0) return null;
  checkLimits(limits);
  return limits.reduce(narrow, EVERYTHING);
}

function limitsOf(node: ast.Expression, bounds: Bounds): readonly Limit[] {
  if (node.kind === 'between') {
    const bound = boundNamed(node.value);
    if (bound === null) return [];
    return [limit(bound, '>=', node.lower, bounds), limit(bound, '<=', node.upper, bounds)].filter(
      (found) => found !== null,
    );
  }
  if (node.kind !== 'comparison') return [];
  const { operator } = node;
  if (operator === '<>' || operator === 'IS DISTINCT FROM') return [];
  const left = boundNamed(node.left);
  const right = boundNamed(node.right);
  const found =
    left !== null
      ? limit(left, operator, node.right, bounds)
      : right !== null && limit(right, FLIPPED[operator], node.left, bounds);
  return found ? [found] : [];
}

const FLIPPED: Readonly<Record<Operator, Operator>> = {
  '=': '=',
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
};

function boundNamed(node: ast.Expression): BoundName | null {
  if (node.kind !== 'column') return null;
  const { name } = node.name;
  return name === 'WINDOWSTART' || name === 'WINDOWEND' ? name : null;
}

function limit(
  bound: BoundName,
  operator: Operator,
  node: ast.Expression,
  { environment, context }: Bounds,
): Limit | null {
  if (columnReferences(node).length > 0) return null;
  const text = `${bound} ${operator} ${printResolved(node, environment.scope)}`;
  if (node.kind === 'string') return { bound, operator, value: parseTimeText(node), text };
  const { type, value } = evaluateConstant(node, environment, context);
  if (type?.kind === 'INTEGER' || type?.kind === 'BIGINT')
    return { bound, operator, value: Number(value), text };
  throw problem(
    'pull.window-bounds',
    'Window bounds must resolve to an INT, BIGINT, or STRING containing a datetime.',
    { span: node.span },
  );
}

function checkLimits(limits: readonly Limit[]): void {
  for (const bound of ['WINDOWSTART', 'WINDOWEND']) {
    const own = limits.filter((candidate) => candidate.bound === bound);
    const equal = own.find(({ operator }) => operator === '=');
    if (equal !== undefined && own.length > 1)
      throw problem(
        'pull.window-bounds',
        `\`(${equal.text})\` cannot be combined with other ${bound} bounds`,
      );
    for (const [first, name] of [
      ['<', 'LESS_THAN'],
      ['>', 'GREATER_THAN'],
    ] as const) {
      if (own.filter(({ operator }) => operator.startsWith(first)).length < 2) continue;
      throw problem('pull.window-bounds', `Duplicate ${bound} bounds on: ${name}`);
    }
  }
}

function narrow(range: WindowRange, { bound, operator, value }: Limit): WindowRange {
  const least = operator === '>' ? value + 1 : value;
  const most = operator === '<' ? value - 1 : value;
  const lower = operator === '=' || operator.startsWith('>');
  const upper = operator === '=' || operator.startsWith('<');
  if (bound === 'WINDOWSTART')
    return {
      ...range,
      ...(lower && { startMin: Math.max(range.startMin, least) }),
      ...(upper && { startMax: Math.min(range.startMax, most) }),
    };
  return {
    ...range,
    ...(lower && { endMin: Math.max(range.endMin, least) }),
    ...(upper && { endMax: Math.min(range.endMax, most) }),
  };
}
