/**
 * The memory that rows of all queries of a process take, against one limit (`leat.limit.state.memory`). Every store counts what it
 * has in memory. When together they have more than the limit, each lets go of its share of the excess and a little more, so that
 * it is not done for a handful of rows. That happens only between records, when a task hands over what changed or while it is
 * restored, and only to rows that the log has, so nothing can be lost by it.
 */
import type { Limit } from '../../base/limits.ts';
import { SpillSpace } from './cold-records.ts';
import { TaskFailure } from '../task.ts';
import { Extents } from './extents.ts';
import type { SpillArea } from './spill-area.ts';

/** Below the limit by so much, once it was passed: enough to be worth it, and little enough to be done in a few milliseconds. */
const SLACK_BYTES = 1024 * 1024;
/** And no more than this share of it. */
const SLACK_SHARE = 1 / 8;

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
  add(store: Evictable, owner: object): Residency {
    const residency = new Residency(this, owner, () => this.#stores.delete(store));
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

  /**
   * To be called between records: above the limit, stores let go of rows. Throws a TaskFailure where rows of `owner` cannot be kept;
   * others, who stay as they are, find out when it is their turn.
   */
  enforce(owner: object): void {
    if (this.hasRoom) return;
    const excess = this.residentBytes - (this.#most - this.#slack);
    const share = Math.min(1, excess / this.residentBytes);
    for (const [store, residency] of [...this.#stores]) {
      if (residency.bytes === 0) continue;
      try {
        store.evict(Math.ceil(residency.bytes * share));
      } catch (error) {
        if (residency.owner === owner || !(error instanceof TaskFailure)) throw error;
      }
    }
  }

  /** Rows keep some room whatever the indexes take: else each row would be moved by itself. */
  get #most(): number {
    return Math.max(this.limit.value, this.indexBytes + this.#slack);
  }

  get #slack(): number {
    return Math.min(SLACK_BYTES, this.limit.value * SLACK_SHARE);
  }
}

/** What one store has in memory. */
export class Residency {
  bytes = 0;
  readonly memory: StateMemory;
  /** All stores of a task have the same. */
  readonly owner: object;
  readonly #remove: () => void;

  constructor(memory: StateMemory, owner: object, remove: () => void) {
    this.memory = memory;
    this.owner = owner;
    this.#remove = remove;
  }

  add(bytes: number): void {
    this.bytes += bytes;
    this.memory.residentBytes += bytes;
  }

  /** As `StateMemory.enforce`. */
  enforce(): void {
    this.memory.enforce(this.owner);
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
