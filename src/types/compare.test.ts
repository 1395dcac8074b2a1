import { describe, expect, test } from 'vitest';
import { comparator, naturalOrder, valuesEqual } from './compare.ts';
import type { SqlType } from './type.ts';
import type { Value } from './value.ts';
import { valueKey } from './value-key.ts';

const BOOLEAN: SqlType = { kind: 'BOOLEAN' };
const INTEGER: SqlType = { kind: 'INTEGER' };
const BIGINT: SqlType = { kind: 'BIGINT' };
const DOUBLE: SqlType = { kind: 'DOUBLE' };
const STRING: SqlType = { kind: 'STRING' };
const BYTES: SqlType = { kind: 'BYTES' };
const DATE: SqlType = { kind: 'DATE' };
const TIME: SqlType = { kind: 'TIME' };
const TIMESTAMP: SqlType = { kind: 'TIMESTAMP' };
const DECIMAL: SqlType = { kind: 'DECIMAL', precision: 4, scale: 2 };
const array = (element: SqlType): SqlType => ({ kind: 'ARRAY', element });
const map = (value: SqlType): SqlType => ({ kind: 'MAP', key: STRING, value });
const struct = (name: string, type: SqlType): SqlType => ({
  kind: 'STRUCT',
  fields: [{ name, type }],
});

function sign(a: SqlType, x: Value, b: SqlType, y: Value): number {
  const found = comparator(a, b);
  if (found?.kind !== 'ordered') throw new Error('not ordered');
  return Math.sign(found.compare(x, y));
}

function equal(a: SqlType, x: Value, b: SqlType, y: Value): boolean {
  const found = comparator(a, b);
  if (found?.kind !== 'equality') throw new Error('not only equality');
  return found.equals(x, y);
}

describe('ordered comparisons', () => {
  test.each<[SqlType, Value, SqlType, Value, number]>([
    [INTEGER, 1, INTEGER, 2, -1],
    [INTEGER, 2, BIGINT, 2n, 0],
    [BIGINT, 3n, INTEGER, 2, 1],
    [BIGINT, 9007199254740993n, DOUBLE, 9007199254740992, 1],
    [DOUBLE, 2, BIGINT, 2n, 0],
    [DOUBLE, 1.5, INTEGER, 1, 1],
    [DOUBLE, -0, DOUBLE, 0, 0],
    [DECIMAL, 150n, INTEGER, 1, 1],
    [BIGINT, 1n, DECIMAL, 100n, 0],
    [DOUBLE, 0.1, DECIMAL, 10n, 0],
    [DECIMAL, 11n, DOUBLE, 0.1, 1],
    [DECIMAL, 150n, { kind: 'DECIMAL', precision: 2, scale: 1 }, 15n, 0],
    [STRING, 'Z', STRING, 'a', -1],
    [STRING, '\u{10000}', STRING, '\uffff', -1],
    [BYTES, Uint8Array.of(0x80), BYTES, Uint8Array.of(0x7f), -1],
    [BYTES, Uint8Array.of(1), BYTES, Uint8Array.of(1, 0), -1],
    [DATE, 1, TIMESTAMP, 86_400_000, 0],
    [TIMESTAMP, 1, DATE, 0, 1],
    [DATE, 0, STRING, '1970-01-02', -1],
    [STRING, '1970-01-02', DATE, 0, 1],
    [TIME, 60_000, STRING, '00:01', 0],
    [STRING, '1970-01-01T00:00:01', TIMESTAMP, 1000, 0],
  ])('%j %s to %j %s', (a, x, b, y, expected) => {
    expect(sign(a, x, b, y)).toBe(expected);
  });
  test('NaN is neither equal nor unequal', () => {
    expect(sign(DOUBLE, Number.NaN, DOUBLE, Number.NaN)).toBeNaN();
    expect(sign(BIGINT, 1n, DOUBLE, Number.NaN)).toBeNaN();
  });
  test('text that is no date fails the evaluation', () => {
    expect(() => sign(DATE, 0, STRING, 'x')).toThrow("Failed to parse date 'x'");
    expect(() => sign(DECIMAL, 0n, DOUBLE, Number.NaN)).toThrow('Infinite or NaN');
  });
});

