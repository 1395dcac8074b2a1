/** Reads STRING and BYTES straight from the bytes. */
import type { Bytes } from '../../base/env.ts';
import { base64ToBytes } from '../../types/base64.ts';
import { asciiText, SHORT_TEXT_MAX, unitsText, utf8Text, writePoint } from '../text.ts';
import { nodeText } from './node-text.ts';
import { hexDigit, parseJson } from './parse-json.ts';
import {
  type Cursor,
  type Reader,
  skipFalse,
  skipNumber,
  skipPlain,
  skipString,
  skipTrue,
  skipValue,
} from './scan.ts';

/** Reads a string; `start` is at its opening quote or the cursor will say -1. */
export function readString(bytes: Bytes, start: number, end: number, cursor: Cursor): string {
  cursor.position = -1;
  if (bytes[start] !== 0x22) return '';
  const p = skipPlain(bytes, start + 1, end, cursor.view);
  if (p < end && bytes[p] === 0x22) {
    cursor.position = p + 1;
    return asciiText(bytes, start + 1, p);
  }
  return readUnusualString(bytes, start + 1, p, end, cursor);
}

/** `start` is behind the quote, `special` at the first byte that is not plain. */
export function readUnusualString(
  bytes: Bytes,
  start: number,
  special: number,
  end: number,
  cursor: Cursor,
): string {
  const behind = skipString(bytes, special, end, cursor);
  cursor.position = behind;
  if (behind === -1) return '';
  // A text has at most as many units as bytes.
  if (behind - 1 - start <= SHORT_TEXT_MAX) return shortDecodedText(bytes, start, behind - 1);
  if (!cursor.isEscaped) return utf8Text(bytes, start, behind - 1);
  return unescapedText(bytes, start, behind - 1, cursor.view);
}

/** The UTF-16 units of a text that is being put together. */
const units: Uint16Array = new Uint16Array(SHORT_TEXT_MAX);
const ESCAPED: Uint8Array = new Uint8Array(128);
for (const [letter, unit] of ['b\b', 'f\f', 'n\n', 'r\r', 't\t', '""', '\\\\', '//']) {
  ESCAPED[letter!.charCodeAt(0)] = unit!.charCodeAt(0);
}

/** The text of a string whose bytes, quotes excluded, have been validated. */
function shortDecodedText(bytes: Bytes, start: number, end: number): string {
  let count = 0;
  let p = start;
  while (p < end) {
    const byte = bytes[p]!;
    if (byte === 0x5c) {
      const kind = bytes[p + 1]!;
      units[count++] = kind === 0x75 ? escapedUnit(bytes, p + 2) : ESCAPED[kind]!;
      p += kind === 0x75 ? 6 : 2;
    } else if (byte < 0x80) {
      units[count++] = byte;
      p++;
    } else if (byte < 0xe0) {
      units[count++] = ((byte & 0x1f) << 6) | (bytes[p + 1]! & 0x3f);
      p += 2;
    } else if (byte < 0xf0) {
      units[count++] =
        ((byte & 0x0f) << 12) | ((bytes[p + 1]! & 0x3f) << 6) | (bytes[p + 2]! & 0x3f);
      p += 3;
    } else {
      const above =
        (((byte & 0x07) << 18) |
          ((bytes[p + 1]! & 0x3f) << 12) |
          ((bytes[p + 2]! & 0x3f) << 6) |
          (bytes[p + 3]! & 0x3f)) -
        0x10000;
      units[count++] = 0xd800 | (above >> 10);
      units[count++] = 0xdc00 | (above & 0x3ff);
      p += 4;
    }
  }
  return unitsText(units, count);
}

/** The unit written as four hexadecimal digits. */
function escapedUnit(bytes: Bytes, start: number): number {
  let unit = 0;
  for (let i = 0; i < 4; i++) unit = unit * 16 + hexDigit(bytes[start + i]!);
  return unit;
}

/** UTF-8 of a text whose escapes have been replaced; longer ones get an array of their own. */
const replaced: Uint8Array = new Uint8Array(4096);
const replacedWords: DataView = new DataView(replaced.buffer);

