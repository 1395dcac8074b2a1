/** Reads STRING and BYTES straight from the bytes. */
import type { Bytes } from '../../base/env.ts';
import { base64ToBytes } from '../../types/base64.ts';
import { asciiText, utf8Text } from '../text.ts';
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
  let p = start + 1;
  while (p < end) {
    const byte = bytes[p]!;
    if (byte === 0x22) {
      cursor.position = p + 1;
      return asciiText(bytes, start + 1, p);
    }
    if (byte < 0x20 || byte >= 0x80 || byte === 0x5c) break;
    p++;
  }
  return readUnusualString(bytes, start + 1, end, cursor);
}

function readUnusualString(bytes: Bytes, start: number, end: number, cursor: Cursor): string {
  const behind = skipString(bytes, start, end);
  cursor.position = behind;
  return behind === -1 ? '' : unescaped(bytes, start, behind - 1);
}

const ESCAPED: Readonly<Record<number, string>> = {
  98: '\b',
  102: '\f',
  110: '\n',
  114: '\r',
  116: '\t',
};

/** The text of a string whose bytes, quotes excluded, have been validated. */
function unescaped(bytes: Bytes, start: number, end: number): string {
  let text = '';
  let run = start;
  for (;;) {
    const backslash = bytes.indexOf(0x5c, run);
    if (backslash === -1 || backslash >= end) return text + utf8Text(bytes, run, end);
    if (backslash > run) text += utf8Text(bytes, run, backslash);
    const kind = bytes[backslash + 1]!;
    if (kind === 0x75) {
      let unit = 0;
      for (let i = 2; i <= 5; i++) unit = unit * 16 + hexDigit(bytes[backslash + i]!);
      text += String.fromCharCode(unit);
      run = backslash + 6;
    } else {
      text += ESCAPED[kind] ?? String.fromCharCode(kind);
      run = backslash + 2;
    }
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
