/** Copying a piece of one byte array to another. */
import type { Bytes } from '../../base/env.ts';

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
