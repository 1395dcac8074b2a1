/**
 * The last row of each key, decoded, in memory first. Changes since the last commit are collected as bytes; the log makes them
 * durable. One store per step and partition.
 */
import { bytesOf, textOf } from '../../base/bytes.ts';
import type { StateChange } from '../../log/log.ts';
import type { Bytes, TimestampMs } from '../../base/env.ts';
import type { Field, SqlType } from '../../types/type.ts';
import type { Row, Value } from '../../types/value.ts';
import { type StateBudget, weightOf } from './budget.ts';
import { type Changeable, ChangedEntries } from './changed-entries.ts';
import { ByteIndex } from './byte-index.ts';
import { type Identity, keyIdentity } from './identity.ts';
import type { Evictable } from './memory.ts';
import { type RowCodec, rowCodec, type TimedRowCodec, timedRowCodec } from './row-codec.ts';
import { rowUnit, writeRow } from './row-unit.ts';
import { SpillableMap, type Unit } from './spillable-map.ts';

/** What a task does with all of its stores. */
export interface DurableStore {
  /** Unique within the task: `Aggregate/0`. */
  readonly name: string;
  restore(entries: Iterable<readonly [key: Bytes, value: Bytes]>): void;
  /** Appends what changed since the last call, each key's last change last; null: it is counted, but nobody keeps it. */
  collect(into: StateChange[] | null): void;
  /** Counts its rows there from now on, and lets go of some when memory is short; called before the first. */
  limit?(budget: StateBudget): void;
  /** Gives back what it holds beyond this process's heap; it is not used again. */
  release?(): void;
}

/** Rows by the bytes of their keys, for who looks up many and keeps none. */
export interface ByteLookup {
  /** Columns of rows; valid from a `find` to the next. */
  readonly cells: readonly Value[];
  /** Where in `cells` the row of the key at bytes[start, end) begins, or -1. */
  find(bytes: Bytes, start: number, end: number): number;
}

/** `value` null: deleted. Only the store changes it. */
export interface TableEntry extends Changeable, Unit {
  readonly key: Row;
  value: Row | null;
  timestamp: TimestampMs;
}

const TIMESTAMP: SqlType = { kind: 'TIMESTAMP' };

/** Types of stored keys: a windowed key carries its bounds. */
export function storedKeyTypes(key: readonly Field[], isWindowed: boolean): readonly SqlType[] {
  const types = key.map((field) => field.type);
  return isWindowed ? [...types, TIMESTAMP, TIMESTAMP] : types;
}

export class TableStore implements DurableStore, Evictable {
  readonly name: string;
  readonly identity: (key: Row) => Identity;
  readonly #keyCodec: RowCodec;
  readonly #valueCodec: TimedRowCodec;
  readonly #entries: SpillableMap<TableEntry>;
  readonly #changed: ChangedEntries<TableEntry>;
  /** Of single STRING keys, once somebody looks rows up by bytes and while all rows are in memory. */
  #byBytes: ByteIndex | null = null;
  #spilledLookup: ByteLookup | null = null;
  readonly #width: number;

