/**
 * JSON strings as Jackson writes them: `"` and `\` and the control characters are escaped, everything else is UTF-8. Half of a
 * surrogate pair, which UTF-8 cannot express, is written as `\uD800`, so that it survives.
 */
import type { Bytes } from '../../base/env.ts';
import { LOOP_TEXT_MAX, PLAIN, writePoint, writeUtf8 } from '../text.ts';
import { skipPlain } from './scan.ts';
import { escapesOf, lowestMark } from './words.ts';

const HEX = '0123456789ABCDEF';
/** The letter behind the backslash, for what has one. */
const SHORT: Uint8Array = new Uint8Array(128);
for (const [unit, letter] of ['""', '\\\\', '\bb', '\tt', '\nn', '\ff', '\rr']) {
  SHORT[unit!.charCodeAt(0)] = letter!.charCodeAt(0);
}

/** Bytes that one UTF-16 unit takes at most. */
export const UNIT_BYTES_MAX = 6;
/** Of longer texts the bytes are counted, rather than making room for the most they could take. */
export const UNCOUNTED_TEXT_MAX = 4096;

/** Room for the text with its quotes. */
export function quotedRoom(text: string): number {
  if (text.length <= UNCOUNTED_TEXT_MAX) return UNIT_BYTES_MAX * text.length + 2;
  let room = 2;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) room += PLAIN[unit] === 1 ? 1 : UNIT_BYTES_MAX;
    else room += unit >= 0xd800 && unit < 0xe000 ? UNIT_BYTES_MAX : 3;
  }
  return room;
}

/** Writes `text` in quotes at `position` of `bytes`, which has room for `quotedRoom`; returns the position behind it. */
export function writeQuoted(bytes: Bytes, position: number, text: string, view: DataView): number {
  bytes[position] = 0x22;
  const start = position + 1;
  const { length } = text;
  if (length > LOOP_TEXT_MAX) return writeLong(bytes, start, text, view);
  for (let i = 0; i < length; i++) {
    const unit = text.charCodeAt(i);
    if (unit >= 0x80 || PLAIN[unit] !== 1) return writeFrom(bytes, start + i, text, i);
    bytes[start + i] = unit;
  }
  bytes[start + length] = 0x22;
  return start + length + 1;
}

/** Long texts are written as they are; what then has to be escaped is written again from there. */
function writeLong(bytes: Bytes, start: number, text: string, view: DataView): number {
  const end = writeUtf8(bytes, start, text);
  let p = skipPlain(bytes, start, end, view);
  if (p < end) {
    const isAscii = end - start === text.length;
    if (!isAscii && !text.isWellFormed()) return writeFrom(bytes, start, text, 0);
    p = escapeFrom(bytes, p, end, view);
  }
  bytes[p] = 0x22;
  return p + 1;
}

/** Bytes that are moved away to make room for escapes. */
const moved: DataView = new DataView(new ArrayBuffer(3 * UNCOUNTED_TEXT_MAX));

/** Escapes what has to be in the UTF-8 at [start, end), which takes more room then. Returns the position behind it. */
function escapeFrom(bytes: Bytes, start: number, end: number, view: DataView): number {
  let p = skipUnescaped(bytes, start, end, view);
  if (p === end) return end;
  const count = end - p;
  const source = count <= moved.byteLength ? moved : new DataView(new ArrayBuffer(count));
  let i = 0;
  for (; i + 4 <= count; i += 4) source.setInt32(i, view.getInt32(p + i, true), true);
  for (; i < count; i++) source.setUint8(i, bytes[p + i]!);
  for (i = 0; ; ) {
    for (; i + 4 <= count; i += 4, p += 4) {
      const word = source.getInt32(i, true);
      view.setInt32(p, word, true);
      const marks = escapesOf(word);
      if (marks === 0) continue;
      i += lowestMark(marks);
      p += lowestMark(marks);
      break;
    }
    if (i === count) return p;
    const byte = source.getUint8(i++);
    if (byte >= 0x80 || PLAIN[byte] === 1) bytes[p++] = byte;
    else p = writeEscape(bytes, p, byte);
  }
}

/** The first position at or behind `start` that holds a byte to be escaped, or `end`. */
function skipUnescaped(bytes: Bytes, start: number, end: number, view: DataView): number {
  let p = start;
  for (const lastFour = end - 4; p <= lastFour; p += 4) {
    const marks = escapesOf(view.getInt32(p, true));
    if (marks !== 0) return p + lowestMark(marks);
  }
  while (p < end && (bytes[p]! >= 0x80 || PLAIN[bytes[p]!] === 1)) p++;
  return p;
}

/** Writes what `text` has from `index` on, character by character, and the closing quote. */
function writeFrom(bytes: Bytes, position: number, text: string, index: number): number {
  let p = position;
  for (let i = index; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80 && PLAIN[unit] === 1) {
      bytes[p++] = unit;
    } else if (unit < 0x80) {
      p = writeEscape(bytes, p, unit);
    } else {
      const point = text.codePointAt(i)!;
      if (point > 0xffff) i++;
      p =
        point >= 0xd800 && point < 0xe000 ? writeUnit(bytes, p, unit) : writePoint(bytes, p, point);
    }
  }
  bytes[p++] = 0x22;
  return p;
}

function writeEscape(bytes: Bytes, position: number, unit: number): number {
  const short = SHORT[unit]!;
  if (short === 0) return writeUnit(bytes, position, unit);
  bytes[position] = 0x5c;
  bytes[position + 1] = short;
  return position + 2;
}

function writeUnit(bytes: Bytes, position: number, unit: number): number {
  bytes[position] = 0x5c;
  bytes[position + 1] = 0x75;
  for (let i = 0; i < 4; i++) {
    bytes[position + 2 + i] = HEX.charCodeAt((unit >> (12 - 4 * i)) & 15);
  }
  return position + 6;
}

/** The same as text. */
export function jsonQuoted(text: string): string {
  let quoted = '"';
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    const short = unit < 0x80 ? SHORT[unit]! : 0;
    if (short !== 0) quoted += `\\${String.fromCharCode(short)}`;
    else if (unit >= 0x20) quoted += text[i];
    else quoted += `\\u00${HEX[unit >> 4]}${HEX[unit & 15]}`;
  }
  return `${quoted}"`;
}
