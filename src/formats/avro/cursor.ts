/** A place in an Avro payload, and how its primitives are read (Avro specification, "Binary Encoding"). */
import type { Bytes } from '../../base/env.ts';
import { FormatError } from '../format.ts';
import { textOf } from '../payload-text.ts';

/** Elements of no bytes (nulls, empty records) that the arrays and maps of one payload may claim to have. */
const EMPTY_ELEMENTS_MAX = 100_000;

/** `at` moves forward as values are read; it never passes `end`. */
export class AvroCursor {
  bytes: Bytes;
  at: number;
  end: number;
  /** How many elements more may turn out to have no bytes. */
  emptyElements: number = EMPTY_ELEMENTS_MAX;
  #view: DataView | null = null;

  constructor(bytes: Bytes, start: number, end: number) {
    this.bytes = bytes;
    this.at = start;
    this.end = end;
  }

  /** Makes the cursor one of another payload. */
  reset(bytes: Bytes, start: number, end: number): void {
    if (this.bytes !== bytes) this.#view = null;
    this.bytes = bytes;
    this.at = start;
    this.end = end;
    this.emptyElements = EMPTY_ELEMENTS_MAX;
  }

  /** A block was `count` elements longer than its bytes; nothing where it is not positive. */
  countEmpty(count: number): void {
    if (count <= 0) return;
    this.emptyElements -= count;
    if (this.emptyElements < 0)
      throw new FormatError('malformed Avro payload: too many empty elements');
  }

  byte(): number {
    if (this.at >= this.end) throw truncated();
    return this.bytes[this.at++]!;
  }

  boolean(): boolean {
    const value = this.byte();
    if (value > 1) throw new FormatError(`malformed Avro payload: ${value} is no boolean`);
    return value === 1;
  }

  /** A 32-bit integer: zigzag, seven bits a byte, lowest first. */
  int(): number {
    const value = this.size();
    if (value !== (value | 0)) throw new FormatError(`malformed Avro payload: ${value} is no int`);
    return value;
  }

  /** A long that must be a safe integer: counts, lengths, branches. */
  size(): number {
    let low = 0;
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = this.byte();
      low |= (byte & 0x7f) << shift;
      if (byte < 0x80) return (low >>> 1) ^ -(low & 1);
    }
    const value = this.#longFrom(low, 28);
    if (value < -(2n ** 53n) || value > 2n ** 53n) {
      throw new FormatError('malformed Avro payload: a count beyond 2^53');
    }
    return Number(value);
  }

  long(): bigint {
    let low = 0;
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = this.byte();
      low |= (byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt((low >>> 1) ^ -(low & 1));
    }
    return this.#longFrom(low, 28);
  }

  /** The rest of a long of which `low` has been read. */
  #longFrom(low: number, from: number): bigint {
    let raw = BigInt(low >>> 0);
    let shift = BigInt(from);
    for (;;) {
      const byte = this.byte();
      raw |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) break;
      shift += 7n;
      if (shift > 63n)
        throw new FormatError('malformed Avro payload: a long of more than ten bytes');
    }
    raw = BigInt.asUintN(64, raw);
    return BigInt.asIntN(64, (raw >> 1n) ^ -(raw & 1n));
  }

  float(): number {
    const at = this.#take(4);
    return this.#dataView().getFloat32(at, true);
  }

  double(): number {
    const at = this.#take(8);
    return this.#dataView().getFloat64(at, true);
  }

  text(): string {
    const length = this.#length();
    const at = this.#take(length);
    return textOf(this.bytes, at, at + length);
  }

  /** A copy. */
  byteArray(): Bytes {
    const length = this.#length();
    const at = this.#take(length);
    return this.bytes.slice(at, at + length);
  }

  /** A copy of the next `length` bytes. */
  fixed(length: number): Bytes {
    const at = this.#take(length);
    return this.bytes.slice(at, at + length);
  }

  skip(length: number): void {
    this.#take(length);
  }

  skipLong(): void {
    for (let count = 0; this.byte() >= 0x80; count++) {
      if (count >= 9)
        throw new FormatError('malformed Avro payload: a long of more than ten bytes');
    }
  }

  skipBytes(): void {
    this.#take(this.#length());
  }

  #length(): number {
    const length = this.size();
    if (length < 0) throw new FormatError('malformed Avro payload: a negative length');
    return length;
  }

  #take(length: number): number {
    const { at } = this;
    if (length > this.end - at) throw truncated();
    this.at = at + length;
    return at;
  }

  #dataView(): DataView {
    const { buffer, byteOffset, byteLength } = this.bytes;
    this.#view ??= new DataView(buffer, byteOffset, byteLength);
    return this.#view;
  }
}

function truncated(): FormatError {
  return new FormatError('malformed Avro payload: it ends too early');
}
