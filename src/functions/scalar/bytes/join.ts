/** Concatenation and search of byte strings. */
import type { Bytes } from '../../../base/env.ts';
import { checkLimit, resultBytesMax } from '../limits.ts';

/** The non-null parts one after the other, `separator` between them. */
export function joinBytes(separator: Bytes, parts: readonly (Bytes | null)[]): Bytes {
  const present = parts.filter((part) => part !== null);
  const gaps = Math.max(present.length - 1, 0) * separator.length;
  const total = present.reduce((sum, part) => sum + part.length, gaps);
  checkLimit(resultBytesMax, 'bytes', total);
  const joined = new Uint8Array(total);
  let at = 0;
  for (const [index, part] of present.entries()) {
    if (index > 0) {
      joined.set(separator, at);
      at += separator.length;
    }
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

/** Index of `part` in `bytes` at or after `from`, or -1. */
export function indexOfBytes(bytes: Bytes, part: Bytes, from: number): number {
  const last = bytes.length - part.length;
  for (let at = from; at <= last; at += 1) {
    let matched = 0;
    while (matched < part.length && bytes[at + matched] === part[matched]) matched += 1;
    if (matched === part.length) return at;
  }
  return -1;
}
