import fc from 'fast-check';
import { expect, it } from 'vitest';
import { longDouble } from './long-double.ts';

function parsed(text: string): number {
  const bytes = new TextEncoder().encode(text);
  const first = text.startsWith('-') ? 1 : 0;
  const point = text.includes('.') ? text.indexOf('.') : text.length;
  const magnitude = longDouble(new DataView(bytes.buffer), first, point, text.length);
  return first === 1 ? -magnitude : magnitude;
}

const digits = fc
  .array(fc.integer({ min: 0, max: 9 }), { minLength: 14, maxLength: 21 })
  .map((list) => list.join(''));

it('is the nearest double or says that it is not certain', () => {
  fc.assert(
    fc.property(digits, fc.nat(21), fc.boolean(), (text, point, negative) => {
      const at = Math.min(point, text.length - 1);
      const whole = text.slice(0, at).replace(/^0+/, '') || '0';
      const number = `${negative ? '-' : ''}${whole}.${text.slice(at)}`;
      const value = parsed(number);
      if (!Number.isNaN(value)) expect(value).toBe(Number(number));
    }),
    { numRuns: 5000 },
  );
});

it('takes integers, and points behind any number of digits', () => {
  expect(parsed('1234567890123456')).toBe(1234567890123456);
  expect(parsed('123456789012345.6')).toBe(123456789012345.6);
  expect(parsed('12345678901234567.8')).toBe(12345678901234568);
  expect(parsed('0.000')).toBe(0);
});

it('reads back what doubles print as', () => {
  fc.assert(
    fc.property(fc.double({ min: 1e-3, max: 1e15, noNaN: true }), (value) => {
      const text = String(value);
      const read = parsed(text);
      if (!Number.isNaN(read)) expect(read).toBe(value);
    }),
    { numRuns: 2000 },
  );
});

it('is certain about ordinary measures', () => {
  expect(parsed('0.30000000000000004')).toBe(0.30000000000000004);
  expect(parsed('-122.41941550000001')).toBe(-122.41941550000001);
  expect(parsed('0.0001234567890123456')).toBe(0.0001234567890123456);
});

it('is not certain in the middle between two doubles', () => {
  expect(parsed('9007199254740993.0')).toBeNaN();
});
