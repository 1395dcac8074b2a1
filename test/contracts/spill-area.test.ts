/** What every spill area does: bytes that were written are read as they were, wherever they lie. */
import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SpillFile } from '../../src/engine/spill-file.ts';
import { MemorySpillArea, type SpillArea } from '../../src/execution/state/spill-area.ts';
import { temporaryDirectory } from '../server/directories.ts';

interface OpenArea extends Disposable {
  readonly area: SpillArea;
}

function inMemory(): OpenArea {
  return { area: new MemorySpillArea(), [Symbol.dispose]() {} };
}

function inFile(): OpenArea {
  const directory = temporaryDirectory();
  const area = new SpillFile(directory.path);
  return {
    area,
    [Symbol.dispose]() {
      area[Symbol.dispose]();
      directory[Symbol.dispose]();
    },
  };
}

const reach = 300_000;
const write = fc.record({
  position: fc.nat(reach),
  bytes: fc.oneof(
    fc.uint8Array({ minLength: 1, maxLength: 40 }),
    // Over the ends of pages.
    fc.integer({ min: 1, max: 255 }).map((byte) => new Uint8Array(150_000).fill(byte)),
  ),
});

describe.each([
  ['memory', inMemory],
  ['a file', inFile],
])('a spill area in %s', (_name, open) => {
  test('reads what was written last', () => {
    fc.assert(
      fc.property(fc.array(write, { minLength: 1, maxLength: 12 }), (writes) => {
        using of = open();
        const expected = new Uint8Array(reach + 150_000);
        const known = new Uint8Array(expected.length);
        for (const { position, bytes } of writes) {
          of.area.write(position, bytes);
          expected.set(bytes, position);
          known.fill(1, position, position + bytes.length);
        }
        const read = new Uint8Array(expected.length);
        of.area.read(0, read);
        expect(read.every((byte, at) => known[at] === 0 || byte === expected[at])).toBe(true);
        for (const { position, bytes } of writes) {
          const part = new Uint8Array(bytes.length);
          of.area.read(position, part);
          expect(Buffer.compare(part, expected.subarray(position, position + bytes.length))).toBe(
            0,
          );
        }
      }),
      { numRuns: 30 },
    );
  });

  test('does not hold on to what it was given', () => {
    using of = open();
    const bytes = Uint8Array.of(1, 2, 3);
    of.area.write(5, bytes);
    bytes.fill(9);
    const read = new Uint8Array(3);
    of.area.read(5, read);
    expect([...read]).toEqual([1, 2, 3]);
  });

  test('keeps what lies before the end that it is cut off at, and takes more', () => {
    using of = open();
    of.area.write(0, new Uint8Array(200_000).fill(1));
    of.area.truncate(65_536);
    of.area.write(131_072, Uint8Array.of(2));
    const read = new Uint8Array(65_536);
    of.area.read(0, read);
    expect(read.every((byte) => byte === 1)).toBe(true);
    of.area.read(131_072, read.subarray(0, 1));
    expect(read[0]).toBe(2);
  });
});

describe('a spill file', () => {
  test('is there from the first write to the end, for its owner alone', () => {
    using directory = temporaryDirectory();
    const file = new SpillFile(directory.path);
    expect(readdirSync(directory.path)).toEqual([]);
    file.write(0, Uint8Array.of(1));
    const path = join(directory.path, 'spill', 'rows');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(join(directory.path, 'spill')).mode & 0o777).toBe(0o700);
    file.write(4095, Uint8Array.of(1));
    file.truncate(16);
    expect(statSync(path).size).toBe(16);
    file[Symbol.dispose]();
    expect(readdirSync(directory.path)).toEqual([]);
  });

  test('takes away what a process that was killed left', () => {
    using directory = temporaryDirectory();
    mkdirSync(join(directory.path, 'spill'));
    writeFileSync(join(directory.path, 'spill', 'rows'), 'left');
    const file = new SpillFile(directory.path);
    expect(existsSync(join(directory.path, 'spill'))).toBe(false);
    file[Symbol.dispose]();
  });

  test('does not take the room that the log needs', () => {
    using directory = temporaryDirectory();
    let free = 1024 * 1024 * 1024;
    using file = new SpillFile(directory.path, { freeBytes: () => free });
    file.write(0, new Uint8Array(1000));
    free = 512 * 1024 * 1024 + 500;
    file.write(0, new Uint8Array(1000));
    file.write(500, new Uint8Array(1000));
    expect(() => file.write(1000, new Uint8Array(1001))).toThrow(
      'state that memory has no room for cannot be written to disk: 512 MiB are free on the disk, 512 MiB must stay free',
    );
    free = 1024 * 1024 * 1024;
    file.write(1000, new Uint8Array(1001).fill(3));
    const read = new Uint8Array(1);
    file.read(2000, read);
    expect(read[0]).toBe(3);
  });
});
