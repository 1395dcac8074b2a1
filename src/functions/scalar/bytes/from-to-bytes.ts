import type { Bytes } from '../../../base/env.ts';
import type { ScalarDef } from '../../define.ts';
import { scalar, strict } from '../scalar.ts';
import { type Encoding, bytesToText, encodingNamed, textToBytes } from './encodings.ts';

function encodingOf(name: string): Encoding {
  const encoding = encodingNamed(name);
  if (encoding === null) {
    throw new Error(
      `Unknown encoding type '${name}'. Supported formats are 'hex', 'utf8', 'ascii', and 'base64'.`,
    );
  }
  return encoding;
}

/** FROM_BYTES: hex in upper case, unlike ENCODE. */
export const fromBytes: ScalarDef = scalar({
  name: 'FROM_BYTES',
  category: 'STRING',
  doc: 'Bytes as text in an encoding: hex, utf8, ascii or base64.',
  examples: [["from_bytes(to_bytes('Example!', 'utf8'), 'hex')", '4578616D706C6521']],
  overloads: [
    strict('(BYTES bytes, STRING encoding) -> STRING', (bytes: Bytes, name: string) => {
      const encoding = encodingOf(name);
      const text = bytesToText(bytes, encoding);
      return encoding === 'hex' ? text.toUpperCase() : text;
    }),
  ],
});

/** TO_BYTES. */
export const toBytes: ScalarDef = scalar({
  name: 'TO_BYTES',
  category: 'STRING',
  doc: 'The bytes that a text in an encoding stands for: hex, utf8, ascii or base64.',
  examples: [["to_bytes('4578616d', 'hex')", 'RXhhbQ==']],
  overloads: [
    strict('(STRING text, STRING encoding) -> BYTES', (text: string, name: string) =>
      textToBytes(text, encodingOf(name)),
    ),
  ],
});
