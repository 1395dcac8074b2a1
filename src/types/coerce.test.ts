import { describe, expect, test } from 'vitest';
import { canCoerceStrict, strictCoercion } from './coerce.ts';
import { arithmeticResultType, numericCommonType } from './numeric-types.ts';
import type { SqlType } from './type.ts';

const BOOLEAN: SqlType = { kind: 'BOOLEAN' };
const INTEGER: SqlType = { kind: 'INTEGER' };
const BIGINT: SqlType = { kind: 'BIGINT' };
const DOUBLE: SqlType = { kind: 'DOUBLE' };
const STRING: SqlType = { kind: 'STRING' };
const BYTES: SqlType = { kind: 'BYTES' };
const DATE: SqlType = { kind: 'DATE' };
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

describe('coercion', () => {
  test.each<[SqlType, SqlType, boolean]>([
    [INTEGER, BIGINT, true],
    [INTEGER, decimal(2, 1), true],
    [BIGINT, INTEGER, false],
    [decimal(3, 2), decimal(4, 2), true],
    [decimal(3, 2), decimal(4, 3), true],
    [decimal(3, 1), decimal(3, 2), false],
    [decimal(3, 2), DOUBLE, true],
    [DOUBLE, decimal(3, 2), false],
    [STRING, DATE, true],
    [STRING, BYTES, true],
    [STRING, INTEGER, false],
    [INTEGER, STRING, false],
    [DATE, STRING, false],
    [BYTES, STRING, false],
    [BOOLEAN, STRING, false],
    [STRING, BOOLEAN, false],
    [array(INTEGER), array(DOUBLE), true],
    [map(STRING, INTEGER), map(STRING, BOOLEAN), false],
    [struct({ A: INTEGER }), struct({ B: STRING, A: BIGINT }), true],
    [struct({ A: INTEGER }), struct({ A: BOOLEAN }), false],
  ])('%j to %j: %s', (from, to, expected) => {
    expect(canCoerceStrict(from, to)).toBe(expected);
  });
  test('comes as a function, if at all', () => {
    expect(strictCoercion(INTEGER, decimal(3, 1))?.(2)).toBe(20n);
    expect(strictCoercion(INTEGER, STRING)).toBeNull();
    expect(strictCoercion(struct({ A: INTEGER }), struct({ B: STRING, A: BIGINT }))?.([1])).toEqual(
      [null, 1n],
    );
  });
});

describe('numeric types', () => {
  test('widen', () => {
    expect(numericCommonType(INTEGER, BIGINT)).toEqual(BIGINT);
    expect(numericCommonType(INTEGER, decimal(4, 2))).toEqual(decimal(12, 2));
    expect(numericCommonType(decimal(4, 2), DOUBLE)).toEqual(DOUBLE);
    expect(numericCommonType(STRING, DOUBLE)).toBeNull();
  });
  test('combine in arithmetic', () => {
    expect(arithmeticResultType('+', INTEGER, BIGINT)).toEqual(BIGINT);
    expect(arithmeticResultType('*', decimal(4, 2), INTEGER)).toEqual(decimal(15, 2));
    expect(arithmeticResultType('/', decimal(4, 2), DOUBLE)).toEqual(DOUBLE);
    expect(arithmeticResultType('+', STRING, STRING)).toEqual(STRING);
    expect(arithmeticResultType('-', STRING, STRING)).toBeNull();
    expect(arithmeticResultType('+', DATE, INTEGER)).toBeNull();
  });
});
