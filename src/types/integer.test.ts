import { describe, expect, test } from 'vitest';
import {
  bigintToInt32,
  divideInt32,
  divideInt64,
  doubleToInt32,
  doubleToInt64,
  remainderInt32,
  remainderInt64,
  wrapInt64,
} from './integer.ts';

const MIN64 = -9223372036854775808n;
const MAX64 = 9223372036854775807n;

describe('integers', () => {
  test('wrap around', () => {
    expect(wrapInt64(MAX64 + 1n)).toBe(MIN64);
    expect(bigintToInt32(4294967297n)).toBe(1);
    expect(divideInt32(-2147483648, -1)).toBe(-2147483648);
    expect(divideInt64(MIN64, -1n)).toBe(MIN64);
  });
  test('divide towards zero, and not by zero', () => {
    expect(divideInt32(-7, 2)).toBe(-3);
    expect(remainderInt32(-7, 2)).toBe(-1);
    expect(remainderInt32(-4, 2)).toBe(0);
    expect(remainderInt64(-7n, 2n)).toBe(-1n);
    for (const divide of [
      () => divideInt32(1, 0),
      () => remainderInt32(1, 0),
      () => divideInt64(1n, 0n),
      () => remainderInt64(1n, 0n),
    ])
      expect(divide).toThrow('/ by zero');
  });
  /** From OpenJDK 17: (int) d and (long) d. */
  test.each([
    [1e10, 2147483647, 10000000000n],
    [-3e9, -2147483648, -3000000000n],
    [2147483647.9, 2147483647, 2147483647n],
    [Number.NaN, 0, 0n],
    [1e19, 2147483647, MAX64],
    [-1e19, -2147483648, MIN64],
    [9.3e18, 2147483647, MAX64],
    [-1.9, -1, -1n],
    [-0.5, 0, 0n],
    [Number.POSITIVE_INFINITY, 2147483647, MAX64],
  ])('the double %d becomes %d', (value, int, long) => {
    expect(doubleToInt32(value)).toBe(int);
    expect(doubleToInt64(value)).toBe(long);
  });
});
