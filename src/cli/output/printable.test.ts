import { expect, test } from 'vitest';
import { printable, printableValue } from './printable.ts';

test.each([
  ['an escape sequence that sets the title', '\u001b]0;x\u0007', '\\u001b]0;x\\u0007'],
  ['a carriage return that would overwrite the line', 'good\rbad', 'good\\rbad'],
  ['a C1 control', 'a\u009b2Jb', 'a\\u009b2Jb'],
  ['a delete', 'a\u007f', 'a\\u007f'],
  ['text that runs the other way', 'a\u202eb', 'a\\u202eb'],
  ['line breaks and tabs', 'a\n\tb', 'a\n\tb'],
  ['letters of any script', 'é日😀', 'é日😀'],
])('%s', (_, text, shown) => {
  expect(printable(text)).toBe(shown);
});

test('tabs in a value are escaped, because they break columns', () => {
  expect(printableValue('a\tb\nc')).toBe('a\\tb\nc');
});
