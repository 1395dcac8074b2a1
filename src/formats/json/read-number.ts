/**
 * Reads numbers, and integers in quotes, straight from the bytes. Where a number is not of the plain kind (a fraction for an
 * INTEGER, an exponent, too many digits) the cursor says -1 and the slow path takes the record.
 *
 * Digits are taken four at a time, as bytes of a word: ten times the even ones plus the odd ones gives two numbers of two digits,
 * and those give one of four. Measured on 13 digits: 8 ns rather than 35.
 */
import type { Bytes } from '../../base/env.ts';
import { fitsPrecision, powerOfTen } from '../../types/decimal.ts';
import { isInt64 } from '../../types/integer.ts';
import { MS_PER_DAY } from '../../types/temporal.ts';
import { asciiText } from '../text.ts';
import { longDouble } from './long-double.ts';
import { type Cursor, type Reader, skipDigits, skipFixedPoint, skipNumber } from './scan.ts';

/** Integers of at most so many digits are exact as doubles. */
const EXACT_DIGITS = 15;

const POWERS: readonly number[] = [
  1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
];

/** The number that the digits of a word make, the lowest byte first; bytes of zero count as the digit 0. */
function fourDigits(word: number): number {
  const digits = word & 0x0f0f0f0f;
  const pairs = digits * 10 + (digits >>> 8);
  return (pairs & 0xff) * 100 + ((pairs >>> 16) & 0xff);
}

/** `before`, followed by the digits in bytes[start, end). Exact for up to 15 digits. */
function appendDigits(
  before: number,
  bytes: Bytes,
  start: number,
  end: number,
  view: DataView,
): number {
  let value = before;
  let p = start;
  for (; end - p >= 4; p += 4) value = value * 10_000 + fourDigits(view.getInt32(p, true));
  for (; p < end; p++) value = value * 10 + bytes[p]! - 0x30;
  return value;
}

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
  const value = appendDigits(0, bytes, first, p, view);
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
  const value = appendDigits(0, bytes, first, p, cursor.view);
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

/** Through these eight bytes an integer becomes a bigint in 3 ns; the function `BigInt` takes 20. */
const exchange: DataView = new DataView(new ArrayBuffer(8));

function safeBigint(value: number): bigint {
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
  const low = appendDigits(0, bytes, p - 9, p, cursor.view);
  const high = appendDigits(0, bytes, first, p - 9, cursor.view);
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
  const value = appendDigits(0, bytes, first, point, view);
  if (point >= end || bytes[point] !== 0x2e) {
    if (!continues(bytes, point, end)) cursor.position = point;
    return point - first <= EXACT_DIGITS ? value : -1;
  }
  const p = skipDigits(bytes, point + 1, end, view);
  if (p === point + 1) return 0;
  cursor.fraction = p - point - 1;
  if (!continues(bytes, p, end)) cursor.position = p;
  return p - first - 1 <= EXACT_DIGITS ? appendDigits(value, bytes, point + 1, p, view) : -1;
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
  const p = skipNumber(bytes, start, end, cursor);
  cursor.position = p;
  if (p === -1) return 0;
  const value = Number(asciiText(bytes, start, p));
  if (!Number.isFinite(value)) cursor.position = -1;
  return value;
}

/** A DOUBLE that nobody needs: without an exponent no number of less than 300 digits is out of range. */
export function checkDouble(bytes: Bytes, start: number, end: number, cursor: Cursor): number {
  const p = skipFixedPoint(bytes, start, end, cursor);
  if (p === -1 || p - start > 300) return -1;
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
      shift < POWERS.length && digits * POWERS[shift]! <= Number.MAX_SAFE_INTEGER
        ? BigInt(digits * POWERS[shift]!)
        : BigInt(digits) * powerOfTen(shift);
    if (!fitsPrecision(magnitude, precision)) cursor.position = -1;
    return bytes[start] === 0x2d ? -magnitude : magnitude;
  };
}
