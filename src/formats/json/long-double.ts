/**
 * Doubles of 16 to 19 digits, such as computed measures and coordinates have: correctly rounded without the engine's text
 * conversion (20 ns rather than 120).
 *
 * The digits are an integer m = a·10^k + b, where a are the first 15. As the sum of two doubles, high + low, m is exact, since it
 * has at most 64 bits: products and sums are split into their rounded value and the exact error of rounding (Dekker 1971). Dividing
 * by p = 10^fraction gives q = high / p, rounded, and a correction c = (high - q·p + low) / p, whose relative error is far below
 * 10^-10. If q + c rounds to the same double for every c within 10^-10 of it, that is the nearest double; otherwise the value lies
 * next to the middle between two doubles, and the caller converts the text.
 */
import type { Bytes } from '../../base/env.ts';

const FIRST_DIGITS = 15;
const DIGITS_MAX = 19;
/** The largest power of ten that is a double exactly. */
const FRACTION_MAX = 22;
const POWERS: readonly number[] = Array.from({ length: FRACTION_MAX + 1 }, (_, n) =>
  Number(`1e${n}`),
);
/** Veltkamp's constant, 2^27 + 1. */
const SPLITTER = 134_217_729;
const TOLERANCE = 1e-10;

/** The number in bytes[start, end), which is well formed and has no exponent; NaN if it has too many digits or is too close to a tie. */
export function longDouble(bytes: Bytes, start: number, end: number): number {
  const first = bytes[start] === 0x2d ? start + 1 : start;
  let a = 0;
  let b = 0;
  let count = 0;
  let fraction = 0;
  for (let p = first; p < end; p++) {
    const digit = bytes[p]! - 0x30;
    if (digit === 0x2e - 0x30) {
      fraction = end - p - 1;
      continue;
    }
    // Zeros at the beginning are no digits of m.
    if (count === 0 && digit === 0) continue;
    if (count < FIRST_DIGITS) a = a * 10 + digit;
    else b = b * 10 + digit;
    count++;
  }
  if (count > DIGITS_MAX || fraction > FRACTION_MAX) return Number.NaN;
  const divisor = POWERS[fraction]!;
  const magnitude =
    count <= FIRST_DIGITS ? a / divisor : quotient(a, POWERS[count - FIRST_DIGITS]!, b, divisor);
  return first === start ? magnitude : -magnitude;
}

/** (a·power + b) / divisor, rounded to nearest; NaN if that is uncertain. */
function quotient(a: number, power: number, b: number, divisor: number): number {
  const product = a * power;
  const high = product + b;
  // Exact, as |product| ≥ |b|, and both parts of the sum below are multiples of one with few bits.
  const low = productError(a, power, product) + (b - (high - product));
  const q = high / divisor;
  const back = q * divisor;
  const remainder = high - back - productError(q, divisor, back);
  const c = (remainder + low) / divisor;
  const value = q + c * (1 + TOLERANCE);
  return value === q + c * (1 - TOLERANCE) ? value : Number.NaN;
}

/** x·y - product, exactly, where product is x·y rounded. */
function productError(x: number, y: number, product: number): number {
  const scaledX = SPLITTER * x;
  const highX = scaledX - (scaledX - x);
  const lowX = x - highX;
  const scaledY = SPLITTER * y;
  const highY = scaledY - (scaledY - y);
  const lowY = y - highY;
  return highX * highY - product + highX * lowY + lowX * highY + lowX * lowY;
}