/** The text of a string with escapes, what stands between them copied by words. */
function unescapedText(bytes: Bytes, start: number, end: number, view: DataView): string {
  const fits = end - start <= replaced.length;
  const target = fits ? replaced : new Uint8Array(end - start);
  const words = fits ? replacedWords : new DataView(target.buffer);
  let length = 0;
  for (let p = start; ; ) {
    for (; p + 4 <= end; p += 4, length += 4) {
      const word = view.getInt32(p, true);
      if (hasBackslash(word)) break;
      words.setInt32(length, word, true);
    }
    while (p < end && bytes[p] !== 0x5c) target[length++] = bytes[p++]!;
    if (p === end) return utf8Text(target, 0, length);
    const kind = bytes[p + 1]!;
    const unit = kind === 0x75 ? escapedUnit(bytes, p + 2) : ESCAPED[kind]!;
    if (unit < 0x80) target[length++] = unit;
    else if (unit >= 0xd800 && unit < 0xe000) return joinedText(bytes, start, end);
    else length = writePoint(target, length, unit);
    p += kind === 0x75 ? 6 : 2;
  }
}

function hasBackslash(word: number): boolean {
  const zeros = word ^ 0x5c5c5c5c;
  return ((zeros - 0x01010101) & ~zeros & 0x80808080) !== 0;
}

/** With escaped surrogates, which may be halves: run by run. */
function joinedText(bytes: Bytes, start: number, end: number): string {
  let text = '';
  let run = start;
  for (;;) {
    let p = run;
    while (p < end && bytes[p] !== 0x5c) p++;
    text += utf8Text(bytes, run, p);
    if (p === end) return text;
    const kind = bytes[p + 1]!;
    text += String.fromCharCode(kind === 0x75 ? escapedUnit(bytes, p + 2) : ESCAPED[kind]!);
    run = p + (kind === 0x75 ? 6 : 2);
  }
}

/** Reads a STRING column: strings, and the text of everything else. `depth` is the level of a container at this place. */
export function textReader(depth: number): Reader<string> {
  return (bytes, start, end, cursor) =>
    bytes[start] === 0x22
      ? readString(bytes, start, end, cursor)
      : textOfOther(bytes, start, end, cursor, depth);
}

function textOfOther(
  bytes: Bytes,
  start: number,
  end: number,
  cursor: Cursor,
  depth: number,
): string {
  switch (bytes[start]) {
    case 0x74:
      cursor.position = skipTrue(bytes, start, end);
      return 'true';
    case 0x66:
      cursor.position = skipFalse(bytes, start, end);
      return 'false';
    case 0x7b:
    case 0x5b: {
      const behind = skipValue(bytes, start, end, cursor, depth);
      cursor.position = behind;
      return behind === -1 ? '' : nodeText(parseJson(bytes, start, behind)!);
    }
    default:
      return textOfInteger(bytes, start, end, cursor);
  }
}

/** Integers are text as they are, but for -0; how Java prints fractions is left to the slow path. */
function textOfInteger(bytes: Bytes, start: number, end: number, cursor: Cursor): string {
  const behind = skipNumber(bytes, start, end, cursor);
  cursor.position = -1;
  for (let p = start + 1; p < behind; p++) {
    if (bytes[p]! < 0x30 || bytes[p]! > 0x39) return '';
  }
  if (behind === -1 || (bytes[start] === 0x2d && bytes[start + 1] === 0x30)) return '';
  cursor.position = behind;
  return asciiText(bytes, start, behind);
}

export function readBytes(bytes: Bytes, start: number, end: number, cursor: Cursor): Uint8Array {
  const text = readString(bytes, start, end, cursor);
  if (cursor.position === -1) return NO_BYTES;
  try {
    return base64ToBytes(text);
  } catch {
    cursor.position = -1;
    return NO_BYTES;
  }
}
const NO_BYTES: Uint8Array = new Uint8Array(0);
