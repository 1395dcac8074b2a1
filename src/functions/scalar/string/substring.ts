import type { Bytes } from '../../../base/env.ts';
import type { ScalarDef } from '../../define.ts';
import { scalar, strict } from '../scalar.ts';

/** Half-open range of `length` things that a 1-based position and a count select; position 0 is like 1. */
function range(length: number, position: number, count: number): [start: number, end: number] {
  const start =
    position < 0 ? Math.max(length + position, 0) : Math.min(Math.max(position - 1, 0), length);
  return [start, Math.min(start + Math.max(count, 0), length)];
}

function ofText(text: string, position: number, count: number = text.length): string {
  return text.slice(...range(text.length, position, count));
}
function ofBytes(bytes: Bytes, position: number, count: number = bytes.length): Bytes {
  return bytes.slice(...range(bytes.length, position, count));
}

/** SUBSTRING. */
export const substring: ScalarDef = scalar({
  name: 'SUBSTRING',
  category: 'STRING',
  doc: 'The part of a text or of bytes from a position, counted from 1 or, if negative, from the end, of at most a length.',
  examples: [
    ["substring('stream', 2)", 'tream'],
    ["substring('stream', -3, 2)", 'ea'],
    ["substring('stream', 9)", ''],
  ],
  overloads: [
    strict('(STRING text, INTEGER position) -> STRING', ofText),
    strict('(STRING text, INTEGER position, INTEGER length) -> STRING', ofText),
    strict('(BYTES bytes, INTEGER position) -> BYTES', ofBytes),
    strict('(BYTES bytes, INTEGER position, INTEGER length) -> BYTES', ofBytes),
  ],
});
