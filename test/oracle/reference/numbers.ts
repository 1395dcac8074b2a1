/** Arithmetic of SQL's numbers by the specification (sql-statements.md §3.3, §3.7), one operation at a time, on bigints. */
import type { ArithmeticOperator, Type, Value } from '../model.ts';
import { decimalText, doubleText, parseDecimal } from '../value-text.ts';

/** What makes a column NULL, a predicate false and a group go without the row. */
export class EvaluationError extends Error {}

export type DecimalType = Type & { readonly kind: 'DECIMAL' };

export function asDecimalType(type: Type): DecimalType {
  if (type.kind === 'DECIMAL') return type;
  return { kind: 'DECIMAL', precision: type.kind === 'INTEGER' ? 10 : 19, scale: 0 };
}

/** Type of `a op b`. */
export function arithmeticType(op: ArithmeticOperator, a: Type, b: Type): Type {
  if (a.kind === 'DOUBLE' || b.kind === 'DOUBLE') return { kind: 'DOUBLE' };
  if (a.kind !== 'DECIMAL' && b.kind !== 'DECIMAL') {
    return { kind: a.kind === 'BIGINT' || b.kind === 'BIGINT' ? 'BIGINT' : 'INTEGER' };
  }
  const { precision: p1, scale: s1 } = asDecimalType(a);
  const { precision: p2, scale: s2 } = asDecimalType(b);
  switch (op) {
    case '+':
    case '-': {
      const scale = Math.max(s1, s2);
      return { kind: 'DECIMAL', precision: scale + Math.max(p1 - s1, p2 - s2) + 1, scale };
    }
    case '*':
      return { kind: 'DECIMAL', precision: p1 + p2 + 1, scale: s1 + s2 };
    case '/': {
      const scale = Math.max(6, s1 + p2 + 1);
      return { kind: 'DECIMAL', precision: p1 - s1 + s2 + scale, scale };
    }
    case '%': {
      const scale = Math.max(s1, s2);
      return { kind: 'DECIMAL', precision: Math.min(p1 - s1, p2 - s2) + scale, scale };
    }
  }
}

export function fitted(unscaled: bigint, { precision }: DecimalType): bigint {
  const size = unscaled < 0n ? -unscaled : unscaled;
  if (size >= 10n ** BigInt(precision)) throw new EvaluationError('Numeric field overflow');
  return unscaled;
}

/** `value` with more digits behind the point. */
export function rescaled(value: bigint, from: number, to: number): bigint {
  return value * 10n ** BigInt(to - from);
}

export function toDouble(value: Value, type: Type): number {
  if (type.kind === 'DOUBLE') return value as number;
  if (type.kind === 'DECIMAL') return Number(decimalText(value as bigint, type.scale));
  return Number(value);
}

export function wrapped(value: bigint, type: Type): bigint {
  return BigInt.asIntN(type.kind === 'INTEGER' ? 32 : 64, value);
}

interface Operand {
  readonly value: Value;
  readonly type: Type;
}

export function arithmetic(op: ArithmeticOperator, a: Operand, b: Operand, result: Type): Value {
  if (a.value === null || b.value === null) throw new EvaluationError('NULL operand');
  if (result.kind === 'DOUBLE') {
    return onDoubles(op, toDouble(a.value, a.type), toDouble(b.value, b.type));
  }
  if (result.kind === 'DECIMAL') return onDecimals(op, a, b, result);
  return wrapped(onIntegers(op, a.value as bigint, b.value as bigint), result);
}

function onDoubles(op: ArithmeticOperator, a: number, b: number): number {
  switch (op) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return a / b;
    case '%':
      return a % b;
  }
}

function onIntegers(op: ArithmeticOperator, a: bigint, b: bigint): bigint {
  switch (op) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    default:
      if (b === 0n) throw new EvaluationError('/ by zero');
      return op === '/' ? a / b : a % b;
  }
}

function onDecimals(op: ArithmeticOperator, a: Operand, b: Operand, result: DecimalType): bigint {
  const { scale: s1 } = asDecimalType(a.type);
  const { scale: s2 } = asDecimalType(b.type);
  const x = a.value as bigint;
  const y = b.value as bigint;
  if (op === '*') return fitted(x * y, result);
  if (op === '/') {
    if (y === 0n) throw new EvaluationError('/ by zero');
    // x / 10^s1 divided by y / 10^s2, at the result's scale: x * 10^(s2 - s1 + scale) / y.
    const dividend = rescaled(x, 0, s2 - s1 + result.scale);
    if (dividend % y !== 0n) throw new EvaluationError('Rounding necessary');
    return fitted(dividend / y, result);
  }
  const scale = Math.max(s1, s2);
  const left = rescaled(x, s1, scale);
  const right = rescaled(y, s2, scale);
  if (op === '%') {
    if (right === 0n) throw new EvaluationError('/ by zero');
    // As Java's BigDecimal.remainder has it: the whole quotient, zeros at its end aside, must fit the precision too.
    const digits = String(left / right).replace(/^-|0+$/g, '');
    if (digits.length > result.precision) {
      throw new EvaluationError('Division impossible');
    }
    return fitted(left % right, result);
  }
  return fitted(op === '+' ? left + right : left - right, result);
}

