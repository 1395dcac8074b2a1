/**
 * INTEGER and BIGINT arithmetic as Java does it: two's complement, wrapping around on overflow, division towards zero, division
 * by zero an evaluation error (spec: sql-statements.md §3.3).
 */

const INT32_MIN = -2_147_483_648;
const INT32_MAX = 2_147_483_647;
const INT64_MIN: bigint = -(2n ** 63n);
const INT64_MAX: bigint = 2n ** 63n - 1n;
/** The doubles between which every value has an exact bigint that fits 64 bits. */
const TWO_63 = 2 ** 63;

/** The low 32 bits of a bigint, signed. */
export function bigintToInt32(value: bigint): number {
  return Number(BigInt.asIntN(32, value));
}

/** The low 64 bits, signed. */
export function wrapInt64(value: bigint): bigint {
  return BigInt.asIntN(64, value);
}

/** Is the value one that BIGINT can hold? */
export function isInt64(value: bigint): boolean {
  return value >= INT64_MIN && value <= INT64_MAX;
}

/** Towards zero, saturating at the limits; NaN gives 0. */
export function doubleToInt32(value: number): number {
  if (value >= INT32_MAX) return INT32_MAX;
  if (value <= INT32_MIN) return INT32_MIN;
  return value | 0;
}

/** Towards zero, saturating at the limits; NaN gives 0. */
export function doubleToInt64(value: number): bigint {
  if (value >= TWO_63) return INT64_MAX;
  if (value <= -TWO_63) return INT64_MIN;
  return Number.isNaN(value) ? 0n : BigInt(Math.trunc(value));
}

/** The error for a zero divisor, in Java's words. */
function divisionByZero(): Error {
  return new Error('/ by zero');
}

/** Truncates; the least INTEGER divided by -1 is itself. */
export function divideInt32(a: number, b: number): number {
  if (b === 0) throw divisionByZero();
  return (a / b) | 0;
}

/** The sign follows the dividend; never -0. */
export function remainderInt32(a: number, b: number): number {
  if (b === 0) throw divisionByZero();
  return (a % b) | 0;
}

/** Truncates; the least BIGINT divided by -1 is itself. */
export function divideInt64(a: bigint, b: bigint): bigint {
  if (b === 0n) throw divisionByZero();
  return BigInt.asIntN(64, a / b);
}

/** The sign follows the dividend. */
export function remainderInt64(a: bigint, b: bigint): bigint {
  if (b === 0n) throw divisionByZero();
  return a % b;
}
