/**
 * State of owners: per owner and store a map of keys to values, written as changes and read back as a whole.
 *
 * A commit writes one row per store with its changes. From time to time these are *folded*: the changes of many commits
 * become one sorted *run*. Runs in turn are *merged*, and a merge of everything from the oldest run on drops deletes for good.
 * A run is merged with all newer ones once these are together at least as large, so an entry is rewritten only when the run
 * that holds it doubles, log2(n) times in all, and there are at most about log2(n) runs to read back. (The logarithmic
 * method of Bentley and Saxe; as in log-structured merge trees.)
 *
 * A merge goes in slices. It writes a run in phase `building`, and its last transaction makes that `live` and its sources
 * `dead`; dead ones are deleted in slices too. After a crash, what was building is dead.
 *
 * Measured: 1 M entries of 40 bytes, each written twice, come back in 0.25 s; changes are written at 3 M/s, and merging costs
 * 1.7 µs a change in all.
 */
import { assert } from '../../base/assert.ts';
import { ByteWriter } from '../../base/bytes.ts';
import type { Bytes } from '../../base/env.ts';
import { crc32c } from '../../base/hash.ts';
import type { OwnerState, StateChange } from '../log.ts';
import type { Database, Statement } from './driver.ts';
import { Merge, type Pages } from './merge.ts';
import type { OwnerEntry } from './owners.ts';
import { corruptState, sortChanges, writeChange } from './state-entries.ts';

/** Commits between two moments at which everything of a store is folded; the sequence then begins again. */
const SEQUENCE_BITS = 30;
const SEQUENCE_SPAN = 2 ** SEQUENCE_BITS;
/** Stores ever created; their ids share a safe integer with the sequence. */
const STORES_MAX = 2 ** (53 - SEQUENCE_BITS);
const PAGE_SPAN = 2 ** 24;

export interface Run {
  readonly id: number;
  /** Higher is newer, among the runs of a store. Changes that are not folded yet are newer than all runs. */
  readonly age: number;
  readonly bytes: number;
  readonly pages: number;
}

export interface Store {
  readonly id: number;
  readonly name: string;
  /** Dropped, or read anew into another object. */
  isGone: boolean;
  /** Of the next change row. */
  sequence: number;
  changeCount: number;
  changeBytes: number;
  /** Live ones, oldest first. */
  runs: readonly Run[];
}

type Stores = Map<string, Store>;

export class State {
  /** Stores that were written to, and may have something to fold or merge. */
  readonly touched: Set<Store> = new Set();
  readonly #owners = new Map<number, Stores>();
  readonly #writer = new ByteWriter(4096);
  readonly #selectStores: Statement;
  readonly #selectAll: Statement;
  readonly #insertStore: Statement;
  readonly #cutStores: Statement;
  readonly #insertChange: Statement;
  readonly #changeTotals: Statement;
  readonly #changes: Statement;
  readonly #runs: Statement;
  readonly #page: Statement;

  constructor(database: Database) {
    this.#selectStores = database.prepare('SELECT id, name FROM store WHERE owner = ?').raw();
    this.#selectAll = database.prepare('SELECT id, owner FROM store WHERE owner IS NOT NULL').raw();
    this.#insertStore = database.prepare('INSERT INTO store (owner, name) VALUES (?, ?)');
    this.#cutStores = database.prepare('UPDATE store SET owner = NULL WHERE owner = ?');
    this.#insertChange = database.prepare('INSERT INTO change (id, crc, entries) VALUES (?, ?, ?)');
    this.#changeTotals = database
      .prepare(
        'SELECT count(*), coalesce(sum(length(entries)), 0), max(id) FROM change WHERE id BETWEEN ? AND ?',
      )
      .raw();
    this.#changes = database
      .prepare('SELECT id, crc, entries FROM change WHERE id BETWEEN ? AND ? ORDER BY id')
      .raw();
    this.#runs = database
      .prepare(
        "SELECT id, age, bytes, pages FROM run WHERE store = ? AND phase = 'live' ORDER BY age",
      )
      .raw();
    this.#page = database.prepare('SELECT crc, entries FROM page WHERE id = ?').raw();
  }

  /** Within a transaction: one row per store that `changes` concern. Returns how many bytes they have. */
  write(owner: OwnerEntry, changes: readonly StateChange[]): number {
    let written = 0;
    const stores = this.#stores(owner.id);
    const byStore = new Map<string, StateChange[]>();
    for (const change of changes) {
      const others = byStore.get(change.store);
      if (others === undefined) byStore.set(change.store, [change]);
      else others.push(change);
    }
    for (const [name, some] of byStore) {
      const store = stores.get(name) ?? this.#create(owner, stores, name);
      const writer = this.#writer;
      writer.clear();
      for (const change of some) writeChange(writer, change);
      const id = changeId(store, store.sequence++);
      const entries = writer.view();
      this.#insertChange.run(id, stateCrc(id, entries), entries);
      store.changeCount++;
      store.changeBytes += entries.length;
      written += entries.length;
      this.touched.add(store);
    }
    return written;
  }

  #create(owner: OwnerEntry, stores: Stores, name: string): Store {
    const id = Number(this.#insertStore.run(owner.id, name).lastInsertRowid);
    assert(id < STORES_MAX, 'the number of stores ever created fits its bits');
    const store = {
      id,
      name,
      isGone: false,
      sequence: 1,
      changeCount: 0,
      changeBytes: 0,
      runs: [],
    };
    stores.set(name, store);
    return store;
  }

