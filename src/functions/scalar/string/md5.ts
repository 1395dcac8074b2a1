// createHash is synchronous and depends on its input alone, so it may stand in the pure core.
import { createHash } from 'node:crypto';
import type { ScalarDef } from '../../define.ts';
import { utf8Bytes } from '../bytes/encodings.ts';
import { scalar, strict } from '../scalar.ts';

/** MD5 of the UTF-8 bytes. */
export const md5: ScalarDef = scalar({
  name: 'MD5',
  category: 'STRING',
  doc: 'The MD5 digest of a text in UTF-8, as lower-case hex.',
  examples: [["md5('')", 'd41d8cd98f00b204e9800998ecf8427e']],
  overloads: [
    strict('(STRING text) -> STRING', (text: string) =>
      createHash('md5').update(utf8Bytes(text)).digest('hex'),
    ),
  ],
});
