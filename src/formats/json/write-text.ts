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

/** Bytes that a text of this many UTF-16 units needs at most, with its quotes. */
export function quotedBytesMax(length: number): number {
  return 6 * length + 2;
}

/**
 * Writes `text` in quotes at `position` of `bytes`, which has room for `quotedBytesMax`; returns the position behind it.
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
