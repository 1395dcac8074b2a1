import { describe, expect, test } from 'vitest';
import { limitProperty } from '../aggregate/aggregate.ts';
import { bindAggregate } from '../../../test/functions/aggregate-runner.ts';
import { latestByOffset } from '../aggregate/by-offset.ts';
import { topk } from '../aggregate/topk.ts';
import { callScalar } from './call-in-test.ts';
import { joinedTexts, ResultSize } from './limits.ts';

const mebibyte = 'x'.repeat(1024 * 1024);
const sixteen = mebibyte.repeat(16);

test('two texts give one of at most 16 Mi characters', () => {
  expect(joinedTexts(sixteen, '')).toHaveLength(16_777_216);
  expect(joinedTexts(null, 1)).toBe('null1');
  expect(() => joinedTexts(sixteen, 'y')).toThrow(
    'LIMIT_EXCEEDED: text is 16777217, limit 16777216 (leat.limit.function.bytes)',
  );
});

describe('the size of a result', () => {
  test('is 8 for each value and what texts and bytes hold', () => {
    const size = new ResultSize();
    size.add(sixteen.slice(0, -59));
    size.add([1, 'a', new Map([['b', new Uint8Array(1)]])]);
    expect(() => size.add(null)).toThrow(
      'LIMIT_EXCEEDED: size of the result is 16777224, limit 16777216 (leat.limit.function.bytes)',
    );
  });

  test('limits what TRANSFORM makes of many elements', () => {
    const transform = (count: number) =>
      callScalar(
        'TRANSFORM',
        ['ARRAY<INTEGER>', 'STRING'],
        [Array.from({ length: count }, (_, at) => at), (_element) => mebibyte],
      ).value;
    expect(transform(15)).toHaveLength(15);
    expect(() => transform(16)).toThrow('LIMIT_EXCEEDED: size of the result');
  });

  test('limits what TRANSFORM makes of a map', () => {
    const map = new Map(Array.from({ length: 16 }, (_, at) => [`${at}`, at]));
    expect(() =>
      callScalar(
        'TRANSFORM',
        ['MAP<STRING, INTEGER>', 'STRING', 'STRING'],
        [map, (key, _value) => key, (_key, _value) => mebibyte],
      ),
    ).toThrow('LIMIT_EXCEEDED: size of the result');
  });
});

describe('aggregates', () => {
  test('collect as many as a function may give, unless a property says otherwise', () => {
    const limit = (text?: string) =>
      limitProperty(
        { property: () => text } as unknown as Parameters<typeof limitProperty>[0],
        'p',
      );
    expect([limit(), limit(' 7 '), limit('0'), limit('-1'), limit('x')]).toEqual([
      100_000,
      7,
      0,
      Number.POSITIVE_INFINITY,
      100_000,
    ]);
  });

  test('keep no more than a function may give', () => {
    const INTEGER = { kind: 'INTEGER' } as const;
    expect(() => bindAggregate(topk, [INTEGER], [{ type: INTEGER, value: 100_000 }])).not.toThrow();
    expect(() => bindAggregate(topk, [INTEGER], [{ type: INTEGER, value: 100_001 }])).toThrow(
      'LIMIT_EXCEEDED: k is 100001, limit 100000 (leat.limit.function.elements)',
    );
    expect(() =>
      bindAggregate(latestByOffset, [INTEGER], [{ type: INTEGER, value: 100_001 }]),
    ).toThrow('LIMIT_EXCEEDED: n is 100001, limit 100000 (leat.limit.function.elements)');
  });
});
