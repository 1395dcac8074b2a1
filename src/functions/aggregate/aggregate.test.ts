import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { accumulate, bindAggregate, resultOver } from '../../../test/functions/aggregate-runner.ts';
import { valuesEqual } from '../../types/compare.ts';
import { formatType } from '../../types/format-type.ts';
import type { SqlType } from '../../types/type.ts';
import type { Value } from '../../types/value.ts';
import { attr } from './attr.ts';
import { avg } from './avg.ts';
import { earliestByOffset, latestByOffset } from './by-offset.ts';
import { collectList, collectSet } from './collect.ts';
import { correlation } from './correlation.ts';
import { count } from './count.ts';
import { countDistinct } from './count-distinct.ts';
import { histogram } from './histogram.ts';
import { max, min } from './min-max.ts';
import { stddevSamp, stddevSample } from './stddev.ts';
import { sum, sumList } from './sum.ts';
import { topk, topkDistinct } from './topk.ts';

const INTEGER: SqlType = { kind: 'INTEGER' };
const BIGINT: SqlType = { kind: 'BIGINT' };
const DOUBLE: SqlType = { kind: 'DOUBLE' };
const STRING: SqlType = { kind: 'STRING' };
const BOOLEAN: SqlType = { kind: 'BOOLEAN' };
const BYTES: SqlType = { kind: 'BYTES' };
const DECIMAL: SqlType = { kind: 'DECIMAL', precision: 4, scale: 1 };

const one = (...values: Value[]): Value[][] => values.map((value) => [value]);
const int = (value: number): { type: SqlType; value: Value } => ({ type: INTEGER, value });
const bool = (value: boolean): { type: SqlType; value: Value } => ({ type: BOOLEAN, value });

describe('what is persisted', () => {
  test.each([
    [attr, [STRING], [], 'ARRAY<STRUCT<`VALUE` STRING, `COUNT` INTEGER>>'],
    [avg, [INTEGER], [], 'STRUCT<`SUM` INTEGER, `COUNT` BIGINT>'],
    [collectList, [DECIMAL], [], 'ARRAY<DECIMAL(4, 1)>'],
    [
      correlation,
      [INTEGER, INTEGER],
      [],
      'STRUCT<`X_SUM` DOUBLE, `Y_SUM` DOUBLE, `X_SQUARED_SUM` DOUBLE, `Y_SQUARED_SUM` DOUBLE, `XY_SUM` DOUBLE, `COUNT` BIGINT>',
    ],
    [count, [BYTES], [], 'BIGINT'],
    [countDistinct, [STRING], [], 'ARRAY<INTEGER>'],
    [latestByOffset, [DOUBLE], [], 'STRUCT<`SEQ` BIGINT, `VAL` DOUBLE>'],
    [earliestByOffset, [DOUBLE], [int(2)], 'ARRAY<STRUCT<`SEQ` BIGINT, `VAL` DOUBLE>>'],
    [histogram, [STRING], [], 'MAP<STRING, BIGINT>'],
    [max, [DECIMAL], [], 'DECIMAL(4, 1)'],
    [stddevSamp, [BIGINT], [], 'STRUCT<`SUM` BIGINT, `COUNT` BIGINT, `M2` DOUBLE>'],
    [sum, [DECIMAL], [], 'DECIMAL(4, 1)'],
    [sumList, [{ kind: 'ARRAY', element: DOUBLE } as SqlType], [], 'DOUBLE'],
    [topk, [STRING, DECIMAL], [int(2)], 'ARRAY<STRUCT<`sort_col` STRING, `col0` DECIMAL(4, 1)>>'],
    [topkDistinct, [DECIMAL], [int(2)], 'ARRAY<DECIMAL(4, 1)>'],
  ] as const)('$0.name', (def, columns, inits, stored) => {
    const bound = bindAggregate(def, columns, inits);
    expect(formatType(bound.aggregate.stored)).toBe(stored);
  });
});

describe('SUM', () => {
  test('wraps around', () => {
    expect(resultOver(bindAggregate(sum, [INTEGER]).aggregate, one(2147483647, 1))).toBe(
      -2147483648,
    );
    expect(resultOver(bindAggregate(sum, [BIGINT]).aggregate, one(2n ** 63n - 1n, 1n))).toBe(
      -(2n ** 63n),
    );
  });
  test('fails when a decimal outgrows its type', () => {
    const { aggregate } = bindAggregate(sum, [DECIMAL]);
    expect(() => accumulate(aggregate, one(5009n, 5008n))).toThrow(
      'Numeric field overflow: A field with precision 4 and scale 1 must round to an absolute value less than 10^3. Got 1001.7',
    );
  });
  test('casts nothing', () => {
    expect(() => bindAggregate(sum, [STRING])).toThrow(
      "Function 'SUM' does not accept parameters (STRING).",
    );
  });
});

