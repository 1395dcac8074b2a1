/** UTF-8 in both directions, strict: what is not text is an error, never replaced. */
import { Buffer } from 'node:buffer';
import type { Bytes } from '../base/env.ts';

/** Node's converters work on any byte array; they are on the prototype of Buffer. */
interface Converters {
  latin1Slice(this: Bytes, start: number, end: number): string;
  utf8Slice(this: Bytes, start: number, end: number): string;
  utf8Write(this: Bytes, text: string, position: number): number;
}
const { latin1Slice, utf8Slice, utf8Write } = Buffer.prototype as unknown as Converters;

/** Texts of up to so many UTF-16 units are made without a call into Node. */
export const SHORT_TEXT_MAX = 24;

/**
 * Makes a function `(units, start, count)` that gives the text of these units, count ≤ SHORT_TEXT_MAX. Handing all characters to
 * one String.fromCharCode takes 13 to 28 ns where a call into Node takes 42. One for each kind of array, which keeps the loads
 * monomorphic.
 */
function shortTextFunction<T>(): (units: T, start: number, count: number) => string {
  const cases = Array.from({ length: SHORT_TEXT_MAX }, (_, n) => {
    const characters = Array.from({ length: n + 1 }, (__, i) => `units[start + ${i}]`);
    return `case ${n + 1}: return char(${characters.join(', ')});`;
  });
  const text = `return (units, start, count) => { switch (count) { ${cases.join('\n')} default: return ''; } };`;
  return new Function('char', text)(String.fromCharCode);
}

const shortAscii = shortTextFunction<Bytes>();
const shortUnits = shortTextFunction<Uint16Array>();

/** Text of bytes[start, end), all of which are below 0x80. Read as Latin-1, which needs no look at every byte: 2 ns less. */
export function asciiText(bytes: Bytes, start: number, end: number): string {
  const count = end - start;
  return count <= SHORT_TEXT_MAX
    ? shortAscii(bytes, start, count)
    : latin1Slice.call(bytes, start, end);
}

/** Text of the first `count` units, at most SHORT_TEXT_MAX. */
export function unitsText(units: Uint16Array, count: number): string {
  return shortUnits(units, 0, count);
}

/** Text of bytes[start, end), which `utf8ErrorAt` has found to be well formed. */
export function utf8Text(bytes: Bytes, start: number, end: number): string {
  return utf8Slice.call(bytes, start, end);
}

/** The first position in bytes[start, end) where well-formed UTF-8 ends, or -1 (Unicode 15, table 3-7). */
export function utf8ErrorAt(bytes: Bytes, start: number, end: number): number {
  let p = start;
  while (p < end) {
    const lead = bytes[p]!;
    if (lead < 0x80) {
      p++;
      continue;
    }
    const length = sequenceLength(bytes, p, end, lead);
    if (length === 0) return p;
    p += length;
  }
  return -1;
}

/** Length of the well-formed sequence that begins with `lead` at `p`, or 0. */
function sequenceLength(bytes: Bytes, p: number, end: number, lead: number): number {
  const length =
    lead >= 0xc2 && lead < 0xe0
      ? 2
      : lead >= 0xe0 && lead < 0xf0
        ? 3
        : lead >= 0xf0 && lead < 0xf5
          ? 4
          : 0;
  if (length === 0 || p + length > end) return 0;
  const second = bytes[p + 1]!;
  const lowest = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
  const highest = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
  if (second < lowest || second > highest) return 0;
  for (let i = 2; i < length; i++) if ((bytes[p + i]! & 0xc0) !== 0x80) return 0;
  return length;
}

/** 1 for the bytes that stand for themselves in a JSON string: ASCII without control characters, quote and backslash. */
export const PLAIN: Uint8Array = new Uint8Array(256).fill(1, 0x20, 0x80);
PLAIN[0x22] = 0;
PLAIN[0x5c] = 0;

/** Longer texts are written by Node, since reading a character of a string takes 2 ns. */
export const LOOP_TEXT_MAX = 24;

/**
 * Writes `text` as UTF-8 at `position` of `bytes`, which has room for three bytes per UTF-16 unit, and returns the position
 * behind it. Halves of surrogate pairs, which UTF-8 cannot express, become U+FFFD.
 */
export function writeUtf8(bytes: Bytes, position: number, text: string): number {
  if (text.length > LOOP_TEXT_MAX) return position + utf8Write.call(bytes, text, position);
  let p = position;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit >= 0x80) return p + utf8Write.call(bytes, text.slice(i), p);
    bytes[p++] = unit;
  }
  return p;
}

/** Writes one code point that is no surrogate and not ASCII; returns the position behind it. */
export function writePoint(bytes: Bytes, position: number, point: number): number {
  let p = position;
  if (point < 0x800) {
    bytes[p++] = 0xc0 | (point >> 6);
  } else {
    if (point < 0x10000) {
      bytes[p++] = 0xe0 | (point >> 12);
    } else {
      bytes[p++] = 0xf0 | (point >> 18);
      bytes[p++] = 0x80 | ((point >> 12) & 0x3f);
    }
    bytes[p++] = 0x80 | ((point >> 6) & 0x3f);
  }
  bytes[p++] = 0x80 | (point & 0x3f);
  return p;
}
