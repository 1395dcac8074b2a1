/**
 * Texts with halves of surrogate pairs, which UTF-8 has no bytes for. As in WTF-8 (https://simonsapin.github.io/wtf-8/): UTF-8, and a
 * half takes the three bytes that its number would have there. Bytes of well-formed texts are UTF-8.
 */
import { bytesOf, textOf } from './bytes.ts';
import type { Bytes } from './env.ts';

/** What decoding as UTF-8 leaves of a half. */
const REPLACEMENT = '\uFFFD';

export function wtf8Of(text: string): Bytes {
  if (text.isWellFormed()) return bytesOf(text);
  const parts = text
    .split(/(\p{Surrogate})/u)
    .map((part, at) => (at % 2 === 0 ? bytesOf(part) : halfOf(part)));
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let position = 0;
  for (const part of parts) {
    bytes.set(part, position);
    position += part.length;
  }
  return bytes;
}

export function textOfWtf8(bytes: Bytes, start = 0, end: number = bytes.length): string {
  const text = textOf(bytes, start, end);
  return text.includes(REPLACEMENT) ? withHalves(bytes.subarray(start, end)) : text;
}

function withHalves(bytes: Bytes): string {
  let result = '';
  let start = 0;
  for (let at = 0; at + 2 < bytes.length; at++) {
    if (bytes[at] !== 0xed || bytes[at + 1]! < 0xa0) continue;
    const unit = 0xd000 | ((bytes[at + 1]! & 0x3f) << 6) | (bytes[at + 2]! & 0x3f);
    result += textOf(bytes, start, at) + String.fromCharCode(unit);
    start = at + 3;
    at += 2;
  }
  return result + textOf(bytes, start);
}

function halfOf(half: string): Bytes {
  const unit = half.charCodeAt(0);
  return Uint8Array.of(0xe0 | (unit >> 12), 0x80 | ((unit >> 6) & 0x3f), 0x80 | (unit & 0x3f));
}
