/**
 * Writes SQL values as JSON bytes. The functions for primitives write at a position of an array that has room for the most such
 * a value can take, and return the position behind it; those of containers write to a ByteWriter and make room themselves.
 */
import type { Bytes } from '../../base/env.ts';
import { bytesToBase64 } from '../../types/base64.ts';
import { decimalText } from '../../types/decimal.ts';
import { javaDoubleText } from '../../types/java-text.ts';
import type { Field, SqlType } from '../../types/type.ts';
import type { Row, Value } from '../../types/value.ts';
import type { ByteWriter } from '../format.ts';
import { quotedRoom, writeQuoted } from './write-text.ts';

/** Room that every number but a DECIMAL fits in, and `null` and the booleans. */
export const NUMBER_BYTES_MAX = 26;

/** Writes ASCII text. */
function writeAscii(bytes: Bytes, position: number, text: string): number {
  for (let i = 0; i < text.length; i++) bytes[position + i] = text.charCodeAt(i);
  return position + text.length;
}

export function writeNull(bytes: Bytes, position: number): number {
  bytes[position] = 0x6e;
  bytes[position + 1] = 0x75;
  bytes[position + 2] = 0x6c;
  bytes[position + 3] = 0x6c;
  return position + 4;
}

export function writeBoolean(bytes: Bytes, position: number, value: boolean): number {
  return writeAscii(bytes, position, value ? 'true' : 'false');
}

/** The digits of an integer from 0 to 2^53. */
function writeDigits(bytes: Bytes, position: number, value: number): number {
  let count = 1;
  for (let limit = 10; value >= limit; limit *= 10) count++;
  let rest = value;
  let p = position + count;
  while (rest > 0x7fffffff) {
    const quotient = Math.floor(rest / 10);
    bytes[--p] = 0x30 + (rest - quotient * 10);
    rest = quotient;
  }
  let small = rest | 0;
  while (p > position) {
    const quotient = (small / 10) | 0;
    bytes[--p] = 0x30 + (small - quotient * 10);
    small = quotient;
  }
  return position + count;
}

/** INTEGER and the temporal types: any safe integer. */
export function writeInteger(bytes: Bytes, position: number, value: number): number {
  if (value >= 0) return writeDigits(bytes, position, value);
  bytes[position] = 0x2d;
  return writeDigits(bytes, position + 1, -value);
}

const SAFE_MAX = 9_007_199_254_740_991n;

export function writeBigint(bytes: Bytes, position: number, value: bigint): number {
  if (value <= SAFE_MAX && value >= -SAFE_MAX) {
    return writeInteger(bytes, position, Number(value));
  }
  return writeAscii(bytes, position, value.toString());
}

/**
 * As Java's Double.toString; NaN and the infinities in quotes.
 *
 * Making text of a double is slow (100 ns and more), so doubles of few digits are found by trial: if v·100 is within rounding of
 * an integer n below 10^15, and n / 100 is v again, then n's digits, having at most 15, are the shortest that read back as v.
 */
export function writeDouble(bytes: Bytes, position: number, value: number): number {
  const magnitude = value < 0 ? -value : value;
  if ((magnitude >= 1e-3 && magnitude < 1e7) || Object.is(value, 0)) {
    const hundredths = Math.round(magnitude * 100);
    if (hundredths / 100 === magnitude) return writeFraction(bytes, position, value, hundredths, 2);
    const millionths = Math.round(magnitude * 1e6);
    if (millionths / 1e6 === magnitude) return writeFraction(bytes, position, value, millionths, 6);
  }
  if (magnitude >= 1e7 && magnitude < 1e15 && Number.isInteger(magnitude)) {
    return writeLargeInteger(bytes, position, value, magnitude);
  }
  // Java prints these as JavaScript does; whole numbers have been dealt with.
  if (magnitude >= 1e-3 && magnitude < 1e7) return writeAscii(bytes, position, String(value));
  const text = javaDoubleText(value);
  return Number.isFinite(value)
    ? writeAscii(bytes, position, text)
    : writeQuoted(bytes, position, text);
}

/** An integer from 10^7 to 10^15 as `d.dddE<exponent>`; the sign is that of `value`. */
function writeLargeInteger(
  bytes: Bytes,
  position: number,
  value: number,
  magnitude: number,
): number {
  let p = position;
  if (value < 0) bytes[p++] = 0x2d;
  const end = writeDigits(bytes, p + 1, magnitude);
  const exponent = end - p - 2;
  bytes[p] = bytes[p + 1]!;
  bytes[p + 1] = 0x2e;
  let last = end - 1;
  while (last > p + 2 && bytes[last] === 0x30) last--;
  bytes[last + 1] = 0x45;
  return writeDigits(bytes, last + 2, exponent);
}

/** Writes digits / 10^scale without trailing zeros, but with one digit behind the point at least; the sign is that of `value`. */
function writeFraction(
  bytes: Bytes,
  position: number,
  value: number,
  digits: number,
  scale: number,
): number {
  let p = position;
  if (value < 0) bytes[p++] = 0x2d;
  const unit = scale === 2 ? 100 : 1e6;
  const whole = Math.floor(digits / unit);
  let fraction = digits - whole * unit;
  p = writeDigits(bytes, p, whole);
  bytes[p] = 0x2e;
  for (let i = scale; i > 0; i--) {
    const quotient = (fraction / 10) | 0;
    bytes[p + i] = 0x30 + (fraction - quotient * 10);
    fraction = quotient;
  }
  let last = p + scale;
  while (last > p + 1 && bytes[last] === 0x30) last--;
  return last + 1;
}

