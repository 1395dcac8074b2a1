/**
 * Where the records of keys lie that are not in memory: by hash, place and length. Keys are not kept: a hash that matches says only
 * which record to read, and the record says whose it is.
 *
 * Small indexes are one table. A table that has grown to its maximum is divided into two by the next bit of the hash, from the
 * highest on (extendible hashing: Fagin et al. 1979), so that no step takes longer than a few milliseconds, whatever the number of keys.
 */
import { IndexPart } from './index-part.ts';

const HASH_BITS = 30;
const PART_CAPACITY_MAX = 2 ** 16;
/** The bits below choose the slot. */
const DEPTH_MAX = 12;
/** Slots are numbered through all parts. */
const PART_SPAN = 2 ** 30;

export class ColdIndex {
  readonly #width: number;
  readonly #parts: IndexPart[];
  /** How many of the highest bits all of a part's hashes share. */
  readonly #depths: number[] = [0];
  /** Numbers of parts, by as many of the highest bits as the deepest has. */
  #directory: number[] = [0];
  #depth = 0;

  /** With `width` numbers beside each record. */
  constructor(width: number) {
    this.#width = width;
    this.#parts = [new IndexPart(width)];
  }

  get count(): number {
    let count = 0;
    for (const part of this.#parts) count += part.count;
    return count;
  }

  /** Memory it takes. */
  get byteCount(): number {
    let bytes = this.#directory.length * 8;
    for (const part of this.#parts) bytes += part.byteCount;
    return bytes;
  }

  add(hash: number, place: number, length: number): number {
    let number = this.#partOf(hash);
    while (this.#isToDivide(number)) {
      this.#divide(number);
      number = this.#partOf(hash);
    }
    return number * PART_SPAN + this.#parts[number]!.add(hash, place, length);
  }

  /** The first slot of the hash, or -1. */
  first(hash: number): number {
    const number = this.#partOf(hash);
    return numbered(number, this.#parts[number]!.first(hash));
  }

  /** The next slot of the hash behind `slot`, or -1. */
  next(hash: number, slot: number): number {
    const number = this.#partOf(hash);
    return numbered(number, this.#parts[number]!.next(hash, slot % PART_SPAN));
  }

  /** The slot of exactly this record, or -1. */
  slotOf(hash: number, place: number): number {
    let slot = this.first(hash);
    while (slot >= 0 && this.place(slot) !== place) slot = this.next(hash, slot);
    return slot;
  }

  hash(slot: number): number {
    return this.#part(slot).hash(slot % PART_SPAN);
  }

  place(slot: number): number {
    return this.#part(slot).place(slot % PART_SPAN);
  }

  length(slot: number): number {
    return this.#part(slot).length(slot % PART_SPAN);
  }

  move(slot: number, place: number): void {
    this.#part(slot).move(slot % PART_SPAN, place);
  }

  number(slot: number, which: number): number {
    return this.#part(slot).number(slot % PART_SPAN, which);
  }

  setNumber(slot: number, which: number, value: number): void {
    this.#part(slot).setNumber(slot % PART_SPAN, which, value);
  }

  /** Slots that are taken; none may be added or removed meanwhile. */
  *slots(): Iterable<number> {
    for (const [number, part] of this.#parts.entries()) {
      for (const slot of part.slots()) yield number * PART_SPAN + slot;
    }
  }

  /** Slots of other records may be others afterwards. */
  remove(slot: number): void {
    this.#part(slot).remove(slot % PART_SPAN);
  }

  #partOf(hash: number): number {
    return this.#directory[hash >>> (HASH_BITS - this.#depth)]!;
  }

  #part(slot: number): IndexPart {
    return this.#parts[Math.floor(slot / PART_SPAN)]!;
  }

  #isToDivide(number: number): boolean {
    const part = this.#parts[number]!;
    return part.isFull && part.capacity >= PART_CAPACITY_MAX && this.#depths[number]! < DEPTH_MAX;
  }

  #divide(number: number): void {
    const depth = this.#depths[number]! + 1;
    if (depth > this.#depth) {
      this.#directory = this.#directory.flatMap((part) => [part, part]);
      this.#depth++;
    }
    const other = this.#parts.length;
    const part = new IndexPart(this.#width);
    const isGiven = (hash: number): boolean => ((hash >>> (HASH_BITS - depth)) & 1) === 1;
    this.#parts[number]!.divide(part, isGiven);
    this.#parts.push(part);
    this.#depths[number] = depth;
    this.#depths.push(depth);
    for (const [at, owner] of this.#directory.entries()) {
      const isOther = ((at >>> (this.#depth - depth)) & 1) === 1;
      if (owner === number && isOther) this.#directory[at] = other;
    }
  }
}

function numbered(part: number, slot: number): number {
  return slot < 0 ? slot : part * PART_SPAN + slot;
}
