import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  ByteReader,
  ByteWriter,
  bytesOf,
  compareBytes,
  textOf,
  unsignedVarintSize,
} from './bytes.ts';

test.each([
  [0, [0]],
  [-1, [1]],
  [1, [2]],
  [63, [126]],
  [-64, [127]],
  [64, [128, 1]],
  [2147483647, [254, 255, 255, 255, 15]],
  [-2147483648, [255, 255, 255, 255, 15]],
])('the varint of %i', (value, expected) => {
  const writer = new ByteWriter();
  writer.writeVarint(value);
  expect([...writer.view()]).toEqual(expected);
});

test('integers keep their value through writer and reader', () => {
  const magnitude = 2 ** 51;
  fc.assert(
    fc.property(fc.integer({ min: -magnitude, max: magnitude }), (value) => {
      const writer = new ByteWriter(1);
      writer.writeVarint(value);
      writer.writeInt64(value);
      if (value >= 0) {
        writer.writeUnsignedVarint(value);
        expect(writer.position).toBeGreaterThan(unsignedVarintSize(value));
      }
      const reader = new ByteReader(writer.take());
      expect(reader.readVarint()).toBe(value);
      expect(reader.readInt64()).toBe(value);
      if (value >= 0) expect(reader.readUnsignedVarint()).toBe(value);
      expect(reader.remaining).toBe(0);
    }),
  );
});

test('text is written as UTF-8, short and long', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 100 }), (text) => {
      const writer = new ByteWriter(1);
      expect(writer.writeText(text)).toBe(Buffer.byteLength(text));
      expect(textOf(writer.view())).toBe(text);
    }),
  );
});

test('fixed widths are big-endian', () => {
  const writer = new ByteWriter();
  writer.writeInt16(-2);
  writer.writeInt32(0x01020304);
  writer.writeBigInt64(-1n);
  writer.writeFloat64(1);
  expect(Buffer.from(writer.view()).toString('hex')).toBe(
    'fffe01020304ffffffffffffffff3ff0000000000000',
  );
  const reader = new ByteReader(writer.take());
  expect(reader.readInt16()).toBe(-2);
  expect(reader.readInt32()).toBe(0x01020304);
  expect(reader.readBigInt64()).toBe(-1n);
  expect(reader.readFloat64()).toBe(1);
});

test('reading past the end is refused', () => {
  const reader = new ByteReader(bytesOf('abc'));
  expect(() => reader.readInt32()).toThrow(RangeError);
  expect(() => reader.readBytes(-1)).toThrow(RangeError);
  expect(() => new ByteReader(new Uint8Array(11).fill(0xff)).readVarint()).toThrow(RangeError);
});

test('bytes are ordered as unsigned numbers, a prefix first', () => {
  expect(compareBytes(Uint8Array.of(1), Uint8Array.of(255))).toBeLessThan(0);
  expect(compareBytes(bytesOf('ab'), bytesOf('a'))).toBeGreaterThan(0);
  expect(compareBytes(bytesOf('ab'), bytesOf('ab'))).toBe(0);
});

test('bytes are copied whatever their number and however often their source comes', () => {
  const sources = [3, 5].map((step) => Uint8Array.from({ length: 700 }, (_, at) => at * step));
  const copies = fc.tuple(fc.nat(1), fc.nat(300), fc.nat(400));
  fc.assert(
    fc.property(fc.array(copies), (all) => {
      const writer = new ByteWriter(16);
      const expected: number[] = [];
      for (const [source, start, count] of all) {
        const bytes = sources[source] as Uint8Array;
        writer.writeBytes(bytes, start, start + count);
        expected.push(...bytes.subarray(start, start + count));
      }
      expect([...writer.take()]).toEqual(expected);
    }),
  );
});
