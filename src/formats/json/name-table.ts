/**
 * Finds the field a property's name belongs to, on bytes.
 *
 * Names are matched as `field-names.ts` says; ignoring case is comparing with bit 0x20 set on letters. Two fields that only
 * differ in case would make one property fill both; such structs have no table (`hasTwins`) and are left to the slow path. So is
 * a document in which two properties match one field: the caller notices that the field comes twice.
 *
 * The hash runs over the bytes with bit 0x20 set, which names that only differ in case share. Names with escapes or outside
 * ASCII go through a map of decoded names.
 */
import type { Bytes } from '../../base/env.ts';
import type { Field } from '../../types/type.ts';
import { readString } from './read-text.ts';
import type { Cursor } from './scan.ts';

/** A name as bytes: `(byte | masks[i]) === bytes[i]` for all i is a match. */
export interface BytePattern {
  readonly bytes: readonly number[];
  readonly masks: readonly number[];
}

/** Null for a name that JSON has to escape or that is not ASCII. A name with small letters is only matched exactly. */
export function bytePattern(name: string): BytePattern | null {
  const bytes: number[] = [];
  const masks: number[] = [];
  const ignoresCase = name.toUpperCase() === name;
  for (let i = 0; i < name.length; i++) {
    const unit = name.charCodeAt(i);
    if (unit < 0x20 || unit >= 0x80 || unit === 0x22 || unit === 0x5c) return null;
    const mask = ignoresCase && unit >= 0x41 && unit <= 0x5a ? 0x20 : 0;
    masks.push(mask);
    bytes.push(unit | mask);
  }
  return { bytes, masks };
}

/** Could one property belong to two of these fields? */
export function hasTwins(fields: readonly Field[]): boolean {
  return new Set(fields.map((field) => field.name.toUpperCase())).size < fields.length;
}

export class NameTable {
  readonly #indexByName: ReadonlyMap<string, number>;
  readonly #patterns: readonly (BytePattern | null)[];
  /** Open addressing; 0 is free, otherwise index + 1. */
  readonly #slots: Int32Array;
  readonly #mask: number;

  constructor(fields: readonly Field[]) {
    this.#indexByName = new Map(fields.map((field, index) => [field.name, index]));
    this.#patterns = fields.map((field) => bytePattern(field.name));
    let size = 4;
    while (size < 2 * fields.length) size *= 2;
    this.#slots = new Int32Array(size);
    this.#mask = size - 1;
    this.#patterns.forEach((pattern, index) => {
      if (pattern === null) return;
      let hash = 0;
      for (const byte of pattern.bytes) hash = (Math.imul(hash, 31) + (byte | 0x20)) | 0;
      let slot = hash & this.#mask;
      while (this.#slots[slot] !== 0) slot = (slot + 1) & this.#mask;
      this.#slots[slot] = index + 1;
    });
  }

  /**
   * Reads the name that begins at `start`, behind its quote: the field's index, or -1 for none; the cursor is left behind the
   * closing quote, or at -1 where the name is malformed.
   */
  find(bytes: Bytes, start: number, end: number, cursor: Cursor): number {
    let p = start;
    let hash = 0;
    while (p < end) {
      const byte = bytes[p]!;
      if (byte === 0x22) {
        cursor.position = p + 1;
        return this.#lookUp(bytes, start, p - start, hash & this.#mask);
      }
      if (byte < 0x20 || byte >= 0x80 || byte === 0x5c) break;
      hash = (Math.imul(hash, 31) + (byte | 0x20)) | 0;
      p++;
    }
    return this.#findDecoded(bytes, start, end, cursor);
  }

  #lookUp(bytes: Bytes, start: number, length: number, firstSlot: number): number {
    for (let slot = firstSlot; ; slot = (slot + 1) & this.#mask) {
      const entry = this.#slots[slot]!;
      if (entry === 0) return -1;
      if (matches(bytes, start, length, this.#patterns[entry - 1]!)) return entry - 1;
    }
  }

  #findDecoded(bytes: Bytes, start: number, end: number, cursor: Cursor): number {
    const name = readString(bytes, start - 1, end, cursor);
    if (cursor.position === -1) return -1;
    return this.#indexByName.get(name) ?? this.#indexByName.get(name.toUpperCase()) ?? -1;
  }
}

function matches(bytes: Bytes, start: number, length: number, pattern: BytePattern): boolean {
  if (pattern.bytes.length !== length) return false;
  for (let i = 0; i < length; i++) {
    if ((bytes[start + i]! | pattern.masks[i]!) !== pattern.bytes[i]) return false;
  }
  return true;
}
