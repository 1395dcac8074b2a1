/**
 * The records of one store that are in the spill area: an append-only log per store, in extents, and an index by hash.
 *
 * A record is its length, its hash (4 bytes each) and the payload, padded to 16 bytes, so that 32 bits say where it lies.
 * Records of one sweep are gathered and leave with few writes; until `flush` they cannot be read. What is dropped is garbage in
 * its extent: an extent without live records is given back at once, and when more than half of everything is garbage the
 * emptiest extent is read through, its live records written anew behind the others, and the extent given back. So what lies
 * there is mostly about twice what is live, and a record is moved about once for each that is written.
 */
import { assert } from '../../base/assert.ts';
import { ByteWriter, getInt32 } from '../../base/bytes.ts';
import type { Bytes } from '../../base/env.ts';
import { ColdIndex } from './cold-index.ts';
import { EXTENT_BYTES_MAX, Extents } from './extents.ts';

const UNIT = 16;
const HEADER_BYTES = 8;
/** An extent holds about an eighth of what its store has there, up to so much: that is moved at a time, which is to take no more than milliseconds. */
const EXTENT_SHARE = 8;
const EXTENT_BYTES_USUAL = 256 * 1024;
const WRITE_BYTES = 256 * 1024;
const GARBAGE_MIN = 64 * 1024;
/** Garbage is at most about so many times what is live. */
const GARBAGE_FACTOR = 3;
/** Longer ones stay in memory. */
export const RECORD_BYTES_MAX: number = EXTENT_BYTES_MAX / 2;

interface Extent {
  readonly position: number;
  readonly size: number;
  /** Written so far, and how much of that is live. */
  end: number;
  live: number;
  isReleased: boolean;
}

export interface ColdRecord {
  readonly hash: number;
  readonly place: number;
  /** Valid until the next record is read. */
  readonly payload: Bytes;
}

/** What a process has once for all its stores: room, a buffer to write from and one to read into. */
export class SpillSpace {
  readonly extents: Extents;
  readonly out: ByteWriter = new ByteWriter(WRITE_BYTES * 2);
  /** Records read since the start. */
  reads = 0;
  /** Bytes of live records. */
  liveBytes = 0;
  #buffer: Bytes = new Uint8Array(4096);

  constructor(extents: Extents) {
    this.extents = extents;
  }

  read(position: number, length: number): Bytes {
    if (this.#buffer.length < length) this.#buffer = Buffer.allocUnsafeSlow(length * 2);
    const into = this.#buffer.subarray(0, length);
    this.extents.area.read(position, into);
    return into;
  }
}

export class ColdRecords {
  readonly index: ColdIndex;
  readonly #space: SpillSpace;
  /** Ascending by position. */
  #extents: Extent[] = [];
  #current: Extent | null = null;
  #written = 0;
  #live = 0;

  /** With `width` numbers beside each record. */
  constructor(space: SpillSpace, width: number) {
    this.#space = space;
    this.index = new ColdIndex(width);
  }

  /** Memory that it takes: the index. */
  get byteCount(): number {
    return this.index.byteCount;
  }

  /** Returns the slot. The payload is copied; it can be read after `flush`. */
  add(hash: number, payload: Bytes): number {
    const place = this.#append(hash, payload);
    return this.index.add(hash, place, payload.length);
  }

  /** Writes out what was gathered. To be called before anything is read or another store adds. */
  flush(): void {
    const { out, extents } = this.#space;
    const current = this.#current;
    if (current === null || out.position === 0) return;
    try {
      extents.area.write(current.position + current.end - out.position, out.view());
    } finally {
      out.clear();
    }
  }

  /** Valid until the next record is read. */
  payload(slot: number): Bytes {
    const length = this.index.length(slot);
    const bytes = this.#space.read(this.index.place(slot) * UNIT, HEADER_BYTES + length);
    this.#space.reads++;
    assert(
      getInt32(bytes, 0) === length && getInt32(bytes, 4) === this.index.hash(slot),
      'a spilled record to be what was written',
    );
    return bytes.subarray(HEADER_BYTES);
  }

  drop(slot: number): void {
    this.#forget(this.#extentOf(this.index.place(slot)), sizeOf(this.index.length(slot)));
    this.index.remove(slot);
  }

