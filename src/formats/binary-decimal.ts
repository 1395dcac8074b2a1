/** DECIMALs as payloads hold them: the unscaled value in two's complement, big-endian, in as few bytes as hold it. */
import type { Bytes } from '../base/env.ts';
import { HIGH, LOW, long, words } from './binary-numbers.ts';
import { bigintOfBytes, bytesOfBigint } from './bigint-bytes.ts';
import { fitDecimal } from './fit-decimal.ts';
import { FormatError } from './format.ts';

/** Bytes of the value of any DECIMAL, whose precision is at most 38. */
export const DECIMAL_BYTES_MAX = 17;

/**
 * The unscaled value for a DECIMAL(precision, scale) of bytes[start, end) with a scale of its own, which may be negative and is
 * within reason. Throws FormatError.
 */
export type DecimalReader = (bytes: Bytes, start: number, end: number, scale: number) => bigint;

export function decimalReader(precision: number, scale: number): DecimalReader {
  const limit = 10n ** BigInt(precision);
  return (bytes, start, end, ownScale) => {
    const unscaled =
      end - start <= 8 ? smallInteger(bytes, start, end) : bigintOfBytes(bytes.slice(start, end));
    if (ownScale === scale && unscaled < limit && unscaled > -limit) return unscaled;
    try {
      const value =
        ownScale < 0
          ? { unscaled: unscaled * 10n ** BigInt(-ownScale), scale: 0 }
          : { unscaled, scale: ownScale };
      return fitDecimal(value, precision, scale);
    } catch (error) {
      throw new FormatError(error instanceof Error ? error.message : String(error));
    }
  };
}

/** Of at most eight bytes; none are zero. */
function smallInteger(bytes: Bytes, start: number, end: number): bigint {
  let low = start < end && bytes[start]! >= 0x80 ? -1 : 0;
  let high = low;
  for (let p = start; p < end; p++) {
    high = (high << 8) | (low >>> 24);
    low = (low << 8) | bytes[p]!;
  }
  words[LOW] = low;
  words[HIGH] = high;
  return long[0]!;
}

/** How many bytes hold the value. */
export function integerSize(value: bigint): number {
  long[0] = value;
  // What does not come back does not fit 64 bits.
  if (long[0] !== value) return bytesOfBigint(value).length;
  const high = words[HIGH]!;
  const low = words[LOW]!;
  // The bits that differ from the sign, and one for the sign.
  return high === low >> 31 ? wordSize(low) : 4 + wordSize(high);
}

function wordSize(word: number): number {
  return (33 - Math.clz32(word ^ (word >> 31)) + 7) >> 3;
}

/** Writes the value in `byteCount` bytes, which are as many as `integerSize` says; returns the position behind it. */
export function putInteger(
  bytes: Bytes,
  position: number,
  value: bigint,
  byteCount: number,
): number {
  if (byteCount > 8) {
    bytes.set(bytesOfBigint(value), position);
    return position + byteCount;
  }
  long[0] = value;
  let low = words[LOW]!;
  let high = words[HIGH]!;
  for (let p = position + byteCount - 1; p >= position; p--) {
    bytes[p] = low;
    low = (low >>> 8) | (high << 24);
    high >>= 8;
  }
  return position + byteCount;
}
