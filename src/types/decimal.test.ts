import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import {
  compareDecimals,
  decimalOperation,
  type DecimalOperator,
  decimalText,
  decimalToDouble,
  doubleToDecimal,
  ensureFit,
  fitsPrecision,
  parseDecimal,
  rescaleDown,
  rescaleExactly,
  rescaleHalfUp,
} from './decimal.ts';
import { type DecimalType, decimalResultType } from './numeric-types.ts';

function decimal(precision: number, scale: number): DecimalType {
  return { kind: 'DECIMAL', precision, scale };
}

describe('text', () => {
  /** From OpenJDK 17: unscaled value, scale and plain text of new BigDecimal(text). */
  test.each([
    ['1', 1n, 0, '1'],
    ['1.50', 150n, 2, '1.50'],
    ['-0.05', -5n, 2, '-0.05'],
    ['.5', 5n, 1, '0.5'],
    ['5.', 5n, 0, '5'],
    ['1e3', 1n, -3, '1000'],
    ['1E-3', 1n, 3, '0.001'],
    ['1.5e2', 15n, -1, '150'],
    ['+7', 7n, 0, '7'],
    ['0.000', 0n, 3, '0.000'],
  ])('%s is read and printed plainly', (text, unscaled, scale, plain) => {
    expect(parseDecimal(text)).toEqual({ unscaled, scale });
    expect(decimalText(unscaled, scale)).toBe(plain);
  });
  test.each(['', '-', '.', '1e', 'abc', '--1', ' 1', '1,5'])('"%s" is no number', (text) => {
    expect(parseDecimal(text)).toBeNull();
  });
  test('an exponent that would fill the memory is refused', () => {
    expect(parseDecimal('1e999999999')).toBeNull();
  });
  test('printing and reading are inverse', () => {
    fc.assert(
      fc.property(fc.bigInt(), fc.nat({ max: 40 }), (unscaled, scale) => {
        expect(parseDecimal(decimalText(unscaled, scale))).toEqual({ unscaled, scale });
      }),
    );
  });
});

describe('scales', () => {
  /** From OpenJDK 17: setScale(0, HALF_UP). */
  test.each([
    [5n, 1n],
    [15n, 2n],
    [25n, 3n],
    [-5n, -1n],
    [-15n, -2n],
    [4n, 0n],
    [-4n, 0n],
  ])('%d tenths round half up to %d', (tenths, whole) => {
    expect(rescaleHalfUp(tenths, 1, 0)).toBe(whole);
  });
  test('widening is exact, narrowing exactly only drops zeros', () => {
    expect(rescaleHalfUp(12n, 1, 3)).toBe(1200n);
    expect(rescaleExactly(1200n, 3, 1)).toBe(12n);
    expect(rescaleExactly(1201n, 3, 1)).toBeNull();
    expect(rescaleDown(-199n, 2, 0)).toBe(-1n);
  });
  test('a value with too many digits overflows in ksqlDB words', () => {
    expect(fitsPrecision(999n, 3)).toBe(true);
    expect(fitsPrecision(-1000n, 3)).toBe(false);
    expect(() => ensureFit(100n, 2, 1)).toThrow(
      'Numeric field overflow: A field with precision 2 and scale 1 must round to an absolute value less than 10^1. Got 10.0',
    );
  });
  test('values compare across scales', () => {
    expect(compareDecimals(120n, 2, 12n, 1)).toBe(0);
    expect(compareDecimals(121n, 2, 12n, 1)).toBe(1);
    expect(compareDecimals(-121n, 2, -12n, 1)).toBe(-1);
  });
});

