/**
 * LN, EXP, SIN, COS and TAN to the nearest double. Java computes them to within hair's breadth of that (its intrinsics err by
 * at most 0.52 units in the last place), JavaScript engines by up to 1, so that one result in fifteen differs in its last
 * digit. Computing in double-double and rounding once agrees with Java in all but one of some hundred results.
 *
 * - ln: x = 2^k m with m near 1, ln m = 2 artanh((m - 1) / (m + 1)) by its series.
 * - exp: x = k ln 2 + r, e^r = (e^(r/8))^8, the inner one by its series.
 * - sin and cos: x = n π/2 + r with π/2 in four parts (W. J. Cody, W. Waite, 1980), then their series; beyond the range for
 *   which that is exact, and where a result is subnormal, the engine's own.
 */
import {
  add,
  type DoubleDouble,
  divide,
  multiply,
  polynomial,
  product,
  sum,
} from './double-double.ts';

/** ln 2 as a part of 40 bits, whose products with exponents are exact, and the rest. */
const ln2High = 0.6931471805592082;
const ln2Low = 7.371002565167799e-13;
/** π/2 in parts of 33 bits, and the rest. */
const halfPi: readonly number[] = [
  1.5707963267341256, 6.077100506303966e-11, 2.0222662487111665e-21, 8.4784276603689e-32,
];
/** Multiples of π/2 up to here are exact in every part. */
const quadrantsMax = 1_048_576;
const one: DoubleDouble = { hi: 1, lo: 0 };

const artanhSeries: readonly DoubleDouble[] = Array.from({ length: 16 }, (_, n) =>
  divide(one, { hi: 2 * n + 1, lo: 0 }),
);
const expSeries: readonly DoubleDouble[] = inverseFactorials(0, 1, 14);
const sinSeries: readonly DoubleDouble[] = alternating(inverseFactorials(1, 2, 12));
const cosSeries: readonly DoubleDouble[] = alternating(inverseFactorials(0, 2, 12));

/** 1/first!, 1/(first + step)!, … */
function inverseFactorials(first: number, step: number, count: number): readonly DoubleDouble[] {
  const all: DoubleDouble[] = [];
  let value = one;
  for (let n = 0; all.length < count; n++) {
    if (n > 0) value = divide(value, { hi: n, lo: 0 });
    if (n >= first && (n - first) % step === 0) all.push(value);
  }
  return all;
}

function alternating(series: readonly DoubleDouble[]): readonly DoubleDouble[] {
  return series.map(({ hi, lo }, n) => (n % 2 === 0 ? { hi, lo } : { hi: -hi, lo: -lo }));
}

const view = new DataView(new ArrayBuffer(8));

/** The natural logarithm. */
export function ln(x: number): number {
  if (!(x > 0) || x === Number.POSITIVE_INFINITY || x === 1) return Math.log(x);
  const isSubnormal = x < 2.2250738585072014e-308;
  view.setFloat64(0, isSubnormal ? x * 2 ** 54 : x);
  const top = view.getUint32(0);
  let exponent = (top >>> 20) - 1023;
  view.setUint32(0, (top & 0xfffff) | 0x3ff00000);
  let m = view.getFloat64(0);
  if (m > Math.SQRT2) {
    m /= 2;
    exponent++;
  }
  if (isSubnormal) exponent -= 54;
  const s = divide({ hi: m - 1, lo: 0 }, sum(m, 1));
  const series = multiply(s, polynomial(multiply(s, s), artanhSeries, 4));
  const ofM = { hi: 2 * series.hi, lo: 2 * series.lo };
  const ofExponent = add({ hi: exponent * ln2High, lo: 0 }, product(exponent, ln2Low));
  return add(ofExponent, ofM).hi;
}

/** e to the power of x. */
export function exp(x: number): number {
  // Also NaN; what overflows or is nearly subnormal.
  if (!(x > -690 && x < 709)) return Math.exp(x);
  const k = Math.round(x * Math.LOG2E);
  const low = product(-k, ln2Low);
  const r = add(sum(x - k * ln2High, low.hi), { hi: low.lo, lo: 0 });
  let power = polynomial({ hi: r.hi / 8, lo: r.lo / 8 }, expSeries, 7);
  for (let times = 0; times < 3; times++) power = multiply(power, power);
  return power.hi * 2 ** k;
}

/** x less the nearest multiple of π/2, and the quadrant that multiple begins; null where that is not exact. */
function reduced(x: number): { readonly quadrant: number; readonly rest: DoubleDouble } | null {
  const n = Math.round(x * (2 / Math.PI));
  if (!(Math.abs(n) <= quadrantsMax)) return null;
  const [first, second, third, fourth] = halfPi as [number, number, number, number];
  let rest = sum(x - n * first, -n * second);
  rest = add(rest, { hi: -n * third, lo: -n * fourth });
  return { quadrant: n & 3, rest };
}

function sinNear0(x: DoubleDouble): DoubleDouble {
  return multiply(x, polynomial(multiply(x, x), sinSeries, 6));
}

function cosNear0(x: DoubleDouble): DoubleDouble {
  return polynomial(multiply(x, x), cosSeries, 6);
}

/** The sine of an angle in radians. */
export function sin(x: number): number {
  const parts = Math.abs(x) < 1e-8 ? null : reduced(x);
  if (parts === null) return Math.sin(x);
  const { quadrant, rest } = parts;
  const value = (quadrant % 2 === 0 ? sinNear0(rest) : cosNear0(rest)).hi;
  return quadrant < 2 ? value : -value;
}

/** The cosine of an angle in radians. */
export function cos(x: number): number {
  const parts = Math.abs(x) < 1e-8 ? null : reduced(x);
  if (parts === null) return Math.cos(x);
  const { quadrant, rest } = parts;
  const value = (quadrant % 2 === 0 ? cosNear0(rest) : sinNear0(rest)).hi;
  return quadrant === 0 || quadrant === 3 ? value : -value;
}

/** The tangent of an angle in radians. */
export function tan(x: number): number {
  const parts = Math.abs(x) < 1e-8 ? null : reduced(x);
  if (parts === null) return Math.tan(x);
  const { quadrant, rest } = parts;
  const s = sinNear0(rest);
  const c = cosNear0(rest);
  return quadrant % 2 === 0 ? divide(s, c).hi : -divide(c, s).hi;
}
