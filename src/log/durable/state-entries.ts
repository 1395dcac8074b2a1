/**
 * The bytes in which state is kept. Two forms, both a row of entries without framing:
 *
 * - *changes* of one commit, in the order they were made: key length, key, 0 for a delete or value length + 1, value;
 * - *pages* of a sorted run: the same with a 32-bit hash of the key in front (murmur2, little-endian), ordered by hash, then
 *   by key. The order is only there for merging; hashes compare faster than keys.
 *
 * Lengths are unsigned varints.
 */
import { ByteWriter } from '../../base/bytes.ts';
import type { Bytes } from '../../base/env.ts';
import { problem } from '../../base/errors.ts';
import { KeyDictionary } from '../key-dictionary.ts';
import type { StateChange } from '../log.ts';

/** Pages are closed when they pass this size. */
export const PAGE_BYTES_MAX: number = 256 * 1024;
const HASH_BYTES = 4;

export function writeChange(writer: ByteWriter, { key, value }: StateChange): void {
  writer.writeUnsignedVarint(key.length);
  writer.writeBytes(key);
  if (value === null) {
    writer.writeByte(0);
  } else {
    writer.writeUnsignedVarint(value.length + 1);
    writer.writeBytes(value);
  }
}

/** Walks entries; the fields are ranges into `bytes`. */
export class EntryCursor {
  bytes: Bytes = new Uint8Array(0);
  /** Unsigned; only in pages. */
  hash = 0;
  keyStart = 0;
  keyEnd = 0;
  /** −1 for a delete. */
  valueStart = -1;
  valueEnd = -1;
  readonly #hasHashes: boolean;
  #position = 0;

  constructor(form: 'changes' | 'page') {
    this.#hasHashes = form === 'page';
  }

  reset(bytes: Bytes): void {
    this.bytes = bytes;
    this.#position = 0;
  }

