/**
 * Rows by time window and key. Each window holds a map of its own, so a lookup builds no combined key and an expired window
 * goes as a whole. Keys of entries carry the window's bounds. When memory is short rows of the oldest windows leave it first.
 */
import type { Bytes, TimestampMs } from '../../base/env.ts';
import type { StateChange } from '../../log/log.ts';
import type { SqlType } from '../../types/type.ts';
import type { Row } from '../../types/value.ts';
import { type StateBudget, weightOf } from './budget.ts';
import { ChangedEntries } from './changed-entries.ts';
import { type Identity, keyIdentity } from './identity.ts';
import type { Evictable } from './memory.ts';
import { type RowCodec, rowCodec, type TimedRowCodec, timedRowCodec } from './row-codec.ts';
import { partsOf, rowUnit } from './row-unit.ts';
import { SpillableMap, type UnitCodec } from './spillable-map.ts';
import type { DurableStore, TableEntry } from './table-store.ts';

const TIMESTAMP: SqlType = { kind: 'TIMESTAMP' };
type Window = SpillableMap<TableEntry>;

export class WindowStore implements DurableStore, Evictable {
  readonly name: string;
  /** Of the key columns without the window's bounds. */
  readonly identity: (key: Row) => Identity;
  readonly #keyCodec: RowCodec;
  readonly #valueCodec: TimedRowCodec;
  readonly #keyWidth: number;
  readonly #retentionMs: number;
  readonly #windows = new Map<number, Window>();
  /** Ascending. */
  readonly #starts: number[] = [];
  readonly #changed: ChangedEntries<TableEntry>;
  readonly #unit: UnitCodec<TableEntry>;
  #lastStart = -1;
  #lastWindow: Window | undefined;

  /** Keeps windows that start no more than `retentionMs` before the last one. */
  constructor(
    name: string,
    key: readonly SqlType[],
    value: readonly SqlType[],
    retentionMs: number,
  ) {
    this.name = name;
    this.identity = keyIdentity(key);
    this.#keyWidth = key.length;
    this.#retentionMs = retentionMs;
    this.#keyCodec = rowCodec([...key, TIMESTAMP, TIMESTAMP]);
    this.#valueCodec = timedRowCodec(value);
    this.#changed = new ChangedEntries(name, {
      key: (entry) => this.#keyCodec.encode(entry.key),
      value: (entry) =>
        entry.value === null ? null : this.#valueCodec.encode(entry.timestamp, entry.value),
    });
    this.#unit = rowUnit({
      key: this.#keyCodec,
      value: this.#valueCodec,
      identity: this.identity,
      changed: this.#changed,
    });
  }

  limit(budget: StateBudget): void {
    this.#changed.budget = budget;
    this.#changed.residency = budget.memory?.add(this, budget) ?? null;
  }

  /** Calls `onChange` with the key of every row that is added, changed or removed, right afterwards, until disposed. */
  watch(onChange: (key: Row) => void): Disposable {
    return this.#changed.watch(({ key }) => onChange(key));
  }

  get(start: TimestampMs, identity: Identity): TableEntry | undefined {
    if (start !== this.#lastStart) {
      this.#lastStart = start;
      this.#lastWindow = this.#windows.get(start);
    }
    return this.#lastWindow?.get(identity);
  }

  /** Adds an entry that is not there yet and drops what this window's start expires. `key` carries the bounds. */
  add(
    start: TimestampMs,
    identity: Identity,
    key: Row,
    value: Row,
    timestamp: TimestampMs,
  ): TableEntry {
    const entry = { key, value, timestamp, isDirty: false, bytes: 0, isUsed: false, place: -1 };
    this.#changed.add(entry);
    this.#window(start).set(identity, entry);
    this.#expire();
    this.#changed.budget.addRow();
    return entry;
  }

  touch(entry: TableEntry): void {
    this.#changed.add(entry);
  }

  evict(bytes: number): void {
    this.#changed.onCollected ??= (entry) =>
      this.#windows.get(entry.key[this.#keyWidth] as number)?.changed(entry);
    let left = bytes;
    // Those that were used have had their second chance when the second round begins.
    for (let at = 0; at < this.#starts.length * 2 && left > 0; at++)
      left -= this.#windows.get(this.#starts[at % this.#starts.length]!)!.evict(left);
  }

  release(): void {
    for (const window of this.#windows.values()) window.release();
    this.#changed.residency?.release();
  }

  /**
   * Windows that start in [from, to], ascending; entries in no particular order, those not in memory as copies. Windows that go
   * while it is read are left out.
   */
  *windows(from: TimestampMs, to: TimestampMs): Iterable<Iterable<TableEntry>> {
    for (const start of [...this.#starts]) {
      if (start < from || start > to) continue;
      const window = this.#windows.get(start);
      if (window !== undefined) yield window.values();
    }
  }

  /** The row of exactly this window, for who changes nothing and will not ask again soon. */
  peek(start: TimestampMs, identity: Identity): TableEntry | undefined {
    return this.#windows.get(start)?.peek(identity);
  }

  /** For the same. */
  *entriesOf(identity: Identity): Iterable<TableEntry> {
    for (const start of [...this.#starts]) {
      const entry = this.#windows.get(start)?.peek(identity);
      if (entry !== undefined) yield entry;
    }
  }

  restore(entries: Iterable<readonly [Bytes, Bytes]>): void {
    const { budget, residency } = this.#changed;
    for (const [keyBytes, valueBytes] of entries) {
      const key = this.#keyCodec.decode(keyBytes);
      const value = this.#valueCodec.decode(valueBytes);
      const { timestamp } = this.#valueCodec;
      const bytes = keyBytes.length + valueBytes.length;
      budget.restored(bytes);
      const entry = { key, value, timestamp, isDirty: false, bytes, isUsed: false, place: -1 };
      const start = key[this.#keyWidth] as number;
      this.#window(start).set(this.identity(key), entry);
      residency?.add(weightOf(bytes));
      residency?.enforce();
    }
  }

  collect(into: StateChange[] | null): void {
    this.#changed.collect(into);
  }

  #window(start: number): Window {
    const known = this.#windows.get(start);
    if (known !== undefined) return known;
    const window: Window = new SpillableMap(this.#unit);
    window.residency = this.#changed.residency;
    this.#windows.set(start, window);
    let at = this.#starts.length;
    while (at > 0 && this.#starts[at - 1]! > start) at--;
    this.#starts.splice(at, 0, start);
    this.#lastStart = -1;
    return window;
  }

  #expire(): void {
    const first = this.#starts.at(-1)! - this.#retentionMs;
    while (this.#starts[0]! < first) {
      const start = this.#starts.shift()!;
      const window = this.#windows.get(start)!;
      let count = 0;
      for (const { payload } of window.coldRecords()) {
        this.#expireCold(payload);
        count++;
      }
      for (const entry of window.resident()) {
        entry.value = null;
        entry.place = -1;
        this.touch(entry);
        count++;
      }
      window.release();
      this.#changed.budget.removeRows(count);
      this.#windows.delete(start);
      this.#lastStart = -1;
    }
  }

  #expireCold(payload: Bytes): void {
    if (this.#changed.isWatched) {
      const entry = this.#unit.read(payload);
      this.#changed.residency?.add(weightOf(entry.bytes));
      entry.value = null;
      this.touch(entry);
      return;
    }
    const [key, value] = partsOf(payload);
    this.#changed.addDeleted(new Uint8Array(key), key.length + value.length);
  }
}
