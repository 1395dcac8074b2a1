/** Hashes that Kafka prescribes: murmur2 chooses the partition of a key, CRC-32C protects a record batch. */
import type { Bytes } from './env.ts';

/** MurmurHash2, 32 bits, as Kafka's default partitioner has it (seed 0x9747b28c). Signed. */
export function murmur2(bytes: Bytes, start = 0, end: number = bytes.length): number {
  const multiplier = 0x5bd1e995;
  const length = end - start;
  let hash = 0x9747b28c ^ length;
  let at = start;
  for (const last = end - 3; at < last; at += 4) {
    let word = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
    word = Math.imul(word, multiplier);
    word ^= word >>> 24;
    hash = Math.imul(hash, multiplier) ^ Math.imul(word, multiplier);
  }
  const rest = end - at;
  if (rest > 0) {
    if (rest === 3) hash ^= bytes[at + 2]! << 16;
    if (rest >= 2) hash ^= bytes[at + 1]! << 8;
    hash = Math.imul(hash ^ bytes[at]!, multiplier);
  }
  hash = Math.imul(hash ^ (hash >>> 13), multiplier);
  return hash ^ (hash >>> 15);
}

/** The partition that Kafka's default partitioner gives to a key that is not null. */
export function partitionFor(
  key: Bytes,
  partitions: number,
  start = 0,
  end: number = key.length,
): number {
  return (murmur2(key, start, end) & 0x7fffffff) % partitions;
}

/** Reversed Castagnoli polynomial. */
const POLYNOMIAL = 0x82f63b78;
/** Table k advances a byte through k further zero bytes: eight lookups take eight bytes at once ("slicing by 8"). */
const TABLES: readonly Int32Array[] = buildTables();

function buildTables(): readonly Int32Array[] {
  const first = new Int32Array(256);
  for (let byte = 0; byte < 256; byte++) {
    let value = byte;
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ POLYNOMIAL : value >>> 1;
    first[byte] = value;
  }
  const tables = [first];
  for (let index = 1; index < 8; index++) {
    const previous = tables[index - 1]!;
    tables.push(previous.map((value) => (value >>> 8) ^ first[value & 0xff]!));
  }
  return tables;
}

/** Below this a view on the buffer costs more than it saves. */
const SLICED_MIN = 128;

/**
 * CRC-32C (Castagnoli), unsigned. `seed` is the CRC of what stands before, so that
 * `crc32c(b, 0, n, crc32c(a))` is the CRC of a followed by b.
 */
export function crc32c(bytes: Bytes, start = 0, end: number = bytes.length, seed = 0): number {
  let crc = ~seed;
  let at = start;
  if (end - start >= SLICED_MIN) {
    const sliced = (end - start) & ~7;
    crc = slicedBy8(new DataView(bytes.buffer, bytes.byteOffset + start, sliced), sliced, crc);
    at = start + sliced;
  }
  const table = TABLES[0]!;
  for (; at < end; at++) crc = table[(crc ^ bytes[at]!) & 0xff]! ^ (crc >>> 8);
  return ~crc >>> 0;
}

function slicedBy8(view: DataView, length: number, seed: number): number {
  const [t0, t1, t2, t3, t4, t5, t6, t7] = TABLES as readonly [
    Int32Array,
    Int32Array,
    Int32Array,
    Int32Array,
    Int32Array,
    Int32Array,
    Int32Array,
    Int32Array,
  ];
  let crc = seed;
  for (let at = 0; at < length; at += 8) {
    const low = crc ^ view.getInt32(at, true);
    const high = view.getInt32(at + 4, true);
    crc =
      t7[low & 0xff]! ^
      t6[(low >>> 8) & 0xff]! ^
      t5[(low >>> 16) & 0xff]! ^
      t4[low >>> 24]! ^
      t3[high & 0xff]! ^
      t2[(high >>> 8) & 0xff]! ^
      t1[(high >>> 16) & 0xff]! ^
      t0[high >>> 24]!;
  }
  return crc;
}