describe('equality', () => {
  test('of booleans and containers, by value', () => {
    expect(equal(BOOLEAN, true, BOOLEAN, true)).toBe(true);
    expect(equal(array(INTEGER), [1, null], array(INTEGER), [1, null])).toBe(true);
    expect(equal(array(INTEGER), [1], array(INTEGER), [1, 2])).toBe(false);
    expect(
      equal(
        map(INTEGER),
        new Map([
          ['a', 1],
          ['b', 2],
        ]),
        map(INTEGER),
        new Map([
          ['b', 2],
          ['a', 1],
        ]),
      ),
    ).toBe(true);
    expect(equal(map(INTEGER), new Map([['a', null]]), map(INTEGER), new Map([['b', null]]))).toBe(
      false,
    );
    expect(
      equal(struct('A', BYTES), [Uint8Array.of(1)], struct('A', BYTES), [Uint8Array.of(1)]),
    ).toBe(true);
  });
  test('of containers whose parts differ in type compares the parts', () => {
    expect(equal(array(INTEGER), [1, null], array(BIGINT), [1n, null])).toBe(true);
    expect(equal(array(INTEGER), [1], array(STRING), ['1'])).toBe(false);
    expect(equal(map(INTEGER), new Map([['a', 1]]), map(DOUBLE), new Map([['a', 1]]))).toBe(true);
    expect(equal(struct('A', INTEGER), [1], struct('A', BIGINT), [1n])).toBe(true);
    expect(equal(struct('A', INTEGER), [1], struct('B', INTEGER), [1])).toBe(false);
  });
  test.each([
    [BOOLEAN, INTEGER],
    [STRING, INTEGER],
    [STRING, BYTES],
    [TIME, TIMESTAMP],
    [DATE, TIME],
    [array(INTEGER), map(INTEGER)],
    [BIGINT, TIMESTAMP],
  ])('%j and %j do not compare', (a, b) => {
    expect(comparator(a, b)).toBeNull();
    expect(comparator(b, a)).toBeNull();
  });
});

describe('identity', () => {
  const pairs: readonly (readonly [SqlType, Value, Value, boolean])[] = [
    [DOUBLE, Number.NaN, Number.NaN, true],
    [DOUBLE, -0, 0, false],
    [STRING, null, null, true],
    [STRING, null, '', false],
    [array(INTEGER), [null, 5], [-5], false],
    [array(STRING), ['a', 'b'], ['a1:b'], false],
    [array(array(INTEGER)), [[1], []], [[], [1]], false],
    [
      map(INTEGER),
      new Map([
        ['a', 1],
        ['b', 2],
      ]),
      new Map([
        ['b', 2],
        ['a', 1],
      ]),
      true,
    ],
    [BYTES, Uint8Array.of(1, 2), Uint8Array.of(1, 2), true],
    [struct('A', STRING), [null], ['~'], false],
  ];
  test.each(pairs)('%j: %s and %s', (type, a, b, same) => {
    expect(valuesEqual(type, a, b)).toBe(same);
    expect(valueKey(type, a) === valueKey(type, b)).toBe(same);
  });
});

describe('natural order', () => {
  test('is total for doubles', () => {
    const order = naturalOrder(DOUBLE)!;
    const sorted = [Number.NaN, 0, -0, Number.POSITIVE_INFINITY, -1].sort(order);
    expect(sorted).toEqual([-1, -0, 0, Number.POSITIVE_INFINITY, Number.NaN]);
  });
  test('puts false before true and has nothing to say about containers', () => {
    expect(naturalOrder(BOOLEAN)!(false, true)).toBe(-1);
    expect(naturalOrder(array(INTEGER))).toBeNull();
  });
});