describe('arithmetic', () => {
  test.each<[DecimalOperator, DecimalType, DecimalType, DecimalType]>([
    ['+', decimal(4, 2), decimal(4, 2), decimal(5, 2)],
    ['-', decimal(4, 2), decimal(10, 0), decimal(13, 2)],
    ['*', decimal(4, 2), decimal(3, 1), decimal(8, 3)],
    ['/', decimal(4, 2), decimal(4, 2), decimal(11, 7)],
    ['%', decimal(4, 2), decimal(3, 1), decimal(4, 2)],
  ])('the result type of %s', (operator, left, right, result) => {
    expect(decimalResultType(operator, left, right)).toEqual(result);
  });

  /** From OpenJDK 17: BigDecimal.divide with the type's precision, UNNECESSARY, then setScale to the type's scale. */
  test.each([
    ['10.00', '4.00', decimal(4, 2), decimal(3, 2), '2.500000'],
    ['1.0', '8', decimal(2, 1), decimal(1, 0), '0.125000'],
    ['-7.50', '2.5', decimal(3, 2), decimal(2, 1), '-3.000000'],
    ['0.00', '3.00', decimal(3, 2), decimal(3, 2), '0.000000'],
    ['99.99', '0.01', decimal(4, 2), decimal(3, 2), '9999.000000'],
  ])('%s / %s', (left, right, leftType, rightType, expected) => {
    const divide = decimalOperation('/', leftType, rightType);
    const quotient = divide(parseDecimal(left)!.unscaled, parseDecimal(right)!.unscaled);
    expect(decimalText(quotient, decimalResultType('/', leftType, rightType).scale)).toBe(expected);
  });
  test('a quotient that is not exact fails instead of rounding', () => {
    expect(() => decimalOperation('/', decimal(2, 1), decimal(1, 0))(10n, 3n)).toThrow(
      'Rounding necessary',
    );
  });
  test('a zero divisor fails', () => {
    expect(() => decimalOperation('/', decimal(2, 1), decimal(1, 0))(10n, 0n)).toThrow(
      'Division by zero',
    );
    expect(() => decimalOperation('%', decimal(2, 1), decimal(1, 0))(10n, 0n)).toThrow(
      'Division by zero',
    );
  });
  test('the remainder takes the sign of the dividend', () => {
    expect(decimalOperation('%', decimal(3, 2), decimal(2, 1))(-750n, 20n)).toBe(-150n);
  });

  const operand = fc
    .tuple(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 0, max: 20 }))
    .filter(([precision, scale]) => scale <= precision)
    .chain(([precision, scale]) =>
      fc
        .bigInt({ min: 1n - 10n ** BigInt(precision), max: 10n ** BigInt(precision) - 1n })
        .map((value) => ({ type: decimal(precision, scale), value })),
    );
  test('results that are exact fit their type', () => {
    fc.assert(
      fc.property(operand, operand, fc.constantFrom('+', '-', '*' as const), (a, b, operator) => {
        const type = decimalResultType(operator, a.type, b.type);
        const result = decimalOperation(operator, a.type, b.type)(a.value, b.value);
        expect(fitsPrecision(result, type.precision)).toBe(true);
      }),
    );
  });
  test('a remainder fits its type, and fails when its quotient has more digits than that', () => {
    const wide: DecimalType = { kind: 'DECIMAL', precision: 20, scale: 1 };
    const small: DecimalType = { kind: 'DECIMAL', precision: 4, scale: 2 };
    // DECIMAL(4, 2): quotients of four digits, and of more where the rest is zeros.
    const remainder = decimalOperation('%', wide, small);
    expect(remainder(-70255n, 1800n)).toBe(-550n);
    expect(remainder(1234n, 1n)).toBe(0n);
    expect(remainder(10_000_000n, 1n)).toBe(0n);
    expect(() => remainder(12_345n, 1n)).toThrow('Division impossible');
  });
  test('subtraction undoes addition', () => {
    fc.assert(
      fc.property(operand, operand, (a, b) => {
        const sumType = decimalResultType('+', a.type, b.type);
        const sum = decimalOperation('+', a.type, b.type)(a.value, b.value);
        const back = decimalOperation('-', sumType, b.type)(sum, b.value);
        const backType = decimalResultType('-', sumType, b.type);
        expect(compareDecimals(back, backType.scale, a.value, a.type.scale)).toBe(0);
      }),
    );
  });
});

describe('doubles', () => {
  test('become the decimal of their shortest text and back', () => {
    expect(doubleToDecimal(0.1)).toEqual({ unscaled: 1n, scale: 1 });
    expect(doubleToDecimal(1e21)).toEqual({ unscaled: 1n, scale: -21 });
    expect(decimalToDouble(-1050n, 2)).toBe(-10.5);
    expect(() => doubleToDecimal(Number.NaN)).toThrow('Infinite or NaN');
  });
});
