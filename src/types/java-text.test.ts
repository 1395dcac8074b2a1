import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import {
  javaDoubleText,
  javaTrim,
  parseDouble,
  parseInt32,
  parseInt64,
  textFunction,
} from './java-text.ts';
import type { SqlType } from './type.ts';
import type { Value } from './value.ts';

/** From OpenJDK 17: Double.toString of each. */
const DOUBLES: readonly (readonly [number, string])[] = [
  [0.0, '0.0'],
  [-0.0, '-0.0'],
  [1.0, '1.0'],
  [-1.0, '-1.0'],
  [0.1, '0.1'],
  [100.0, '100.0'],
  [123.456, '123.456'],
  [9999999.0, '9999999.0'],
  [9999999.5, '9999999.5'],
  [1.0e7, '1.0E7'],
  [-1.0e7, '-1.0E7'],
  [1.2345678e7, '1.2345678E7'],
  [1.0e10, '1.0E10'],
  [1.5e10, '1.5E10'],
  [1.2345678901234568e17, '1.2345678901234568E17'],
  [1.0e21, '1.0E21'],
  [1.0e22, '1.0E22'],
  [1.0e100, '1.0E100'],
  [1.7976931348623157e308, '1.7976931348623157E308'],
  [0.001, '0.001'],
  [0.00123, '0.00123'],
  [9.9e-4, '9.9E-4'],
  [1.0e-4, '1.0E-4'],
  [1.0e-5, '1.0E-5'],
  [1.5e-7, '1.5E-7'],
  [1.0e-10, '1.0E-10'],
  [Number.MIN_VALUE, '4.9E-324'],
  [1.0e-323, '9.9E-324'],
  [1.5e-323, '1.5E-323'],
  [1.5e-323, '1.5E-323'],
  [2.2250738585072014e-308, '2.2250738585072014E-308'],
  [Math.PI, '3.141592653589793'],
  [2 / 3, '0.6666666666666666'],
  [Number.NaN, 'NaN'],
  [Number.POSITIVE_INFINITY, 'Infinity'],
  [Number.NEGATIVE_INFINITY, '-Infinity'],
  [0.1 + 0.2, '0.30000000000000004'],
  [-1234567.125, '-1234567.125'],
  [-1.2345678125e7, '-1.2345678125E7'],
  [5.0e-320, '5.0E-320'],
];

/** From OpenJDK 17: Double.toString(Double.parseDouble(text)), or null where it throws. */
const PARSED: readonly (readonly [string, string | null])[] = [
  ['1', '1.0'],
  ['1.', '1.0'],
  ['.5', '0.5'],
  ['1e3', '1000.0'],
  ['1E-3', '0.001'],
  ['+1.5', '1.5'],
  ['1.5f', '1.5'],
  ['1.5D', '1.5'],
  ['-.5e1', '-5.0'],
  ['1e400', 'Infinity'],
  ['1e-400', '0.0'],
  ['', null],
  ['.', null],
  ['1e', null],
  ['abc', null],
  ['1.5.5', null],
  ['1_000', null],
];

describe('Double.toString', () => {
  test.each(DOUBLES)('%d prints as %s', (value, text) => {
    expect(javaDoubleText(value)).toBe(text);
  });
  test('every finite double reads back as itself', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) =>
        Object.is(parseDouble(javaDoubleText(value)), value),
      ),
    );
  });
});

describe('reading numbers', () => {
  test.each(PARSED)('the double of "%s" is %s', (text, expected) => {
    if (expected === null) expect(() => parseDouble(text)).toThrow(`For input string: "${text}"`);
    else expect(javaDoubleText(parseDouble(text))).toBe(expected);
  });
  test.each(['NaN', 'Infinity', '-Infinity'])('%s is refused as a double', (text) => {
    expect(() => parseDouble(text)).toThrow();
  });
  test('integers take a sign and leading zeros and nothing else', () => {
    expect(parseInt32('+1')).toBe(1);
    expect(parseInt32('0010')).toBe(10);
    expect(parseInt32('-2147483648')).toBe(-2147483648);
    for (const text of ['2147483648', '-2147483649', '', '+', '1.0', ' 1', '1e3'])
      expect(() => parseInt32(text)).toThrow(`For input string: "${text}"`);
  });
  test('longs reach both limits of 64 bits', () => {
    expect(parseInt64('9223372036854775807')).toBe(9223372036854775807n);
    expect(parseInt64('-9223372036854775808')).toBe(-9223372036854775808n);
    expect(parseInt64('+7')).toBe(7n);
    expect(() => parseInt64('9223372036854775808')).toThrow('For input string');
    expect(() => parseInt64('0x10')).toThrow('For input string');
  });
  test('trimming drops control characters but not other Unicode space', () => {
    expect(javaTrim(' \t\u0000 a b \n')).toBe('a b');
    expect(javaTrim('\u00a0a')).toBe('\u00a0a');
  });
});

describe('text of values', () => {
  const STRING: SqlType = { kind: 'STRING' };
  const INTEGER: SqlType = { kind: 'INTEGER' };
  const cases: readonly (readonly [SqlType, Value, string])[] = [
    [{ kind: 'BOOLEAN' }, true, 'true'],
    [{ kind: 'BIGINT' }, -12n, '-12'],
    [{ kind: 'DOUBLE' }, 1e10, '1.0E10'],
    [{ kind: 'DECIMAL', precision: 20, scale: 10 }, 1n, '0.0000000001'],
    [{ kind: 'TIMESTAMP' }, 0, '1970-01-01T00:00:00.000'],
    [{ kind: 'ARRAY', element: INTEGER }, [1, null, 3], '[1, null, 3]'],
    [{ kind: 'ARRAY', element: STRING }, [], '[]'],
    [
      { kind: 'MAP', key: STRING, value: INTEGER },
      new Map<Value, Value>([
        ['k', 1],
        ['l', null],
      ]),
      '{k=1, l=null}',
    ],
    [
      {
        kind: 'STRUCT',
        fields: [
          { name: 'F0', type: STRING },
          { name: 'F1', type: INTEGER },
          { name: 'F2', type: { kind: 'ARRAY', element: { kind: 'DOUBLE' } } },
        ],
      },
      ['a', null, [1]],
      'Struct{F0=a,F2=[1.0]}',
    ],
  ];
  test.each(cases)('%j', (type, value, text) => {
    expect(textFunction(type)(value)).toBe(text);
  });
});