  /** False behind the last entry. */
  next(): boolean {
    const { bytes } = this;
    if (this.#position >= bytes.length) return false;
    if (this.#hasHashes) {
      const at = this.#position;
      this.hash =
        (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>>
        0;
      this.#position = at + HASH_BYTES;
    }
    const keyLength = this.#length();
    this.keyStart = this.#position;
    this.keyEnd = this.keyStart + keyLength;
    this.#position = this.keyEnd;
    const valueLength = this.#length();
    this.valueStart = valueLength === 0 ? -1 : this.#position;
    this.valueEnd = valueLength === 0 ? -1 : this.#position + valueLength - 1;
    this.#position += Math.max(0, valueLength - 1);
    if (this.#position > bytes.length) throw corruptState('an entry passes the end of its page');
    return true;
  }

  #length(): number {
    let byte = this.bytes[this.#position++]!;
    if (byte < 0x80) return byte;
    let length = byte & 0x7f;
    for (let shift = 7; shift < 35; shift += 7) {
      byte = this.bytes[this.#position++]!;
      length |= (byte & 0x7f) << shift;
      if (byte < 0x80) return length;
    }
    throw corruptState('a length is damaged');
  }
}

export function corruptState(defect: string): Error {
  return problem('log.corrupt-state', `corrupt state: ${defect}`);
}

/** An entry of a page: what `EntryCursor` shows. */
export type Entry = Pick<
  EntryCursor,
  'bytes' | 'hash' | 'keyStart' | 'keyEnd' | 'valueStart' | 'valueEnd'
>;

/** Order of pages. */
export function compareEntries(left: Entry, right: Entry): number {
  if (left.hash !== right.hash) return left.hash - right.hash;
  const [leftLength, rightLength] = [left.keyEnd - left.keyStart, right.keyEnd - right.keyStart];
  const shorter = Math.min(leftLength, rightLength);
  for (let index = 0; index < shorter; index++) {
    const difference = left.bytes[left.keyStart + index]! - right.bytes[right.keyStart + index]!;
    if (difference !== 0) return difference;
  }
  return leftLength - rightLength;
}

/** Collects entries into pages. */
export class PageWriter {
  readonly #writer = new ByteWriter(64 * 1024);

  /** Appends an entry as it is; returns a page when one is full. */
  add({ bytes, hash, keyStart, keyEnd, valueStart, valueEnd }: Entry): Bytes | null {
    const writer = this.#writer;
    writer.reserve(HASH_BYTES);
    const out = writer.bytes;
    out[writer.position++] = hash;
    out[writer.position++] = hash >>> 8;
    out[writer.position++] = hash >>> 16;
    out[writer.position++] = hash >>> 24;
    writer.writeUnsignedVarint(keyEnd - keyStart);
    writer.writeBytes(bytes, keyStart, keyEnd);
    if (valueStart < 0) {
      writer.writeByte(0);
    } else {
      writer.writeUnsignedVarint(valueEnd - valueStart + 1);
      writer.writeBytes(bytes, valueStart, valueEnd);
    }
    return writer.position < PAGE_BYTES_MAX ? null : this.finish();
  }

  /** The page begun, or null. */
  finish(): Bytes | null {
    if (this.#writer.position === 0) return null;
    const page = this.#writer.take();
    this.#writer.clear();
    return page;
  }
}

/** Several commits' changes, oldest first, as the pages of one sorted run: the last change of each key, deletes included. */
export function sortChanges(blobs: readonly Bytes[]): readonly Bytes[] {
  const changes = new LastChanges();
  for (const [blob, bytes] of blobs.entries()) changes.add(blob, bytes);
  const writer = new PageWriter();
  const pages: Bytes[] = [];
  for (const entry of changes.sorted(blobs)) {
    const page = writer.add(entry);
    if (page !== null) pages.push(page);
  }
  const rest = writer.finish();
  if (rest !== null) pages.push(rest);
  return pages;
}

/** Numbers kept per key: blob, key start, key end, value start, value end. */
const PLACE_WIDTH = 5;
/** Numbers of keys are packed beside a hash into one exact double. */
const INDEX_SPAN = 2 ** 21;

/** Where the last change of each key lies. */
class LastChanges {
  readonly #keys = new KeyDictionary();
  readonly #cursor = new EntryCursor('changes');
  #places = new Int32Array(1024 * PLACE_WIDTH);

  add(blob: number, bytes: Bytes): void {
    const cursor = this.#cursor;
    cursor.reset(bytes);
    while (cursor.next()) {
      const at = this.#keys.add(bytes, cursor.keyStart, cursor.keyEnd) * PLACE_WIDTH;
      if (at === this.#places.length) this.#grow();
      const places = this.#places;
      places[at] = blob;
      places[at + 1] = cursor.keyStart;
      places[at + 2] = cursor.keyEnd;
      places[at + 3] = cursor.valueStart;
      places[at + 4] = cursor.valueEnd;
    }
  }

  #grow(): void {
    const grown = new Int32Array(this.#places.length * 2);
    grown.set(this.#places);
    this.#places = grown;
  }

  /** In the order of pages. An entry is valid until the next one is asked for. */
  *sorted(blobs: readonly Bytes[]): Iterable<Entry> {
    const entry = { bytes: this.#cursor.bytes, hash: 0, ...NOWHERE };
    for (const id of this.#order(blobs)) {
      const at = id * PLACE_WIDTH;
      const places = this.#places;
      entry.bytes = blobs[places[at]!]!;
      entry.hash = this.#keys.hashOf(id) >>> 0;
      entry.keyStart = places[at + 1]!;
      entry.keyEnd = places[at + 2]!;
      entry.valueStart = places[at + 3]!;
      entry.valueEnd = places[at + 4]!;
      yield entry;
    }
  }

  /** Sorting numbers natively is ten times faster than with a comparison function; only equal hashes need one. */
  #order(blobs: readonly Bytes[]): Int32Array {
    const keys = this.#keys;
    const count = keys.size;
    const byKey = (left: number, right: number) =>
      compareEntries(this.#entry(left, blobs), this.#entry(right, blobs));
    const ids = new Int32Array(count);
    if (count > INDEX_SPAN) return ids.map((_, index) => index).sort(byKey);
    const packed = new Float64Array(count);
    for (let id = 0; id < count; id++) packed[id] = (keys.hashOf(id) >>> 0) * INDEX_SPAN + id;
    packed.sort();
    for (let index = 0; index < count; index++) ids[index] = packed[index]! % INDEX_SPAN;
    for (let start = 0; start < count; ) {
      let end = start + 1;
      while (end < count && keys.hashOf(ids[end]!) === keys.hashOf(ids[start]!)) end++;
      if (end - start > 1) ids.subarray(start, end).sort(byKey);
      start = end;
    }
    return ids;
  }

  #entry(id: number, blobs: readonly Bytes[]): Entry {
    const [blob, keyStart, keyEnd, valueStart, valueEnd] = this.#places.subarray(
      id * PLACE_WIDTH,
      (id + 1) * PLACE_WIDTH,
    );
    return {
      bytes: blobs[blob!]!,
      hash: this.#keys.hashOf(id) >>> 0,
      keyStart: keyStart!,
      keyEnd: keyEnd!,
      valueStart: valueStart!,
      valueEnd: valueEnd!,
    };
  }
}

const NOWHERE = { keyStart: 0, keyEnd: 0, valueStart: -1, valueEnd: -1 };
