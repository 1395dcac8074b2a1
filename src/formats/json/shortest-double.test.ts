import fc from 'fast-check';
import { expect, it } from 'vitest';
import { writeShortest } from './shortest-double.ts';

/** null where it does not know. */
function written(magnitude: number): string | null {
  const bytes = new Uint8Array(40).fill(0x23);
  const end = writeShortest(bytes, 3, magnitude, new DataView(bytes.buffer));
  return end === -1 ? null : new TextDecoder().decode(bytes.subarray(3, end));
}

it('writes what JavaScript prints, or does not know', () => {
  const magnitudes = fc.double({ min: 1e-3, max: 1e7, maxExcluded: true, noNaN: true });
  fc.assert(
    fc.property(magnitudes, (magnitude) => {
      fc.pre(!Number.isInteger(magnitude));
      expect([String(magnitude), null]).toContain(written(magnitude));
    }),
    { numRuns: 20_000 },
  );
});

it('writes what computing with short decimals leaves behind', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 999_999 }), fc.integer({ min: 1, max: 999 }), (n, m) => {
      const magnitude = n / 100 + m / 1000;
      fc.pre(!Number.isInteger(magnitude));
      expect([String(magnitude), null]).toContain(written(magnitude));
    }),
    { numRuns: 5_000 },
  );
});

it('knows nearly all', () => {
  const known = Array.from({ length: 1000 }, (_, i) => written(Math.abs(Math.sin(i + 1)) + 0.001));
  expect(known.filter((text) => text === null).length).toBeLessThan(5);
});

it.each([
  [0.1 + 0.2, '0.30000000000000004'],
  [Math.PI, '3.141592653589793'],
  [Math.E * 1e6, '2718281.828459045'],
  [0.001_234_567_890_123_456, '0.001234567890123456'],
  [9_999_999.999_999_998, '9999999.999999998'],
  [1.000_000_000_000_000_2, '1.0000000000000002'],
  [5e-3 + Number.EPSILON / 256, '0.005000000000000001'],
])('%d', (magnitude, text) => {
  expect(written(magnitude)).toBe(text);
});

it('leaves powers of two to others', () => {
  expect(written(2 ** -9)).toBeNull();
});
