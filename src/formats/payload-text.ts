/**
 * Payloads, or parts of them, that are plain UTF-8 text.
 *
 * Differs: ksqlDB replaces what is not UTF-8 by U+FFFD when reading and halves of surrogate pairs by `?` when writing; both are
 * refused here, since distinct records would become equal.
 */
import type { Bytes } from '../base/env.ts';
import { type ByteWriter, FormatError } from './format.ts';
import {
  asciiText,
  LOOP_TEXT_MAX,
  SHORT_TEXT_MAX,
  utf8ErrorAt,
  utf8Text,
  writeUtf8,
} from './text.ts';
import { putVarint, varintSize } from './binary-numbers.ts';

/** What the platform makes of bytes that are no UTF-8. */
const REPLACEMENT = '\uFFFD';

/** The text of bytes[start, end). Throws FormatError. */
export function textOf(bytes: Bytes, start: number, end: number): string {
  if (end - start <= SHORT_TEXT_MAX) {
    let all = 0;
    for (let p = start; p < end; p++) all |= bytes[p]!;
    if (all < 0x80) return asciiText(bytes, start, end);
  }
  // The platform checks as it goes; only a text that holds the replacement is looked at again.
  const text = utf8Text(bytes, start, end);
  const errorAt = text.includes(REPLACEMENT) ? utf8ErrorAt(bytes, start, end) : -1;
  if (errorAt === -1) return text;
  throw new FormatError(`INVALID_TEXT: byte ${errorAt - start} of the payload is not valid UTF-8`);
}

/** Appends the text. Throws FormatError. */
export function appendText(out: ByteWriter, text: string): void {
  if (!text.isWellFormed()) {
    throw malformedText();
  }
  out.reserve(3 * text.length);
  out.length = writeUtf8(out.bytes, out.length, text);
}

/**
 * Writes a text behind the varint of its length in bytes, shifted by `shift` as a zigzag of 1, and returns the position behind it.
 * There is room for five bytes and three for each unit. Throws FormatError.
 */
export function putText(bytes: Bytes, position: number, text: string, shift: 0 | 1): number {
  const { length } = text;
  if (length > LOOP_TEXT_MAX) return putLongText(bytes, position, text, shift);
  let p = position + 1;
  for (let i = 0; i < length; i++) {
    const unit = text.charCodeAt(i);
    if (unit >= 0x80) return putLongText(bytes, position, text, shift);
    bytes[p++] = unit;
  }
  bytes[position] = length << shift;
  return p;
}

/** The text is written where it stands if it is ASCII, and moved if that was wrong about its length. */
function putLongText(bytes: Bytes, position: number, text: string, shift: 0 | 1): number {
  if (!text.isWellFormed()) throw malformedText();
  const expected = position + varintSize(text.length << shift);
  let end = writeUtf8(bytes, expected, text);
  const length = (end - expected) << shift;
  const actual = position + varintSize(length);
  if (actual !== expected) {
    bytes.copyWithin(actual, expected, end);
    end += actual - expected;
  }
  putVarint(bytes, position, length);
  return end;
}

function malformedText(): FormatError {
  return new FormatError('INVALID_TEXT: half of a surrogate pair cannot be written as UTF-8');
}
