import { describe, expect, test } from 'vitest';
import { canCoerceLax, canCoerceStrict, laxCoercion, strictCoercion } from './coerce.ts';
import { commonType, type ListItem } from './common-type.ts';
import { formatTypeOrNull } from './format-type.ts';
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
  test.each<[SqlType, SqlType, boolean, boolean]>([
    [INTEGER, BIGINT, true, true],
    [INTEGER, decimal(2, 1), true, true],
    [BIGINT, INTEGER, false, false],
    [decimal(3, 2), decimal(4, 2), true, true],
    [decimal(3, 2), decimal(4, 3), true, true],
    [decimal(3, 1), decimal(3, 2), false, false],
    [decimal(3, 2), DOUBLE, true, true],
    [DOUBLE, decimal(3, 2), false, false],
    [STRING, DATE, true, true],
    [STRING, BYTES, true, true],
    [STRING, INTEGER, false, true],
    [INTEGER, STRING, false, true],
    [DATE, STRING, false, true],
    [BYTES, STRING, false, false],
    [BOOLEAN, STRING, false, true],
    [STRING, BOOLEAN, false, true],
    [array(INTEGER), array(DOUBLE), true, true],
    [map(STRING, INTEGER), map(STRING, BOOLEAN), false, false],
    [struct({ A: INTEGER }), struct({ B: STRING, A: BIGINT }), true, true],
    [struct({ A: INTEGER }), struct({ A: BOOLEAN }), false, false],
  ])('%j to %j: strict %s, lax %s', (from, to, strict, lax) => {
    expect(canCoerceStrict(from, to)).toBe(strict);
    expect(canCoerceLax(from, to)).toBe(lax);
  });
  test('comes as a function, if at all', () => {
    expect(strictCoercion(INTEGER, decimal(3, 1))?.(2)).toBe(20n);
    expect(strictCoercion(INTEGER, STRING)).toBeNull();
    expect(laxCoercion(INTEGER, STRING)?.(2)).toBe('2');
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

const expression = (type: SqlType, text = 'X'): ListItem => ({ kind: 'expression', type, text });
const literal = (type: SqlType, text = '1'): ListItem => ({ kind: 'literal', type, text });
const string = (value: string): ListItem => ({
  kind: 'literal',
  type: STRING,
  string: value,
  text: `'${value}'`,
});
const list = (...elements: ListItem[]): ListItem => ({
  kind: 'array',
  elements,
  text: 'ARRAY[...]',
});
const NULL: ListItem = { kind: 'null' };

describe('the common type of a list', () => {
  test.each<[string, ListItem[], string]>([
    ['numbers widen', [expression(INTEGER), literal(BIGINT)], 'BIGINT'],
    [
      'decimals widen',
      [literal(decimal(2, 1)), literal(decimal(3, 2)), literal(INTEGER)],
      'DECIMAL(12, 2)',
    ],
    ['NULLs do not count', [NULL, expression(DATE), NULL], 'DATE'],
    ['NULLs only have no type', [NULL, NULL], 'null'],
    ['text is read as a number', [expression(INTEGER), string('10')], 'INTEGER'],
    ['text may be a wider number', [expression(INTEGER), string('2147483648')], 'BIGINT'],
    ['text may be a decimal', [expression(INTEGER), string('1.25')], 'DECIMAL(12, 2)'],
    ['text may be a double', [expression(INTEGER), string('1e3')], 'DOUBLE'],
    ['text is read as a boolean', [expression(BOOLEAN), string(' yE')], 'BOOLEAN'],
    ['text is read as a date', [expression(DATE), string('2020-01-01')], 'DATE'],
    ['a literal becomes text', [expression(STRING), literal(INTEGER)], 'STRING'],
    ['arrays widen', [expression(array(INTEGER)), expression(array(BIGINT))], 'ARRAY<BIGINT>'],
    [
      'literals in constructors count',
      [expression(array(BIGINT)), list(string('10'), NULL)],
      'ARRAY<BIGINT>',
    ],
    ['an array of NULLs goes along', [expression(array(BIGINT)), list(NULL)], 'ARRAY<BIGINT>'],
    [
      'maps widen in keys and values',
      [
        { kind: 'map', keys: [string('a')], values: [literal(INTEGER)], text: '' },
        expression(map(STRING, BIGINT)),
      ],
      'MAP<STRING, BIGINT>',
    ],
    [
      'structs merge by name',
      [
        { kind: 'struct', fields: [{ name: 'F0', value: literal(INTEGER) }], text: '' },
        {
          kind: 'struct',
          fields: [
            { name: 'f0', value: string('x') },
            { name: 'F0', value: literal(BIGINT) },
          ],
          text: '',
        },
      ],
      'STRUCT<`F0` BIGINT, `f0` STRING>',
    ],
  ])('%s', (_name, items, expected) => {
    expect(formatTypeOrNull(commonType(items))).toBe(expected);
  });

  test.each<[ListItem[], string]>([
    [
      [expression(BOOLEAN), string('Not a boolean')],
      'invalid input syntax for type BOOLEAN: "Not a boolean".',
    ],
    [
      [expression(DOUBLE), string('10.0 - no')],
      'invalid input syntax for type DOUBLE: "10.0 - no".',
    ],
    [
      [expression(array(BIGINT)), list(string('10'), string('not 10'))],
      'invalid input syntax for type BIGINT: "not 10".',
    ],
    [
      [expression(BOOLEAN), expression(STRING, 'VAL')],
      'operator does not exist: BOOLEAN = STRING (VAL)\nHint: You might need to add explicit type casts.',
    ],
    [
      [literal(INTEGER), literal(BOOLEAN, 'true')],
      'operator does not exist: INTEGER = BOOLEAN (true)',
    ],
    [
      [expression(array(BIGINT)), expression(INTEGER, 'ARRAY_LENGTH(VAL0)')],
      'operator does not exist: ARRAY<BIGINT> = INTEGER (ARRAY_LENGTH(VAL0))',
    ],
    [
      [
        expression(struct({ F0: BIGINT })),
        {
          kind: 'struct',
          fields: [{ name: 'F0', value: expression(BOOLEAN, 'VAL1') }],
          text: 'STRUCT(F0:=VAL1)',
        },
      ],
      'operator does not exist: STRUCT<`F0` BIGINT> = STRUCT<`F0` BOOLEAN> (STRUCT(F0:=VAL1))',
    ],
    [
      [expression(INTEGER), list(literal(INTEGER))],
      'operator does not exist: INTEGER = ARRAY<INTEGER>',
    ],
  ])('%j has none', (items, message) => {
    expect(() => commonType(items)).toThrow(message);
  });
});
