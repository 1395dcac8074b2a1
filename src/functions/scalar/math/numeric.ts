/** Helpers of the numeric functions: the three overloads most have, and decimal rounding. */
import { problem } from '../../../base/errors.ts';
import { decimalToDouble, doubleToDecimal, powerOfTen } from '../../../types/decimal.ts';
import type { SqlType } from '../../../types/type.ts';
import type { ScalarOverload } from '../../define.ts';
import { strict } from '../scalar.ts';

/** `(N) -> DOUBLE` for INTEGER, BIGINT and DOUBLE; a DECIMAL reaches the last by an implicit cast. */
export function doubleOverloads(
  call: (value: number) => number,
  result = 'DOUBLE',
): readonly ScalarOverload[] {
  return [
    strict(`(INTEGER value) -> ${result}`, call),
    strict(`(BIGINT value) -> ${result}`, (value: bigint) => call(Number(value))),
    strict(`(DOUBLE value) -> ${result}`, call),
  ];
}

/** Two-argument variant: both arguments are INTEGER, both BIGINT or both DOUBLE. */
export function doublePairOverloads(
  first: string,
  second: string,
  call: (first: number, second: number) => number,
): readonly ScalarOverload[] {
  const signature = (type: string): string => `(${type} ${first}, ${type} ${second}) -> DOUBLE`;
  return [
    strict(signature('INTEGER'), call),
    strict(signature('BIGINT'), (a: bigint, b: bigint) => call(Number(a), Number(b))),
    strict(signature('DOUBLE'), call),
  ];
}

/** `ties-up` sends halves toward positive infinity: 1.5 to 2, -1.5 to -1. */
export type RoundingMode = 'toward-zero' | 'ties-up';

/** `value / divisor` rounded to an integer. */
function divideRounded(value: bigint, divisor: bigint, mode: RoundingMode): bigint {
  const quotient = value / divisor;
  const rest = value % divisor;
  if (mode === 'toward-zero') return quotient;
  if (rest * 2n >= divisor) return quotient + 1n;
  return -rest * 2n > divisor ? quotient - 1n : quotient;
}

/** The scale of a DECIMAL argument; 0 for an untyped NULL, whose value is never looked at. */
export function scaleOf(type: SqlType | null | undefined): number {
  return type?.kind === 'DECIMAL' ? type.scale : 0;
}

/** DECIMAL(p - s, 0) for an argument of DECIMAL(p, s); refuses a type without integer digits. */
export function integerPart(args: readonly (SqlType | null)[]): SqlType {
  const type = args[0];
  if (type?.kind !== 'DECIMAL') return { kind: 'DECIMAL', precision: 38, scale: 0 };
  const precision = type.precision - type.scale;
  if (precision < 1) {
    throw problem(
      'functions.no-integer-digits',
      `DECIMAL precision must be >= 1: DECIMAL(${precision},0)`,
      { hint: 'Pass the number of decimal places as the second argument.' },
    );
  }
  return { kind: 'DECIMAL', precision, scale: 0 };
}

/** The type of the first argument, for functions that give back what they take. */
export function sameAsFirst(args: readonly (SqlType | null)[]): SqlType {
  return args[0] ?? { kind: 'DECIMAL', precision: 38, scale: 0 };
}

/**
 * An unscaled decimal rounded to `places` digits after the point (negative: left of it), keeping its scale. More places
 * than it has change nothing.
 */
export function roundDecimal(
  unscaled: bigint,
  scale: number,
  places: number,
  mode: RoundingMode,
): bigint {
  if (places >= scale) return unscaled;
  const dropped = scale - places;
  // Less than a tenth of the unit: zero in either mode, without computing a power nobody limits.
  if (dropped > digitCount(unscaled)) return 0n;
  const unit = powerOfTen(dropped);
  return divideRounded(unscaled, unit, mode) * unit;
}

function digitCount(value: bigint): number {
  return (value < 0n ? -value : value).toString().length;
}

/** A double rounded on its shortest decimal text; NaN and infinities have none and fail. */
export function roundDouble(value: number, places: number, mode: RoundingMode): number {
  const { unscaled, scale } = doubleToDecimal(value);
  if (places >= scale) return value;
  return decimalToDouble(roundDecimal(unscaled, scale, places, mode), scale);
}
