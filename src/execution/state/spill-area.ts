/**
 * Where rows go that memory has no room for: bytes by position. It is a cache of what the log has, kept no longer than the engine
 * runs; nothing in it is durable. Calls are synchronous, as the core is. Implementations: memory here, a file in the data
 * directory (src/engine/spill-file.ts); one contract suite (test/contracts/spill-area.test.ts).
 */
import type { Bytes } from '../../base/env.ts';

export interface SpillArea {
  /** Copies the bytes. Throws a TaskFailure where there is no room for them; what was there is then undefined. */
  write(position: number, bytes: Bytes): void;
  /** Fills all of `into`; what was never written reads as anything. */
  read(position: number, into: Bytes): void;
  /** What is at `end` or behind it is needed no more. */
  truncate(end: number): void;
}

const PAGE_BYTES = 64 * 1024;

/** In memory, where there is no directory: rows are then smaller than they were, and no more. */
export class MemorySpillArea implements SpillArea {
  readonly #pages = new Map<number, Uint8Array>();

  write(position: number, bytes: Bytes): void {
    for (let at = 0; at < bytes.length; ) {
      const [number, start] = placeOf(position + at);
      const count = Math.min(bytes.length - at, PAGE_BYTES - start);
      let page = this.#pages.get(number);
      if (page === undefined) {
        page = new Uint8Array(PAGE_BYTES);
        this.#pages.set(number, page);
      }
      page.set(bytes.subarray(at, at + count), start);
      at += count;
    }
  }

  read(position: number, into: Bytes): void {
    for (let at = 0; at < into.length; ) {
      const [number, start] = placeOf(position + at);
      const count = Math.min(into.length - at, PAGE_BYTES - start);
      const page = this.#pages.get(number);
      if (page !== undefined) into.set(page.subarray(start, start + count), at);
      at += count;
    }
  }

  truncate(end: number): void {
    for (const number of this.#pages.keys()) {
      if (number * PAGE_BYTES >= end) this.#pages.delete(number);
    }
  }
}

function placeOf(position: number): readonly [page: number, start: number] {
  const page = Math.floor(position / PAGE_BYTES);
  return [page, position - page * PAGE_BYTES];
}
