/**
 * Writing and reading bytes: big-endian integers as on Kafka's wire, varints as in Protocol Buffers, UTF-8 text.
 * Generated code may write through `ByteWriter.bytes` and `ByteWriter.position` directly after `reserve`.
 */
import { assert } from './assert.ts';
import type { Bytes } from './env.ts';

const TWO_32 = 4294967296;
/** Up to here a loop over the characters beats the call into the runtime (measured: 3 to 1 at 8 characters, even at 40). */
const SHORT_TEXT = 40;
/** Up to so many bytes are copied one by one, up to so many eight by eight; beyond, `set` on a view of its own is faster. */
const SHORT_COPY = 24;
const LONG_COPY = 256;

function wordsOf(bytes: Bytes): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}

/**
 * A buffer that grows. `bytes` is replaced when it grows, so whoever holds it reads it again after `reserve` and after any
 * method. What lies beyond `position` is undefined.
 */
export class ByteWriter {
  bytes: Uint8Array;
  position = 0;
  #buffer: Buffer;
  #words: DataView;
  /** What was copied from last, and its words once that has happened twice. */
  #source: Bytes;
  #sourceWords: DataView | null;

  constructor(capacity = 256) {
    this.#buffer = Buffer.allocUnsafeSlow(Math.max(16, capacity));
    this.bytes = this.#buffer;
    this.#words = wordsOf(this.#buffer);
    this.#source = this.#buffer;
    this.#sourceWords = null;
  }

  /** `position` under the name that codecs know it by (src/formats/format.ts). */
  get length(): number {
    return this.position;
  }

  set length(value: number) {
    this.position = value;
  }

  /** Makes room for `count` more bytes. */
  reserve(count: number): void {
    if (this.position + count > this.bytes.length) this.#grow(count);
  }

  #grow(count: number): void {
    const grown = Buffer.allocUnsafeSlow(Math.max(this.bytes.length * 2, this.position + count));
    grown.set(this.bytes.subarray(0, this.position));
    this.#buffer = grown;
    this.bytes = grown;
    this.#words = wordsOf(grown);
  }

  clear(): void {
    this.position = 0;
  }

  /** What was written, as a copy of exactly its size that the caller owns. */
  take(): Bytes {
    const copy = Buffer.allocUnsafeSlow(this.position);
    copy.set(this.bytes.subarray(0, this.position));
    return copy;
  }

  /** What was written, without copying: valid until the next write. */
  view(): Bytes {
    return this.bytes.subarray(0, this.position);
  }

  writeByte(value: number): void {
    this.reserve(1);
    this.bytes[this.position++] = value;
  }

  writeInt16(value: number): void {
    this.reserve(2);
    const bytes = this.bytes;
    bytes[this.position++] = value >> 8;
    bytes[this.position++] = value;
  }

  writeInt32(value: number): void {
    this.reserve(4);
    setInt32(this.bytes, this.position, value);
    this.position += 4;
  }

  /** A safe integer as 64 bits, two's complement. */
  writeInt64(value: number): void {
    this.reserve(8);
    setInt64(this.bytes, this.position, value);
    this.position += 8;
  }

  writeBigInt64(value: bigint): void {
    this.reserve(8);
    this.position = this.#buffer.writeBigInt64BE(BigInt.asIntN(64, value), this.position);
  }

  writeFloat64(value: number): void {
    this.reserve(8);
    this.position = this.#buffer.writeDoubleBE(value, this.position);
  }

  /** Signed varint, zigzag coded: a safe integer of magnitude up to 2^52. */
  writeVarint(value: number): void {
    this.writeUnsignedVarint(zigzag(value));
  }

  /** Seven bits a byte, lowest first; a safe integer that is not negative. */
  writeUnsignedVarint(value: number): void {
    this.reserve(8);
    this.position = setUnsignedVarint(this.bytes, this.position, value);
  }

  writeBytes(source: Bytes, start = 0, end: number = source.length): void {
    const count = end - start;
    this.reserve(count);
    const bytes = this.bytes;
    let position = this.position;
    if (count <= SHORT_COPY) {
      for (let index = start; index < end; index++) bytes[position++] = source[index]!;
    } else if (count <= LONG_COPY) {
      this.#copyMiddle(source, start, end);
    } else {
      bytes.set(
        start === 0 && end === source.length ? source : source.subarray(start, end),
        position,
      );
    }
    this.position += count;
  }

  /** There is room for it. Sources that come once are not worth words. */
  #copyMiddle(source: Bytes, start: number, end: number): void {
    const { bytes } = this;
    let position = this.position;
    let index = start;
    if (source === this.#source) {
      this.#sourceWords ??= wordsOf(source);
      const [from, to] = [this.#sourceWords, this.#words];
      for (; index + 8 <= end; index += 8) {
        to.setBigUint64(position, from.getBigUint64(index, true), true);
        position += 8;
      }
    } else {
      this.#source = source;
      this.#sourceWords = null;
    }
    for (; index < end; index++) bytes[position++] = source[index]!;
  }

  /** The text as UTF-8, without a length; a lone surrogate becomes U+FFFD. Returns how many bytes it took. */
  writeText(text: string): number {
    const length = text.length;
    this.reserve(length * 3);
    const start = this.position;
    if (length <= SHORT_TEXT) {
      const bytes = this.bytes;
      let index = 0;
      for (; index < length; index++) {
        const unit = text.charCodeAt(index);
        if (unit > 0x7f) break;
        bytes[start + index] = unit;
      }
      if (index === length) {
        this.position = start + length;
        return length;
      }
    }
    const count = this.#buffer.write(text, start, 'utf8');
    this.position = start + count;
    return count;
  }
}

