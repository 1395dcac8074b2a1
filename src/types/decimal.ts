/**
 * DECIMAL arithmetic on unscaled bigints; the scale lives in the type (spec: sql-statements.md §3.3, §3.7).
 *
 * An operation is a closure made for its operands' types. Operations never round: result types are wide enough for every exact
 * sum, difference, product and remainder of values that fit their types, so only a division can fail to be exact.
 */
import { type DecimalType, decimalResultType } from './numeric-types.ts';

/** A decimal on its own, outside of any type: `unscaled × 10^-scale`; the scale may be negative. */
export interface DecimalValue {
  readonly unscaled: bigint;
  readonly scale: number;
}

const POWERS: bigint[] = [1n];

/** 10^exponent for exponent ≥ 0. */
export function powerOfTen(exponent: number): bigint {
  const known = POWERS[exponent];
  if (known !== undefined) return known;
  if (exponent > 1000) return 10n ** BigInt(exponent);
  for (let next = POWERS.length; next <= exponent; next++) POWERS.push(POWERS[next - 1]! * 10n);
  return POWERS[exponent]!;
}

/** The same value at another scale, or null if that would drop a digit other than zero. */
export function rescaleExactly(unscaled: bigint, from: number, to: number): bigint | null {
  if (to >= from) return unscaled * powerOfTen(to - from);
  const divisor = powerOfTen(from - to);
  return unscaled % divisor === 0n ? unscaled / divisor : null;
}

/** The value at another scale, ties away from zero. */
export function rescaleHalfUp(unscaled: bigint, from: number, to: number): bigint {
  if (to >= from) return unscaled * powerOfTen(to - from);
  const divisor = powerOfTen(from - to);
  const half = divisor / 2n;
  return (unscaled + (unscaled < 0n ? -half : half)) / divisor;
}

/** The value at another scale, digits beyond it dropped. */
export function rescaleDown(unscaled: bigint, from: number, to: number): bigint {
  return to >= from ? unscaled * powerOfTen(to - from) : unscaled / powerOfTen(from - to);
}

/** Does the unscaled value have at most `precision` digits? */
export function fitsPrecision(unscaled: bigint, precision: number): boolean {
  const limit = powerOfTen(precision);
  return unscaled < limit && unscaled > -limit;
}

/** Returns the value, which must be at the type's scale, or throws ksqlDB's overflow error. */
export function ensureFit(unscaled: bigint, precision: number, scale: number): bigint {
  if (fitsPrecision(unscaled, precision)) return unscaled;
  const digits = precision - scale;
  throw new Error(
    `Numeric field overflow: A field with precision ${precision} and scale ${scale} ` +
      `must round to an absolute value less than 10^${digits}. Got ${decimalText(unscaled, scale)}`,
  );
}

/** -1, 0 or 1, whatever the scales. */
export function compareDecimals(a: bigint, scaleA: number, b: bigint, scaleB: number): number {
  const left = scaleA < scaleB ? a * powerOfTen(scaleB - scaleA) : a;
  const right = scaleB < scaleA ? b * powerOfTen(scaleA - scaleB) : b;
  return left < right ? -1 : left > right ? 1 : 0;
}

/** Plain digits, without exponent: `-0.50` for (-50, 2), `300` for (3, -2). */
export function decimalText(unscaled: bigint, scale: number): string {
  if (scale <= 0)
    return scale === 0 ? unscaled.toString() : (unscaled * powerOfTen(-scale)).toString();
  const negative = unscaled < 0n;
  const digits = (negative ? -unscaled : unscaled).toString().padStart(scale + 1, '0');
  const point = digits.length - scale;
  return `${negative ? '-' : ''}${digits.slice(0, point)}.${digits.slice(point)}`;
}

const DECIMAL_TEXT = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,10}))?$/;
/** Beyond this a text is refused rather than turned into a number of that many digits. */
const EXPONENT_MAX = 10_000;

