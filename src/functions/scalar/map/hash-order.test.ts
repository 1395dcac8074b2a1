import { describe, expect, it } from 'vitest';
import { hashOrdered } from './hash-order.ts';

const keys = (...names: string[]): readonly unknown[] =>
  hashOrdered(new Map(names.map((name) => [name, 0]))).map(([key]) => key);

describe('the order of a map’s entries', () => {
  it('is by bucket, then by insertion', () => {
    // Hashes of single letters are their codes: a = 97, b = 98, c = 99, e = 101.
    expect(keys('b', 'a')).toEqual(['a', 'b']);
    expect(keys('c', 'a')).toEqual(['a', 'c']);
    expect(keys('e', 'b', 'a')).toEqual(['e', 'a', 'b']);
    expect(keys('a', 'b', 'e')).toEqual(['a', 'e', 'b']);
    expect(keys('e', 'b', 'a', 'c')).toEqual(['a', 'b', 'c', 'e']);
    expect(keys('yes, thanks', 'nope', 'sure, yeah')).toEqual([
      'yes, thanks',
      'sure, yeah',
      'nope',
    ]);
  });

  it('is that of insertion where keys are no texts', () => {
    expect(
      hashOrdered(
        new Map([
          [2, 'x'],
          [1, 'y'],
        ]),
      ),
    ).toEqual([
      [2, 'x'],
      [1, 'y'],
    ]);
  });
});
