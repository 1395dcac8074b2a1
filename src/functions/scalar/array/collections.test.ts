import { describe, expect, it } from 'vitest';
import { callScalar, resultOf } from '../call-in-test.ts';

const ints = 'ARRAY<INTEGER>';
const texts = 'ARRAY<STRING>';
const textMap = 'MAP<STRING, INTEGER>';

describe('functions of two arrays', () => {
  it('concatenate, one NULL counting as nothing', () => {
    expect(resultOf('ARRAY_CONCAT', [ints, ints], [1, null], [1])).toEqual([1, null, 1]);
    expect(resultOf('ARRAY_CONCAT', [ints, ints], null, [1])).toEqual([1]);
    expect(resultOf('ARRAY_CONCAT', [ints, ints], [1], null)).toEqual([1]);
    expect(resultOf('ARRAY_CONCAT', [ints, ints], null, null)).toBe(null);
  });

  it('treat arrays as sets with one NULL', () => {
    expect(resultOf('ARRAY_EXCEPT', [ints, ints], [0, null, 1, null], [1])).toEqual([0, null]);
    expect(resultOf('ARRAY_INTERSECT', [ints, ints], [2, null, 1, 2], [null, 2])).toEqual([
      2,
      null,
    ]);
    expect(resultOf('ARRAY_UNION', [ints, ints], [1, null], [null, 2, 1])).toEqual([1, null, 2]);
    expect(resultOf('ARRAY_UNION', [ints, ints], [1], null)).toBe(null);
  });

  it('compare containers by value', () => {
    const nested = 'ARRAY<ARRAY<STRING>>';
    expect(resultOf('ARRAY_DISTINCT', [nested], [['a'], ['a'], ['b']])).toEqual([['a'], ['b']]);
    const maps = [
      new Map([
        ['a', 1],
        ['b', 2],
      ]),
      new Map([
        ['b', 2],
        ['a', 1],
      ]),
    ];
    expect(resultOf('ARRAY_DISTINCT', [`ARRAY<${textMap}>`], maps)).toHaveLength(1);
    expect(resultOf('ARRAY_REMOVE', [nested, texts], [['a'], ['b']], ['a'])).toEqual([['b']]);
  });
});

describe('functions of one array', () => {
  it('find and remove NULL', () => {
    expect(resultOf('ARRAY_CONTAINS', [ints, 'INTEGER'], [1, null], null)).toBe(true);
    expect(resultOf('ARRAY_CONTAINS', [ints, 'INTEGER'], [1], null)).toBe(false);
    expect(resultOf('ARRAY_CONTAINS', [ints, 'INTEGER'], null, 1)).toBe(false);
    expect(resultOf('ARRAY_CONTAINS', ['ARRAY<BIGINT>', 'BIGINT'], [2n ** 60n], 2n ** 60n)).toBe(
      true,
    );
    expect(resultOf('ARRAY_REMOVE', [ints, 'INTEGER'], null, 1)).toBe(null);
  });

  it('join, printing NULL and doubles as Java does', () => {
    expect(resultOf('ARRAY_JOIN', ['ARRAY<DOUBLE>', 'STRING'], [1, null, 1e10], '|')).toBe(
      '1.0|null|1.0E10',
    );
    expect(resultOf('ARRAY_JOIN', ['ARRAY<DECIMAL(4, 2)>', 'STRING'], [150n, 2n], null)).toBe(
      '1.500.02',
    );
    expect(resultOf('ARRAY_JOIN', [ints], [])).toBe('');
    expect(resultOf('ARRAY_JOIN', [ints], null)).toBe(null);
    expect(() => resultOf('ARRAY_JOIN', [`ARRAY<${ints}>`], [[1]])).toThrow('ARRAY_JOIN');
  });

  it('find extremes past NULL', () => {
    expect(resultOf('ARRAY_MAX', [ints], [null, -1, -2])).toBe(-1);
    expect(resultOf('ARRAY_MIN', ['ARRAY<BOOLEAN>'], [true, false])).toBe(false);
    expect(resultOf('ARRAY_MAX', [ints], [null])).toBe(null);
    expect(resultOf('ARRAY_MIN', [ints], [])).toBe(null);
  });

  it('sort with NULL last in both directions', () => {
    expect(resultOf('ARRAY_SORT', [texts], ['b', null, 'B', 'a'])).toEqual(['B', 'a', 'b', null]);
    expect(resultOf('ARRAY_SORT', [ints, 'STRING'], [1, null, 3], 'Descending')).toEqual([
      3,
      1,
      null,
    ]);
    expect(resultOf('ARRAY_SORT', [ints, 'STRING'], [1], 'up')).toBe(null);
    expect(resultOf('ARRAY_SORT', [ints, 'STRING'], [1], null)).toBe(null);
  });

  it('refuse to order what has no order', () => {
    expect(() => callScalar('ARRAY_SORT', [`ARRAY<${ints}>`], [[[1]]])).toThrow('have no order');
  });

  it('count NULL elements', () => {
    expect(resultOf('ARRAY_LENGTH', [ints], [null, null])).toBe(2);
  });
});

