import type { ScalarDef } from '../../define.ts';
import { checkLimit, resultBytesMax } from '../limits.ts';
import { scalar, strict } from '../scalar.ts';

/** REPLACE: literal; an empty part stands before, between and after all characters. */
export const replace: ScalarDef = scalar({
  name: 'REPLACE',
  category: 'STRING',
  doc: 'A text with every occurrence of a part replaced.',
  examples: [
    ["replace('anaconda', 'a', 'o')", 'onocondo'],
    ["replace('ab', '', '-')", '-a-b-'],
  ],
  overloads: [
    strict(
      '(STRING text, STRING part, STRING replacement) -> STRING',
      (text: string, part: string, replacement: string) => {
        // Decided before joining: the result may be far larger than the argument.
        const pieces = part === '' ? text.length + 1 : text.split(part).length - 1;
        const length = text.length + pieces * (replacement.length - part.length);
        checkLimit(resultBytesMax, 'text', length);
        return text.replaceAll(part, () => replacement);
      },
    ),
  ],
});