/**
 * Reads what came from outside: every read is checked against `end`, and passing it throws `RangeError`, which the caller
 * turns into its own error.
 */
export class ByteReader {
  readonly bytes: Bytes;
  position: number;
  readonly end: number;

  constructor(bytes: Bytes, position = 0, end: number = bytes.length) {
    this.bytes = bytes;
    this.position = position;
    this.end = end;
  }

  get remaining(): number {
    return this.end - this.position;
  }

  /** Moves `count` bytes on and returns where they begin. */
  skip(count: number): number {
    const start = this.position;
    if (count < 0 || count > this.end - start) {
      throw new RangeError(`${count} bytes expected, ${this.end - start} left`);
    }
    this.position = start + count;
    return start;
  }

  readByte(): number {
    return this.bytes[this.skip(1)]!;
  }

  readInt8(): number {
    return (this.bytes[this.skip(1)]! << 24) >> 24;
  }

  readInt16(): number {
    const at = this.skip(2);
    return (((this.bytes[at]! << 8) | this.bytes[at + 1]!) << 16) >> 16;
  }

  readInt32(): number {
    return getInt32(this.bytes, this.skip(4));
  }

  readUint32(): number {
    return getInt32(this.bytes, this.skip(4)) >>> 0;
  }

  /** 64 bits as a number: exact up to 2^53. */
  readInt64(): number {
    return getInt64(this.bytes, this.skip(8));
  }

  readBigInt64(): bigint {
    const at = this.skip(8);
    const high = BigInt(getInt32(this.bytes, at));
    return (high << 32n) | BigInt(getInt32(this.bytes, at + 4) >>> 0);
  }

  readFloat64(): number {
    const at = this.skip(8);
    return new DataView(this.bytes.buffer, this.bytes.byteOffset + at, 8).getFloat64(0);
  }

  /** Zigzag varint of up to 64 bits; exact up to 2^53. */
  readVarint(): number {
    return unzigzag(this.readUnsignedVarint());
  }

  readUnsignedVarint(): number {
    let result = 0;
    let scale = 1;
    for (let count = 0; count < 10; count++) {
      const byte = this.readByte();
      result += (byte & 0x7f) * scale;
      if (byte < 0x80) return result;
      scale *= 128;
    }
    throw new RangeError('varint longer than 64 bits');
  }

