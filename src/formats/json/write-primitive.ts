/**
 * Writes SQL values that are no containers as JSON bytes: at a position of an array that has room for the most such a value can
 * take. Each returns the position behind it.
 */
import type { Bytes } from '../../base/env.ts';
import { bytesToBase64 } from '../../types/base64.ts';
import { decimalText } from '../../types/decimal.ts';
import { javaDoubleText } from '../../types/java-text.ts';
import { writeShortest } from './shortest-double.ts';
import { fourDigitsWord, writeDigits } from './write-digits.ts';

/** Room that every number but a DECIMAL fits in, and `null` and the booleans. */
export const NUMBER_BYTES_MAX = 26;

/** Writes ASCII text. */
function writeAscii(bytes: Bytes, position: number, text: string): number {
  for (let i = 0; i < text.length; i++) bytes[position + i] = text.charCodeAt(i);
  return position + text.length;
}

export function writeNull(bytes: Bytes, position: number): number {
  bytes[position] = 0x6e;
  bytes[position + 1] = 0x75;
  bytes[position + 2] = 0x6c;
  bytes[position + 3] = 0x6c;
  return position + 4;
}

export function writeBoolean(bytes: Bytes, position: number, value: boolean): number {
  return writeAscii(bytes, position, value ? 'true' : 'false');
}

/** INTEGER and the temporal types: any safe integer. */
export function writeInteger(
  bytes: Bytes,
  position: number,
  value: number,
  view: DataView,
): number {
  if (value >= 0) return writeDigits(view, position, value);
  bytes[position] = 0x2d;
  return writeDigits(view, position + 1, -value);
}

/** Through these eight bytes a bigint becomes two integers without a call. */
const exchange: DataView = new DataView(new ArrayBuffer(8));
const TWO_32 = 4_294_967_296;
/** The high words of the integers that a double holds exactly. */
const SAFE_HIGH = 0x1fffff;

export function writeBigint(bytes: Bytes, position: number, value: bigint, view: DataView): number {
  exchange.setBigInt64(0, value, true);
  const high = exchange.getInt32(4, true);
  if (high >= SAFE_HIGH || high < -SAFE_HIGH) return writeAscii(bytes, position, value.toString());
  return writeInteger(bytes, position, high * TWO_32 + exchange.getUint32(0, true), view);
}

/**
 * As Java's Double.toString; NaN and the infinities in quotes.
 *
 * Making text of a double is slow (100 ns and more), so doubles of few digits are found by trial: if v·100 is within rounding of
 * an integer n below 10^15, and n / 100 is v again, then n's digits, having at most 15, are the shortest that read back as v. For
 * those of many digits there is `writeShortest`.
 */
export function writeDouble(bytes: Bytes, position: number, value: number, view: DataView): number {
  const magnitude = value < 0 ? -value : value;
  if ((magnitude >= 1e-3 && magnitude < 1e7) || Object.is(value, 0)) {
    const hundredths = Math.round(magnitude * 100);
    if (hundredths / 100 === magnitude)
      return writeFraction(bytes, position, value, hundredths, 2, view);
    const millionths = Math.round(magnitude * 1e6);
    if (millionths / 1e6 === magnitude)
      return writeFraction(bytes, position, value, millionths, 6, view);
    return writeLongDouble(bytes, position, value, magnitude, view);
  }
  if (magnitude >= 1e7 && magnitude < 1e15 && Number.isInteger(magnitude)) {
    return writeLargeInteger(bytes, position, value, magnitude, view);
  }
  const text = javaDoubleText(value);
  return writeAscii(bytes, position, Number.isFinite(value) ? text : `"${text}"`);
}

/** Java prints these as JavaScript does, since whole numbers have been dealt with. */
function writeLongDouble(
  bytes: Bytes,
  position: number,
  value: number,
  magnitude: number,
  view: DataView,
): number {
  const start = value < 0 ? position + 1 : position;
  const end = writeShortest(bytes, start, magnitude, view);
  if (end === -1) return writeAscii(bytes, position, String(value));
  if (value < 0) bytes[position] = 0x2d;
  return end;
}

/** An integer from 10^7 to 10^15 as `d.dddE<exponent>`; the sign is that of `value`. */
function writeLargeInteger(
  bytes: Bytes,
  position: number,
  value: number,
  magnitude: number,
  view: DataView,
): number {
  let p = position;
  if (value < 0) bytes[p++] = 0x2d;
  const end = writeDigits(view, p + 1, magnitude);
  const exponent = end - p - 2;
  bytes[p] = bytes[p + 1]!;
  bytes[p + 1] = 0x2e;
  let last = end - 1;
  while (last > p + 2 && bytes[last] === 0x30) last--;
  bytes[last + 1] = 0x45;
  return writeDigits(view, last + 2, exponent);
}

/** Writes digits / 10^scale without trailing zeros, but with one digit behind the point at least; the sign is that of `value`. */
function writeFraction(
  bytes: Bytes,
  position: number,
  value: number,
  digits: number,
  scale: number,
  view: DataView,
): number {
  let p = position;
  if (value < 0) bytes[p++] = 0x2d;
  const unit = scale === 2 ? 100 : 1e6;
  const whole = Math.floor(digits / unit);
  const fraction = (digits - whole * unit) | 0;
  p = writeDigits(view, p, whole);
  bytes[p] = 0x2e;
  if (scale === 2) {
    view.setInt16(p + 1, fourDigitsWord(fraction) >> 16, true);
  } else {
    const high = (fraction / 10_000) | 0;
    view.setInt16(p + 1, fourDigitsWord(high) >> 16, true);
    view.setInt32(p + 3, fourDigitsWord(fraction - high * 10_000), true);
  }
  let last = p + scale;
  while (last > p + 1 && bytes[last] === 0x30) last--;
  return last + 1;
}

/** Room for a DECIMAL: its digits, sign, point and a zero before it. */
export function decimalBytesMax(precision: number): number {
  return precision + 3;
}

/** Plain digits that keep the scale. */
export function writeDecimal(bytes: Bytes, position: number, value: bigint, scale: number): number {
  return writeAscii(bytes, position, decimalText(value, scale));
}

/** Room for BYTES as text. */
export function base64BytesMax(length: number): number {
  return 4 * Math.ceil(length / 3) + 2;
}

export function writeBase64(bytes: Bytes, position: number, value: Uint8Array): number {
  bytes[position] = 0x22;
  const p = writeAscii(bytes, position + 1, bytesToBase64(value));
  bytes[p] = 0x22;
  return p + 1;
}
