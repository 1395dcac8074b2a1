/** Reads STRING and BYTES straight from the bytes. */
import type { Bytes } from '../../base/env.ts';
import { base64ToBytes } from '../../types/base64.ts';
import { asciiText, SHORT_TEXT_MAX, unitsText, utf8Text, writePoint } from '../text.ts';
import { nodeText } from './node-text.ts';
import { hexDigit, parseJson } from './parse-json.ts';
import {
  type Cursor,
  type Reader,
  skipBeyondAscii,
  skipFalse,
  skipNumber,
  skipPlain,
  skipString,
  skipTrue,
  skipValue,
} from './scan.ts';
import { lowestMark, specialsOf } from './words.ts';

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

/** `start` is behind the quote; up to `special`, which is best at the first other byte, all is plain. */
export function readUnusualString(
  bytes: Bytes,
  start: number,
  special: number,
  end: number,
  cursor: Cursor,
): string {
  const p = skipUnescaped(bytes, special, end, cursor.view);
  cursor.position = -1;
  if (p === -1) return '';
  if (bytes[p] === 0x5c) return unescapedText(bytes, start, p, end, cursor);
  cursor.position = p + 1;
  return utf8OfAnyLength(bytes, start, p);
}

/** The quote or the first backslash of a string that goes on at `start`; -1 where it is malformed before. */
function skipUnescaped(bytes: Bytes, start: number, end: number, view: DataView): number {
  let p = skipPlain(bytes, start, end, view);
  while (p < end && bytes[p]! >= 0x80) {
    p = skipBeyondAscii(bytes, p, end);
    if (p === -1) return -1;
    p = skipPlain(bytes, p, end, view);
  }
  return p < end && (bytes[p] === 0x22 || bytes[p] === 0x5c) ? p : -1;
}

/** The UTF-16 units of a text that is being put together. */
const units: Uint16Array = new Uint16Array(SHORT_TEXT_MAX);
const ESCAPED: Uint8Array = new Uint8Array(256);
for (const [letter, unit] of ['b\b', 'f\f', 'n\n', 'r\r', 't\t', '""', '\\\\', '//']) {
  ESCAPED[letter!.charCodeAt(0)] = unit!.charCodeAt(0);
}

/** Text of well-formed UTF-8 without escapes. */
function utf8OfAnyLength(bytes: Bytes, start: number, end: number): string {
  // A text has at most as many units as bytes.
  if (end - start > SHORT_TEXT_MAX) return utf8Text(bytes, start, end);
  let count = 0;
  let p = start;
  while (p < end) {
    const byte = bytes[p]!;
    if (byte < 0x80) {
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

/** The unit written as four hexadecimal digits, or -1. */
function escapedUnit(bytes: Bytes, start: number, end: number): number {
  if (start + 4 > end) return -1;
  let unit = 0;
  for (let i = 0; i < 4; i++) {
    const digit = hexDigit(bytes[start + i]!);
    if (digit === -1) return -1;
    unit = unit * 16 + digit;
  }
  return unit;
}

/** UTF-8 of a text whose escapes have been replaced; longer ones get an array of their own. */
const replaced: Bytes = new Uint8Array(4096);
const replacedWords: DataView = new DataView(replaced.buffer);

/**
 * The text of a string that is well formed up to its first escape, at `firstEscape`. What stands between escapes is looked through and
 * copied in one go, a word at a time, of which the bytes behind a special one are overwritten by what follows.
 */
function unescapedText(
  bytes: Bytes,
  start: number,
  firstEscape: number,
  end: number,
  cursor: Cursor,
): string {
  const { view } = cursor;
  const fits = end - start <= replaced.length;
  const behind = fits ? end : skipString(bytes, firstEscape, end, cursor);
  if (behind === -1) return '';
  const target = fits ? replaced : new Uint8Array(behind - start);
  const words = fits ? replacedWords : new DataView(target.buffer);
  let length = 0;
  let isAscii = true;
  for (let p = start; p < behind; ) {
    for (; p + 4 <= behind; p += 4, length += 4) {
      const word = view.getInt32(p, true);
      words.setInt32(length, word, true);
      const marks = specialsOf(word);
      if (marks === 0) continue;
      p += lowestMark(marks);
      length += lowestMark(marks);
      break;
    }
    const byte = bytes[p]!;
    if (byte === 0x5c) {
      const kind = bytes[p + 1]!;
      const unit = kind === 0x75 ? escapedUnit(bytes, p + 2, behind) : ESCAPED[kind]!;
      if (unit >= 0xd800 && unit < 0xe000) return joinedText(bytes, start, p, end, cursor);
      if (unit === -1 || (unit === 0 && kind !== 0x75)) return '';
      p += kind === 0x75 ? 6 : 2;
      if (unit < 0x80) target[length++] = unit;
      else length = writePoint(target, length, unit);
      isAscii &&= unit < 0x80;
    } else if (byte === 0x22) {
      cursor.position = p + 1;
      return isAscii ? asciiText(target, 0, length) : utf8OfAnyLength(target, 0, length);
    } else if (byte >= 0x80) {
      const run = skipBeyondAscii(bytes, p, behind);
      if (run === -1) return '';
      while (p < run) target[length++] = bytes[p++]!;
      isAscii = false;
    } else if (byte < 0x20) {
      return '';
    } else {
      target[length++] = byte;
      p++;
    }
  }
  return '';
}

/** With escaped surrogates, which may be halves: run by run. The string is well formed up to `firstEscape`. */
function joinedText(
  bytes: Bytes,
  start: number,
  firstEscape: number,
  end: number,
  cursor: Cursor,
): string {
  cursor.position = skipString(bytes, firstEscape, end, cursor);
  const last = cursor.position - 1;
  let text = '';
  for (let run = start; run <= last; ) {
    let p = run;
    while (p < last && bytes[p] !== 0x5c) p++;
    text += utf8Text(bytes, run, p);
    if (p === last) break;
    const kind = bytes[p + 1]!;
    text += String.fromCharCode(kind === 0x75 ? escapedUnit(bytes, p + 2, last) : ESCAPED[kind]!);
    run = p + (kind === 0x75 ? 6 : 2);
  }
  return text;
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