  /** A view, not a copy. */
  readBytes(count: number): Bytes {
    const at = this.skip(count);
    return this.bytes.subarray(at, at + count);
  }

  readText(count: number): string {
    const at = this.skip(count);
    return textOf(this.bytes, at, at + count);
  }
}

/** UTF-8 to text; malformed sequences become U+FFFD. */
export function textOf(bytes: Bytes, start = 0, end: number = bytes.length): string {
  return asBuffer(bytes).toString('utf8', start, end);
}

/** Text to UTF-8. */
export function bytesOf(text: string): Bytes {
  return Buffer.from(text, 'utf8');
}

/** One character per byte, for use as a key of a `Map`. */
export function binaryText(bytes: Bytes, start = 0, end: number = bytes.length): string {
  return asBuffer(bytes).toString('latin1', start, end);
}

/** Order of unsigned bytes; a prefix comes first. */
export function compareBytes(left: Bytes, right: Bytes): number {
  const shorter = Math.min(left.length, right.length);
  for (let index = 0; index < shorter; index++) {
    const difference = left[index]! - right[index]!;
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}

export function getInt16(bytes: Bytes, at: number): number {
  return (((bytes[at]! << 8) | bytes[at + 1]!) << 16) >> 16;
}

export function getInt32(bytes: Bytes, at: number): number {
  return (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
}

/** Exact up to 2^53. */
export function getInt64(bytes: Bytes, at: number): number {
  return getInt32(bytes, at) * TWO_32 + (getInt32(bytes, at + 4) >>> 0);
}

export function setInt16(bytes: Bytes, at: number, value: number): void {
  bytes[at] = value >> 8;
  bytes[at + 1] = value;
}

export function setInt32(bytes: Bytes, at: number, value: number): void {
  bytes[at] = value >> 24;
  bytes[at + 1] = value >> 16;
  bytes[at + 2] = value >> 8;
  bytes[at + 3] = value;
}

export function setInt64(bytes: Bytes, at: number, value: number): void {
  assert(Number.isSafeInteger(value), 'a 64-bit field is written from a safe integer');
  const high = Math.floor(value / TWO_32);
  setInt32(bytes, at, high | 0);
  setInt32(bytes, at + 4, (value - high * TWO_32) | 0);
}

/** 0, −1, 1, −2, … to 0, 1, 2, 3, …: small magnitudes become short varints. */
export function zigzag(value: number): number {
  if (value >= -0x40000000 && value < 0x40000000) return (value << 1) ^ (value >> 31);
  return value < 0 ? -value * 2 - 1 : value * 2;
}

export function unzigzag(value: number): number {
  if (value < 0x80000000) return (value >>> 1) ^ -(value & 1);
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
}

/** Bytes that `setUnsignedVarint` takes for `value`. */
export function unsignedVarintSize(value: number): number {
  if (value < 0x80) return 1;
  if (value < 0x4000) return 2;
  if (value < 0x200000) return 3;
  if (value < 0x10000000) return 4;
  let size = 4;
  for (let rest = Math.floor(value / 0x10000000); rest > 0; rest = Math.floor(rest / 128)) size++;
  return size;
}

/** Writes at `at`, where up to 8 bytes must be free, and returns the position behind. */
export function setUnsignedVarint(bytes: Bytes, at: number, value: number): number {
  let rest = value;
  let position = at;
  while (rest > 0x7fffffff) {
    bytes[position++] = (rest % 128) | 0x80;
    rest = Math.floor(rest / 128);
  }
  while (rest > 0x7f) {
    bytes[position++] = (rest & 0x7f) | 0x80;
    rest >>>= 7;
  }
  bytes[position++] = rest;
  return position;
}

function asBuffer(bytes: Bytes): Buffer {
  return Buffer.isBuffer(bytes)
    ? bytes
    : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
