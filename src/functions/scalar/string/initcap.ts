import type { ScalarDef } from '../../define.ts';
import { scalar, strict } from '../scalar.ts';

/** INITCAP: words are what Java's `\s` separates; leading white space is dropped, as ksqlDB does. */
export const initcap: ScalarDef = scalar({
  name: 'INITCAP',
  category: 'STRING',
  doc: 'A text in lower case with the first letter of each word in upper case.',
  examples: [["initcap('the   Quick br0wn fOx')", 'The   Quick Br0wn Fox']],
  overloads: [
    strict('(STRING text) -> STRING', (text: string) =>
      text
        .toLowerCase()
        .replace(/^[ \t\n\v\f\r]+/, '')
        .replace(/[^ \t\n\v\f\r]+/g, (word) => word.charAt(0).toUpperCase() + word.slice(1)),
    ),
  ],
});
