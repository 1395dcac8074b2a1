/** The entries of one store that changed since the last commit, and what the store takes of its task's budget. */
import type { Bytes } from '../../base/env.ts';
import type { StateChange } from '../../log/log.ts';
import { StateBudget } from './budget.ts';

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
  readonly #store: string;
  readonly #codec: EntryCodec<Entry>;
  #entries: Entry[] = [];
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

  /** As `DurableStore.collect`. Throws a TaskFailure when what is collected passes the budget. */
  collect(into: StateChange[] | null): void {
    const entries = this.#entries;
    if (entries.length === 0) return;
    this.#entries = [];
    for (const entry of entries) {
      entry.isDirty = false;
      const key = this.#codec.key(entry);
      const value = this.#codec.value(entry);
      const bytes = value === null ? 0 : key.length + value.length;
      this.budget.resize(entry.bytes, bytes);
      entry.bytes = bytes;
      into?.push({ store: this.#store, key, value });
    }
  }
}
