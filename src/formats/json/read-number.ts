/**
 * Reads numbers, and integers in quotes, straight from the bytes. Where a number is not of the plain kind (a fraction for an
 * INTEGER, an exponent, too many digits) the cursor says -1 and the slow path takes the record.
 */
import type { Bytes } from '../../base/env.ts';
import { fitsPrecision, powerOfTen } from '../../types/decimal.ts';
import { isInt64 } from '../../types/integer.ts';
import { MS_PER_DAY } from '../../types/temporal.ts';
import { asciiText } from '../text.ts';
import { appendDigits } from './digits.ts';
import { longDouble } from './long-double.ts';
import { type Cursor, type Reader, skipDigits, skipFixedPoint, skipNumber } from './scan.ts';

/** Integers of at most so many digits are exact as doubles. */
const EXACT_DIGITS = 15;

/** Those that are exact as doubles and divide fifteen digits. */
export const POWERS_OF_TEN: readonly number[] = [
  1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
];

/** An integer of at most 15 digits, or one in quotes. */
export function readInteger(bytes: Bytes, start: number, end: number, cursor: Cursor): number {
  const { view } = cursor;
  const first = bytes[start] === 0x2d ? start + 1 : start;
  const p = skipDigits(bytes, first, end, view);
  const count = p - first;
  if (count === 0 || count > EXACT_DIGITS || continues(bytes, p, end)) {
    return quotedInteger(bytes, start, end, cursor);
  }
  cursor.position = count > 1 && bytes[first] === 0x30 ? -1 : p;
  const value = appendDigits(0, view, first, p);
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
  const sign = bytes[start + 1];
  const first = sign === 0x2d || sign === 0x2b ? start + 2 : start + 1;
  const p = skipDigits(bytes, first, end, cursor.view);
  if (p === first || p - first > EXACT_DIGITS || p >= end || bytes[p] !== 0x22) return 0;
  cursor.position = p + 1;
  const value = appendDigits(0, cursor.view, first, p);
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

/** Through these eight bytes an integer becomes a bigint without a call. */
const exchange: DataView = new DataView(new ArrayBuffer(8));

/** The bigint of an integer that a double holds exactly. */
export function safeBigint(value: number): bigint {
  exchange.setInt32(0, value, true);
  exchange.setInt32(4, Math.floor(value / 4_294_967_296), true);
  return exchange.getBigInt64(0, true);
}

export function readBigint(bytes: Bytes, start: number, end: number, cursor: Cursor): bigint {
  const value = readInteger(bytes, start, end, cursor);
  return cursor.position === -1 ? readLongBigint(bytes, start, end, cursor) : safeBigint(value);
}

/** A BIGINT that nobody needs. */
export function checkBigint(bytes: Bytes, start: number, end: number, cursor: Cursor): number {
  readInteger(bytes, start, end, cursor);
  if (cursor.position === -1) readLongBigint(bytes, start, end, cursor);
  return cursor.position;
}

/** Integers of 16 digits and more. */
function readLongBigint(bytes: Bytes, start: number, end: number, cursor: Cursor): bigint {
  const first = bytes[start] === 0x2d ? start + 1 : start;
  const p = skipNumber(bytes, start, end, cursor);
  const count = p - first;
  if (p === -1 || count > 19 || count <= EXACT_DIGITS) return 0n;
  if (skipDigits(bytes, first, p, cursor.view) !== p) return 0n;
  const low = appendDigits(0, cursor.view, p - 9, p);
  const high = appendDigits(0, cursor.view, first, p - 9);
  const magnitude = BigInt(high) * 1_000_000_000n + BigInt(low);
  const value = first === start ? magnitude : -magnitude;
  if (isInt64(value)) cursor.position = p;
  return value;
}

/**
 * The digits of a number without its sign and point; `cursor.fraction` says how many of them stand behind the point. -1 when they
 * are more than 15; and the cursor says -1 when there is an exponent.
 */
function readMantissa(bytes: Bytes, start: number, end: number, cursor: Cursor): number {
  const { view } = cursor;
  const first = bytes[start] === 0x2d ? start + 1 : start;
  const point = skipDigits(bytes, first, end, view);
  cursor.fraction = 0;
  cursor.position = -1;
  if (point === first || (point > first + 1 && bytes[first] === 0x30)) return 0;
  const value = appendDigits(0, view, first, point);
  if (point >= end || bytes[point] !== 0x2e) {
    if (!continues(bytes, point, end)) cursor.position = point;
    return point - first <= EXACT_DIGITS ? value : -1;
  }
  const p = skipDigits(bytes, point + 1, end, view);
  if (p === point + 1) return 0;
  cursor.fraction = p - point - 1;
  if (!continues(bytes, p, end)) cursor.position = p;
  return p - first - 1 <= EXACT_DIGITS ? appendDigits(value, view, point + 1, p) : -1;
}

/**
 * Digits of at most 15 are an exact integer divided by an exact power of ten: one correctly rounded operation. Everything else
 * goes through the engine's own conversion.
 */
export function readDouble(bytes: Bytes, start: number, end: number, cursor: Cursor): number {
  const digits = readMantissa(bytes, start, end, cursor);
  if (digits === -1 || cursor.position === -1) return readUnusualDouble(bytes, start, end, cursor);
  const magnitude = cursor.fraction === 0 ? digits : digits / POWERS_OF_TEN[cursor.fraction]!;
  return bytes[start] === 0x2d ? -magnitude : magnitude;
}

function readUnusualDouble(bytes: Bytes, start: number, end: number, cursor: Cursor): number {
  if (cursor.position !== -1) {
    const { position, fraction } = cursor;
    const isNegative = bytes[start] === 0x2d;
    const point = fraction === 0 ? position : position - fraction - 1;
    const value = longDouble(cursor.view, isNegative ? start + 1 : start, point, position);
    if (!Number.isNaN(value)) return isNegative ? -value : value;
  }
  const p = skipNumber(bytes, start, end, cursor);
  cursor.position = p;
  if (p === -1) return 0;
  const value = Number(asciiText(bytes, start, p));
  if (!Number.isFinite(value)) cursor.position = -1;
  return value;
}

/** Without an exponent no number of fewer bytes is out of a DOUBLE's range. */
export const DOUBLE_BYTES_MAX = 300;

/** A DOUBLE that nobody needs. */
export function checkDouble(bytes: Bytes, start: number, end: number, cursor: Cursor): number {
  const p = skipFixedPoint(bytes, start, end, cursor);
  if (p === -1 || p - start > DOUBLE_BYTES_MAX) return -1;
  return p < end && (bytes[p]! | 0x20) === 0x65 ? -1 : p;
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
      shift < POWERS_OF_TEN.length && digits * POWERS_OF_TEN[shift]! <= Number.MAX_SAFE_INTEGER
        ? BigInt(digits * POWERS_OF_TEN[shift]!)
        : BigInt(digits) * powerOfTen(shift);
    if (!fitsPrecision(magnitude, precision)) cursor.position = -1;
    return bytes[start] === 0x2d ? -magnitude : magnitude;
  };
}
