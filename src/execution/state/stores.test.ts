import { describe, expect, test } from 'vitest';
import type { StateChange } from '../../log/log.ts';
import type { SqlType } from '../../types/type.ts';
import { keyIdentity } from './identity.ts';
import { OrderedQueue } from './queue.ts';
import { TableStore } from './table-store.ts';
import { WindowStore } from './window-store.ts';

const STRING: SqlType = { kind: 'STRING' };
const INTEGER: SqlType = { kind: 'INTEGER' };

describe('identities of keys', () => {
  test('columns do not run into one another', () => {
    const of = keyIdentity([STRING, STRING]);
    expect(of(['a', 'bc'])).not.toBe(of(['ab', 'c']));
    expect(of([null, 'x'])).not.toBe(of(['', 'x']));
    expect(of(['a', 'b'])).toBe(of(['a', 'b']));
  });

  test('a single primitive column is its own identity', () => {
    expect(keyIdentity([STRING])(['a'])).toBe('a');
    expect(keyIdentity([INTEGER])([7])).toBe(7);
    expect(keyIdentity([STRING])([null])).toBeNull();
  });

  test('the two zeros are different keys', () => {
    const of = keyIdentity([{ kind: 'DOUBLE' }]);
    expect(new Set([of([0]), of([-0])]).size).toBe(2);
    expect(of([1.5])).toBe(1.5);
  });
});

describe('a table store', () => {
  const store = (): TableStore => new TableStore('T/0', [STRING], [INTEGER]);
  const collect = (of: TableStore): StateChange[] => {
    const changes: StateChange[] = [];
    of.collect(changes);
    return changes;
  };

  test('gives each change once, the last one per key last', () => {
    const of = store();
    of.put('a', ['a'], [1], 5);
    of.put('a', ['a'], [2], 6);
    of.put('b', ['b'], [3], 7);
    of.delete('b');
    of.put('b', ['b'], [4], 8);
    const changes = collect(of);
    expect(changes.map(({ value }) => value === null)).toEqual([false, true, false]);
    expect(collect(of)).toEqual([]);
    const restored = store();
    const live = [changes[0]!, changes[2]!].map(({ key, value }) => [key, value!] as const);
    restored.restore(live);
    expect(
      [...restored.entries()].map(({ key, value, timestamp }) => [key, value, timestamp]),
    ).toEqual([
      [['a'], [2], 6],
      [['b'], [4], 8],
    ]);
  });

  test('forgets changes that nobody keeps', () => {
    const of = store();
    of.put('a', ['a'], [1], 5);
    of.collect(null);
    expect(collect(of)).toEqual([]);
    expect(of.get('a')?.value).toEqual([1]);
  });
});

test('a window store drops windows that a later one expires, durably', () => {
  const of = new WindowStore('W/0', [STRING], [INTEGER], 10);
  of.add(0, 'a', ['a', 0, 5], [1], 1);
  of.add(10, 'a', ['a', 10, 15], [2], 11);
  const changes: StateChange[] = [];
  of.collect(changes);
  expect(of.get(0, 'a')?.value).toEqual([1]);
  of.add(15, 'b', ['b', 15, 20], [3], 16);
  expect(of.get(0, 'a')).toBeUndefined();
  const later: StateChange[] = [];
  of.collect(later);
  expect(later.map(({ key, value }) => [[...key], value === null])).toEqual([
    [[...later[0]!.key], false],
    [[...changes[0]!.key], true],
  ]);
});

test('an ordered queue gives items in order, equal ones as they came', () => {
  const queue = new OrderedQueue<readonly [number, string]>((a, b) => a[0] > b[0]);
  for (const item of [
    [3, 'a'],
    [1, 'b'],
    [3, 'c'],
    [2, 'd'],
    [1, 'e'],
  ] as const)
    queue.add(item);
  const names: string[] = [];
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) names.push(next[1]);
  expect(names.join('')).toBe('bedac');
});
