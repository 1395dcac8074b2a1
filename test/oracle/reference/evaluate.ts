/**
 * Expressions, evaluated on the tree, one node after the other, by the specification (sql-statements.md §3, functions.md §1.3):
 * comparisons are two-valued, arithmetic on NULL is an error, arguments that are calls or casts fail alone.
 */
import type { Expr, Value } from '../model.ts';
import { printExpr } from '../print.ts';
import { callFunction } from './functions.ts';
import { arithmetic, cast, compareNumbers, EvaluationError, wrapped } from './numbers.ts';

/** Columns by name; in what follows a GROUP BY also grouping expressions and aggregates, by their text. */
export type Row = ReadonlyMap<string, Value>;

/** Throws EvaluationError. */
export function evaluate(expr: Expr, row: Row): Value {
  if (expr.kind !== 'literal' && expr.kind !== 'column') {
    const known = row.get(printExpr(expr));
    if (known !== undefined) return known;
  }
  switch (expr.kind) {
    case 'column': {
      const value = row.get(expr.name);
      if (value === undefined) throw new Error(`no column ${expr.name}`);
      return value;
    }
    case 'literal':
      return expr.value;
    case 'arithmetic':
      return evaluateArithmetic(expr, row);
    case 'negate':
      return negated(expr, row);
    case 'compare':
      return evaluateCompare(expr, row);
    case 'between': {
      const from = { ...expr, kind: 'compare', op: '>=', left: expr.operand, right: expr.low };
      const to = { ...expr, kind: 'compare', op: '<=', left: expr.operand, right: expr.high };
      return evaluate(from as Expr, row) === true && evaluate(to as Expr, row) === true;
    }
    case 'in': {
      const value = evaluate(expr.operand, row);
      const items = expr.items.map((item) => evaluate(item, row));
      return items.some((item, at) => equals(expr.operand, value, expr.items[at]!, item));
    }
    case 'like':
      return evaluateLike(expr, row);
    case 'isNull':
      return (evaluate(expr.operand, row) === null) !== expr.negated;
    case 'logic': {
      const left = truth(evaluate(expr.left, row));
      if (left === (expr.op === 'OR')) return left;
      return truth(evaluate(expr.right, row));
    }
    case 'not':
      return !truth(evaluate(expr.operand, row));
    case 'case': {
      for (const [when, then] of expr.whens) {
        if (evaluate(when, row) === true) return evaluate(then, row);
      }
      return expr.otherwise === null ? null : evaluate(expr.otherwise, row);
    }
    case 'cast':
      return isolated(expr, row);
    case 'call':
      return callFunction(
        expr.name,
        expr.args.map((arg) => (arg.kind === 'call' ? isolated(arg, row) : evaluate(arg, row))),
        expr.args.map((arg) => arg.type),
        expr.type,
      );
    case 'aggregate':
      throw new Error(`no aggregate ${printExpr(expr)}`);
  }
}

/** NULL where it fails. */
function isolated(expr: Expr, row: Row): Value {
  try {
    if (expr.kind !== 'cast') return evaluate(expr, row);
    const value = evaluate(expr.operand, row);
    return value === null ? null : cast(value, expr.operand.type, expr.type);
  } catch (error) {
    if (error instanceof EvaluationError) return null;
    throw error;
  }
}

function truth(value: Value): boolean {
  if (value === null) throw new EvaluationError('NULL in a logical operator');
  return value as boolean;
}

function evaluateArithmetic(expr: Expr & { kind: 'arithmetic' }, row: Row): Value {
  const left = evaluate(expr.left, row);
  const right = evaluate(expr.right, row);
  if (expr.type.kind === 'STRING') return `${left}${right}`;
  return arithmetic(
    expr.op,
    { value: left, type: expr.left.type },
    { value: right, type: expr.right.type },
    expr.type,
  );
}

function negated(expr: Expr & { kind: 'negate' }, row: Row): Value {
  const value = evaluate(expr.operand, row);
  if (value === null) throw new EvaluationError('NULL operand');
  if (typeof value === 'number') return -value;
  const opposite = -(value as bigint);
  return expr.type.kind === 'DECIMAL' ? opposite : wrapped(opposite, expr.type);
}

const numeric: readonly string[] = ['INTEGER', 'BIGINT', 'DOUBLE', 'DECIMAL'];

/** −1, 0, 1, or null where there is no order; both are not NULL. */
function order(a: Expr, x: Value, b: Expr, y: Value): number | null {
  if (numeric.includes(a.type.kind)) {
    return compareNumbers({ value: x, type: a.type }, { value: y, type: b.type });
  }
  // Texts by UTF-16 code units, as JavaScript has it; false before true.
  return (x as string) < (y as string) ? -1 : (x as string) > (y as string) ? 1 : 0;
}

function equals(a: Expr, x: Value, b: Expr, y: Value): boolean {
  return x !== null && y !== null && order(a, x, b, y) === 0;
}

function evaluateCompare({ op, left, right }: Expr & { kind: 'compare' }, row: Row): boolean {
  const x = evaluate(left, row);
  const y = evaluate(right, row);
  if (op === 'IS DISTINCT FROM' || op === 'IS NOT DISTINCT FROM') {
    const isSame = x === null || y === null ? x === y : order(left, x, right, y) === 0;
    return isSame === (op === 'IS NOT DISTINCT FROM');
  }
  if (x === null || y === null) return false;
  const sign = order(left, x, right, y);
  if (sign === null) return false;
  switch (op) {
    case '=':
      return sign === 0;
    case '<>':
      return sign !== 0;
    case '<':
      return sign < 0;
    case '<=':
      return sign <= 0;
    case '>':
      return sign > 0;
    case '>=':
      return sign >= 0;
  }
}

function evaluateLike(expr: Expr & { kind: 'like' }, row: Row): boolean {
  const text = evaluate(expr.operand, row);
  if (text === null) throw new EvaluationError('NULL in LIKE');
  return isLike([...(text as string)], [...expr.pattern]);
}

/** By trying everything; characters are code points, as in Java's regular expressions. */
function isLike(text: readonly string[], pattern: readonly string[]): boolean {
  const [head, ...rest] = pattern;
  const [first, ...others] = text;
  if (head === undefined) return first === undefined;
  const isAny = first !== undefined && first !== '\n';
  if (head === '%') return isLike(text, rest) || (isAny && isLike(others, pattern));
  return isAny && (head === '_' || head === first) && isLike(others, rest);
}
