import { describe, expect, test } from 'vitest';
import { castFunction } from './cast.ts';
import type { SqlType } from './type.ts';
import type { Value } from './value.ts';

const BOOLEAN: SqlType = { kind: 'BOOLEAN' };
const INTEGER: SqlType = { kind: 'INTEGER' };
const BIGINT: SqlType = { kind: 'BIGINT' };
const DOUBLE: SqlType = { kind: 'DOUBLE' };
const STRING: SqlType = { kind: 'STRING' };
const BYTES: SqlType = { kind: 'BYTES' };
const DATE: SqlType = { kind: 'DATE' };
const TIME: SqlType = { kind: 'TIME' };
const TIMESTAMP: SqlType = { kind: 'TIMESTAMP' };
const decimal = (precision: number, scale: number): SqlType => ({
  kind: 'DECIMAL',
  precision,
  scale,
});
const array = (element: SqlType): SqlType => ({ kind: 'ARRAY', element });
const map = (key: SqlType, value: SqlType): SqlType => ({ kind: 'MAP', key, value });
const struct = (fields: Record<string, SqlType>): SqlType => ({
  kind: 'STRUCT',
  fields: Object.entries(fields).map(([name, type]) => ({ name, type })),
});

const cases: readonly (readonly [SqlType, Value, SqlType, Value])[] = [
  [BOOLEAN, true, STRING, 'true'],
  [INTEGER, 7, BIGINT, 7n],
  [INTEGER, -1, decimal(2, 1), -10n],
  [INTEGER, 7, DOUBLE, 7],
  [INTEGER, -7, STRING, '-7'],
  [BIGINT, 2147483648n, INTEGER, -2147483648],
  [BIGINT, 7n, decimal(3, 2), 700n],
  [BIGINT, 9007199254740993n, DOUBLE, 9007199254740992],
  [BIGINT, 7n, STRING, '7'],
  [decimal(5, 2), -199n, INTEGER, -1],
  [decimal(12, 1), 123456789019n, INTEGER, -539222987],
  [decimal(12, 1), 123456789019n, BIGINT, 12345678901n],
  [decimal(3, 2), 125n, decimal(2, 1), 13n],
  [decimal(3, 2), -125n, decimal(2, 1), -13n],
  [decimal(3, 2), 125n, DOUBLE, 1.25],
  [decimal(10, 7), 1n, STRING, '0.0000001'],
  [DOUBLE, -1.9, INTEGER, -1],
  [DOUBLE, 1e10, INTEGER, 2147483647],
  [DOUBLE, -1e19, BIGINT, -9223372036854775808n],
  [DOUBLE, Number.NaN, BIGINT, 0n],
  [DOUBLE, 1.25, decimal(2, 1), 13n],
  [DOUBLE, 1e10, STRING, '1.0E10'],
  [STRING, ' YE ', BOOLEAN, true],
  [STRING, 't', BOOLEAN, true],
  [STRING, '', BOOLEAN, false],
  [STRING, 'truely', BOOLEAN, false],
  [STRING, ' 12 ', INTEGER, 12],
  [STRING, '-12', BIGINT, -12n],
  [STRING, '1.255', decimal(3, 2), 126n],
  [STRING, ' 1e3', DOUBLE, 1000],
  [STRING, 'YWI=', BYTES, Uint8Array.of(97, 98)],
  [STRING, '2020-02', DATE, 18293],
  [STRING, '23:59:58.001', TIME, 86398001],
  [STRING, '1970-01-02', TIMESTAMP, 86400000],
  [TIMESTAMP, -1, DATE, -1],
  [TIMESTAMP, -1, TIME, 86399999],
  [TIMESTAMP, 86400001, STRING, '1970-01-02T00:00:00.001'],
  [DATE, -1, TIMESTAMP, -86400000],
  [DATE, 18321, STRING, '2020-02-29'],
  [TIME, 36000000, STRING, '10:00'],
  [TIME, 36001999, STRING, '10:00:01'],
  [array(BIGINT), [1n, null, 2147483648n], array(STRING), ['1', null, '2147483648']],
  [map(STRING, BIGINT), new Map([['a', 1n]]), map(STRING, INTEGER), new Map([['a', 1]])],
  [struct({ F0: BIGINT, F1: STRING }), [1n, '3'], struct({ F3: STRING, F0: STRING }), [null, '1']],
  [array(INTEGER), [1, 3], STRING, '[1, 3]'],
];

describe('CAST', () => {
  test.each(cases)('%j %s to %j', (from, value, to, expected) => {
    expect(castFunction(from, to)?.(value)).toEqual(expected);
  });

  test.each(cases)('of NULL: %j %s to %j', (from, _value, to) => {
    expect(castFunction(from, to)?.(null)).toBeNull();
  });

  test.each([
    [STRING, array(INTEGER)],
    [BOOLEAN, INTEGER],
    [DATE, TIME],
    [TIME, TIMESTAMP],
    [BYTES, STRING],
    [DOUBLE, BOOLEAN],
    [array(STRING), array(array(STRING))],
    [map(STRING, BOOLEAN), map(STRING, DATE)],
    [struct({ A: BOOLEAN }), struct({ A: DATE })],
  ])('%j to %j is not supported', (from, to) => {
    expect(castFunction(from, to)).toBeNull();
  });

  test.each<[SqlType, Value, SqlType, string]>([
    [INTEGER, 10, decimal(2, 1), 'must round to an absolute value less than 10^1. Got 10.0'],
    [decimal(3, 2), 995n, decimal(2, 1), 'Numeric field overflow'],
    [STRING, 'abc', INTEGER, 'For input string: "abc"'],
    [STRING, 'NaN', DOUBLE, 'For input string: "NaN"'],
    [STRING, '1,5', decimal(3, 1), 'For input string: "1,5"'],
    [DOUBLE, Number.POSITIVE_INFINITY, decimal(3, 1), 'Infinite or NaN'],
    [STRING, '2020-13', DATE, "Failed to parse date '2020-13'"],
    [STRING, '24:00', TIME, "Failed to parse time '24:00'"],
    [STRING, 'nope', TIMESTAMP, "Failed to parse timestamp 'nope'"],
    [STRING, '?', BYTES, 'base64'],
  ])('%j %s to %j fails', (from, value, to, message) => {
    expect(() => castFunction(from, to)?.(value)).toThrow(message);
  });

  test('without preserve.nulls a NULL cast to STRING is the text null, also inside containers', () => {
    const options = { preserveNulls: false };
    expect(castFunction(INTEGER, STRING, options)?.(null)).toBe('null');
    expect(castFunction(STRING, STRING, options)?.(null)).toBe('null');
    expect(castFunction(array(STRING), array(STRING), options)?.([null, 'a'])).toEqual([
      'null',
      'a',
    ]);
    expect(castFunction(INTEGER, BIGINT, options)?.(null)).toBeNull();
  });
});
