import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bytesOf } from '../../base/bytes.ts';
import { ByteIndex } from './byte-index.ts';

test('an index holds what a Map would, whatever is set and deleted', () => {
  const key = fc.oneof(fc.constantFrom('', 'a', 'ab', 'b'), fc.string());
  const changes = fc.array(fc.tuple(key, fc.option(fc.integer())));
  fc.assert(
    fc.property(changes, (given) => {
      const index = new ByteIndex();
      const map = new Map<string, number | null>();
      for (const [name, number] of given) {
        index.set(bytesOf(name), number === null ? null : [number]);
        map.set(name, number);
      }
      for (const [name, number] of map) {
        const framed = bytesOf(`<${name}>`);
        const found = index.get(framed, 1, framed.length - 1);
        expect(found).toEqual(number === null ? null : [number]);
      }
    }),
  );
});

test('an index grows', () => {
  const index = new ByteIndex();
  for (let number = 0; number < 10_000; number++) index.set(bytesOf(`key-${number}`), [number]);
  expect(index.keyCount).toBe(10_000);
  for (let number = 0; number < 10_000; number += 997) {
    const key = bytesOf(`key-${number}`);
    expect(index.get(key, 0, key.length)).toEqual([number]);
  }
  expect(index.get(bytesOf('key-10000'), 0, 9)).toBeNull();
});
