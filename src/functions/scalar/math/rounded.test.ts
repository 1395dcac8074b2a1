// biome-ignore-all lint/suspicious/noApproximativeNumericConstant: the point is the digits that Java prints.
import { describe, expect, test } from 'vitest';
import { cos, exp, ln, sin, tan } from './rounded.ts';

/** What Java 17 prints for `Math.log`, `exp`, `sin`, `cos` and `tan`. */
const ofJava = [
  [
    3, 1.0986122886681098, 20.085536923187668, 0.1411200080598672, -0.9899924966004454,
    -0.1425465430742778,
  ],
  [
    10, 2.302585092994046, 22026.465794806718, -0.5440211108893698, -0.8390715290764524,
    0.6483608274590866,
  ],
  [
    0.5, -0.6931471805599453, 1.6487212707001282, 0.479425538604203, 0.8775825618903728,
    0.5463024898437905,
  ],
  [
    6, 1.791759469228055, 403.4287934927351, -0.27941549819892586, 0.960170286650366,
    -0.29100619138474915,
  ],
  [
    -1.25,
    Number.NaN,
    0.2865047968601901,
    -0.9489846193555862,
    0.3153223623952687,
    -3.0095696738628313,
  ],
  [
    100, 4.605170185988092, 2.6881171418161356e43, -0.5063656411097588, 0.8623188722876839,
    -0.5872139151569291,
  ],
  [
    1e-5, -11.512925464970229, 1.00001000005, 9.999999999833334e-6, 0.99999999995,
    1.0000000000333334e-5,
  ],
  [
    7, 1.9459101490553132, 1096.6331584284585, 0.6569865987187891, 0.7539022543433046,
    0.8714479827243188,
  ],
] as const;

describe('functions rounded to the nearest double', () => {
  test.each(ofJava)('at %d they give what Java gives', (x, ofLn, ofExp, ofSin, ofCos, ofTan) => {
    expect([ln(x), exp(x), sin(x), cos(x), tan(x)]).toEqual([ofLn, ofExp, ofSin, ofCos, ofTan]);
  });
  test('at the ends of their ranges too', () => {
    expect(ln(5e-324)).toBe(-744.4400719213812);
    expect(ln(Number.MAX_VALUE)).toBe(709.782712893384);
    expect(exp(709.5)).toBe(1.3549863193146328e308);
    expect(exp(-700)).toBe(9.85967654375977e-305);
    expect(exp(710)).toBe(Number.POSITIVE_INFINITY);
    expect(exp(-800)).toBe(0);
  });
  test('zero, infinities and NaN', () => {
    expect(ln(0)).toBe(Number.NEGATIVE_INFINITY);
    expect(ln(1)).toBe(0);
    expect(ln(Number.POSITIVE_INFINITY)).toBe(Number.POSITIVE_INFINITY);
    expect(sin(-0)).toBe(-0);
    expect(tan(-0)).toBe(-0);
    expect(cos(0)).toBe(1);
    expect(sin(Number.POSITIVE_INFINITY)).toBeNaN();
    expect([ln, exp, sin, cos, tan].map((call) => call(Number.NaN))).toEqual(
      Array.from({ length: 5 }, () => Number.NaN),
    );
  });
  test('angles of many turns keep their digits', () => {
    // 100,000 π, rounded to a double, is 3.4e-11 short of or beyond it.
    expect(Math.abs(sin(100_000 * Math.PI))).toBeLessThan(1e-10);
    expect(sin(1e22)).toBe(-0.8522008497671888);
  });
});