/** −1, 0 or 1; null where a NaN has no order. Both are numbers and not NULL. */
export function compareNumbers(a: Operand, b: Operand): number | null {
  if (a.type.kind === 'DOUBLE' || b.type.kind === 'DOUBLE') {
    const x = toDouble(a.value, a.type);
    const y = toDouble(b.value, b.type);
    if (Number.isNaN(x) || Number.isNaN(y)) return null;
    return x < y ? -1 : x > y ? 1 : 0;
  }
  const { scale: s1 } = asDecimalType(a.type);
  const { scale: s2 } = asDecimalType(b.type);
  const scale = Math.max(s1, s2);
  const x = rescaled(a.value as bigint, s1, scale);
  const y = rescaled(b.value as bigint, s2, scale);
  return x < y ? -1 : x > y ? 1 : 0;
}

/** CAST of a value that is not NULL. */
export function cast(value: Value, from: Type, to: Type): Value {
  if (from.kind === to.kind && to.kind !== 'DECIMAL') return value;
  switch (to.kind) {
    case 'STRING':
      return textOf(value, from);
    case 'INTEGER':
    case 'BIGINT':
      return toInteger(value, from, to);
    case 'DOUBLE':
      if (from.kind === 'STRING') return parsedNumber(value as string);
      return toDouble(value, from);
    case 'DECIMAL':
      return toDecimal(value, from, to);
    case 'BOOLEAN': {
      const text = (value as string).trim().toLowerCase();
      return text !== '' && ('true'.startsWith(text) || 'yes'.startsWith(text));
    }
    default:
      throw new Error(`no cast to ${to.kind}`);
  }
}

function textOf(value: Value, type: Type): string {
  if (type.kind === 'DOUBLE') return doubleText(value as number);
  if (type.kind === 'DECIMAL') return decimalText(value as bigint, type.scale);
  return String(value);
}

function parsedNumber(text: string): number {
  const trimmed = text.trim();
  if (!/^[+-]?(\d+\.?\d*|\.\d+)$/.test(trimmed)) throw new EvaluationError(`no number: ${text}`);
  return Number(trimmed);
}

function toInteger(value: Value, from: Type, to: Type): bigint {
  const bits = to.kind === 'INTEGER' ? 32n : 64n;
  const max = 2n ** (bits - 1n) - 1n;
  if (from.kind === 'STRING') {
    const text = (value as string).trim();
    if (!/^[+-]?\d+$/.test(text)) throw new EvaluationError(`no number: ${text}`);
    const parsed = BigInt(text.replace('+', ''));
    if (parsed > max || parsed < -max - 1n) throw new EvaluationError(`too large: ${text}`);
    return parsed;
  }
  if (from.kind === 'DOUBLE') {
    const number = value as number;
    if (Number.isNaN(number)) return 0n;
    if (number >= Number(max)) return max;
    return number <= -Number(max) ? -max - 1n : BigInt(Math.trunc(number));
  }
  const whole =
    from.kind === 'DECIMAL' ? (value as bigint) / 10n ** BigInt(from.scale) : (value as bigint);
  return BigInt.asIntN(Number(bits), whole);
}

function toDecimal(value: Value, from: Type, to: DecimalType): bigint {
  if (from.kind === 'STRING') {
    const text = (value as string).trim();
    const exact = parseDecimal(text, 40);
    if (exact === null) throw new EvaluationError(`no number: ${text}`);
    return fitted(halfUp(exact, 40, to.scale), to);
  }
  if (from.kind === 'DOUBLE') {
    const exact = parseDecimal(doubleText(value as number), 40);
    if (exact === null) throw new EvaluationError('not finite');
    return fitted(halfUp(exact, 40, to.scale), to);
  }
  return fitted(halfUp(value as bigint, asDecimalType(from).scale, to.scale), to);
}

/** Ties away from zero. */
export function halfUp(value: bigint, from: number, to: number): bigint {
  if (to >= from) return rescaled(value, from, to);
  const by = 10n ** BigInt(from - to);
  const size = value < 0n ? -value : value;
  const rounded = (size + by / 2n) / by;
  return value < 0n ? -rounded : rounded;
}
