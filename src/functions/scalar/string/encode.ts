import { Buffer } from 'node:buffer';
import type { Bytes } from '../../../base/env.ts';
import type { ScalarDef } from '../../define.ts';
import { type Encoding, bytesToText, encodingNamed, textToBytes } from '../bytes/encodings.ts';
import { scalar, strict } from '../scalar.ts';

const supported = 'Supported input and output encodings are: hex, utf8, ascii and base64';

/** Hex digits out of `0x…`, `x'…'` or plain digits. Only after `0x` may their number be odd. */
function hexDigits(text: string): string {
  if (text.startsWith('0x')) {
    const digits = text.slice(2);
    return text.length % 2 === 0 ? digits : `0${digits}`;
  }
  return /^[xX]'.*'$/s.test(text) ? text.slice(2, -1) : text;
}

function decode(text: string, encoding: Encoding): Bytes {
  switch (encoding) {
    case 'hex':
      return textToBytes(hexDigits(text), 'hex');
    case 'base64':
      // Unlike TO_BYTES, ENCODE skips characters that are not base64.
      return new Uint8Array(Buffer.from(text, 'base64'));
    default:
      return textToBytes(text, encoding);
  }
}

/** ENCODE. */
export const encode: ScalarDef = scalar({
  name: 'ENCODE',
  category: 'STRING',
  doc: 'A text in one encoding of bytes rewritten in another: hex, utf8, ascii or base64.',
  examples: [
    ["encode('Example!', 'utf8', 'hex')", '4578616d706c6521'],
    ["encode('0x4578616d706C6521', 'hex', 'base64')", 'RXhhbXBsZSE='],
  ],
  overloads: [
    strict(
      '(STRING text, STRING from, STRING to) -> STRING',
      (text: string, from: string, to: string) => {
        const source = encodingNamed(from);
        const target = encodingNamed(to);
        if (source === null || target === null || source === target) throw new Error(supported);
        return bytesToText(decode(text, source), target);
      },
    ),
  ],
});
