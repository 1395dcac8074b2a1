/**
 * Writes doubles of 15 to 17 digits, such as computed measures have, as the shortest decimal that reads back as the same double:
 * 55 ns, where making text of one and copying it takes 115.
 *
 * For v in [10^e, 10^(e+1)) the number N = v·10^(16-e) has 17 digits before its point. As the sum of two doubles it is exact
 * (Dekker 1971, as in long-double.ts). It is kept as a·10^8 + r, where a are the first nine digits. A decimal reads back as v if it
 * is nearer to N than half the distance between v and the next double, δ. So of the decimals of 17, 16 and 15 digits next to N the
 * shortest that is nearer than δ is the one; what is shorter yet is the one of 15 digits with zeros at its end. Where a distance
 * is next to δ or to a tie, and at powers of two, where the next doubles are not equally far, the caller converts to text.
 */
import type { Bytes } from '../../base/env.ts';
import { writeEightDigits, writeNineDigits } from './write-digits.ts';
import { productError } from './long-double.ts';

const FIRST = 1e8;
const TOLERANCE = 1e-6;
const exchange: DataView = new DataView(new ArrayBuffer(8));
const POWERS: readonly number[] = Array.from({ length: 23 }, (_, n) => Number(`1e${n}`));

/**
 * Writes `magnitude`, in [10^-3, 10^7) and no integer, at `position`, where there is room for 24 bytes. Returns the position
 * behind it, or -1 if it does not know.
 */
export function writeShortest(
  bytes: Bytes,
  position: number,
  magnitude: number,
  view: DataView,
): number {
  exchange.setFloat64(0, magnitude, true);
  const high = exchange.getInt32(4, true);
  if (exchange.getInt32(0, true) === 0 && (high & 0xfffff) === 0) return -1;
  const exponent = decimalExponent(magnitude);
  const power = POWERS[16 - exponent]!;
  const product = magnitude * power;
  let a = Math.floor(product / FIRST);
  // Both differences are exact: a·10^8 has at most 49 bits besides its zeros.
  const r = product - a * FIRST + productError(magnitude, power, product);
  // 2^-53 of the power of two below v, scaled.
  exchange.setInt32(4, (high & 0x7ff00000) - (53 << 20), true);
  exchange.setInt32(0, 0, true);
  let b = nearestShort(r, exchange.getFloat64(0, true) * power);
  if (Number.isNaN(b)) return -1;
  if (b >= FIRST || b < 0) {
    const carry = b < 0 ? -1 : 1;
    b -= carry * FIRST;
    a += carry;
  }
  if (a < 1e8 || a >= 1e9) return -1;
  return writePlain(bytes, position, a, b, exponent, view);
}

/** For v in [10^-3, 10^7): the exponent of its first digit. */
function decimalExponent(v: number): number {
  if (v >= 1)
    return v >= 1e3
      ? v >= 1e5
        ? v >= 1e6
          ? 6
          : 5
        : v >= 1e4
          ? 4
          : 3
      : v >= 1e2
        ? 2
        : v >= 10
          ? 1
          : 0;
  return v >= 0.1 ? -1 : v >= 0.01 ? -2 : -3;
}

/** The multiple of 100, else of 10, else the integer that is next to r and nearer than delta; NaN where that is uncertain. */
function nearestShort(r: number, delta: number): number {
  for (let unit = 100; unit >= 1; unit /= 10) {
    const candidate = Math.round(r / unit) * unit;
    const distance = Math.abs(candidate - r);
    if (Math.abs(distance - delta) < TOLERANCE) return Number.NaN;
    if (distance < delta) {
      return Math.abs(distance - unit / 2) < TOLERANCE ? Number.NaN : candidate;
    }
  }
  return Number.NaN;
}

/** The digits of a·10^8 + b, seventeen, with the point where the exponent says and without zeros at the end. */
function writePlain(
  bytes: Bytes,
  position: number,
  a: number,
  b: number,
  exponent: number,
  view: DataView,
): number {
  let start = position;
  if (exponent < 0) {
    bytes[start++] = 0x30;
    bytes[start++] = 0x2e;
    for (let i = -1; i > exponent; i--) bytes[start++] = 0x30;
    writeEightDigits(view, writeNineDigits(view, start, a), b);
  } else {
    // All digits one place to the right, then those before the point back.
    writeEightDigits(view, writeNineDigits(view, start + 1, a), b);
    for (let i = 0; i <= exponent; i++) bytes[start + i] = bytes[start + i + 1]!;
    bytes[start + exponent + 1] = 0x2e;
    start++;
  }
  let end = start + 17;
  while (bytes[end - 1] === 0x30) end--;
  return end;
}
