/**
 * Reads numbers, and integers in quotes, straight from the bytes. Where a number is not of the plain kind (a fraction for an
 * INTEGER, an exponent, too many digits) the cursor says -1 and the slow path takes the record.
 */
import type { Bytes } from '../../base/env.ts';
import { fitsPrecision, powerOfTen } from '../../types/decimal.ts';
import { isInt64 } from '../../types/integer.ts';
import { MS_PER_DAY } from '../../types/temporal.ts';
import { asciiText } from '../text.ts';
import { longDouble } from './long-double.ts';
import { type Cursor, type Reader, skipNumber } from './scan.ts';

/** Integers of at most so many digits are exact as doubles. */
const EXACT_DIGITS = 15;

/** An integer of at most 15 digits, or one in quotes. */
export function readInteger(bytes: Bytes, start: number, end: number, cursor: Cursor): number {
  const first = bytes[start] === 0x2d ? start + 1 : start;
  let p = first;
  let value = 0;
  while (p < end) {
    const digit = bytes[p]! - 0x30;
    if (digit < 0 || digit > 9) break;
    value = value * 10 + digit;
    p++;
  }
  const count = p - first;
  if (count === 0 || count > EXACT_DIGITS || continues(bytes, p, end)) {
    return quotedInteger(bytes, start, end, cursor);
  }
  cursor.position = count > 1 && bytes[first] === 0x30 ? -1 : p;
  return first === start ? value : 0 - value;
}

/** Does a fraction or an exponent follow? */
function continues(bytes: Bytes, p: number, end: number): boolean {
  return p < end && (bytes[p] === 0x2e || (bytes[p]! | 0x20) === 0x65);
}

/** The text of an integer as Java reads it: a sign and leading zeros are allowed. */
function quotedInteger(bytes: Bytes, start: number, end: number, cursor: Cursor): number {
  cursor.position = -1;
  if (bytes[start] !== 0x22) return 0;
  let p = start + 1;
  const sign = bytes[p];
  if (sign === 0x2d || sign === 0x2b) p++;
  const first = p;
  let value = 0;
  while (p < end && bytes[p]! >= 0x30 && bytes[p]! <= 0x39) value = value * 10 + bytes[p++]! - 0x30;
  if (p === first || p - first > EXACT_DIGITS || p >= end || bytes[p] !== 0x22) return 0;
  cursor.position = p + 1;
  return sign === 0x2d ? 0 - value : value;
}

export function readInt32(bytes: Bytes, start: number, end: number, cursor: Cursor): number {
  const value = readInteger(bytes, start, end, cursor);
  if (value !== (value | 0)) cursor.position = -1;
  return value | 0;
}

/** Milliseconds of a day, its end included. */
export function readTime(bytes: Bytes, start: number, end: number, cursor: Cursor): number {
  const value = readInteger(bytes, start, end, cursor);
  if (value < 0 || value > MS_PER_DAY) cursor.position = -1;
  return value;
}

export function readBigint(bytes: Bytes, start: number, end: number, cursor: Cursor): bigint {
  const value = readInteger(bytes, start, end, cursor);
  return cursor.position === -1 ? readLongBigint(bytes, start, end, cursor) : BigInt(value);
}

/** Integers of 16 digits and more. */
function readLongBigint(bytes: Bytes, start: number, end: number, cursor: Cursor): bigint {
  const first = bytes[start] === 0x2d ? start + 1 : start;
  const p = skipNumber(bytes, start, end);
  const count = p - first;
  if (p === -1 || count > 19 || count <= EXACT_DIGITS) return 0n;
  let high = 0;
  let low = 0;
  for (let i = first; i < p; i++) {
    const digit = bytes[i]! - 0x30;
    if (digit < 0 || digit > 9) return 0n;
    if (i < p - 9) high = high * 10 + digit;
    else low = low * 10 + digit;
  }
  const magnitude = BigInt(high) * 1_000_000_000n + BigInt(low);
  const value = first === start ? magnitude : -magnitude;
  if (isInt64(value)) cursor.position = p;
  return value;
}

const POWERS: readonly number[] = [
  1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
];

/**
 * The digits of a number without its sign and point; `cursor.fraction` says how many of them stand behind the point. -1 when they
 * are more than 15; and the cursor says -1 when there is an exponent.
 */
function readMantissa(bytes: Bytes, start: number, end: number, cursor: Cursor): number {
  const first = bytes[start] === 0x2d ? start + 1 : start;
  let p = first;
  let value = 0;
  while (p < end) {
    const digit = bytes[p]! - 0x30;
    if (digit < 0 || digit > 9) break;
    value = value * 10 + digit;
    p++;
  }
  let count = p - first;
  cursor.fraction = 0;
  cursor.position = -1;
  if (count === 0 || (count > 1 && bytes[first] === 0x30)) return 0;
  if (p < end && bytes[p] === 0x2e) {
    const fraction = ++p;
    while (p < end) {
      const digit = bytes[p]! - 0x30;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
      p++;
    }
    if (p === fraction) return 0;
    cursor.fraction = p - fraction;
    count += p - fraction;
  }
  if (p >= end || (bytes[p]! | 0x20) !== 0x65) cursor.position = p;
  return count <= EXACT_DIGITS ? value : -1;
}

/**
 * Digits of at most 15 are an exact integer divided by an exact power of ten: one correctly rounded operation. Everything else
 * goes through the engine's own conversion.
 */
export function readDouble(bytes: Bytes, start: number, end: number, cursor: Cursor): number {
  const digits = readMantissa(bytes, start, end, cursor);
  if (digits === -1 || cursor.position === -1) return readUnusualDouble(bytes, start, end, cursor);
  const magnitude = cursor.fraction === 0 ? digits : digits / POWERS[cursor.fraction]!;
  return bytes[start] === 0x2d ? -magnitude : magnitude;
}

function readUnusualDouble(bytes: Bytes, start: number, end: number, cursor: Cursor): number {
  if (cursor.position !== -1) {
    const value = longDouble(bytes, start, cursor.position);
    if (!Number.isNaN(value)) return value;
  }
  const p = skipNumber(bytes, start, end);
  cursor.position = p;
  if (p === -1) return 0;
  const value = Number(asciiText(bytes, start, p));
  if (!Number.isFinite(value)) cursor.position = -1;
  return value;
}

/** Reads a DECIMAL(precision, scale): the unscaled value. Numbers with more fraction digits than the scale are left to the slow path. */
export function decimalReader(precision: number, scale: number): Reader<bigint> {
  return (bytes, start, end, cursor) => {
    const digits = readMantissa(bytes, start, end, cursor);
    if (digits === -1 || cursor.position === -1 || cursor.fraction > scale) {
      cursor.position = -1;
      return 0n;
    }
    const shift = scale - cursor.fraction;
    const magnitude =
      shift < POWERS.length && digits * POWERS[shift]! <= Number.MAX_SAFE_INTEGER
        ? BigInt(digits * POWERS[shift]!)
        : BigInt(digits) * powerOfTen(shift);
    if (!fitsPrecision(magnitude, precision)) cursor.position = -1;
    return bytes[start] === 0x2d ? -magnitude : magnitude;
  };
}
