/** The entries of one store that changed since the last commit, and what the store takes of its task's budget and of memory. */
import type { Bytes } from '../../base/env.ts';
import type { StateChange } from '../../log/log.ts';
import { StateBudget, weightOf } from './budget.ts';
import type { Residency } from './memory.ts';

/** An entry says itself whether it waits to be collected. */
export interface Changeable {
  isDirty: boolean;
  /** Of the key and value as they were collected last. */
  bytes: number;
}

/** A value that is null is a deletion. */
export interface EntryCodec<Entry> {
  key(entry: Entry): Bytes;
  value(entry: Entry): Bytes | null;
}

export class ChangedEntries<Entry extends Changeable> {
  /** The task's, from `DurableStore.limit` on. */
  budget: StateBudget = new StateBudget();
  /** null: nobody counts what is in memory. */
  residency: Residency | null = null;
  /** Called with every entry that was collected; null while all rows are in memory. */
  onCollected: ((entry: Entry) => void) | null = null;
  readonly #store: string;
  readonly #codec: EntryCodec<Entry>;
  #entries: Entry[] = [];
  /** Keys of entries that went without having been in memory. */
  #deleted: Bytes[] = [];
  /** null while nobody watches, as almost always. */
  #watchers: Set<(entry: Entry) => void> | null = null;

  constructor(store: string, codec: EntryCodec<Entry>) {
    this.#store = store;
    this.#codec = codec;
  }

  /** The entry is new, deleted, or was changed in place. */
  add(entry: Entry): void {
    if (this.#watchers !== null) for (const watcher of this.#watchers) watcher(entry);
    if (entry.isDirty) return;
    entry.isDirty = true;
    this.#entries.push(entry);
  }

  /** Calls `watcher` with every entry that changes, each time and right afterwards, until disposed. */
  watch(watcher: (entry: Entry) => void): Disposable {
    this.#watchers ??= new Set();
    this.#watchers.add(watcher);
    return {
      [Symbol.dispose]: () => {
        this.#watchers?.delete(watcher);
        if (this.#watchers?.size === 0) this.#watchers = null;
      },
    };
  }

  /** Somebody reads the store over several turns. */
  get isWatched(): boolean {
    return this.#watchers !== null;
  }

  /** The entry is not where it was: who reads the store may have passed it by. */
  moved(entry: Entry): void {
    if (this.#watchers !== null) for (const watcher of this.#watchers) watcher(entry);
  }

  /** An entry that is not in memory goes; `bytes` as it was collected last. No entry of its key has changed since. */
  addDeleted(key: Bytes, bytes: number): void {
    this.#deleted.push(key);
    this.budget.resize(bytes, 0);
  }

  /** As `DurableStore.collect`. Throws a TaskFailure when what is collected passes the budget. */
  collect(into: StateChange[] | null): void {
    const deleted = this.#deleted;
    if (deleted.length > 0) {
      this.#deleted = [];
      for (const key of deleted) into?.push({ store: this.#store, key, value: null });
    }
    const entries = this.#entries;
    if (entries.length === 0) return;
    this.#entries = [];
    const { budget, onCollected } = this;
    let weight = 0;
    for (const entry of entries) {
      entry.isDirty = false;
      const key = this.#codec.key(entry);
      const value = this.#codec.value(entry);
      const bytes = value === null ? 0 : key.length + value.length;
      budget.resize(entry.bytes, bytes);
      weight += weightOf(bytes) - weightOf(entry.bytes);
      entry.bytes = bytes;
      into?.push({ store: this.#store, key, value });
      if (onCollected !== null) onCollected(entry);
    }
    this.residency?.add(weight);
  }
}
