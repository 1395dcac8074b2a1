import fc from 'fast-check';
import { expect, test } from 'vitest';
import { murmur2 } from '../base/hash.ts';
import { KeyDictionary } from './key-dictionary.ts';

const range = (text: string): [Uint8Array, number, number] => {
  const bytes = Buffer.from(`<${text}>`);
  return [bytes, 1, bytes.length - 1];
};

test('keys are numbered in the order in which they come', () => {
  const keys = new KeyDictionary();
  expect(keys.add(...range('b'))).toBe(0);
  expect(keys.add(...range(''))).toBe(1);
  expect(keys.add(...range('b'))).toBe(0);
  expect(keys.add(...range('bb'))).toBe(2);
  expect(keys.size).toBe(3);
  expect(keys.find(...range(''))).toBe(1);
  expect(keys.find(...range('c'))).toBe(-1);
});

test('keys with one hash are told apart', () => {
  const [left, right] = [range('key-5144'), range('key-225276')];
  expect(murmur2(...left)).toBe(murmur2(...right));
  const keys = new KeyDictionary();
  expect(keys.add(...left)).toBe(0);
  expect(keys.find(...right)).toBe(-1);
  expect(keys.add(...right)).toBe(1);
  expect(keys.find(...left)).toBe(0);
});

test('a dictionary numbers as a Map of texts does', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ maxLength: 3 }), { maxLength: 500 }), (texts) => {
      const keys = new KeyDictionary();
      const numbers = new Map<string, number>();
      for (const text of texts) {
        const bytes = Buffer.from(text);
        if (!numbers.has(text)) numbers.set(text, numbers.size);
        expect(keys.add(bytes, 0, bytes.length)).toBe(numbers.get(text));
      }
      expect(keys.size).toBe(numbers.size);
    }),
    { numRuns: 50 },
  );
});
