import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ByteWriter, bytesOf, textOf } from '../../base/bytes.ts';
import type { Bytes } from '../../base/env.ts';
import { murmur2 } from '../../base/hash.ts';
import { Merge } from './merge.ts';
import { EntryCursor, PAGE_BYTES_MAX, sortChanges, writeChange } from './state-entries.ts';
import { mergeStart } from './state-upkeep.ts';

type Change = readonly [key: string, value: string | null];

function changes(list: readonly Change[]): Bytes {
  const writer = new ByteWriter();
  for (const [key, value] of list) {
    writeChange(writer, {
      store: 's',
      key: bytesOf(key),
      value: value === null ? null : bytesOf(value),
    });
  }
  return writer.take();
}

function mergeAll(runs: readonly (readonly Bytes[])[]): readonly Change[] {
  const merge = new Merge(runs.map((pages) => pages[Symbol.iterator]()));
  const result: Change[] = [];
  for (let entry = merge.next(); entry !== null; entry = merge.next()) {
    const { bytes, keyStart, keyEnd, valueStart, valueEnd } = entry;
    const value = valueStart < 0 ? null : textOf(bytes, valueStart, valueEnd);
    result.push([textOf(bytes, keyStart, keyEnd), value]);
  }
  return result;
}

const anyChanges = fc.array(
  fc.array(
    fc.tuple(
      fc.oneof(fc.string({ maxLength: 2 }), fc.string({ unit: 'grapheme', maxLength: 20 })),
      fc.option(fc.string({ maxLength: 200 }), { nil: null }),
    ),
    { maxLength: 20 },
  ),
  { maxLength: 6 },
);

test('sorted and merged changes are the last ones of each key, deletes included', () => {
  fc.assert(
    fc.property(anyChanges, fc.nat({ max: 6 }), (commits, split) => {
      const expected = new Map(commits.flat());
      const blobs = commits.map(changes);
      const runs = [sortChanges(blobs.slice(0, split)), sortChanges(blobs.slice(split))];
      const merged = mergeAll(runs);
      expect(merged).toHaveLength(expected.size);
      expect(new Map(merged)).toEqual(expected);
      expect(mergeAll([sortChanges(blobs)])).toEqual(merged);
    }),
  );
});

test('keys with one hash are kept apart and in order', () => {
  const [left, right] = ['key-5144', 'key-225276'];
  expect(murmur2(bytesOf(left))).toBe(murmur2(bytesOf(right)));
  const older = sortChanges([changes([[right, '1']]), changes([[left, '2']])]);
  const newer = sortChanges([changes([[right, '3']])]);
  const merged = new Map(mergeAll([older, newer]));
  expect(merged).toEqual(
    new Map([
      [left, '2'],
      [right, '3'],
    ]),
  );
});

test('a large run is cut into pages', () => {
  const list = Array.from({ length: 3000 }, (_, index): Change => [`${index}`, 'x'.repeat(300)]);
  const pages = sortChanges([changes(list)]);
  expect(pages.length).toBe(4);
  for (const page of pages) expect(page.length).toBeLessThan(PAGE_BYTES_MAX + 400);
  expect(new Map(mergeAll([pages]))).toEqual(new Map(list));
});

test('damaged entries are refused, not read past their end', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
      const cursor = new EntryCursor('page');
      cursor.reset(bytes);
      try {
        while (cursor.next()) {
          expect(Math.max(cursor.keyEnd, cursor.valueEnd)).toBeLessThanOrEqual(bytes.length);
        }
      } catch (error) {
        expect(error).toMatchObject({ code: 'log.corrupt-state' });
      }
    }),
  );
});

test.each([
  ['few runs', [1, 1, 1], null],
  ['equal runs', [1, 1, 1, 1], 0],
  ['a large old run', [100, 1, 1, 1, 1], 1],
  ['an old run that the newer ones have outgrown', [8, 4, 1, 1, 1, 1], 0],
  ['a run that is a little too large', [9, 4, 1, 1, 1, 1], 1],
  ['runs that halve', [64, 32, 16, 8], null],
])('of %s, %j are merged from %s on', (_name, sizes, start) => {
  expect(mergeStart(sizes.map((bytes) => ({ bytes })))).toBe(start);
});
