/**
 * Numbers of 64 bits between payloads and JavaScript. A bigint goes through the memory of two words, in 5 to 6 ns either way
 * where `BigInt(number)` and `Number(bigint)` take 15 to 19; a double is read by a DataView of the payload's buffer, which is kept
 * for the next one, in 4 ns where copying its eight bytes takes 12.
 */
import type { Bytes } from '../base/env.ts';

const memory = new ArrayBuffer(8);
/** The long that the two words make. */
export const long: BigInt64Array = new BigInt64Array(memory);
/** `words[LOW]` are its low 32 bits, `words[HIGH]` its high ones. */
export const words: Int32Array = new Int32Array(memory);
export const LOW: 0 | 1 = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1 ? 0 : 1;
export const HIGH: 0 | 1 = LOW === 0 ? 1 : 0;

/** Keeps the DataView of the bytes it was asked for last. */
function viewKeeper(): (bytes: Bytes) => DataView {
  let viewed: Bytes = new Uint8Array(0);
  let view = new DataView(viewed.buffer);
  return (bytes) => {
    if (bytes !== viewed) {
      viewed = bytes;
      view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    }
    return view;
  };
}

/** A view of bytes that are read; another for those that are written, since the two take turns. */
export const inputView: (bytes: Bytes) => DataView = viewKeeper();
export const outputView: (bytes: Bytes) => DataView = viewKeeper();

/** Writes the low 32 bits as a varint of at most five bytes. */
export function putVarint(bytes: Bytes, position: number, value: number): number {
  let rest = value >>> 0;
  let p = position;
  while (rest >= 0x80) {
    bytes[p++] = (rest & 0x7f) | 0x80;
    rest >>>= 7;
  }
  bytes[p++] = rest;
  return p;
}

/** Writes 64 bits, given as halves, as a varint of at most ten bytes. */
export function putVarint64(bytes: Bytes, position: number, low: number, high: number): number {
  if (high === 0) return putVarint(bytes, position, low);
  // Four groups of seven bits from the low half, one across both, and the rest from the high one.
  bytes[position] = (low & 0x7f) | 0x80;
  bytes[position + 1] = ((low >>> 7) & 0x7f) | 0x80;
  bytes[position + 2] = ((low >>> 14) & 0x7f) | 0x80;
  bytes[position + 3] = ((low >>> 21) & 0x7f) | 0x80;
  const across = (low >>> 28) | ((high & 7) << 4);
  const rest = high >>> 3;
  if (rest === 0) {
    bytes[position + 4] = across;
    return position + 5;
  }
  bytes[position + 4] = across | 0x80;
  return putVarint(bytes, position + 5, rest);
}

/** How many bytes the varint of an unsigned number below 2^31 takes. */
export function varintSize(value: number): number {
  return value < 0x80
    ? 1
    : value < 0x4000
      ? 2
      : value < 0x20_0000
        ? 3
        : value < 0x1000_0000
          ? 4
          : 5;
}

/** Writes a long, given as halves, as the varint of its zigzag. */
export function putZigzag64(bytes: Bytes, position: number, low: number, high: number): number {
  const sign = high >> 31;
  return putVarint64(bytes, position, (low << 1) ^ sign, ((high << 1) | (low >>> 31)) ^ sign);
}
