/** Integers of any size as two's complement, big-endian, in as few bytes as hold them (`java.math.BigInteger.toByteArray`). */
import type { Bytes } from '../base/env.ts';
import { FormatError } from './format.ts';

/** Longer integers are no numbers anybody means: 1,000 digits, as in texts. */
const BYTES_MAX = 416;

/** No bytes are zero. Throws FormatError for integers of more than 1,000 digits. */
export function bigintOfBytes(bytes: Bytes): bigint {
  if (bytes.length > BYTES_MAX) throw new FormatError(`a decimal of ${bytes.length} bytes`);
  let value = 0n;
  for (const byte of bytes) value = (value << 8n) | BigInt(byte);
  return bytes.length > 0 && bytes[0]! >= 0x80 ? value - (1n << BigInt(8 * bytes.length)) : value;
}

/** At least one byte. */
export function bytesOfBigint(value: bigint): Bytes {
  let byteCount = 1;
  while (BigInt.asIntN(8 * byteCount, value) !== value) byteCount++;
  return bytesOfBigintIn(value, byteCount);
}

/** In exactly so many bytes, which must hold it. */
export function bytesOfBigintIn(value: bigint, byteCount: number): Bytes {
  const bytes = new Uint8Array(byteCount);
  let rest = BigInt.asUintN(8 * byteCount, value);
  for (let at = byteCount - 1; at >= 0; at--) {
    bytes[at] = Number(rest & 0xffn);
    rest >>= 8n;
  }
  return bytes;
}