describe('statistics agree with ksqlDB to the last digit', () => {
  test('AVG', () => {
    const { aggregate } = bindAggregate(avg, [DOUBLE]);
    expect(resultOver(aggregate, one(2.3, -200000.6))).toBe(-99999.15000000001);
  });
  test('STDDEV_SAMP and STDDEV_SAMPLE', () => {
    expect(
      resultOver(bindAggregate(stddevSamp, [BIGINT]).aggregate, one(500n, 100n, 0n, -6n)),
    ).toBe(57275.666666666664);
    expect(resultOver(bindAggregate(stddevSamp, [DOUBLE]).aggregate, one(-1.8, 2.3, 100.2))).toBe(
      3334.2033333333347,
    );
    expect(
      resultOver(bindAggregate(stddevSample, [BIGINT]).aggregate, one(2147483648n, 100n, -2n)),
    ).toBe(1239850233.9629574);
  });
  test('CORRELATION', () => {
    const rows = [
      [1n, 8n],
      [-1n, -2n],
      [-4n, -1n],
    ];
    expect(resultOver(bindAggregate(correlation, [BIGINT, BIGINT]).aggregate, rows)).toBe(
      0.7455284088780169,
    );
  });
});

describe('collections', () => {
  test('stop at their limits', () => {
    const properties = {
      'ksql.functions.collect_list.limit': '2',
      'ksql.functions.collect_set.limit': '-1',
    };
    expect(
      resultOver(bindAggregate(collectList, [INTEGER], [], properties).aggregate, one(1, 2, 3)),
    ).toEqual([1, 2]);
    expect(
      resultOver(bindAggregate(collectSet, [INTEGER], [], properties).aggregate, one(1, 2, 3)),
    ).toEqual([1, 2, 3]);
  });
  test('COLLECT_LIST gives back the last of equal elements', () => {
    const { aggregate } = bindAggregate(collectList, [INTEGER]);
    expect(aggregate.undo!(accumulate(aggregate, one(1, 2, 1, 3)), 1)).toEqual([1, 2, 3]);
    expect(aggregate.undo!([2], 1)).toEqual([2]);
  });
  test('HISTOGRAM counts a thousand values', () => {
    const { aggregate } = bindAggregate(histogram, [STRING]);
    const values = Array.from({ length: 1001 }, (_, index) => `v${index}`);
    const counts = resultOver(aggregate, one(...values, 'v0')) as ReadonlyMap<Value, Value>;
    expect(counts.size).toBe(1000);
    expect(counts.get('v0')).toBe(2n);
    expect(counts.has('v1000')).toBe(false);
  });
  test('ATTR has a value again when the others are gone', () => {
    const { aggregate } = bindAggregate(attr, [STRING]);
    const both = accumulate(aggregate, one('a', null));
    expect(aggregate.result(both)).toBeNull();
    expect(aggregate.result(aggregate.undo!(both, null))).toBe('a');
  });
});

describe('MIN, MAX and TOPK', () => {
  test('order bytes as signed and text by code unit', () => {
    const high = Uint8Array.of(0x80);
    const low = Uint8Array.of(0x7f);
    expect(resultOver(bindAggregate(max, [BYTES]).aggregate, one(high, low))).toBe(low);
    expect(resultOver(bindAggregate(min, [STRING]).aggregate, one('a', 'Z', null))).toBe('Z');
  });
  test('of nothing but NULL is NULL', () => {
    expect(resultOver(bindAggregate(min, [INTEGER]).aggregate, one(null))).toBeNull();
  });
  test('TOPK of nothing is empty, and a k below 1 keeps nothing', () => {
    expect(resultOver(bindAggregate(topk, [INTEGER], [int(2)]).aggregate, one(null))).toEqual([]);
    expect(resultOver(bindAggregate(topk, [INTEGER], [int(0)]).aggregate, one(1))).toEqual([]);
  });
  test('TOPK carries other columns, even NULL ones', () => {
    const { aggregate } = bindAggregate(topk, [STRING, INTEGER], [int(2)]);
    const rows = [
      ['a', 1],
      [null, 2],
      ['c', null],
      ['b', 4],
    ];
    expect(resultOver(aggregate, rows)).toEqual([
      ['c', null],
      ['b', 4],
    ]);
  });
  test('TOPK refuses a column without a type', () => {
    expect(() => bindAggregate(topk, [STRING, null], [int(2)])).toThrow(
      "Can't infer a type of null",
    );
  });
});

