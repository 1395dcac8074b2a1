/**
 * Numbers as unevaluated sums of two doubles, about 106 bits (T. J. Dekker, "A floating-point technique for extending the
 * available precision", 1971; without fused multiply-add). For values whose squares neither overflow nor vanish.
 */
export interface DoubleDouble {
  readonly hi: number;
  /** At most half a unit in the last place of `hi`. */
  readonly lo: number;
}

/** 2^27 + 1 splits a double into two halves of 26 bits. */
const splitter = 134_217_729;

/** The exact sum of two doubles. */
export function sum(a: number, b: number): DoubleDouble {
  const hi = a + b;
  const of = hi - a;
  return { hi, lo: a - (hi - of) + (b - of) };
}

/** The exact product of two doubles. */
export function product(a: number, b: number): DoubleDouble {
  const hi = a * b;
  const scaledA = splitter * a;
  const highA = scaledA - (scaledA - a);
  const lowA = a - highA;
  const scaledB = splitter * b;
  const highB = scaledB - (scaledB - b);
  const lowB = b - highB;
  return { hi, lo: lowA * lowB - (hi - highA * highB - lowA * highB - highA * lowB) };
}

export function add(a: DoubleDouble, b: DoubleDouble): DoubleDouble {
  const high = sum(a.hi, b.hi);
  return sum(high.hi, high.lo + a.lo + b.lo);
}

export function multiply(a: DoubleDouble, b: DoubleDouble): DoubleDouble {
  const high = product(a.hi, b.hi);
  return sum(high.hi, high.lo + a.hi * b.lo + a.lo * b.hi);
}

export function divide(a: DoubleDouble, b: DoubleDouble): DoubleDouble {
  const first = a.hi / b.hi;
  const covered = multiply({ hi: first, lo: 0 }, b);
  const rest = add(a, { hi: -covered.hi, lo: -covered.lo });
  return sum(first, rest.hi / b.hi);
}

/** `coefficients[0] + x * (coefficients[1] + x * (…))`; the first `exact` of them in double-double, the rest in double. */
export function polynomial(
  x: DoubleDouble,
  coefficients: readonly DoubleDouble[],
  exact: number,
): DoubleDouble {
  let tail = 0;
  for (let at = coefficients.length - 1; at >= exact; at--)
    tail = (coefficients[at] as DoubleDouble).hi + x.hi * tail;
  let value: DoubleDouble = { hi: tail, lo: 0 };
  for (let at = exact - 1; at >= 0; at--)
    value = add(coefficients[at] as DoubleDouble, multiply(x, value));
  return value;
}