  #stores(owner: number): Stores {
    let stores = this.#owners.get(owner);
    if (stores === undefined) {
      stores = new Map();
      for (const [id, name] of this.#selectStores.all(owner) as [number, string][]) {
        stores.set(name, this.#load(id, name));
      }
      this.#owners.set(owner, stores);
    }
    return stores;
  }

  #load(id: number, name: string): Store {
    const [count, bytes, last] = this.#changeTotals.get(id * SEQUENCE_SPAN, lastChange(id)) as [
      number,
      number,
      number | null,
    ];
    return {
      id,
      name,
      isGone: false,
      sequence: last === null ? 1 : (last % SEQUENCE_SPAN) + 1,
      changeCount: count,
      changeBytes: bytes,
      runs: this.liveRuns(id),
    };
  }

  liveRuns(store: number): readonly Run[] {
    return (this.#runs.all(store) as [number, number, number, number][]).map(
      ([id, age, bytes, pages]) => ({ id, age, bytes, pages }),
    );
  }

  /** After opening: every store may have something to fold. */
  touchAll(): void {
    const owners = new Set((this.#selectAll.all() as [number, number][]).map(([, owner]) => owner));
    for (const owner of owners) {
      for (const store of this.#stores(owner).values()) this.touched.add(store);
    }
  }

  /**
   * The live entries of all stores; keys and values are views that keep a page in memory. Pages of runs are read as the iteration
   * comes to them, so it holds no more than a page of each run: it is to be over before maintenance goes on. Throws
   * `log.corrupt-state`, of runs while they are read.
   */
  read(owner: OwnerEntry): OwnerState['stores'] {
    const result = new Map<string, Iterable<readonly [Bytes, Bytes]>>();
    for (const [name, store] of this.#stores(owner.id)) {
      const { runs } = store;
      // Whoever keeps the result keeps nothing of it once it was read.
      let newest: readonly Bytes[] | null = this.#newest(store);
      const sources = (): Pages[] => {
        const last = newest ?? this.#newest(store);
        newest = null;
        return [...runs.map((run) => this.pages(run)), last[Symbol.iterator]()];
      };
      result.set(name, { [Symbol.iterator]: () => liveEntries(sources()) });
    }
    return result;
  }

  /** What is not folded yet, as pages. */
  #newest(store: Store): readonly Bytes[] {
    const changes: Bytes[] = [];
    for (const { entries } of this.changes(store)) changes.push(entries);
    return sortChanges(changes);
  }

  /** The change rows of a store, oldest first. */
  *changes(store: Store): Generator<{ readonly id: number; readonly entries: Bytes }> {
    const rows = this.#changes.iterate(store.id * SEQUENCE_SPAN, lastChange(store.id));
    for (const [id, crc, entries] of rows as Iterable<[number, number, Bytes]>) {
      checkCrc(store.name, id, crc, entries);
      yield { id, entries };
    }
  }

  /** The pages of a run, each read when it is asked for. */
  *pages(run: Run): Generator<Bytes, void, undefined> {
    for (let number = 0; number < run.pages; number++) {
      const id = pageId(run.id, number);
      const row = this.#page.get(id) as [number, Bytes] | undefined;
      if (row === undefined) throw corruptState(`page ${number} of run ${run.id} is missing`);
      checkCrc(`run ${run.id}`, id, row[0], row[1]);
      yield row[1];
    }
  }

  /** Within a transaction: cuts the owner's stores off; maintenance removes them. */
  drop(owner: OwnerEntry): void {
    for (const store of this.#stores(owner.id).values()) {
      this.#letGo(store);
    }
    this.#cutStores.run(owner.id);
    this.#owners.delete(owner.id);
  }

  #letGo(store: Store): void {
    store.isGone = true;
    this.touched.delete(store);
  }

  /** After a rollback: what is in memory may not have become true. */
  forget(): void {
    for (const stores of this.#owners.values()) {
      for (const store of stores.values()) this.#letGo(store);
    }
    this.#owners.clear();
    this.touchAll();
  }
}

function* liveEntries(runs: readonly Pages[]): Generator<readonly [Bytes, Bytes], void, undefined> {
  const merge = new Merge(runs);
  for (let entry = merge.next(); entry !== null; entry = merge.next()) {
    const { bytes, keyStart, keyEnd, valueStart, valueEnd } = entry;
    if (valueStart < 0) continue;
    yield [bytes.subarray(keyStart, keyEnd), bytes.subarray(valueStart, valueEnd)];
  }
}

function changeId(store: Store, sequence: number): number {
  assert(sequence < SEQUENCE_SPAN, 'changes are folded before the sequence runs out');
  return store.id * SEQUENCE_SPAN + sequence;
}

export function lastChange(store: number): number {
  return store * SEQUENCE_SPAN + (SEQUENCE_SPAN - 1);
}

/** Change rows of `store` have ids from here on, up to `lastChange`. */
export function firstChange(store: number): number {
  return store * SEQUENCE_SPAN;
}

export function pageId(run: number, number: number): number {
  assert(number < PAGE_SPAN, 'the pages of a run fit their bits');
  return run * PAGE_SPAN + number;
}

/** The CRC covers content and place: a row in the place of another one is found out too. */
export function stateCrc(id: number, entries: Bytes): number {
  return crc32c(entries, 0, entries.length, id % 2 ** 32);
}

function checkCrc(what: string, id: number, crc: number, entries: Bytes): void {
  if (stateCrc(id, entries) !== crc) throw corruptState(`the CRC of ${what} is wrong`);
}