  /** In order of place; what is added or dropped meanwhile may come or not, everything else comes once. */
  *records(): Iterable<ColdRecord> {
    for (const extent of [...this.#extents]) {
      if (!extent.isReleased) yield* this.#recordsOf(extent);
    }
  }

  /**
   * Where more than half is garbage, moves the live records of an extent to the others; where much more is, of as many as it takes.
   * Those that `isWanted` refuses are dropped. To be called after some records were added.
   */
  compact(isWanted: (record: ColdRecord) => boolean): void {
    let most = this.#live;
    while (this.#written - this.#live > Math.max(GARBAGE_MIN, most)) {
      const extent = this.#emptiest();
      if (extent === null) return;
      this.#empty(extent, isWanted);
      most = this.#live * GARBAGE_FACTOR;
    }
  }

  #empty(extent: Extent, isWanted: (record: ColdRecord) => boolean): void {
    for (const record of this.#recordsOf(extent)) {
      const slot = this.index.slotOf(record.hash, record.place);
      if (!isWanted(record)) {
        this.drop(slot);
        continue;
      }
      this.index.move(slot, this.#append(record.hash, record.payload));
      this.#forget(extent, sizeOf(record.payload.length));
    }
    this.flush();
  }

  /** Gives everything back. */
  release(): void {
    for (const extent of this.#extents) {
      extent.isReleased = true;
      this.#space.extents.release(extent.position, extent.size);
    }
    this.#space.liveBytes -= this.#live;
    this.#extents = [];
    this.#current = null;
    this.#written = 0;
    this.#live = 0;
  }

  #append(hash: number, payload: Bytes): number {
    const size = sizeOf(payload.length);
    const extent = this.#extentFor(size);
    const { out } = this.#space;
    const place = (extent.position + extent.end) / UNIT;
    out.writeInt32(payload.length);
    out.writeInt32(hash);
    out.writeBytes(payload);
    for (let rest = size - HEADER_BYTES - payload.length; rest > 0; rest--) out.writeByte(0);
    extent.end += size;
    extent.live += size;
    this.#written += size;
    this.#live += size;
    this.#space.liveBytes += size;
    if (out.position > WRITE_BYTES) this.flush();
    return place;
  }

  #extentFor(size: number): Extent {
    const current = this.#current;
    if (current !== null && current.end + size <= current.size) return current;
    this.flush();
    this.#current = null;
    if (current?.live === 0) this.#release(current);
    const usual = Math.min(EXTENT_BYTES_USUAL, this.#live / EXTENT_SHARE);
    const bytes = Extents.sizeFor(Math.max(size, usual));
    const position = this.#space.extents.allocate(bytes);
    const extent = { position, size: bytes, end: 0, live: 0, isReleased: false };
    this.#extents.splice(this.#placeOf(position), 0, extent);
    this.#current = extent;
    return extent;
  }

  #forget(extent: Extent, size: number): void {
    extent.live -= size;
    this.#live -= size;
    this.#space.liveBytes -= size;
    if (extent.live === 0 && extent !== this.#current) this.#release(extent);
  }

  #release(extent: Extent): void {
    extent.isReleased = true;
    this.#written -= extent.end;
    this.#extents.splice(this.#placeOf(extent.position), 1);
    this.#space.extents.release(extent.position, extent.size);
  }

  #extentOf(place: number): Extent {
    return this.#extents[this.#placeOf(place * UNIT + 1) - 1]!;
  }

  /** How many extents begin below the position. */
  #placeOf(position: number): number {
    let low = 0;
    let high = this.#extents.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#extents[middle]!.position < position) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #emptiest(): Extent | null {
    let found: Extent | null = null;
    for (const extent of this.#extents) {
      if (extent === this.#current) continue;
      if (found === null || extent.live / extent.end < found.live / found.end) found = extent;
    }
    return found;
  }

  /** Live ones, with a buffer of its own: others may be read in between. */
  *#recordsOf(extent: Extent): Iterable<ColdRecord> {
    const { end, position } = extent;
    const bytes = Buffer.allocUnsafeSlow(end);
    this.#space.extents.area.read(position, bytes);
    for (let at = 0; at < end && !extent.isReleased; ) {
      const length = getInt32(bytes, at);
      const hash = getInt32(bytes, at + 4);
      const place = (position + at) / UNIT;
      const start = at + HEADER_BYTES;
      if (this.index.slotOf(hash, place) >= 0)
        yield { hash, place, payload: bytes.subarray(start, start + length) };
      at += sizeOf(length);
    }
  }
}

/** What a record takes. */
function sizeOf(length: number): number {
  return Math.ceil((HEADER_BYTES + length) / UNIT) * UNIT;
}
