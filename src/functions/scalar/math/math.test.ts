import { describe, expect, it } from 'vitest';
import { callScalar, resultOf } from '../call-in-test.ts';

const decimal = (precision: number, scale: number): object => ({
  kind: 'DECIMAL',
  precision,
  scale,
});

describe('ABS, CEIL, FLOOR and SIGN', () => {
  it('keep the least integers, which have no positive counterpart', () => {
    expect(resultOf('ABS', ['INTEGER'], -2_147_483_648)).toBe(-2_147_483_648);
    expect(resultOf('ABS', ['BIGINT'], -(2n ** 63n))).toBe(-(2n ** 63n));
    expect(resultOf('ABS', ['BIGINT'], -5n)).toBe(5n);
  });

  it('keep the type of a decimal', () => {
    expect(callScalar('CEIL', ['DECIMAL(4, 2)'], [120n])).toEqual({
      type: decimal(4, 2),
      value: 200n,
    });
    expect(resultOf('CEIL', ['DECIMAL(4, 2)'], -199n)).toBe(-100n);
    expect(resultOf('CEIL', ['DECIMAL(4, 2)'], -100n)).toBe(-100n);
    expect(resultOf('CEIL', ['DECIMAL(4, 2)'], 1n)).toBe(100n);
    expect(resultOf('FLOOR', ['DECIMAL(4, 2)'], -1n)).toBe(-100n);
    expect(resultOf('FLOOR', ['DECIMAL(4, 2)'], 199n)).toBe(100n);
    expect(resultOf('CEIL', ['INTEGER'], 3)).toBe(3);
    expect(resultOf('FLOOR', ['BIGINT'], 3n)).toBe(3n);
  });

  it('give 0 as the sign of NaN, and cast decimals', () => {
    expect(resultOf('SIGN', ['DOUBLE'], Number.NaN)).toBe(0);
    expect(resultOf('SIGN', ['BIGINT'], -(2n ** 62n))).toBe(-1);
    expect(resultOf('SIGN', ['DECIMAL(2, 1)'], 5n)).toBe(1);
    expect(resultOf('SIGN', ['INTEGER'], null)).toBe(null);
  });
});

describe('ROUND', () => {
  it.each([
    [1.4999, 1n],
    [1.5, 2n],
    [-1.5, -1n],
    [-1.6, -2n],
    [0.49999999999999994, 0n],
    [Number.NaN, 0n],
    [1e300, 9_223_372_036_854_775_807n],
    [Number.NEGATIVE_INFINITY, -9_223_372_036_854_775_808n],
  ])('rounds the double %d to %d', (value, expected) => {
    expect(resultOf('ROUND', ['DOUBLE'], value)).toBe(expected);
  });

  it.each([
    [12345.67, 1, 12345.7],
    [12345.67, 0, 12346],
    [12345.67, -1, 12350],
    [12345.67, -4, 10000],
    [12345.67, -5, 0],
    [12345.67, -300, 0],
    [5, -1, 10],
    [-5, -1, 0],
    [0.15, 1, 0.2],
    [-0.15, 1, -0.1],
    [1e20, 5, 1e20],
    [1.5e-7, 7, 2e-7],
  ])('rounds the double %d at %d to %d, on its shortest text', (value, places, expected) => {
    expect(resultOf('ROUND', ['DOUBLE', 'INTEGER'], value, places)).toBe(expected);
  });

  it('fails for NaN and the infinities at a place', () => {
    expect(() => resultOf('ROUND', ['DOUBLE', 'INTEGER'], Number.NaN, 1)).toThrow(
      'Infinite or NaN',
    );
  });

  it('drops or keeps the scale of a decimal', () => {
    const large = 123456789876543212345678987654321n;
    const type = 'DECIMAL(33, 16)';
    expect(callScalar('ROUND', [type], [large])).toEqual({
      type: decimal(17, 0),
      value: 12345678987654321n,
    });
    expect(callScalar('ROUND', [type, 'INTEGER'], [large, 10])).toEqual({
      type: decimal(33, 16),
      value: 123456789876543212345678988000000n,
    });
    expect(resultOf('ROUND', [type, 'INTEGER'], large, -2)).toBe(
      123456789876543000000000000000000n,
    );
    expect(resultOf('ROUND', [type, 'INTEGER'], large, 20)).toBe(large);
    expect(resultOf('ROUND', ['DECIMAL(3, 1)'], -15n)).toBe(-1n);
    expect(resultOf('ROUND', ['DECIMAL(3, 1)', 'INTEGER'], 15n, null)).toBe(null);
  });

  it('has no type for a decimal without integer digits', () => {
    expect(() => callScalar('ROUND', ['DECIMAL(2, 2)'], [15n])).toThrow(
      'DECIMAL precision must be >= 1: DECIMAL(0,0)',
    );
  });

  it('gives a BIGINT for integers, and fails for a NULL one', () => {
    expect(resultOf('ROUND', ['INTEGER'], 7)).toBe(7n);
    expect(() => resultOf('ROUND', ['INTEGER'], null)).toThrow('primitive NULL');
    expect(resultOf('TRUNC', ['INTEGER'], null)).toBe(null);
  });
});

describe('TRUNC', () => {
  it('cuts toward zero', () => {
    expect(resultOf('TRUNC', ['DOUBLE'], -1.7)).toBe(-1n);
    expect(resultOf('TRUNC', ['DOUBLE', 'INTEGER'], -12345.678, -1)).toBe(-12340);
    expect(resultOf('TRUNC', ['DOUBLE', 'INTEGER'], -1.7, -1)).toBe(0);
    expect(resultOf('TRUNC', ['DECIMAL(4, 2)', 'INTEGER'], -199n, 1)).toBe(-190n);
  });
});

describe('logarithms and powers', () => {
  it('give NaN for bases that have no logarithms', () => {
    const log = (base: number, value: number): unknown =>
      resultOf('LOG', ['DOUBLE', 'DOUBLE'], base, value);
    expect(log(15, 13)).toBe(0.9471572411831843);
    expect(log(15, 0)).toBe(Number.NEGATIVE_INFINITY);
    expect(log(15, -13)).toBeNaN();
    expect(log(-15, 13)).toBeNaN();
    expect(log(0, 13)).toBeNaN();
    expect(log(1, 13)).toBeNaN();
  });

  it('take BIGINT and mixed arguments', () => {
    expect(resultOf('POWER', ['BIGINT', 'BIGINT'], 15n, 13n)).toBe(1946195068359375);
    expect(resultOf('POWER', ['INTEGER', 'DOUBLE'], 2, 0.5)).toBe(Math.SQRT2);
    expect(resultOf('LN', ['BIGINT'], 0n)).toBe(Number.NEGATIVE_INFINITY);
    expect(resultOf('SQRT', ['INTEGER'], -1)).toBeNaN();
    expect(resultOf('COT', ['DOUBLE'], -0)).toBe(Number.NEGATIVE_INFINITY);
    expect(resultOf('RADIANS', ['INTEGER'], 114)).toBeCloseTo(1.9896753472735, 12);
  });
});

describe('RANDOM', () => {
  it('is the server’s randomness', () => {
    expect(callScalar('RANDOM', [], [], { random: () => 0.25 }).value).toBe(0.25);
  });
});
