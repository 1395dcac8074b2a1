import type { ScalarDef } from '../../define.ts';
import { scalar, strict } from '../scalar.ts';

/** LCASE: independent of any locale. */
export const lcase: ScalarDef = scalar({
  name: 'LCASE',
  category: 'STRING',
  doc: 'A text in lower case.',
  examples: [["lcase('MiXeD')", 'mixed']],
  overloads: [strict('(STRING text) -> STRING', (text: string) => text.toLowerCase())],
});

/** UCASE: independent of any locale. */
export const ucase: ScalarDef = scalar({
  name: 'UCASE',
  category: 'STRING',
  doc: 'A text in upper case.',
  examples: [["ucase('MiXeD')", 'MIXED']],
  overloads: [strict('(STRING text) -> STRING', (text: string) => text.toUpperCase())],
});
