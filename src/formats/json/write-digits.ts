/**
 * Writes integers as decimal digits, four as one word: a word's two halves are the pairs of digits, and then its bytes the digits.
 * Numbers of fewer than four digits write a whole word as well, which what follows overwrites.
 */

/** The digits of `value`, below 10^4, with zeros before them; the first in the lowest byte. */
export function fourDigitsWord(value: number): number {
  // value / 100, and then both pairs / 10: exact in this range.
  const high = (value * 5243) >>> 19;
  const pairs = high | ((value - high * 100) << 16);
  const tens = (Math.imul(pairs, 103) >>> 10) & 0x000f000f;
  return 0x30303030 + tens + ((pairs - tens * 10) << 8);
}

/** `value` with zeros before it; returns the position behind it. */
export function writeEightDigits(view: DataView, position: number, value: number): number {
  const high = (value / 10_000) | 0;
  view.setInt32(position, fourDigitsWord(high), true);
  view.setInt32(position + 4, fourDigitsWord(value - high * 10_000), true);
  return position + 8;
}

export function writeNineDigits(view: DataView, position: number, value: number): number {
  const first = (value / 1e8) | 0;
  view.setUint8(position, 0x30 + first);
  return writeEightDigits(view, position + 1, value - first * 1e8);
}

/** An integer from 0 to 2^53, where there is room for three bytes more. */
export function writeDigits(view: DataView, position: number, value: number): number {
  if (value >= 1e8) {
    const high = Math.floor(value / 1e8);
    return writeEightDigits(view, writeDigits(view, position, high), value - high * 1e8);
  }
  const small = value | 0;
  if (small < 10_000) return writeUpToFour(view, position, small);
  const high = (small / 10_000) | 0;
  const p = writeUpToFour(view, position, high);
  view.setInt32(p, fourDigitsWord(small - high * 10_000), true);
  return p + 4;
}

function writeUpToFour(view: DataView, position: number, value: number): number {
  const zeros = value >= 100 ? (value >= 1000 ? 0 : 1) : value >= 10 ? 2 : 3;
  view.setInt32(position, fourDigitsWord(value) >>> (8 * zeros), true);
  return position + 4 - zeros;
}
