/**
 * JSON strings as Jackson writes them: `"` and `\` and the control characters are escaped, everything else is UTF-8. Half of a
 * surrogate pair, which UTF-8 cannot express, is written as `\uD800`, so that it survives.
 */
import type { Bytes } from '../../base/env.ts';
import { LOOP_TEXT_MAX, PLAIN, skipPlain, writePoint, writeUtf8 } from '../text.ts';

const HEX = '0123456789ABCDEF';
const SHORT: ReadonlyMap<number, number> = new Map([
  [0x22, 0x22],
  [0x5c, 0x5c],
  [0x08, 0x62],
  [0x09, 0x74],
  [0x0a, 0x6e],
  [0x0c, 0x66],
  [0x0d, 0x72],
]);

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

/**
 * Writes `text` in quotes at `position` of `bytes`, which has room for `quotedRoom`; returns the position behind it.
 */
export function writeQuoted(bytes: Bytes, position: number, text: string): number {
  bytes[position] = 0x22;
  const start = position + 1;
  // Long texts are written as they are; up to the first byte that is not plain they are then done.
  const done =
    text.length <= LOOP_TEXT_MAX
      ? 0
      : skipPlain(bytes, start, writeUtf8(bytes, start, text)) - start;
  let p = start + done;
  for (let i = done; i < text.length; i++) {
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
  const short = SHORT.get(unit);
  if (short === undefined) return writeUnit(bytes, position, unit);
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
    const short = SHORT.get(unit);
    if (short !== undefined) quoted += `\\${String.fromCharCode(short)}`;
    else if (unit >= 0x20) quoted += text[i];
    else quoted += `\\u00${HEX[unit >> 4]}${HEX[unit & 15]}`;
  }
  return `${quoted}"`;
}
