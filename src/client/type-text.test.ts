import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatType, quoteNever } from '../types/format-type.ts';
import type { SqlType } from '../types/type.ts';
import { parseColumns, parseType } from './type-text.ts';

const type: fc.Arbitrary<SqlType> = fc.letrec<{ type: SqlType }>((tie) => ({
  type: fc.oneof(
    { maxDepth: 4 },
    fc
      .constantFrom('BOOLEAN', 'INTEGER', 'BIGINT', 'DOUBLE', 'STRING', 'BYTES', 'DATE', 'TIME')
      .map((kind): SqlType => ({ kind: kind as 'STRING' })),
    fc.record({
      kind: fc.constant('DECIMAL' as const),
      precision: fc.integer({ min: 1, max: 38 }),
      scale: fc.integer({ min: 0, max: 38 }),
    }),
    fc.record({ kind: fc.constant('ARRAY' as const), element: tie('type') }),
    fc.record({ kind: fc.constant('MAP' as const), key: tie('type'), value: tie('type') }),
    fc.record({
      kind: fc.constant('STRUCT' as const),
      fields: fc.array(
        fc.record({ name: fc.string({ minLength: 1, unit: 'binary' }), type: tie('type') }),
        { maxLength: 3 },
      ),
    }),
  ),
})).type;

describe('the text of types', () => {
  test('is read back as the type, whatever its names are', () => {
    fc.assert(
      fc.property(type, (of) => {
        expect(parseType(formatType(of))).toEqual(of);
      }),
    );
  });

  test('may have bare names', () => {
    const text = 'STRUCT<A INTEGER, B MAP<STRING, STRUCT< >>>';
    expect(formatType(parseType(text), quoteNever)).toBe(text);
  });

  test.each(['', 'NOTHING', 'ARRAY<', 'ARRAY<>', 'DECIMAL(4', 'STRING STRING', 'MAP<STRING>'])(
    'that is none is refused: %s',
    (text) => {
      expect(() => parseType(text)).toThrow(expect.objectContaining({ code: 'client.bad-answer' }));
    },
  );
});

test('columns with their marks', () => {
  expect(
    parseColumns(
      "`K``1` STRING KEY, `V` DECIMAL(4, 2), `H` BYTES HEADER('it''s'), `ALL` INTEGER HEADERS",
    ),
  ).toEqual([
    { name: 'K`1', type: { kind: 'STRING' }, key: true },
    { name: 'V', type: { kind: 'DECIMAL', precision: 4, scale: 2 }, key: false },
    { name: 'H', type: { kind: 'BYTES' }, key: false },
    { name: 'ALL', type: { kind: 'INTEGER' }, key: false },
  ]);
  expect(parseColumns('')).toEqual([]);
});
