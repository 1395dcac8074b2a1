/**
 * Numbers as they are written to the values they stand for (spec §1). What does not fit is refused in ksqlDB's words, with its
 * position: unlike in other messages, the column counts from 0 and then has 2 added, which is what ksqlDB prints.
 */
import { problem, type ProblemError, type Span } from '../src/base/errors.ts';
import type { DecimalLiteral, DoubleLiteral, IntegerLiteral } from './ast.ts';
import { decimalDigitsMax } from './limits.ts';
import { position } from './position.ts';

const INTEGER_MAX = 2n ** 31n - 1n;
const INTEGER_MIN = -(2n ** 31n);
const BIGINT_MAX = 2n ** 63n - 1n;
const BIGINT_MIN = -(2n ** 63n);
/** More digits than any BIGINT has, leading zeros included or not: longer texts need not become numbers to be refused. */
const SIGNIFICANT_DIGITS_MAX = 19;

/** `digits` may start with `-`. */
export function integerLiteral(sql: string, digits: string, span: Span): IntegerLiteral {
  const significant = digits.replace(/^-?0*/, '');
  if (significant.length > SIGNIFICANT_DIGITS_MAX) throw invalidNumber(sql, digits, span);
  const value = BigInt(digits);
  if (value > BIGINT_MAX || value < BIGINT_MIN) throw invalidNumber(sql, digits, span);
  const type = value > INTEGER_MAX || value < INTEGER_MIN ? 'BIGINT' : 'INTEGER';
  return { kind: 'integer', value, type, span };
}

/** `text` is what stands in the SQL, perhaps with `-`. */
export function doubleLiteral(sql: string, text: string, span: Span): DoubleLiteral {
  const value = Number(text);
  if (!Number.isFinite(value)) {
    throw refused(sql, `Number overflows DOUBLE: ${text}`, span);
  }
  return { kind: 'double', value, span };
}

/** `text` is what stands in the SQL, bare or in `DECIMAL '…'`: with a sign and an exponent or without. */
export function decimalLiteral(sql: string, text: string, span: Span): DecimalLiteral {
  const parts = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,9}))?$/.exec(text.trim());
  const whole = parts?.[2] ?? '';
  const fraction = parts?.[3] ?? '';
  const exponent = Number(parts?.[4] ?? '0');
  if (parts === null || whole.length + fraction.length === 0) throw invalidNumber(sql, text, span);
  if (whole.length + fraction.length + Math.abs(exponent) > decimalDigitsMax) {
    throw problem('parse.number-too-long', `Invalid numeric literal: ${text.slice(0, 100)}…`, {
      detail: `A DECIMAL has at most ${decimalDigitsMax} digits.`,
      span,
    });
  }
  const shifted = shift(whole, fraction, exponent);
  const digits = shifted.whole.replace(/^0+(?=\d)/, '') || '0';
  const isZero = /^0*$/.test(digits + shifted.fraction);
  const sign = parts[1] === '-' && !isZero ? '-' : '';
  const point = shifted.fraction === '' ? '' : '.';
  return { kind: 'decimal', text: `${sign}${digits}${point}${shifted.fraction}`, span };
}

/** Moves the point by `exponent` places to the right. */
function shift(
  whole: string,
  fraction: string,
  exponent: number,
): { readonly whole: string; readonly fraction: string } {
  if (exponent >= 0) {
    const padded = fraction.padEnd(exponent, '0');
    return { whole: whole + padded.slice(0, exponent), fraction: padded.slice(exponent) };
  }
  const padded = whole.padStart(-exponent, '0');
  const cut = padded.length + exponent;
  return { whole: padded.slice(0, cut), fraction: padded.slice(cut) + fraction };
}

/** The error for digits that are no number we can hold. */
export function invalidNumber(sql: string, text: string, span: Span): ProblemError {
  return refused(sql, `Invalid numeric literal: ${text}`, span);
}

function refused(sql: string, message: string, span: Span): ProblemError {
  const { line, column } = position(sql, span.start);
  return problem(
    'parse.number',
    `Failed to prepare statement: line ${line}:${column + 1}: ${message}`,
    { span },
  );
}
