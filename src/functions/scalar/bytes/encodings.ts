/** The four text encodings of bytes: hex, utf8, ascii and base64 (functions.md §3.6). */
import { Buffer } from 'node:buffer';
import type { Bytes } from '../../../base/env.ts';
import { base64ToBytes } from '../../../types/base64.ts';

export type Encoding = 'hex' | 'utf8' | 'ascii' | 'base64';
const names: readonly string[] = ['hex', 'utf8', 'ascii', 'base64'] satisfies Encoding[];

/** The encoding of that name in any case, or null. */
export function encodingNamed(name: string): Encoding | null {
  const lower = name.toLowerCase();
  return names.includes(lower) ? (lower as Encoding) : null;
}

/** Bytes as text; hex is lower case. Malformed UTF-8 and bytes above 127 in ascii become U+FFFD. */
export function bytesToText(bytes: Bytes, encoding: Encoding): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (encoding === 'utf8') return withoutSurrogates(bytes).toString('utf8');
  if (encoding !== 'ascii') return buffer.toString(encoding);
  let text = '';
  for (const byte of bytes) text += byte < 0x80 ? String.fromCharCode(byte) : '\uFFFD';
  return text;
}

const REPLACEMENT = [0xef, 0xbf, 0xbd] as const;

/** Halves of surrogate pairs in three bytes each, which are no UTF-8, count as one malformed character as in Java, not as three. */
function withoutSurrogates(bytes: Bytes): Buffer {
  const isHalf = (at: number): boolean =>
    bytes[at] === 0xed && (bytes[at + 1]! & 0xe0) === 0xa0 && (bytes[at + 2]! & 0xc0) === 0x80;
  let copy: Bytes | null = null;
  for (let at = bytes.indexOf(0xed); at >= 0; at = bytes.indexOf(0xed, at + 1)) {
    if (!isHalf(at)) continue;
    copy ??= bytes.slice();
    copy.set(REPLACEMENT, at);
  }
  const { buffer, byteOffset, byteLength } = copy ?? bytes;
  return Buffer.from(buffer, byteOffset, byteLength);
}

const HALF_PAIR = /\p{Surrogate}/gu;

/** UTF-8 as Java writes it: half of a surrogate pair becomes a question mark. */
export function utf8Bytes(text: string): Bytes {
  return new TextEncoder().encode(text.isWellFormed() ? text : text.replace(HALF_PAIR, '?'));
}

/** Text as bytes; fails on bad hex (odd length too) and bad base64. Characters outside ascii become `?`. */
export function textToBytes(text: string, encoding: Encoding): Bytes {
  switch (encoding) {
    case 'hex':
      if (text.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(text)) {
        throw new Error(`Failed to decode hex: ${text}`);
      }
      return new Uint8Array(Buffer.from(text, 'hex'));
    case 'utf8':
      return utf8Bytes(text);
    case 'ascii':
      return Uint8Array.from(text, (character) =>
        character.charCodeAt(0) < 0x80 ? character.charCodeAt(0) : 0x3f,
      );
    case 'base64':
      return base64ToBytes(text);
  }
}
