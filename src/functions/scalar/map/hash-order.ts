/**
 * The order in which ksqlDB hands out the entries of a map: that of a Java hash map made for so many entries. Nobody should
 * rely on it (functions.md §1.4), but a fold over a map gives the same result here as there.
 *
 * Keys go to the bucket of their hash; the table is the least power of two that is at most three quarters full; within a
 * bucket the order of insertion holds.
 */
import type { Value } from '../../../types/value.ts';

/** The entries in that order if the keys are texts, else as they were inserted. */
export function hashOrdered<V extends Value>(
  map: ReadonlyMap<Value, V>,
): readonly (readonly [key: Value, value: V])[] {
  const entries = Array.from(map);
  if (entries.length < 2) return entries;
  const mask = tableSize(entries.length) - 1;
  const buckets: number[] = [];
  for (const [key] of entries) {
    if (key !== null && typeof key !== 'string') return entries;
    buckets.push(key === null ? 0 : spreadHash(key) & mask);
  }
  return entries
    .map((entry, index) => ({ entry, bucket: buckets[index] ?? 0 }))
    .sort((a, b) => a.bucket - b.bucket)
    .map(({ entry }) => entry);
}

function tableSize(count: number): number {
  let size = 1;
  while (size < count || size * 0.75 < count) size *= 2;
  return size;
}

/** Java's String.hashCode with its upper half folded in, as its hash map does. */
function spreadHash(text: string): number {
  let hash = 0;
  for (let index = 0; index < text.length; index += 1) {
    hash = (Math.imul(hash, 31) + text.charCodeAt(index)) | 0;
  }
  return hash ^ (hash >>> 16);
}
