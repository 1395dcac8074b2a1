import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bigintOfBytes, bytesOfBigint } from './bigint-bytes.ts';
import { decimalReader, integerSize, putInteger } from './binary-decimal.ts';
import { FormatError } from './format.ts';

function written(value: bigint): Uint8Array {
  const bytes = new Uint8Array(40).fill(0xaa);
  const end = putInteger(bytes, 3, value, integerSize(value));
  expect(bytes[end]).toBe(0xaa);
  return bytes.slice(3, end);
}

describe('an integer', () => {
  it.each([
    [0n, '00'],
    [127n, '7f'],
    [128n, '0080'],
    [-128n, '80'],
    [-129n, 'ff7f'],
    [2n ** 31n - 1n, '7fffffff'],
    [2n ** 31n, '0080000000'],
    [-(2n ** 31n), '80000000'],
    [-(2n ** 31n) - 1n, 'ff7fffffff'],
    [2n ** 63n - 1n, '7fffffffffffffff'],
    [2n ** 63n, '008000000000000000'],
  ])('%d takes the bytes %s', (value, hex) => {
    expect(Buffer.from(written(value)).toString('hex')).toBe(hex);
  });

  it('is written and read as those of any size are', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.bigInt({ min: -(2n ** 64n), max: 2n ** 64n }), fc.maxSafeInteger().map(BigInt)),
        (value) => {
          const bytes = written(value);
          expect(bytes).toEqual(bytesOfBigint(value));
          expect(decimalReader(38, 0)(bytes, 0, bytes.length, 0)).toBe(bigintOfBytes(bytes));
        },
      ),
    );
  });
});

describe('a decimal', () => {
  it('fits the column exactly or is refused', () => {
    const read = decimalReader(4, 2);
    expect(read(Uint8Array.of(0x27, 0x0f), 0, 2, 2)).toBe(9_999n);
    expect(read(Uint8Array.of(0x09), 0, 1, 0)).toBe(900n);
    expect(read(Uint8Array.of(), 0, 0, 2)).toBe(0n);
    expect(() => read(Uint8Array.of(0x27, 0x10), 0, 2, 2)).toThrow(FormatError);
    expect(() => read(Uint8Array.of(0x01), 0, 1, 3)).toThrow(
      "Cannot fit decimal '0.001' into DECIMAL(4, 2) without rounding.",
    );
  });
});