describe('EARLIEST_BY_OFFSET and LATEST_BY_OFFSET', () => {
  test('refuse to keep none', () => {
    expect(() => bindAggregate(earliestByOffset, [INTEGER], [int(0)])).toThrow(
      'earliestN must be 1 or greater',
    );
    expect(() => bindAggregate(latestByOffset, [INTEGER], [int(-1)])).toThrow(
      'latestN must be 1 or greater',
    );
  });
  test('tell by arrival which of two merged sessions counts', () => {
    for (const [def, expected] of [
      [earliestByOffset, 'first'],
      [latestByOffset, 'second'],
    ] as const) {
      const { aggregate } = bindAggregate(def, [STRING]);
      const later = accumulate(aggregate, one('first'));
      const earlier = accumulate(aggregate, one('second'));
      expect(aggregate.result(aggregate.merge(earlier, later))).toBe(expected);
      expect(aggregate.result(aggregate.merge(aggregate.init(), later))).toBe('first');
    }
  });
  test('of n values keep the n lowest sequence numbers when sessions merge', () => {
    const { aggregate } = bindAggregate(latestByOffset, [INTEGER], [int(2), bool(false)]);
    const a = accumulate(aggregate, one(1));
    const b = accumulate(aggregate, one(null, 3));
    const merged = aggregate.merge(b, a);
    expect(aggregate.result(merged)).toEqual([1, null]);
    expect(aggregate.result(aggregate.add(merged, 2))).toEqual([null, 2]);
  });
});

describe('laws', () => {
  const ints = fc.array(fc.option(fc.integer({ min: -50, max: 50 }), { freq: 5 }), {
    maxLength: 12,
  });
  const strings = fc.array(fc.option(fc.constantFrom('a', 'b', 'c'), { freq: 5 }), {
    maxLength: 12,
  });
  const undoable = [
    [sum, INTEGER, ints],
    [count, INTEGER, ints],
    [avg, INTEGER, ints],
    [histogram, STRING, strings],
    [attr, STRING, strings],
  ] as const;

  test.each(undoable)(
    '$0.name: taking back what was added leaves nothing of it',
    (def, type, values) => {
      const { aggregate, result } = bindAggregate(def, [type]);
      fc.assert(
        fc.property(
          values as fc.Arbitrary<Value[]>,
          values as fc.Arbitrary<Value[]>,
          (kept, taken) => {
            const all = accumulate(aggregate, one(...kept, ...taken));
            const rest = taken.reduce<Value>((acc, value) => aggregate.undo!(acc, value), all);
            expect(
              valuesEqual(result, aggregate.result(rest), resultOver(aggregate, one(...kept))),
            ).toBe(true);
          },
        ),
      );
    },
  );

  test.each([stddevSamp, stddevSample])(
    '$name: taking back and merging agree with starting anew',
    (def) => {
      const { aggregate } = bindAggregate(def, [DOUBLE]);
      fc.assert(
        fc.property(ints, ints, (a, b) => {
          const direct = resultOver(aggregate, one(...a, ...b)) as number;
          const merged = aggregate.merge(
            accumulate(aggregate, one(...a)),
            accumulate(aggregate, one(...b)),
          );
          expect(aggregate.result(merged)).toBeCloseTo(direct, 6);
          const back = b.reduce<Value>(
            (acc, value) => aggregate.undo!(acc, value),
            accumulate(aggregate, one(...a, ...b)),
          );
          expect(aggregate.result(back)).toBeCloseTo(resultOver(aggregate, one(...a)) as number, 3);
        }),
      );
    },
  );

  const mergeable = [
    [sum, INTEGER, [], ints],
    [count, INTEGER, [], ints],
    [avg, INTEGER, [], ints],
    [min, INTEGER, [], ints],
    [max, INTEGER, [], ints],
    [collectList, INTEGER, [], ints],
    [collectSet, INTEGER, [], ints],
    [countDistinct, INTEGER, [], ints],
    [topk, INTEGER, [int(3)], ints],
    [topkDistinct, INTEGER, [int(3)], ints],
    [histogram, STRING, [], strings],
    [attr, STRING, [], strings],
    [earliestByOffset, INTEGER, [], ints],
    [latestByOffset, INTEGER, [], ints],
    [earliestByOffset, INTEGER, [int(3), bool(false)], ints],
  ] as const;

  test.each(mergeable)('$0.name: merging two halves is adding all', (def, type, inits, values) => {
    const { aggregate, result } = bindAggregate(def, [type], inits);
    fc.assert(
      fc.property(values as fc.Arbitrary<Value[]>, values as fc.Arbitrary<Value[]>, (a, b) => {
        const left = accumulate(aggregate, one(...a));
        const right = accumulate(aggregate, one(...b));
        const merged = aggregate.result(aggregate.merge(left, right));
        expect(valuesEqual(result, merged, resultOver(aggregate, one(...a, ...b)))).toBe(true);
      }),
    );
  });

  test.each(mergeable)(
    '$0.name: accumulators do not change once given',
    (def, type, inits, values) => {
      const { aggregate } = bindAggregate(def, [type], inits);
      fc.assert(
        fc.property(values as fc.Arbitrary<Value[]>, values as fc.Arbitrary<Value[]>, (a, b) => {
          const before = accumulate(aggregate, one(...a));
          const copy = structuredClone(before);
          accumulate(aggregate, one(...b), before);
          aggregate.merge(before, accumulate(aggregate, one(...b)));
          expect(before).toEqual(copy);
        }),
        { numRuns: 30 },
      );
    },
  );
});