  constructor(name: string, key: readonly SqlType[], value: readonly SqlType[]) {
    this.name = name;
    this.identity = keyIdentity(key);
    this.#width = value.length;
    this.#keyCodec = rowCodec(key);
    this.#valueCodec = timedRowCodec(value);
    this.#changed = new ChangedEntries(name, {
      key: (entry) => this.#keyCodec.encode(entry.key),
      value: (entry) =>
        entry.value === null ? null : this.#valueCodec.encode(entry.timestamp, entry.value),
    });
    this.#entries = new SpillableMap(
      rowUnit({
        key: this.#keyCodec,
        value: this.#valueCodec,
        identity: this.identity,
        changed: this.#changed,
      }),
    );
  }

  limit(budget: StateBudget): void {
    this.#changed.budget = budget;
    const residency = budget.memory?.add(this, budget) ?? null;
    this.#changed.residency = residency;
    this.#entries.residency = residency;
  }

  /** Calls `onChange` with the key of every row that is added, changed or removed, right afterwards, until disposed. */
  watch(onChange: (key: Row) => void): Disposable {
    return this.#changed.watch(({ key }) => onChange(key));
  }

  get(identity: Identity): TableEntry | undefined {
    return this.#entries.get(identity);
  }

  /** As `get`, for who changes nothing and will not ask again soon. */
  peek(identity: Identity): TableEntry | undefined {
    return this.#entries.peek(identity);
  }

  /** Rows of a store with a single STRING key, by the UTF-8 of their keys, as they are from now on. */
  byBytes(): ByteLookup {
    if (this.#entries.hasSpilled) return this.#lookup();
    this.#byBytes ??= this.#indexBytes();
    return this.#byBytes;
  }

  /** Those that are not in memory are copies, in which changes are lost. In no particular order; see `SpillableMap.values`. */
  entries(): Iterable<TableEntry> {
    return this.#entries.values();
  }

  /** Sets the row of a key; the store keeps both rows. */
  put(identity: Identity, key: Row, value: Row, timestamp: TimestampMs): void {
    const entry = this.#entries.get(identity);
    if (entry === undefined) {
      const created = {
        key,
        value,
        timestamp,
        isDirty: false,
        bytes: 0,
        isUsed: false,
        place: -1,
      };
      this.#changed.budget.addRow();
      this.#entries.set(identity, created);
      this.#changed.add(created);
      if (identity !== null) this.#byBytes?.set(bytesOf(identity as string), value);
      return;
    }
    entry.value = value;
    if (identity !== null) this.#byBytes?.set(bytesOf(identity as string), value);
    entry.timestamp = timestamp;
    this.touch(entry);
  }

  /** Its value was changed in place. */
  touch(entry: TableEntry): void {
    this.#changed.add(entry);
  }

  delete(identity: Identity): void {
    const entry = this.#entries.get(identity);
    if (entry === undefined) return;
    this.#entries.delete(identity, entry);
    this.#changed.budget.removeRows(1);
    this.#forgetBytes(identity);
    entry.value = null;
    this.touch(entry);
  }

  evict(bytes: number): void {
    this.#byBytes = null;
    this.#changed.onCollected ??= (entry) => this.#entries.changed(entry);
    const left = bytes - this.#entries.evict(bytes);
    // Those that were used have had their second chance.
    if (left > 0) this.#entries.evict(left);
  }

  release(): void {
    this.#entries.release();
    this.#changed.residency?.release();
  }

  /** Looks rows up as the row path does. */
  #lookup(): ByteLookup {
    if (this.#spilledLookup !== null) return this.#spilledLookup;
    const entries = this.#entries;
    const lookup = {
      cells: [] as readonly Value[],
      find(bytes: Bytes, start: number, end: number): number {
        const row = entries.get(textOf(bytes, start, end))?.value ?? null;
        if (row === null) return -1;
        lookup.cells = row;
        return 0;
      },
    };
    this.#spilledLookup = lookup;
    return lookup;
  }

  #indexBytes(): ByteIndex {
    const index = new ByteIndex(this.#width);
    for (const entry of this.#entries.values()) {
      const identity = this.identity(entry.key);
      if (identity !== null) index.set(bytesOf(identity as string), entry.value);
    }
    return index;
  }

  #forgetBytes(identity: Identity): void {
    const index = this.#byBytes;
    if (index === null || identity === null) return;
    index.set(bytesOf(identity as string), null);
    // Keys that come and go would fill it for ever.
    if (index.keyCount > 1024 && index.keyCount > 4 * this.#entries.residentCount)
      this.#byBytes = null;
  }

  /** Rows for which there is no room in memory go where they belong without having been there. */
  restore(entries: Iterable<readonly [Bytes, Bytes]>): void {
    const { budget, residency } = this.#changed;
    const memory = residency?.memory ?? null;
    // First of all others make room.
    residency?.enforce();
    for (const [keyBytes, valueBytes] of entries) {
      const key = this.#keyCodec.decode(keyBytes);
      const bytes = keyBytes.length + valueBytes.length;
      budget.restored(bytes);
      if (memory !== null && !memory.hasRoom) {
        this.#entries.setCold(this.identity(key), (out) => writeRow(keyBytes, valueBytes, out));
        continue;
      }
      const value = this.#valueCodec.decode(valueBytes);
      const { timestamp } = this.#valueCodec;
      this.#entries.set(this.identity(key), {
        key,
        value,
        timestamp,
        isDirty: false,
        bytes,
        isUsed: false,
        place: -1,
      });
      residency?.add(weightOf(bytes));
    }
    this.#entries.flush();
    residency?.enforce();
    this.#changed.onCollected ??= (entry) => this.#entries.changed(entry);
  }

  collect(into: StateChange[] | null): void {
    this.#changed.collect(into);
  }
}
