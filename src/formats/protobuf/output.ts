/** Parts of a Protocol Buffers payload at the end of a ByteWriter (protobuf.dev, "Encoding"). */
import type { Bytes } from '../../base/env.ts';
import { type ByteWriter, FormatError } from '../format.ts';
import { appendText } from '../payload-text.ts';
import type { ProtoScalar } from './schema.ts';

const scratch = new DataView(new ArrayBuffer(8));
const scratchBytes = new Uint8Array(scratch.buffer);

/** An unsigned 32-bit integer. */
export function appendVarint(out: ByteWriter, value: number): void {
  out.reserve(5);
  let rest = value >>> 0;
  while (rest >= 0x80) {
    out.bytes[out.length++] = (rest & 0x7f) | 0x80;
    rest >>>= 7;
  }
  out.bytes[out.length++] = rest;
}

/** 64 bits; negative values take ten bytes. */
export function appendVarint64(out: ByteWriter, value: bigint): void {
  if (value >= 0n && value <= 0xffff_ffffn) {
    appendVarint(out, Number(value));
    return;
  }
  out.reserve(10);
  let rest = BigInt.asUintN(64, value);
  while (rest >= 0x80n) {
    out.bytes[out.length++] = Number(rest & 0x7fn) | 0x80;
    rest >>= 7n;
  }
  out.bytes[out.length++] = Number(rest);
}

/** Zigzag. */
export function appendSigned(out: ByteWriter, value: number): void {
  appendVarint(out, (value << 1) ^ (value >> 31));
}

function appendScratch(out: ByteWriter, byteCount: number): void {
  out.reserve(byteCount);
  for (let at = 0; at < byteCount; at++) out.bytes[out.length++] = scratchBytes[at]!;
}

/** What `write` appends, with its length before it. */
export function appendDelimited(out: ByteWriter, write: () => void): void {
  const before = out.length;
  // The length is known only afterwards: room for the longest is left and closed up again.
  out.reserve(5);
  out.length += 5;
  write();
  const length = out.length - before - 5;
  out.length = before;
  appendVarint(out, length);
  out.bytes.copyWithin(out.length, before + 5, before + 5 + length);
  out.length += length;
}

/** Numbers of 32 bits and doubles as numbers, 64 bits as bigints. Throws FormatError for what the scalar cannot hold. */
export function appendScalar(
  out: ByteWriter,
  scalar: ProtoScalar,
  value: number | bigint | boolean | string | Bytes,
): void {
  switch (scalar) {
    case 'int32':
      if ((value as number) < 0) appendVarint64(out, BigInt(value as number));
      else appendVarint(out, value as number);
      return;
    case 'uint32':
      appendVarint(out, unsigned(value as number));
      return;
    case 'sint32':
      appendSigned(out, value as number);
      return;
    case 'int64':
    case 'uint64':
      appendVarint64(out, value as bigint);
      return;
    case 'sint64': {
      const number = value as bigint;
      appendVarint64(out, (number << 1n) ^ (number >> 63n));
      return;
    }
    case 'fixed32':
      scratch.setUint32(0, unsigned(value as number), true);
      appendScratch(out, 4);
      return;
    case 'sfixed32':
      scratch.setInt32(0, value as number, true);
      appendScratch(out, 4);
      return;
    case 'fixed64':
    case 'sfixed64':
      scratch.setBigInt64(0, value as bigint, true);
      appendScratch(out, 8);
      return;
    case 'float':
      scratch.setFloat32(0, value as number, true);
      appendScratch(out, 4);
      return;
    case 'double':
      scratch.setFloat64(0, value as number, true);
      appendScratch(out, 8);
      return;
    case 'bool':
      appendVarint(out, value === true ? 1 : 0);
      return;
    case 'string':
      appendDelimited(out, () => appendText(out, value as string));
      return;
    case 'bytes':
      appendVarint(out, (value as Bytes).length);
      out.reserve((value as Bytes).length);
      out.bytes.set(value as Bytes, out.length);
      out.length += (value as Bytes).length;
  }
}

function unsigned(value: number): number {
  if (value >= 0 && value <= 0xffff_ffff) return value;
  throw new FormatError(`${value} is no unsigned 32-bit integer`);
}
