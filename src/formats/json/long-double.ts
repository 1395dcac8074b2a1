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
import { appendDigits } from './digits.ts';

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

/**
 * The number whose digits are at [first, end), with its point, if it has one, at `point`; without one that is `end`. It is well
 * formed and has neither sign nor exponent. NaN if it has too many digits or is too close to a tie.
 */
export function longDouble(view: DataView, first: number, point: number, end: number): number {
  const fraction = point === end ? 0 : end - point - 1;
  // Zeros at the beginning are no digits of m.
  let start = first;
  if (view.getUint8(first) === 0x30) {
    start = Math.min(point + 1, end);
    while (start < end && view.getUint8(start) === 0x30) start++;
  }
  const count = start < point && fraction > 0 ? end - start - 1 : end - start;
  if (count > DIGITS_MAX || fraction > FRACTION_MAX) return Number.NaN;
  const divisor = POWERS[fraction]!;
  if (count <= FIRST_DIGITS) return spanDigits(view, start, end, point) / divisor;
  // The point is one of the bytes to the split if it comes before.
  const split = start + FIRST_DIGITS + (start < point && point < start + FIRST_DIGITS ? 1 : 0);
  const a = spanDigits(view, start, split, point);
  const b = spanDigits(view, split, end, point);
  return quotient(a, POWERS[count - FIRST_DIGITS]!, b, divisor);
}

/** The digits at [start, end), among which the point may be. */
function spanDigits(view: DataView, start: number, end: number, point: number): number {
  if (point < start || point >= end) return appendDigits(0, view, start, end);
  return appendDigits(appendDigits(0, view, start, point), view, point + 1, end);
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
export function productError(x: number, y: number, product: number): number {
  const scaledX = SPLITTER * x;
  const highX = scaledX - (scaledX - x);
  const lowX = x - highX;
  const scaledY = SPLITTER * y;
  const highY = scaledY - (scaledY - y);
  const lowY = y - highY;
  return highX * highY - product + highX * lowY + lowX * highY + lowX * lowY;
}
