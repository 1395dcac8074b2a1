import type { Bytes } from '../../../base/env.ts';
import type { ScalarDef } from '../../define.ts';
import { scalar, strict } from '../scalar.ts';

/** LEN: of a text in UTF-16 code units. */
export const len: ScalarDef = scalar({
  name: 'LEN',
  category: 'STRING',
  doc: 'The length of a text in UTF-16 code units, or the number of bytes.',
  examples: [
    ["len('abc')", '3'],
    ["len('😀')", '2'],
  ],
  overloads: [
    strict('(STRING text) -> INTEGER', (text: string) => text.length),
    strict('(BYTES bytes) -> INTEGER', (bytes: Bytes) => bytes.length),
  ],
});
