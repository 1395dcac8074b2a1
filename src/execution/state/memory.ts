/**
 * The memory that rows of all queries of a process take, against one limit (`leat.limit.state.memory`). Every store counts what it
 * has in memory. When together they have more than the limit, each lets go of its share of the excess and a little more, so that
 * it is not done for a handful of rows. That happens only between records, when a task hands over what changed or while it is
 * restored, and only to rows that the log has, so nothing can be lost by it.
 */
import type { Limit } from '../../base/limits.ts';
import { SpillSpace } from './cold-records.ts';
import { Extents } from './extents.ts';
import type { SpillArea } from './spill-area.ts';

/** Below the limit by this share of it, once it was passed. */
const SLACK = 1 / 8;

/** A store that can let rows go. */
export interface Evictable {
  /** Moves rows that take about so many bytes out of memory, if it has them. Throws a TaskFailure where they cannot be kept. */
  evict(bytes: number): void;
}

export class StateMemory {
  readonly space: SpillSpace;
  readonly limit: Limit;
  /** About what all rows in memory take, and the indexes of those that are not. */
  residentBytes = 0;
  /** Of that, what cannot leave it: the indexes. */
  indexBytes = 0;
  readonly #stores = new Map<Evictable, Residency>();

  constructor(limits: { readonly memory: Limit; readonly spill: Limit }, area: SpillArea) {
    this.limit = limits.memory;
    this.space = new SpillSpace(new Extents(area, limits.spill));
  }

  /** Counts a store from now on. */
  add(store: Evictable): Residency {
    const residency = new Residency(this, () => this.#stores.delete(store));
    this.#stores.set(store, residency);
    return residency;
  }

  /** What all stores have in memory and in the spill area (live rows; all it takes), and how often rows came back. */
  metrics(): Readonly<Record<string, number>> {
    const { liveBytes, reads, extents } = this.space;
    return {
      state_resident_bytes: this.residentBytes,
      state_memory_limit_bytes: this.limit.value,
      state_spilled_bytes: liveBytes,
      state_spill_file_bytes: extents.usedBytes,
      state_spill_reads_total: reads,
    };
  }

  /** May rows come to memory before others leave it? */
  get hasRoom(): boolean {
    return this.residentBytes <= this.#most;
  }

  /** To be called between records: above the limit, stores let go of rows. Throws a TaskFailure where rows cannot be kept. */
  enforce(): void {
    if (this.hasRoom) return;
    const excess = this.residentBytes - (this.#most - this.limit.value * SLACK);
    const share = Math.min(1, excess / this.residentBytes);
    for (const [store, { bytes }] of [...this.#stores]) {
      if (bytes > 0) store.evict(Math.ceil(bytes * share));
    }
  }

  /** Rows keep some room whatever the indexes take: else each row would be moved by itself. */
  get #most(): number {
    const { value } = this.limit;
    return Math.max(value, this.indexBytes + value * SLACK);
  }
}

/** What one store has in memory. */
export class Residency {
  bytes = 0;
  readonly memory: StateMemory;
  readonly #remove: () => void;

  constructor(memory: StateMemory, remove: () => void) {
    this.memory = memory;
    this.#remove = remove;
  }

  add(bytes: number): void {
    this.bytes += bytes;
    this.memory.residentBytes += bytes;
  }

  /** The index of what it has on disk takes so much more. */
  addIndex(bytes: number): void {
    this.add(bytes);
    this.memory.indexBytes += bytes;
  }

  /** The store is gone. */
  release(): void {
    this.add(-this.bytes);
    this.#remove();
  }
}