describe('GENERATE_SERIES', () => {
  const series = (...values: number[]): unknown =>
    resultOf(
      'GENERATE_SERIES',
      values.map(() => 'INTEGER'),
      ...values,
    );

  it('includes both ends and stops before passing the end', () => {
    expect(series(1, 1)).toEqual([1]);
    expect(series(3, 1)).toEqual([3, 2, 1]);
    expect(series(0, 7, 3)).toEqual([0, 3, 6]);
    expect(series(5, 5, -3)).toEqual([5]);
    expect(resultOf('GENERATE_SERIES', ['BIGINT', 'BIGINT', 'INTEGER'], 10n, 4n, -3)).toEqual([
      10n,
      7n,
      4n,
    ]);
  });

  it('refuses steps that lead nowhere, and too many elements', () => {
    expect(() => series(1, 2, 0)).toThrow('GENERATE_SERIES step cannot be zero');
    expect(() => series(1, 2, -1)).toThrow('GENERATE_SERIES step has wrong sign');
    expect(() => series(2, 1, 1)).toThrow('GENERATE_SERIES step has wrong sign');
    expect(() => series(-2_147_483_648, 2_147_483_647)).toThrow('LIMIT_EXCEEDED');
  });
});

describe('SLICE', () => {
  const slice = (from: number | null, to: number | null): unknown =>
    resultOf('SLICE', [texts, 'INTEGER', 'INTEGER'], ['a', 'b', 'c'], from, to);

  it.each([
    [1, 3, ['a', 'b', 'c']],
    [2, 2, ['b']],
    [null, 2, ['a', 'b']],
    [2, null, ['b', 'c']],
    [3, 2, []],
    [1, 0, []],
    [0, 2, null],
    [1, 4, null],
  ])('from %d to %d is %j', (from, to, expected) => {
    expect(slice(from, to)).toEqual(expected);
  });

  it('fails when the bounds are the wrong way round', () => {
    expect(() => slice(3, 1)).toThrow('fromIndex(2) > toIndex(1)');
  });
});

describe('functions of maps', () => {
  const map = new Map<string, number | null>([
    ['b', 1],
    ['a', null],
  ]);

  it('take them apart', () => {
    expect(resultOf('MAP_KEYS', [textMap], map)).toEqual(['a', 'b']);
    expect(resultOf('MAP_VALUES', [textMap], map)).toEqual([null, 1]);
    expect(callScalar('ENTRIES', [textMap, 'BOOLEAN'], [map, true])).toEqual({
      type: {
        kind: 'ARRAY',
        element: {
          kind: 'STRUCT',
          fields: [
            { name: 'K', type: { kind: 'STRING' } },
            { name: 'V', type: { kind: 'INTEGER' } },
          ],
        },
      },
      value: [
        ['a', null],
        ['b', 1],
      ],
    });
    expect(resultOf('ENTRIES', [textMap, 'BOOLEAN'], null, true)).toBe(null);
    expect(() => resultOf('ENTRIES', [textMap, 'BOOLEAN'], map, null)).toThrow('primitive NULL');
  });

  it('put them together', () => {
    expect(resultOf('AS_MAP', [texts, ints], ['a', 'b', 'a'], [1, 2])).toEqual(
      new Map([
        ['a', null],
        ['b', 2],
      ]),
    );
    expect(resultOf('AS_MAP', [texts, ints], ['a'], [1, 2])).toEqual(new Map([['a', 1]]));
    expect(resultOf('AS_MAP', [texts, ints], ['a'], null)).toBe(null);
    expect(resultOf('MAP_UNION', [textMap, textMap], new Map([['a', 7]]), map)).toEqual(
      new Map([
        ['a', null],
        ['b', 1],
      ]),
    );
    expect(resultOf('MAP_UNION', [textMap, textMap], null, map)).toBe(map);
    expect(resultOf('MAP_UNION', [textMap, textMap], null, null)).toBe(null);
  });
});

