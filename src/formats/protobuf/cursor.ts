/** A place in a Protocol Buffers payload, and how its parts are read (protobuf.dev, "Encoding"). */
import type { Bytes } from '../../base/env.ts';
import { FormatError } from '../format.ts';
import { NESTING_DEPTH_MAX } from '../limits.ts';
import { textOf } from '../payload-text.ts';
import type { ProtoScalar } from './schema.ts';

/** `at` moves forward as values are read; it never passes `end`. */
export class ProtoCursor {
  bytes: Bytes;
  at: number;
  end: number;
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
  }

  /** The low 32 bits of a varint, unsigned. */
  varint(): number {
    let value = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = this.#byte();
      if (shift < 32) value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value >>> 0;
    }
    throw malformed('a varint of more than ten bytes');
  }

  /** All 64 bits of a varint, signed. */
  varint64(): bigint {
    let low = 0;
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = this.#byte();
      low |= (byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt(low);
    }
    let value = BigInt(low);
    for (let shift = 28n; shift < 70n; shift += 7n) {
      const byte = this.#byte();
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asIntN(64, value);
    }
    throw malformed('a varint of more than ten bytes');
  }

  /** Zigzag. */
  signed(): number {
    const value = this.varint();
    return (value >>> 1) ^ -(value & 1);
  }

  /** A length, and makes sure that so many bytes follow; returns where they end. */
  lengthEnd(): number {
    const length = this.varint();
    if (length > this.end - this.at) throw truncated();
    return this.at + length;
  }

  /** Moves behind the next `count` bytes; returns where they begin. */
  take(count: number): number {
    const { at } = this;
    if (count > this.end - at) throw truncated();
    this.at = at + count;
    return at;
  }

  /** Integers of 32 bits and DOUBLEs as numbers, integers of 64 bits as bigints. */
  scalar(scalar: ProtoScalar): number | bigint | boolean | string | Bytes {
    switch (scalar) {
      case 'int32':
        return this.varint() | 0;
      case 'uint32':
        return this.varint();
      case 'sint32':
        return this.signed();
      case 'int64':
      case 'uint64':
        return this.varint64();
      case 'sint64': {
        const raw = BigInt.asUintN(64, this.varint64());
        return (raw >> 1n) ^ -(raw & 1n);
      }
      case 'fixed32': {
        const at = this.take(4);
        return this.#dataView().getUint32(at, true);
      }
      case 'sfixed32': {
        const at = this.take(4);
        return this.#dataView().getInt32(at, true);
      }
      case 'fixed64':
      case 'sfixed64': {
        const at = this.take(8);
        return this.#dataView().getBigInt64(at, true);
      }
      case 'float': {
        const at = this.take(4);
        return this.#dataView().getFloat32(at, true);
      }
      case 'double': {
        const at = this.take(8);
        return this.#dataView().getFloat64(at, true);
      }
      case 'bool':
        return this.varint64() !== 0n;
      case 'string': {
        const end = this.lengthEnd();
        const start = this.take(end - this.at);
        return textOf(this.bytes, start, end);
      }
      case 'bytes': {
        const end = this.lengthEnd();
        const start = this.take(end - this.at);
        return this.bytes.slice(start, end);
      }
    }
  }

  /** Steps over a value of this wire type. */
  skip(wireType: number, depth = 0): void {
    switch (wireType) {
      case 0:
        this.varint();
        return;
      case 1:
        this.take(8);
        return;
      case 2:
        this.at = this.lengthEnd();
        return;
      case 3:
        this.#skipGroup(depth + 1);
        return;
      case 5:
        this.take(4);
        return;
      default:
        throw malformed(`wire type ${wireType}`);
    }
  }

  #skipGroup(depth: number): void {
    if (depth > NESTING_DEPTH_MAX) throw malformed(`groups nest deeper than ${NESTING_DEPTH_MAX}`);
    for (;;) {
      const tag = this.varint();
      if ((tag & 7) === 4) return;
      this.skip(tag & 7, depth);
    }
  }

  #byte(): number {
    if (this.at >= this.end) throw truncated();
    return this.bytes[this.at++]!;
  }

  #dataView(): DataView {
    const { buffer, byteOffset, byteLength } = this.bytes;
    this.#view ??= new DataView(buffer, byteOffset, byteLength);
    return this.#view;
  }
}

export function malformed(what: string): FormatError {
  return new FormatError(`malformed Protobuf payload: ${what}`);
}

function truncated(): FormatError {
  return malformed('it ends too early');
}

/** The wire type that a scalar has outside of packed fields. */
export function wireTypeOf(scalar: ProtoScalar): 0 | 1 | 2 | 5 {
  switch (scalar) {
    case 'fixed64':
    case 'sfixed64':
    case 'double':
      return 1;
    case 'string':
    case 'bytes':
      return 2;
    case 'fixed32':
    case 'sfixed32':
    case 'float':
      return 5;
    default:
      return 0;
  }
}
