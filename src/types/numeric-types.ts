/** How numeric types widen and what arithmetic makes of them (spec: sql-statements.md §2, §3.3). */
import type { SqlType } from './type.ts';

export type DecimalType = Extract<SqlType, { kind: 'DECIMAL' }>;
export type ArithmeticOperator = '+' | '-' | '*' | '/' | '%';

const INTEGER_AS_DECIMAL: DecimalType = { kind: 'DECIMAL', precision: 10, scale: 0 };
const BIGINT_AS_DECIMAL: DecimalType = { kind: 'DECIMAL', precision: 19, scale: 0 };

export function isNumeric(type: SqlType): boolean {
  return (
    type.kind === 'INTEGER' ||
    type.kind === 'BIGINT' ||
    type.kind === 'DECIMAL' ||
    type.kind === 'DOUBLE'
  );
}

/** The decimal an INTEGER, BIGINT or DECIMAL counts as; null for every other type. */
export function asDecimalType(type: SqlType): DecimalType | null {
  switch (type.kind) {
    case 'INTEGER':
      return INTEGER_AS_DECIMAL;
    case 'BIGINT':
      return BIGINT_AS_DECIMAL;
    case 'DECIMAL':
      return type;
    default:
      return null;
  }
}

/** The least decimal that holds every value of both. */
export function widenDecimals(a: DecimalType, b: DecimalType): DecimalType {
  const scale = Math.max(a.scale, b.scale);
  const digits = Math.max(a.precision - a.scale, b.precision - b.scale);
  return { kind: 'DECIMAL', precision: digits + scale, scale };
}

/** The type both convert to without loss, along INTEGER → BIGINT → DECIMAL → DOUBLE; null unless both are numeric. */
export function numericCommonType(a: SqlType, b: SqlType): SqlType | null {
  if (!isNumeric(a) || !isNumeric(b)) return null;
  if (a.kind === 'DOUBLE' || b.kind === 'DOUBLE') return { kind: 'DOUBLE' };
  if (a.kind === 'DECIMAL' || b.kind === 'DECIMAL')
    return widenDecimals(asDecimalType(a)!, asDecimalType(b)!);
  return { kind: a.kind === 'BIGINT' || b.kind === 'BIGINT' ? 'BIGINT' : 'INTEGER' };
}

/** Precision and scale of an operation on two decimals. */
export function decimalResultType(
  operator: ArithmeticOperator,
  left: DecimalType,
  right: DecimalType,
): DecimalType {
  const wider = Math.max(left.scale, right.scale);
  const digitsLeft = left.precision - left.scale;
  const digitsRight = right.precision - right.scale;
  switch (operator) {
    case '+':
    case '-':
      return decimal(wider + Math.max(digitsLeft, digitsRight) + 1, wider);
    case '*':
      return decimal(left.precision + right.precision + 1, left.scale + right.scale);
    case '/': {
      const scale = Math.max(6, left.scale + right.precision + 1);
      return decimal(digitsLeft + right.scale + scale, scale);
    }
    case '%':
      return decimal(Math.min(digitsLeft, digitsRight) + wider, wider);
  }
}

/**
 * The type of `left operator right`: numeric for two numbers, STRING for `+` on two strings, null if the operands do not go
 * together (the caller words the error).
 */
export function arithmeticResultType(
  operator: ArithmeticOperator,
  left: SqlType,
  right: SqlType,
): SqlType | null {
  if (left.kind === 'STRING' && right.kind === 'STRING')
    return operator === '+' ? { kind: 'STRING' } : null;
  const common = numericCommonType(left, right);
  if (common === null || common.kind !== 'DECIMAL') return common;
  return decimalResultType(operator, asDecimalType(left)!, asDecimalType(right)!);
}

function decimal(precision: number, scale: number): DecimalType {
  return { kind: 'DECIMAL', precision, scale };
}
