import fc from 'fast-check';
import { expect, test } from 'vitest';
import { textOfWtf8, wtf8Of } from './wtf8.ts';

test('reading is the inverse of writing, halves of surrogate pairs included', () => {
  const unit = fc.oneof(
    fc.constantFrom(0xd800, 0xdbff, 0xdc00, 0xdfff, 0xfffd, 0x61, 0xe9, 0xd7ff, 0xe000),
    fc.integer({ min: 0, max: 0xffff }),
  );
  fc.assert(
    fc.property(fc.array(unit, { maxLength: 12 }), (units) => {
      const text = String.fromCharCode(...units);
      expect(textOfWtf8(wtf8Of(text))).toBe(text);
    }),
    { numRuns: 2000 },
  );
});

test('a half is three bytes, a whole text is UTF-8', () => {
  expect([...wtf8Of('a\ud800')]).toEqual([0x61, 0xed, 0xa0, 0x80]);
  expect([...wtf8Of('é😀')]).toEqual([...Buffer.from('é😀')]);
});
