/**
 * Finds the field a property's name belongs to, on bytes.
 *
 * Names are matched as `field-names.ts` says; ignoring case is comparing with bit 0x20 set on letters. Two fields that only
 * differ in case would make one property fill both; such structs have no table (`hasTwins`) and are left to the slow path. So is
 * a document in which two properties match one field: the caller notices that the field comes twice.
 *
 * The hash is made of a name's length and its first and last four bytes with bit 0x20 set, which names that only differ in case
 * share. Names with escapes or outside ASCII go through a map of decoded names.
 */
import type { Bytes } from '../../base/env.ts';
import type { Field } from '../../types/type.ts';
import { readString } from './read-text.ts';
import { behindColon, type Cursor, skipPlain } from './scan.ts';

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

/** Of names up to three bytes long the hash is that of their length. */
const HASHED_BYTES_MIN = 4;

function hashOf(length: number, first: number, last: number): number {
  const mixed = Math.imul(first, 0x9e3779b1) ^ Math.imul(last, 0x85ebca6b) ^ length;
  return mixed ^ (mixed >>> 15);
}

export class NameTable {
  readonly #indexByName: ReadonlyMap<string, number>;
  readonly #patterns: readonly (BytePattern | null)[];
  readonly #unknown: number;
  /** Open addressing; 0 is free, otherwise index + 1. */
  readonly #slots: Int32Array;
  readonly #mask: number;

  constructor(fields: readonly Field[]) {
    this.#indexByName = new Map(fields.map((field, index) => [field.name, index]));
    this.#patterns = fields.map((field) => bytePattern(field.name));
    this.#unknown = fields.length;
    let size = 4;
    while (size < 2 * fields.length) size *= 2;
    this.#slots = new Int32Array(size);
    this.#mask = size - 1;
    this.#patterns.forEach((pattern, index) => {
      if (pattern === null) return;
      const name = new DataView(Uint8Array.from(pattern.bytes).buffer);
      let slot = this.#firstSlot(name, 0, pattern.bytes.length);
      while (this.#slots[slot] !== 0) slot = (slot + 1) & this.#mask;
      this.#slots[slot] = index + 1;
    });
  }

  /**
   * Reads the name that begins at `start`, at its quote, and the colon: the field's index, or the count of fields for a property
   * that is none. The cursor is left at the value, or at -1 where the text is malformed.
   */
  find(bytes: Bytes, start: number, end: number, cursor: Cursor): number {
    cursor.position = -1;
    if (start >= end || bytes[start] !== 0x22) return this.#unknown;
    const name = start + 1;
    const p = skipPlain(bytes, name, end, cursor.view);
    if (p >= end || bytes[p] !== 0x22) return this.#findDecoded(bytes, start, end, cursor);
    cursor.position = behindColon(bytes, p + 1, end);
    const length = p - name;
    for (let slot = this.#firstSlot(cursor.view, name, length); ; slot = (slot + 1) & this.#mask) {
      const entry = this.#slots[slot]!;
      if (entry === 0) return this.#unknown;
      if (matches(bytes, name, length, this.#patterns[entry - 1]!)) return entry - 1;
    }
  }

  #firstSlot(view: DataView, start: number, length: number): number {
    if (length < HASHED_BYTES_MIN) return length & this.#mask;
    const first = view.getInt32(start, true) | 0x20202020;
    const last = view.getInt32(start + length - 4, true) | 0x20202020;
    return hashOf(length, first, last) & this.#mask;
  }

  #findDecoded(bytes: Bytes, start: number, end: number, cursor: Cursor): number {
    const name = readString(bytes, start, end, cursor);
    cursor.position = behindColon(bytes, cursor.position, end);
    return (
      this.#indexByName.get(name) ?? this.#indexByName.get(name.toUpperCase()) ?? this.#unknown
    );
  }
}

function matches(bytes: Bytes, start: number, length: number, pattern: BytePattern): boolean {
  if (pattern.bytes.length !== length) return false;
  for (let i = 0; i < length; i++) {
    if ((bytes[start + i]! | pattern.masks[i]!) !== pattern.bytes[i]) return false;
  }
  return true;
}
