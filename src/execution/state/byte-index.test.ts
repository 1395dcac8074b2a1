import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bytesOf } from '../../base/bytes.ts';
import { ByteIndex } from './byte-index.ts';

function get(index: ByteIndex, key: string): readonly unknown[] | null {
  const framed = bytesOf(`<${key}>`);
  const at = index.find(framed, 1, framed.length - 1);
  return at === -1 ? null : index.cells.slice(at, at + 2);
}

test('an index holds what a Map would, whatever is set and deleted', () => {
  const key = fc.oneof(fc.constantFrom('', 'a', 'ab', 'b'), fc.string());
  const changes = fc.array(fc.tuple(key, fc.option(fc.integer())));
  fc.assert(
    fc.property(changes, (given) => {
      const index = new ByteIndex(2);
      const map = new Map<string, number | null>();
      for (const [name, number] of given) {
        index.set(bytesOf(name), number === null ? null : [number, name]);
        map.set(name, number);
      }
      for (const [name, number] of map) {
        expect(get(index, name)).toEqual(number === null ? null : [number, name]);
      }
    }),
  );
});

test('an index grows', () => {
  const index = new ByteIndex(2);
  for (let number = 0; number < 10_000; number++) index.set(bytesOf(`key-${number}`), [number, 0]);
  expect(index.keyCount).toBe(10_000);
  for (let number = 0; number < 10_000; number += 997) {
    expect(get(index, `key-${number}`)).toEqual([number, 0]);
  }
  expect(get(index, 'key-10000')).toBeNull();
});
