/** Reads STRING and BYTES straight from the bytes. */
import type { Bytes } from '../../base/env.ts';
import { base64ToBytes } from '../../types/base64.ts';
import { asciiText, SHORT_TEXT_MAX, skipPlain, unitsText, utf8Text, writePoint } from '../text.ts';
import { nodeText } from './node-text.ts';
import { hexDigit, parseJson } from './parse-json.ts';
import {
  type Cursor,
  type Reader,
  skipFalse,
  skipNumber,
  skipString,
  skipTrue,
  skipValue,
} from './scan.ts';

/** Reads a string; `start` is at its opening quote or the cursor will say -1. */
export function readString(bytes: Bytes, start: number, end: number, cursor: Cursor): string {
  cursor.position = -1;
  if (bytes[start] !== 0x22) return '';
  const p = skipPlain(bytes, start + 1, end);
  if (p < end && bytes[p] === 0x22) {
    cursor.position = p + 1;
    return asciiText(bytes, start + 1, p);
  }
  return readUnusualString(bytes, start + 1, p, end, cursor);
}

/** `start` is behind the quote, `special` at the first byte that is not plain. */
function readUnusualString(
  bytes: Bytes,
  start: number,
  special: number,
  end: number,
  cursor: Cursor,
): string {
  const behind = skipString(bytes, special, end);
  cursor.position = behind;
  return behind === -1 ? '' : decodedText(bytes, start, behind - 1);
}

/** The UTF-16 units of a text that is being put together. */
const units: Uint16Array = new Uint16Array(SHORT_TEXT_MAX);
const ESCAPED: Uint8Array = new Uint8Array(128);
for (const [letter, unit] of ['b\b', 'f\f', 'n\n', 'r\r', 't\t', '""', '\\\\', '//']) {
  ESCAPED[letter!.charCodeAt(0)] = unit!.charCodeAt(0);
}

/** The text of a string whose bytes, quotes excluded, have been validated. */
function decodedText(bytes: Bytes, start: number, end: number): string {
  // A text has at most as many units as bytes.
  return end - start <= SHORT_TEXT_MAX
    ? shortDecodedText(bytes, start, end)
    : longDecodedText(bytes, start, end);
}

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

function longDecodedText(bytes: Bytes, start: number, end: number): string {
  const first = indexOfBackslash(bytes, start, end);
  if (first === end) return utf8Text(bytes, start, end);
  const target = end - start <= replaced.length ? replaced : new Uint8Array(end - start);
  let length = 0;
  for (let p = start; p < end; ) {
    const byte = bytes[p]!;
    if (byte !== 0x5c) {
      target[length++] = byte;
      p++;
      continue;
    }
    const kind = bytes[p + 1]!;
    if (kind !== 0x75) {
      target[length++] = ESCAPED[kind]!;
      p += 2;
      continue;
    }
    const unit = escapedUnit(bytes, p + 2);
    if (unit < 0x80) target[length++] = unit;
    else if (unit >= 0xd800 && unit < 0xe000) return joinedText(bytes, start, end);
    else length = writePoint(target, length, unit);
    p += 6;
  }
  return utf8Text(target, 0, length);
}

function indexOfBackslash(bytes: Bytes, start: number, end: number): number {
  let p = start;
  while (p < end && bytes[p] !== 0x5c) p++;
  return p;
}

/** With escaped surrogates, which may be halves: run by run. */
function joinedText(bytes: Bytes, start: number, end: number): string {
  let text = '';
  let run = start;
  for (;;) {
    const p = indexOfBackslash(bytes, run, end);
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
      const behind = skipValue(bytes, start, end, depth);
      cursor.position = behind;
      return behind === -1 ? '' : nodeText(parseJson(bytes, start, behind)!);
    }
    default:
      return textOfInteger(bytes, start, end, cursor);
  }
}

/** Integers are text as they are, but for -0; how Java prints fractions is left to the slow path. */
function textOfInteger(bytes: Bytes, start: number, end: number, cursor: Cursor): string {
  const behind = skipNumber(bytes, start, end);
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
