/**
 * Finds the ends of JSON values without building them: the validating half of the fast decoder. Every function takes the
 * position of a value's first byte and returns the position behind it, or -1 where the text is not what was expected; then the
 * slow path decides what is wrong with it.
 */
import type { Bytes } from '../../base/env.ts';
import { NESTING_DEPTH_MAX } from '../limits.ts';
import { skipPlain, utf8ErrorAt } from '../text.ts';
import { hexDigit } from './parse-json.ts';

/** What a reader hands back beside the value. */
export interface Cursor {
  /** Where the value ended; -1: the fast path does not know what to do with it. */
  position: number;
  /** Digits behind the point of the number that was read last. */
  fraction: number;
}

/** Reads the value that begins at `start` and is not `null`. The result counts only if `cursor.position` is not -1. */
export type Reader<T> = (bytes: Bytes, start: number, end: number, cursor: Cursor) => T;

/** The first position at or behind `start` that holds no white space. */
export function skipSpace(bytes: Bytes, start: number, end: number): number {
  let p = start;
  while (p < end) {
    const byte = bytes[p]!;
    if (byte > 0x20 || (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09)) break;
    p++;
  }
  return p;
}

/** `start` is behind the opening quote. */
export function skipString(bytes: Bytes, start: number, end: number): number {
  let p = skipPlain(bytes, start, end);
  if (p < end && bytes[p] === 0x22) return p + 1;
  let union = 0;
  while (p < end) {
    const byte = bytes[p]!;
    if (byte === 0x22) {
      return union < 0x80 || utf8ErrorAt(bytes, start, p) === -1 ? p + 1 : -1;
    }
    if (byte < 0x20) return -1;
    if (byte === 0x5c) {
      p = skipEscape(bytes, p + 1, end);
      if (p === -1) return -1;
    } else {
      union |= byte;
      p++;
    }
  }
  return -1;
}

/** `start` is behind the backslash. */
function skipEscape(bytes: Bytes, start: number, end: number): number {
  if (start >= end) return -1;
  switch (bytes[start]) {
    case 0x22:
    case 0x5c:
    case 0x2f:
    case 0x62:
    case 0x66:
    case 0x6e:
    case 0x72:
    case 0x74:
      return start + 1;
    case 0x75:
      if (start + 5 > end) return -1;
      for (let i = 1; i <= 4; i++) if (hexDigit(bytes[start + i]!) === -1) return -1;
      return start + 5;
    default:
      return -1;
  }
}

/** Behind the digits that begin at `start`. */
function skipDigits(bytes: Bytes, start: number, end: number): number {
  let p = start;
  while (p < end && bytes[p]! >= 0x30 && bytes[p]! <= 0x39) p++;
  return p;
}

/** A number up to its exponent, if it has one. */
export function skipFixedPoint(bytes: Bytes, start: number, end: number): number {
  const first = bytes[start] === 0x2d ? start + 1 : start;
  const p = skipDigits(bytes, first, end);
  if (p === first || (bytes[first] === 0x30 && p > first + 1)) return -1;
  if (p >= end || bytes[p] !== 0x2e) return p;
  const behind = skipDigits(bytes, p + 1, end);
  return behind === p + 1 ? -1 : behind;
}

export function skipNumber(bytes: Bytes, start: number, end: number): number {
  let p = skipFixedPoint(bytes, start, end);
  if (p !== -1 && p < end && (bytes[p]! | 0x20) === 0x65) {
    p++;
    if (p < end && (bytes[p] === 0x2b || bytes[p] === 0x2d)) p++;
    const exponent = p;
    p = skipDigits(bytes, exponent, end);
    if (p === exponent) return -1;
  }
  return p;
}

export function skipTrue(bytes: Bytes, p: number, end: number): number {
  const matches = bytes[p + 1] === 0x72 && bytes[p + 2] === 0x75 && bytes[p + 3] === 0x65;
  return matches && p + 4 <= end ? p + 4 : -1;
}

export function skipFalse(bytes: Bytes, p: number, end: number): number {
  const matches =
    bytes[p + 1] === 0x61 &&
    bytes[p + 2] === 0x6c &&
    bytes[p + 3] === 0x73 &&
    bytes[p + 4] === 0x65;
  return matches && p + 5 <= end ? p + 5 : -1;
}

export function skipNull(bytes: Bytes, p: number, end: number): number {
  const matches = bytes[p + 1] === 0x75 && bytes[p + 2] === 0x6c && bytes[p + 3] === 0x6c;
  return matches && p + 4 <= end ? p + 4 : -1;
}

/** Any value; `depth` is the level a container at this place is on. */
export function skipValue(bytes: Bytes, p: number, end: number, depth: number): number {
  if (p >= end) return -1;
  switch (bytes[p]) {
    case 0x22:
      return skipString(bytes, p + 1, end);
    case 0x7b:
      return depth > NESTING_DEPTH_MAX ? -1 : skipObject(bytes, p + 1, end, depth);
    case 0x5b:
      return depth > NESTING_DEPTH_MAX ? -1 : skipArray(bytes, p + 1, end, depth);
    case 0x74:
      return skipTrue(bytes, p, end);
    case 0x66:
      return skipFalse(bytes, p, end);
    case 0x6e:
      return skipNull(bytes, p, end);
    default:
      return skipNumber(bytes, p, end);
  }
}

function skipObject(bytes: Bytes, start: number, end: number, depth: number): number {
  let p = skipSpace(bytes, start, end);
  if (p < end && bytes[p] === 0x7d) return p + 1;
  while (p < end && bytes[p] === 0x22) {
    p = skipString(bytes, p + 1, end);
    if (p === -1) return -1;
    p = skipSpace(bytes, p, end);
    if (p >= end || bytes[p] !== 0x3a) return -1;
    p = skipValue(bytes, skipSpace(bytes, p + 1, end), end, depth + 1);
    if (p === -1) return -1;
    p = skipSpace(bytes, p, end);
    if (p >= end) return -1;
    if (bytes[p] === 0x7d) return p + 1;
    if (bytes[p] !== 0x2c) return -1;
    p = skipSpace(bytes, p + 1, end);
  }
  return -1;
}

function skipArray(bytes: Bytes, start: number, end: number, depth: number): number {
  let p = skipSpace(bytes, start, end);
  if (p < end && bytes[p] === 0x5d) return p + 1;
  while (p < end) {
    p = skipValue(bytes, p, end, depth + 1);
    if (p === -1) return -1;
    p = skipSpace(bytes, p, end);
    if (p >= end) return -1;
    if (bytes[p] === 0x5d) return p + 1;
    if (bytes[p] !== 0x2c) return -1;
    p = skipSpace(bytes, p + 1, end);
  }
  return -1;
}

/** The end of a string of ASCII without escapes, which is spelt as it would be written. -1 for anything else. */
export function plainStringEnd(bytes: Bytes, start: number, end: number): number {
  if (bytes[start] !== 0x22) return -1;
  const p = skipPlain(bytes, start + 1, end);
  return p < end && bytes[p] === 0x22 ? p + 1 : -1;
}

/** The end of an integer of at most 18 digits that is spelt as it would be written. -1 for anything else. */
export function plainBigintEnd(bytes: Bytes, start: number, end: number): number {
  const first = bytes[start] === 0x2d ? start + 1 : start;
  const p = skipDigits(bytes, first, end);
  const count = p - first;
  if (count === 0 || count > 18 || p >= end) return -1;
  if (bytes[first] === 0x30 && (count > 1 || first > start)) return -1;
  return bytes[p] === 0x2e || (bytes[p]! | 0x20) === 0x65 ? -1 : p;
}
