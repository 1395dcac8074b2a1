import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ColdIndex } from './cold-index.ts';
import { ColdRecords, SpillSpace } from './cold-records.ts';
import { Extents } from './extents.ts';
import { MemorySpillArea } from './spill-area.ts';

const KIB = 1024;
const limit = (value: number) => ({ key: 'leat.limit.state.spill', value });

describe('extents', () => {
  test('never overlap, are as large as asked for, and come back when they are free', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 300 * KIB }), { minLength: 1, maxLength: 30 });
    const order = fc.infiniteStream(fc.nat(1000));
    fc.assert(
      fc.property(sizes, order, (wanted, choices) => {
        let cutAt = -1;
        const area = { write() {}, read() {}, truncate: (end: number) => (cutAt = end) };
        const extents = new Extents(area, limit(1024 * 1024 * KIB));
        const held: { readonly position: number; readonly size: number }[] = [];
        for (const bytes of wanted) {
          const size = Extents.sizeFor(bytes);
          expect(size).toBeGreaterThanOrEqual(bytes);
          const position = extents.allocate(size);
          for (const other of held) {
            const isApart =
              position + size <= other.position || other.position + other.size <= position;
            expect(isApart).toBe(true);
          }
          held.push({ position, size });
          if (choices.next().value % 3 > 0) continue;
          const [gone] = held.splice(choices.next().value % held.length, 1);
          extents.release(gone!.position, gone!.size);
        }
        for (const { position, size } of held) extents.release(position, size);
        expect(extents.usedBytes).toBe(0);
        expect(cutAt).toBe(0);
      }),
    );
  });

  test('are no more than the limit', () => {
    const extents = new Extents(new MemorySpillArea(), limit(24 * KIB));
    const first = extents.allocate(16 * KIB);
    extents.allocate(8 * KIB);
    expect(() => extents.allocate(8 * KIB)).toThrow(
      'LIMIT_EXCEEDED: bytes of spilled state is 32768, limit 24576 (leat.limit.state.spill)',
    );
    extents.release(first, 16 * KIB);
    expect(extents.allocate(16 * KIB)).toBe(first);
  });
});

test('an index finds every record by its hash, whatever else came and went', () => {
  const step = fc.tuple(fc.boolean(), fc.nat(40));
  fc.assert(
    fc.property(
      fc.array(step, { maxLength: 300 }),
      fc.integer({ min: 1, max: 40 }),
      (steps, spread) => {
        const index = new ColdIndex(1);
        const places = new Map<number, number>();
        let next = 0;
        for (const [isAdded, key] of steps) {
          const hash = (key % spread) * 16;
          const place = places.get(key);
          if (isAdded && place === undefined) {
            index.setNumber(index.add(hash, next, key), 0, key + 0.5);
            places.set(key, next++);
          } else if (!isAdded && place !== undefined) {
            index.remove(index.slotOf(hash, place));
            places.delete(key);
          }
        }
        expect(index.count).toBe(places.size);
        for (const [key, place] of places) {
          const slot = index.slotOf((key % spread) * 16, place);
          expect([index.length(slot), index.number(slot, 0)]).toEqual([key, key + 0.5]);
        }
        expect([...index.slots()]).toHaveLength(places.size);
      },
    ),
  );
});

test('an index of many is divided, and finds all of them', () => {
  const index = new ColdIndex(1);
  const hashOf = (key: number): number => Math.imul(key, 0x9e3779b1) >>> 2;
  const count = 400_000;
  for (let key = 0; key < count; key++) index.setNumber(index.add(hashOf(key), key, 7), 0, -key);
  for (let key = 0; key < count; key += 2) index.remove(index.slotOf(hashOf(key), key));
  expect(index.count).toBe(count / 2);
  let missed = 0;
  for (let key = 0; key < count; key++) {
    const slot = index.slotOf(hashOf(key), key);
    if (slot >= 0 !== (key % 2 === 1)) missed++;
    if (slot >= 0 && (index.number(slot, 0) !== -key || index.hash(slot) !== hashOf(key))) missed++;
  }
  expect(missed).toBe(0);
  let seen = 0;
  for (const slot of index.slots()) seen += index.place(slot);
  expect(seen).toBe((count / 2) ** 2);
  expect(index.byteCount).toBeLessThan(count * 55);
});

test('hashes whose highest bits are all the same are kept as well', () => {
  const index = new ColdIndex(0);
  for (let key = 0; key < 120_000; key++) index.add(key, key, 1);
  let missed = 0;
  for (let key = 0; key < 120_000; key++) if (index.place(index.first(key)) !== key) missed++;
  expect(missed).toBe(0);
});

describe('records', () => {
  const payloadOf = (key: number, version: number): Uint8Array =>
    new Uint8Array(10 + ((key * 37 + version) % 3000)).fill((key + version) % 256);
  const records = (): { readonly of: ColdRecords; readonly space: SpillSpace } => {
    const space = new SpillSpace(new Extents(new MemorySpillArea(), limit(1024 * 1024 * KIB)));
    return { of: new ColdRecords(space, 0), space };
  };

  test('are what was written last, however often they are written anew and moved', () => {
    const steps = fc.array(fc.tuple(fc.nat(60), fc.boolean()), { minLength: 1, maxLength: 600 });
    fc.assert(
      fc.property(steps, (list) => {
        const { of, space } = records();
        const held = new Map<number, { readonly place: number; readonly version: number }>();
        for (const [version, [key, isKept]] of list.entries()) {
          const before = held.get(key);
          if (before !== undefined) of.drop(of.index.slotOf(key, before.place));
          held.delete(key);
          if (isKept) {
            const slot = of.add(key, payloadOf(key, version));
            of.flush();
            held.set(key, { place: of.index.place(slot), version });
          }
          of.compact(() => true);
          // Records may have moved.
          for (const [other, { version: its }] of held)
            held.set(other, { place: of.index.place(of.index.first(other)), version: its });
        }
        for (const [key, { version }] of held) {
          const payload = of.payload(of.index.first(key));
          expect(Buffer.compare(payload, payloadOf(key, version))).toBe(0);
        }
        const hashes = [...of.records()].map(({ hash }) => hash);
        expect(hashes.sort()).toEqual([...held.keys()].sort());
        expect(space.extents.usedBytes).toBeLessThanOrEqual(4 * space.liveBytes + 256 * KIB);
        of.release();
        expect([space.extents.usedBytes, space.liveBytes]).toEqual([0, 0]);
      }),
      { numRuns: 40 },
    );
  });

  test('that are not wanted any more go when others are moved', () => {
    const { of, space } = records();
    const payload = new Uint8Array(1000);
    for (let key = 0; key < 400; key++) of.add(key, payload);
    of.flush();
    for (let key = 0; key < 400; key++) if (key % 4 > 0) of.drop(of.index.first(key));
    for (let round = 0; round < 12; round++) of.compact(({ hash }) => hash % 8 === 0);
    expect(of.index.count).toBeLessThan(100);
    for (const { hash } of of.records()) expect(hash % 4).toBe(0);
    expect(space.extents.usedBytes).toBeLessThan(300 * KIB);
  });
});
