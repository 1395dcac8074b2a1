import type { ScalarDef } from '../../define.ts';
import { scalar, strict } from '../scalar.ts';

/** Java's `String.trim`: white space is whatever is not above U+0020. */
export function trimText(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && text.charCodeAt(start) <= 0x20) start += 1;
  while (end > start && text.charCodeAt(end - 1) <= 0x20) end -= 1;
  return text.slice(start, end);
}

/** TRIM. */
export const trim: ScalarDef = scalar({
  name: 'TRIM',
  category: 'STRING',
  doc: 'A text without leading and trailing spaces and control characters.',
  examples: [["trim('  a b ')", 'a b']],
  overloads: [strict('(STRING text) -> STRING', trimText)],
});