/** Room for a DECIMAL: its digits, sign, point and a zero before it. */
export function decimalBytesMax(precision: number): number {
  return precision + 3;
}

/** Plain digits that keep the scale. */
export function writeDecimal(bytes: Bytes, position: number, value: bigint, scale: number): number {
  return writeAscii(bytes, position, decimalText(value, scale));
}

/** Room for BYTES as text. */
export function base64BytesMax(length: number): number {
  return 4 * Math.ceil(length / 3) + 2;
}

export function writeBase64(bytes: Bytes, position: number, value: Uint8Array): number {
  bytes[position] = 0x22;
  const p = writeAscii(bytes, position + 1, bytesToBase64(value));
  bytes[p] = 0x22;
  return p + 1;
}

/** Appends a value that may be NULL. */
export type ValueWriter = (out: ByteWriter, value: Value) => void;

/** The writer of a type, for what stands inside containers and for containers themselves. */
export function valueWriter(type: SqlType): ValueWriter {
  const write = presentWriter(type);
  return (out, value) => {
    if (value !== null) return write(out, value);
    out.reserve(4);
    out.length = writeNull(out.bytes, out.length);
  };
}

function presentWriter(type: SqlType): ValueWriter {
  switch (type.kind) {
    case 'ARRAY':
      return arrayWriter(type.element);
    case 'MAP':
      return mapWriter(type.value);
    case 'STRUCT':
      return structWriter(type.fields);
    case 'STRING':
      return appendQuoted as ValueWriter;
    case 'BYTES':
      return (out, value) => {
        const bytes = value as Uint8Array;
        out.reserve(base64BytesMax(bytes.length));
        out.length = writeBase64(out.bytes, out.length, bytes);
      };
    case 'DECIMAL': {
      const { precision, scale } = type;
      return (out, value) => {
        out.reserve(decimalBytesMax(precision));
        out.length = writeDecimal(out.bytes, out.length, value as bigint, scale);
      };
    }
    case 'BOOLEAN':
      return small(writeBoolean);
    case 'BIGINT':
      return small(writeBigint);
    case 'DOUBLE':
      return small(writeDouble);
    default:
      return small(writeInteger);
  }
}

function small<T extends Value>(
  write: (bytes: Bytes, position: number, value: T) => number,
): ValueWriter {
  return (out, value) => {
    out.reserve(NUMBER_BYTES_MAX);
    out.length = write(out.bytes, out.length, value as T);
  };
}

function appendQuoted(out: ByteWriter, text: string): void {
  out.reserve(quotedRoom(text));
  out.length = writeQuoted(out.bytes, out.length, text);
}

function appendByte(out: ByteWriter, byte: number): void {
  out.reserve(1);
  out.bytes[out.length++] = byte;
}

/** Few bytes: copying them one by one is faster than TypedArray.set up to some 40. */
function appendBytes(out: ByteWriter, source: Bytes): void {
  out.reserve(source.length);
  const { bytes, length } = out;
  for (let i = 0; i < source.length; i++) bytes[length + i] = source[i]!;
  out.length = length + source.length;
}

function arrayWriter(element: SqlType): ValueWriter {
  const write = valueWriter(element);
  return (out, value) => {
    let separator = 0x5b;
    for (const item of value as readonly Value[]) {
      appendByte(out, separator);
      write(out, item);
      separator = 0x2c;
    }
    if (separator === 0x5b) appendByte(out, 0x5b);
    appendByte(out, 0x5d);
  };
}

/** A NULL key, which JSON has no room for, is written as the text `null`. */
function mapWriter(item: SqlType): ValueWriter {
  const write = valueWriter(item);
  return (out, value) => {
    let separator = 0x7b;
    for (const [key, mapped] of value as ReadonlyMap<Value, Value>) {
      appendByte(out, separator);
      appendQuoted(out, String(key));
      appendByte(out, 0x3a);
      write(out, mapped);
      separator = 0x2c;
    }
    if (separator === 0x7b) appendByte(out, 0x7b);
    appendByte(out, 0x7d);
  };
}

/** Writes all fields in order, NULL ones too. */
export function structWriter(fields: readonly Field[]): ValueWriter {
  const writers = fields.map((field) => valueWriter(field.type));
  const prefixes = fieldPrefixes(fields);
  return (out, value) => {
    const row = value as Row;
    for (let i = 0; i < writers.length; i++) {
      const prefix = prefixes[i]!;
      appendBytes(out, prefix);
      writers[i]!(out, row[i]!);
    }
    if (writers.length === 0) appendByte(out, 0x7b);
    appendByte(out, 0x7d);
  };
}

/** What stands before each field's value: `{"A":`, `,"B":` … */
export function fieldPrefixes(fields: readonly Field[]): readonly Bytes[] {
  return fields.map(fieldPrefix);
}

/** What stands before the value of the field at `index`. */
export function fieldPrefix(field: Field, index: number): Bytes {
  const bytes = new Uint8Array(quotedRoom(field.name) + 2);
  bytes[0] = index === 0 ? 0x7b : 0x2c;
  const end = writeQuoted(bytes, 1, field.name);
  bytes[end] = 0x3a;
  return bytes.slice(0, end + 1);
}

/** Copies source[start, end) to `position` of `bytes`; returns the position behind. One by one up to 64, where `set` is slower. */
export function copyBytes(
  bytes: Bytes,
  position: number,
  source: Bytes,
  start: number,
  end: number,
): number {
  if (end - start > 64) {
    bytes.set(source.subarray(start, end), position);
  } else {
    for (let i = start, p = position; i < end; i++) bytes[p++] = source[i]!;
  }
  return position + end - start;
}
