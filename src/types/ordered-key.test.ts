import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { equalsFunction, naturalOrder, valuesEqual } from './compare.ts';
import { compareBytes } from '../base/bytes.ts';
import { orderedKey, orderedKeyCodec } from './ordered-key.ts';
import type { SqlType } from './type.ts';
import type { Row, Value } from './value.ts';
import { valueKey } from './value-key.ts';

const DECIMAL: SqlType = { kind: 'DECIMAL', precision: 25, scale: 5 };
const LIMIT = 10n ** 25n - 1n;

/** Values that lie close together, so that ties and prefixes happen. */
const VALUES: readonly (readonly [SqlType, fc.Arbitrary<Value>])[] = [
  [{ kind: 'BOOLEAN' }, fc.boolean()],
  [{ kind: 'INTEGER' }, fc.oneof(fc.integer(), fc.integer({ min: -2, max: 2 }))],
  [{ kind: 'BIGINT' }, fc.oneof(fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n), fc.bigInt(-2n, 2n))],
  [{ kind: 'DOUBLE' }, fc.oneof(fc.double(), fc.constantFrom(-0, 0, 1, -1))],
  [DECIMAL, fc.oneof(fc.bigInt(-LIMIT, LIMIT), fc.bigInt(-2n, 2n), fc.constantFrom(LIMIT, -LIMIT))],
  [
    { kind: 'STRING' },
    fc.oneof(
      fc.string({ unit: fc.constantFrom('\0', '\u0001', 'a', 'ÿ', '\ud800', '\udc00', '\uffff') }),
      fc.string(),
    ),
  ],
  [{ kind: 'BYTES' }, fc.uint8Array({ max: 255, maxLength: 3 })],
  [{ kind: 'TIMESTAMP' }, fc.oneof(fc.maxSafeInteger(), fc.integer({ min: -2, max: 2 }))],
];

const column = fc.constantFrom(...VALUES).chain(([type, values]) =>
  fc.record({
    type: fc.constant(type),
    a: fc.option(values, { freq: 8 }),
    b: fc.option(values, { freq: 8 }),
  }),
);

function compareRows(types: readonly SqlType[], a: Row, b: Row): number {
  for (const [index, type] of types.entries()) {
    const x = a[index]!;
    const y = b[index]!;
    if (x === null || y === null) {
      if (x !== y) return x === null ? -1 : 1;
      continue;
    }
    const order = Math.sign(naturalOrder(type)!(x, y));
    if (order !== 0) return order;
  }
  return 0;
}

describe('ordered keys', () => {
  test('the order of the bytes is the order of the rows', () => {
    fc.assert(
      fc.property(fc.array(column, { minLength: 1, maxLength: 3 }), (columns) => {
        const types = columns.map(({ type }) => type);
        const a = columns.map((each) => each.a);
        const b = columns.map((each) => each.b);
        const keys = Math.sign(compareBytes(orderedKey(types, a), orderedKey(types, b)));
        expect(keys).toBe(compareRows(types, a, b));
      }),
      { numRuns: 1000 },
    );
  });

  test('rows read back as they were', () => {
    fc.assert(
      fc.property(fc.array(column, { minLength: 1, maxLength: 3 }), (columns) => {
        const codec = orderedKeyCodec(columns.map(({ type }) => type));
        const row = columns.map(({ a }) => a);
        const back = codec.decode(codec.encode(row));
        columns.forEach(({ type }, index) => {
          expect(valuesEqual(type, back[index]!, row[index]!)).toBe(true);
        });
      }),
    );
  });

  test('containers read back, and maps do not depend on the order of entries', () => {
    const type: SqlType = {
      kind: 'STRUCT',
      fields: [
        { name: 'A', type: { kind: 'ARRAY', element: { kind: 'STRING' } } },
        { name: 'M', type: { kind: 'MAP', key: { kind: 'STRING' }, value: { kind: 'INTEGER' } } },
      ],
    };
    const codec = orderedKeyCodec([type]);
    const row: Row = [
      [
        ['x', null, ''],
        new Map<Value, Value>([
          ['b', 1],
          ['a', null],
        ]),
      ],
    ];
    const same: Row = [
      [
        ['x', null, ''],
        new Map<Value, Value>([
          ['a', null],
          ['b', 1],
        ]),
      ],
    ];
    expect(equalsFunction(type)(codec.decode(codec.encode(row))[0]!, row[0]!)).toBe(true);
    expect(codec.encode(row)).toEqual(codec.encode(same));
  });

  test('arrays order element by element, a prefix first', () => {
    const type: SqlType = { kind: 'ARRAY', element: { kind: 'INTEGER' } };
    const ascending: Value[] = [null, [], [null], [null, 1], [-1], [1], [1, null], [1, 0], [2]];
    const keys = ascending.map((value) => orderedKey([type], [value]));
    expect(keys.toSorted(compareBytes)).toEqual(keys);
  });

  test('the key of the first columns is a prefix of the key of the row', () => {
    const types: SqlType[] = [{ kind: 'STRING' }, { kind: 'BIGINT' }];
    const prefix = orderedKey(types, ['a\0']);
    expect([...orderedKey(types, ['a\0', 7n]).subarray(0, prefix.length)]).toEqual([...prefix]);
  });

  test('the bytes are as documented', () => {
    const types: SqlType[] = [{ kind: 'STRING' }, { kind: 'INTEGER' }, { kind: 'BYTES' }];
    expect([...orderedKey(types, ['a\0é', -1, Uint8Array.of(0x80, 1)])]).toEqual([
      1, 0x61, 0, 0xff, 0xc3, 0xa9, 0, 1, 0x7f, 0xff, 0xff, 0xff, 1, 0, 0xff, 0x81, 0,
    ]);
    expect([...orderedKey(types, [null])]).toEqual([0]);
  });
});

describe('value keys', () => {
  test('are the same exactly for equal values', () => {
    fc.assert(
      fc.property(column, ({ type, a, b }) => {
        const list: SqlType = { kind: 'ARRAY', element: type };
        const same = valuesEqual(list, [a, b], [b, a]);
        expect(valueKey(list, [a, b]) === valueKey(list, [b, a])).toBe(same);
      }),
    );
  });
});