describe('functions with lambdas', () => {
  const isPositive = (x: unknown): boolean | null => (x === null ? null : (x as number) > 0);

  it('filter arrays and maps', () => {
    expect(resultOf('FILTER', [ints, 'BOOLEAN'], [1, -1, 2], (x) => isPositive(x))).toEqual([1, 2]);
    expect(resultOf('FILTER', [ints, 'BOOLEAN'], null, (x) => isPositive(x))).toBe(null);
    expect(() => resultOf('FILTER', [ints, 'BOOLEAN'], [null], (x) => isPositive(x))).toThrow(
      'NULL',
    );
    const kept = resultOf(
      'FILTER',
      [textMap, 'BOOLEAN'],
      new Map([['a', 1]]),
      (k, _v) => k === 'a',
    );
    expect(kept).toEqual(new Map([['a', 1]]));
    expect(() =>
      resultOf('FILTER', [textMap, 'BOOLEAN'], new Map([['a', null]]), (k, _v) => k === 'a'),
    ).toThrow('NULL');
  });

  it('transform arrays, NULL elements too', () => {
    const result = callScalar('TRANSFORM', [ints, 'STRING'], [[1, null], (x) => `<${x}>`]);
    expect(result).toEqual({
      type: { kind: 'ARRAY', element: { kind: 'STRING' } },
      value: ['<1>', '<null>'],
    });
    expect(resultOf('TRANSFORM', [ints, 'STRING'], null, (x) => `${x}`)).toBe(null);
  });

  it('transform maps unless keys collide or values are NULL', () => {
    const types = [textMap, 'STRING', 'INTEGER'];
    const map = new Map([
      ['a', 1],
      ['b', 2],
    ]);
    expect(
      resultOf(
        'TRANSFORM',
        types,
        map,
        (k, _v) => `${k}${k}`,
        (_k, v) => (v as number) * 10,
      ),
    ).toEqual(
      new Map([
        ['aa', 10],
        ['bb', 20],
      ]),
    );
    expect(() =>
      resultOf(
        'TRANSFORM',
        types,
        map,
        (_k, _v) => 'x',
        (_k, v) => v,
      ),
    ).toThrow('Duplicate key');
    expect(() =>
      resultOf(
        'TRANSFORM',
        types,
        map,
        (k, _v) => k,
        (_k, _v) => null,
      ),
    ).toThrow('NULL');
  });

  it('reduce from the left', () => {
    const join = (s: unknown, x: unknown): string => `${s}${x}`;
    const types = [ints, 'STRING', 'STRING'];
    expect(resultOf('REDUCE', types, [1, 2], 'x', (s, x) => join(s, x))).toBe('x12');
    expect(resultOf('REDUCE', types, null, 'x', (s, x) => join(s, x))).toBe('x');
    expect(resultOf('REDUCE', types, [1], null, (s, x) => join(s, x))).toBe(null);
    expect(
      resultOf(
        'REDUCE',
        [textMap, 'INTEGER', 'INTEGER'],
        new Map([['a', 1]]),
        5,
        (s, _k, v) => (s as number) + (v as number),
      ),
    ).toBe(6);
  });
});
