/** Avro's primitives at the end of a ByteWriter (Avro specification, "Binary Encoding"). */
import type { Bytes } from '../../base/env.ts';
import type { ByteWriter } from '../format.ts';
import { appendText } from '../payload-text.ts';

const scratch = new DataView(new ArrayBuffer(8));
const scratchBytes = new Uint8Array(scratch.buffer);

export function appendBoolean(out: ByteWriter, value: boolean): void {
  out.reserve(1);
  out.bytes[out.length++] = value ? 1 : 0;
}

/** A 32-bit integer. */
export function appendInt(out: ByteWriter, value: number): void {
  out.reserve(5);
  let rest = ((value << 1) ^ (value >> 31)) >>> 0;
  while (rest >= 0x80) {
    out.bytes[out.length++] = (rest & 0x7f) | 0x80;
    rest >>>= 7;
  }
  out.bytes[out.length++] = rest;
}

export function appendLong(out: ByteWriter, value: bigint): void {
  const small = Number(value);
  if (small === (small | 0)) {
    appendInt(out, small);
    return;
  }
  out.reserve(10);
  let rest = BigInt.asUintN(64, (value << 1n) ^ (value >> 63n));
  while (rest >= 0x80n) {
    out.bytes[out.length++] = Number(rest & 0x7fn) | 0x80;
    rest >>= 7n;
  }
  out.bytes[out.length++] = Number(rest);
}

/** A safe integer as a long. */
export function appendSize(out: ByteWriter, value: number): void {
  if (value === (value | 0)) appendInt(out, value);
  else appendLong(out, BigInt(value));
}

export function appendFloat(out: ByteWriter, value: number): void {
  out.reserve(4);
  scratch.setFloat32(0, value, true);
  for (let at = 0; at < 4; at++) out.bytes[out.length++] = scratchBytes[at]!;
}

export function appendDouble(out: ByteWriter, value: number): void {
  out.reserve(8);
  scratch.setFloat64(0, value, true);
  for (let at = 0; at < 8; at++) out.bytes[out.length++] = scratchBytes[at]!;
}

/** Length and UTF-8. Throws FormatError for halves of surrogate pairs. */
export function appendString(out: ByteWriter, text: string): void {
  const before = out.length;
  // The length comes first and is known only after the text is written: room for the longest is left and closed up again.
  out.reserve(5 + 3 * text.length);
  out.length += 5;
  appendText(out, text);
  const length = out.length - before - 5;
  out.length = before;
  appendInt(out, length);
  out.bytes.copyWithin(out.length, before + 5, before + 5 + length);
  out.length += length;
}

export function appendBytes(out: ByteWriter, bytes: Bytes): void {
  appendInt(out, bytes.length);
  appendRaw(out, bytes);
}

/** Without a length. */
export function appendRaw(out: ByteWriter, bytes: Bytes): void {
  out.reserve(bytes.length);
  out.bytes.set(bytes, out.length);
  out.length += bytes.length;
}