/** Reads what Java's BigDecimal reads: sign, digits with at most one point, exponent. No white space; null if it is no number. */
export function parseDecimal(text: string): DecimalValue | null {
  const match = DECIMAL_TEXT.exec(text);
  if (match === null) return null;
  const whole = match[2] ?? '';
  const fraction = match[3] ?? '';
  if (whole.length + fraction.length === 0) return null;
  const exponent = match[4] === undefined ? 0 : Number(match[4]);
  if (Math.abs(exponent) > EXPONENT_MAX) return null;
  const digits = BigInt(whole + fraction);
  return {
    unscaled: match[1] === '-' ? -digits : digits,
    scale: fraction.length - exponent,
  };
}

/**
 * A finite double in scientific notation with the digits of Java's Double.toString: the shortest that read back as it, but of those
 * with one or two digits the closest. Two digits differ from one in the least denormals only (4.9e-324, not 5e-324).
 */
export function shortestExponential(value: number): string {
  const text = value.toExponential();
  return text.includes('.') ? text : value.toExponential(1);
}

const DENORMAL = 1e-300;

/** The decimal of the double's shortest text; throws for NaN and the infinities. */
export function doubleToDecimal(value: number): DecimalValue {
  const isTiny = value !== 0 && value < DENORMAL && value > -DENORMAL;
  const parsed = parseDecimal(isTiny ? shortestExponential(value) : String(value));
  if (parsed === null) throw new Error('Infinite or NaN');
  return parsed;
}

/** The nearest double. */
export function decimalToDouble(unscaled: bigint, scale: number): number {
  return Number(`${unscaled}e${-scale}`);
}

export type DecimalOperator = '+' | '-' | '*' | '/' | '%';

/**
 * The operation for operands of these types; its result is at the scale of `decimalResultType(operator, left, right)`.
 * Throws at run time when a quotient is not exact, a divisor is zero, or the quotient of a remainder is too long.
 */
export function decimalOperation(
  operator: DecimalOperator,
  left: DecimalType,
  right: DecimalType,
): (a: bigint, b: bigint) => bigint {
  const { precision, scale } = decimalResultType(operator, left, right);
  const common = Math.max(left.scale, right.scale);
  const widenLeft = powerOfTen(common - left.scale);
  const widenRight = powerOfTen(common - right.scale);
  switch (operator) {
    case '+':
      return (a, b) => a * widenLeft + b * widenRight;
    case '-':
      return (a, b) => a * widenLeft - b * widenRight;
    case '*':
      return (a, b) => a * b;
    case '/':
      return exactDivision(scale, left.scale, right.scale);
    case '%':
      return (a, b) => {
        if (b === 0n) throw new Error('Division by zero');
        const dividend = a * widenLeft;
        const divisor = b * widenRight;
        requireQuotient(dividend / divisor, precision);
        return dividend % divisor;
      };
  }
}

/** As BigDecimal.remainder within a precision: the whole quotient must have no more digits, but for zeros at its end. */
function requireQuotient(quotient: bigint, precision: number): void {
  const limit = powerOfTen(precision);
  let rest = quotient;
  while (rest >= limit || rest <= -limit) {
    if (rest % 10n !== 0n) throw new Error('Division impossible');
    rest /= 10n;
  }
}

/** a·10^-sa / b·10^-sb at `scale` is a·10^(scale+sb-sa) / b, which must leave no remainder. */
function exactDivision(
  scale: number,
  scaleA: number,
  scaleB: number,
): (a: bigint, b: bigint) => bigint {
  const shift = scale + scaleB - scaleA;
  const numeratorFactor = powerOfTen(Math.max(shift, 0));
  const denominatorFactor = powerOfTen(Math.max(-shift, 0));
  return (a, b) => {
    if (b === 0n) throw new Error('Division by zero');
    const numerator = a * numeratorFactor;
    const denominator = b * denominatorFactor;
    const quotient = numerator / denominator;
    if (quotient * denominator !== numerator) throw new Error('Rounding necessary');
    return quotient;
  };
}
