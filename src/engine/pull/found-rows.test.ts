import { expect, test } from 'vitest';
import { FoundRows } from './found-rows.ts';

const row = (key: number, text = `row ${key}`) => ({
  ordinal: 0,
  partition: 0,
  key: [key],
  bytes: Uint8Array.of(key >> 8, key & 255),
  start: 0,
  text,
});

function drain(found: FoundRows): readonly string[] {
  const steps = found.sorted();
  for (;;) {
    const next = steps.next();
    if (next.done === true) return next.value;
  }
}

test('rows come in order, each as it was set last, in however many steps', () => {
  const found = new FoundRows(null, () => undefined);
  for (let at = 0; at < 10_000; at++)
    found.set(`${(at * 7919) % 10_000}`, row((at * 7919) % 10_000));
  found.set('3', row(3, 'another'));
  found.delete('0');
  const texts = drain(found);
  expect(texts).toHaveLength(9_999);
  expect(texts.slice(0, 4)).toEqual(['row 1', 'row 2', 'another', 'row 4']);
  expect(texts.at(-1)).toBe('row 9999');
});

test('with a limit it keeps the first rows, and says when it cannot know them any more', () => {
  const found = new FoundRows(2, () => undefined);
  for (let at = 5_000; at > 0; at--) found.set(`${at}`, row(at));
  expect(drain(found)).toEqual(['row 1', 'row 2']);
  expect(found.isShort).toBe(false);
  for (let at = 1; at < 5_000; at++) found.delete(`${at}`);
  expect(found.isShort).toBe(true);
});

test('what is beyond the limit takes no room of the result', () => {
  const found = new FoundRows(2, (_rows, bytes) => {
    if (bytes > 20) throw new Error('too large');
  });
  for (let at = 9; at > 0; at--) found.set(`${at}`, row(at));
  expect(drain(found)).toEqual(['row 1', 'row 2']);
  expect(() => found.set('0', row(0, 'x'.repeat(100)))).toThrow('too large');
});
