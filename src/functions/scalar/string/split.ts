import type { Bytes } from '../../../base/env.ts';
import type { ScalarDef } from '../../define.ts';
import { indexOfBytes } from '../bytes/join.ts';
import { checkLimit, resultElementsMax } from '../limits.ts';
import { scalar, strict } from '../scalar.ts';

function splitText(text: string, delimiter: string): readonly string[] {
  const pieces = text === '' ? [''] : text.split(delimiter);
  checkLimit(resultElementsMax, 'elements', pieces.length);
  return pieces;
}

function splitBytes(bytes: Bytes, delimiter: Bytes): readonly Bytes[] {
  if (bytes.length === 0) return [bytes];
  const pieces: Bytes[] = [];
  if (delimiter.length === 0) {
    checkLimit(resultElementsMax, 'elements', bytes.length);
    return Array.from(bytes, (byte) => Uint8Array.of(byte));
  }
  let from = 0;
  for (;;) {
    const at = indexOfBytes(bytes, delimiter, from);
    pieces.push(bytes.slice(from, at < 0 ? undefined : at));
    if (at < 0) break;
    from = at + delimiter.length;
    checkLimit(resultElementsMax, 'elements', pieces.length);
  }
  return pieces;
}

/** SPLIT: the delimiter is literal. */
export const split: ScalarDef = scalar({
  name: 'SPLIT',
  category: 'STRING',
  doc: 'The parts of a text or of bytes between delimiters; an empty delimiter gives single characters or bytes.',
  examples: [
    ["split('.a..b', '.')", '[, a, , b]'],
    ["split('abc', '')", '[a, b, c]'],
    ["split(to_bytes('a.b', 'ascii'), to_bytes('.', 'ascii'))", '[YQ==, Yg==]'],
  ],
  overloads: [
    strict('(STRING text, STRING delimiter) -> ARRAY<STRING>', splitText),
    strict('(BYTES bytes, BYTES delimiter) -> ARRAY<BYTES>', splitBytes),
  ],
});
