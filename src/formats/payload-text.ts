/**
 * Payloads, or parts of them, that are plain UTF-8 text.
 *
 * Differs: ksqlDB replaces what is not UTF-8 by U+FFFD when reading and halves of surrogate pairs by `?` when writing; both are
 * refused here, since distinct records would become equal.
 */
import type { Bytes } from '../base/env.ts';
import { type ByteWriter, FormatError } from './format.ts';
import { utf8ErrorAt, utf8Text, writeUtf8 } from './text.ts';

/** The text of bytes[start, end). Throws FormatError. */
export function textOf(bytes: Bytes, start: number, end: number): string {
  const errorAt = utf8ErrorAt(bytes, start, end);
  if (errorAt === -1) return utf8Text(bytes, start, end);
  throw new FormatError(`INVALID_TEXT: byte ${errorAt - start} of the payload is not valid UTF-8`);
}

/** Appends the text. Throws FormatError. */
export function appendText(out: ByteWriter, text: string): void {
  if (!text.isWellFormed()) {
    throw new FormatError('INVALID_TEXT: half of a surrogate pair cannot be written as UTF-8');
  }
  out.reserve(3 * text.length);
  out.length = writeUtf8(out.bytes, out.length, text);
}
