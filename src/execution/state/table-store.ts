/**
 * The last row of each key, decoded, in memory. Changes since the last commit are collected as bytes; the log makes them
 * durable. One store per step and partition.
 */
import { bytesOf } from '../../base/bytes.ts';
import type { StateChange } from '../../log/log.ts';
import type { Bytes, TimestampMs } from '../../base/env.ts';
import type { Field, SqlType } from '../../types/type.ts';
import type { Row } from '../../types/value.ts';
import type { StateBudget } from './budget.ts';
import { type Changeable, ChangedEntries } from './changed-entries.ts';
import { ByteIndex } from './byte-index.ts';
import { type Identity, keyIdentity } from './identity.ts';
import { type RowCodec, rowCodec, type TimedRowCodec, timedRowCodec } from './row-codec.ts';

/** What a task does with all of its stores. */
export interface DurableStore {
  /** Unique within the task: `Aggregate/0`. */
  readonly name: string;
  restore(entries: Iterable<readonly [key: Bytes, value: Bytes]>): void;
  /** Appends what changed since the last call, each key's last change last; null: it is counted, but nobody keeps it. */
  collect(into: StateChange[] | null): void;
  /** Counts its rows there from now on; called before the first. */
  limit?(budget: StateBudget): void;
}

/** `value` null: deleted. Only the store changes it. */
export interface TableEntry extends Changeable {
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

export class TableStore implements DurableStore {
  readonly name: string;
  readonly identity: (key: Row) => Identity;
  readonly #keyCodec: RowCodec;
  readonly #valueCodec: TimedRowCodec;
  readonly #entries = new Map<Identity, TableEntry>();
  readonly #changed: ChangedEntries<TableEntry>;
  /** Of single STRING keys, once somebody looks rows up by bytes. */
  #byBytes: ByteIndex | null = null;
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
  }

  limit(budget: StateBudget): void {
    this.#changed.budget = budget;
  }

  /** Calls `onChange` with the key of every row that is added, changed or removed, right afterwards, until disposed. */
  watch(onChange: (key: Row) => void): Disposable {
    return this.#changed.watch(({ key }) => onChange(key));
  }

  get(identity: Identity): TableEntry | undefined {
    return this.#entries.get(identity);
  }

  /** Rows of a store with a single STRING key, by the UTF-8 of their keys; kept up to date from now on. */
  byBytes(): ByteIndex {
    this.#byBytes ??= this.#indexBytes();
    return this.#byBytes;
  }

  get size(): number {
    return this.#entries.size;
  }

  entries(): Iterable<TableEntry> {
    return this.#entries.values();
  }

  /** Sets the row of a key; the store keeps both rows. */
  put(identity: Identity, key: Row, value: Row, timestamp: TimestampMs): void {
    const entry = this.#entries.get(identity);
    if (entry === undefined) {
      const created = { key, value, timestamp, isDirty: false, bytes: 0 };
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
    this.#entries.delete(identity);
    this.#changed.budget.removeRows(1);
    this.#forgetBytes(identity);
    entry.value = null;
    this.touch(entry);
  }

  #indexBytes(): ByteIndex {
    const index = new ByteIndex(this.#width);
    for (const [identity, entry] of this.#entries) {
      if (identity !== null) index.set(bytesOf(identity as string), entry.value);
    }
    return index;
  }

  #forgetBytes(identity: Identity): void {
    const index = this.#byBytes;
    if (index === null || identity === null) return;
    index.set(bytesOf(identity as string), null);
    // Keys that come and go would fill it for ever.
    if (index.keyCount > 1024 && index.keyCount > 4 * this.#entries.size) this.#byBytes = null;
  }

  restore(entries: Iterable<readonly [Bytes, Bytes]>): void {
    for (const [keyBytes, valueBytes] of entries) {
      const key = this.#keyCodec.decode(keyBytes);
      const value = this.#valueCodec.decode(valueBytes);
      const { timestamp } = this.#valueCodec;
      const bytes = keyBytes.length + valueBytes.length;
      this.#changed.budget.restored(bytes);
      this.#entries.set(this.identity(key), { key, value, timestamp, isDirty: false, bytes });
    }
  }

  collect(into: StateChange[] | null): void {
    this.#changed.collect(into);
  }
}
