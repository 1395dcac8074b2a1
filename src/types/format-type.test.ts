import { describe, expect, test } from 'vitest';
import { typesEqual } from './equal-types.ts';
import { formatSchema, formatType, formatTypeOrNull, quoteNever } from './format-type.ts';
import type { SqlType } from './type.ts';

const STRUCT: SqlType = {
  kind: 'STRUCT',
  fields: [
    { name: 'F0', type: { kind: 'STRING' } },
    { name: 'f`1', type: { kind: 'DECIMAL', precision: 4, scale: 2 } },
  ],
};

describe('text of types', () => {
  test('is canonical', () => {
    expect(formatType({ kind: 'MAP', key: { kind: 'STRING' }, value: { kind: 'DOUBLE' } })).toBe(
      'MAP<STRING, DOUBLE>',
    );
    expect(formatType({ kind: 'ARRAY', element: STRUCT })).toBe(
      'ARRAY<STRUCT<`F0` STRING, `f``1` DECIMAL(4, 2)>>',
    );
    expect(formatType({ kind: 'STRUCT', fields: [] })).toBe('STRUCT< >');
    expect(formatType(STRUCT, quoteNever)).toBe('STRUCT<F0 STRING, f`1 DECIMAL(4, 2)>');
    expect(formatTypeOrNull(null)).toBe('null');
  });
  test('of schemas marks keys and headers', () => {
    expect(
      formatSchema({
        key: [{ name: 'K', type: { kind: 'STRING' } }],
        value: [
          { name: 'V', type: { kind: 'INTEGER' } },
          { name: 'H', type: { kind: 'BYTES' }, header: { all: false, key: "a'b" } },
        ],
      }),
    ).toBe("`K` STRING KEY, `V` INTEGER, `H` BYTES HEADER('a''b')");
  });
});

describe('equality of types', () => {
  test('sees precision, scale, names and order', () => {
    expect(typesEqual(STRUCT, structuredClone(STRUCT))).toBe(true);
    expect(
      typesEqual(
        { kind: 'DECIMAL', precision: 4, scale: 2 },
        { kind: 'DECIMAL', precision: 5, scale: 2 },
      ),
    ).toBe(false);
    expect(
      typesEqual(STRUCT, {
        kind: 'STRUCT',
        fields: [...(STRUCT as never as { fields: [] }).fields].reverse(),
      }),
    ).toBe(false);
    expect(typesEqual({ kind: 'ARRAY', element: STRUCT }, STRUCT)).toBe(false);
  });
});
