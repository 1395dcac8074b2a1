import fc from 'fast-check';
import { expect, it } from 'vitest';
import { writeDigits } from './write-digits.ts';

function written(value: number): string {
  const bytes = new Uint8Array(20);
  return new TextDecoder().decode(
    bytes.subarray(0, writeDigits(new DataView(bytes.buffer), 0, value)),
  );
}

it('writes every integer up to 2^53', () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), (value) => {
      expect(written(value)).toBe(String(value));
    }),
  );
});

it.each(Array.from({ length: 16 }, (_, exponent) => 10 ** exponent))(
  'and those around %d',
  (power) => {
    expect([power - 1, power, power + 1].map(written)).toEqual(
      [power - 1, power, power + 1].map(String),
    );
  },
);
