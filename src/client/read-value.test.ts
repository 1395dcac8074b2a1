import { describe, expect, test } from 'vitest';
import { rowReader } from './read-value.ts';
import { parseColumns } from './type-text.ts';
import { jsonText } from './write-json.ts';
import { decimal } from './literal.ts';

const read = (schema: string, text: string) => rowReader(parseColumns(schema)).fromText(text);

describe('values of rows', () => {
  test.each([
    ['BOOLEAN', 'true', true],
    ['INTEGER', '-2147483648', -2_147_483_648],
    ['BIGINT', '9223372036854775807', 9_223_372_036_854_775_807n],
    ['BIGINT', '7', 7n],
    ['DOUBLE', '0.1', 0.1],
    ['DOUBLE', '1.234567890123456E-5', 1.234567890123456e-5],
    ['DOUBLE', '"-Infinity"', Number.NEGATIVE_INFINITY],
    ['DECIMAL(4, 2)', '10.00', '10.00'],
    ['DECIMAL(30, 0)', '123456789012345678901234567890', '123456789012345678901234567890'],
    ['STRING', '"9007199254740993 \\"2.50\\""', '9007199254740993 "2.50"'],
    ['BYTES', '"AQL/"', new Uint8Array([1, 2, 255])],
    ['DATE', '"2024-05-01"', '2024-05-01'],
    ['TIME', '"10:15:30"', '10:15:30'],
    ['TIMESTAMP', '"2024-05-01T10:15:30.007"', new Date(Date.UTC(2024, 4, 1, 10, 15, 30, 7))],
    ['TIMESTAMP', '"+12024-05-01T00:00:00.000"', new Date(Date.UTC(12_024, 4, 1))],
    ['ARRAY<BIGINT>', '[9007199254740993,null]', [9_007_199_254_740_993n, null]],
    ['MAP<INTEGER, DECIMAL(3, 1)>', '{"1":1.0}', new Map([[1, '1.0']])],
    ['STRING', 'null', null],
  ])('%s %s', (type, json, value) => {
    expect(read(`\`V\` ${type}`, `[${json}]`)).toEqual({ V: value });
  });

  test('are the same inside structs, where dates are numbers', () => {
    expect(
      read(
        '`S` STRUCT<`D` DATE, `T` TIME, `AT` TIMESTAMP, `N` BIGINT, `IN` STRUCT<`A` ARRAY<DATE>>>',
        '[{"D":19844,"T":36930000,"AT":1714558530007,"N":-9223372036854775808,"IN":{"A":[0]}}]',
      ),
    ).toEqual({
      S: {
        D: '2024-05-01',
        T: '10:15:30',
        AT: new Date(1_714_558_530_007),
        N: -(2n ** 63n),
        IN: { A: ['1970-01-01'] },
      },
    });
  });

  test('names that mean something to objects are columns like others', () => {
    const row = read('`__proto__` INTEGER, `S` STRUCT<`__proto__` INTEGER>', '[1,{"__proto__":2}]');
    expect(Object.entries(row)[0]).toEqual(['__proto__', 1]);
    expect(Object.entries(row['S'] as object)).toEqual([['__proto__', 2]]);
    expect(Object.getPrototypeOf(row)).toBe(Object.prototype);
  });

  test('a timestamp that Date does not hold is refused', () => {
    expect(() => read('`T` TIMESTAMP', '["+292278994-08-17T07:12:55.807"]')).toThrow(
      expect.objectContaining({ code: 'client.bad-answer' }),
    );
  });
});

describe('rows to insert', () => {
  test('lose no digit', () => {
    const row = {
      N: 2n ** 63n - 1n,
      D: decimal('1.50'),
      X: 1e21,
      Z: -0,
      B: new Uint8Array([1, 2, 255]),
      AT: new Date(Date.UTC(2024, 4, 1, 10, 15, 30, 7)),
      M: new Map<unknown, unknown>([
        ['__proto__', 1n],
        [2, null],
      ]),
      S: { A: [true, 'x"\u2028'], NOT: undefined },
    };
    expect(jsonText(row)).toBe(
      '{"N":9223372036854775807,"D":"1.50","X":1e+21,"Z":-0.0,"B":"AQL/","AT":"2024-05-01T10:15:30.007",' +
        '"M":{"__proto__":1,"2":null},"S":{"A":[true,"x\\"\u2028"]}}',
    );
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY, new Date(Number.NaN), () => 1, Symbol('s')])(
    'what JSON has no form for is refused: %s',
    (value) => {
      expect(() => jsonText({ value })).toThrow(
        expect.objectContaining({ code: 'client.bad-parameter' }),
      );
    },
  );
});
