/**
 * The rows of one side of a stream-stream join: per key in order of timestamp, then arrival. Rows that are too old go from the
 * front of a queue in order of timestamp.
 *
 * When memory is short the rows of a key leave it together. Of those that did, timestamp and arrival of the first row and of the
 * first that waits for a partner are kept: what goes next, and whether that waits, is known without reading, and is the same as
 * if all were in memory.
 */
import type { Bytes, TimestampMs } from '../../base/env.ts';
import type { StateChange } from '../../log/log.ts';
import type { SqlType } from '../../types/type.ts';
import type { Row, Value } from '../../types/value.ts';
import { type StateBudget, weightOf } from './budget.ts';
import { ChangedEntries } from './changed-entries.ts';
import { ColdQueue } from './cold-queue.ts';
import { type Identity, keyIdentity } from './identity.ts';
import { type ListItem, type ListUnit, listUnit } from './list-unit.ts';
import type { Evictable } from './memory.ts';
import { OrderedQueue } from './queue.ts';
import { type RowCodec, rowCodec } from './row-codec.ts';
import { SpillableMap } from './spillable-map.ts';
import type { DurableStore } from './table-store.ts';

const TIMESTAMP: SqlType = { kind: 'TIMESTAMP' };
const BOOLEAN: SqlType = { kind: 'BOOLEAN' };
/** Numbers kept of rows that are not in memory. */
const FIRST_TIME = 0;
const FIRST_SEQUENCE = 1;
const PENDING_TIME = 2;
const PENDING_SEQUENCE = 3;

export interface BufferedRow extends ListItem {
  readonly key: Row;
  readonly row: Row;
  readonly timestamp: TimestampMs;
  /** Order of arrival within the side. */
  readonly sequence: number;
  /** An outer row that found no partner yet. */
  isPending: boolean;
  isDeleted: boolean;
}

export class JoinBuffer implements DurableStore, Evictable {
  readonly name: string;
  readonly identity: (key: Row) => Identity;
  readonly #keyCodec: RowCodec;
  readonly #valueCodec: RowCodec;
  readonly #rows: SpillableMap<ListUnit<BufferedRow>>;
  readonly #queue = new OrderedQueue<BufferedRow>(comesAfter, isEvicted);
  /** Rows that waited for a partner; some have found one since. */
  readonly #pending = new OrderedQueue<BufferedRow>(comesAfter, isEvicted);
  /** Of rows that are not in memory: the first of each key, and the first of each that waits. */
  readonly #coldRows = new ColdQueue();
  readonly #coldPending = new ColdQueue();
  #nextSequence = 0;
  readonly #changed: ChangedEntries<BufferedRow>;

  constructor(name: string, key: readonly SqlType[], value: readonly SqlType[]) {
    this.name = name;
    this.identity = keyIdentity(key);
    this.#keyCodec = rowCodec([...key, TIMESTAMP, TIMESTAMP]);
    this.#valueCodec = rowCodec([BOOLEAN, ...value]);
    this.#changed = new ChangedEntries(name, {
      key: (row) => this.#keyCodec.encode([...row.key, row.timestamp, row.sequence]),
      value: (row) => (row.isDeleted ? null : this.#valueCodec.encode([row.isPending, ...row.row])),
    });
    this.#rows = new SpillableMap(this.#unit());
  }

  limit(budget: StateBudget): void {
    this.#changed.budget = budget;
    const residency = budget.memory?.add(this, budget) ?? null;
    this.#changed.residency = residency;
    this.#rows.residency = residency;
  }

  add(key: Row, row: Row, timestamp: TimestampMs): BufferedRow {
    const buffered: BufferedRow = {
      key,
      row,
      timestamp,
      sequence: this.#nextSequence++,
      isPending: false,
      isDeleted: false,
      isDirty: false,
      isEvicted: false,
      bytes: 0,
    };
    this.#changed.budget.addRow();
    this.#insert(buffered);
    this.touch(buffered);
    return buffered;
  }

  /** Rows of the key with timestamps in [from, to], ascending. */
  find(identity: Identity, from: TimestampMs, to: TimestampMs): readonly BufferedRow[] {
    const rows = this.#rows.get(identity)?.items;
    if (rows === undefined) return [];
    const first = firstFrom(rows, from);
    const behind = firstFrom(rows, to + 1);
    return first === 0 && behind === rows.length ? rows : rows.slice(first, behind);
  }

  setPending(row: BufferedRow, isPending: boolean): void {
    if (row.isPending === isPending) return;
    row.isPending = isPending;
    if (isPending) this.#pending.add(row);
    this.touch(row);
  }

  touch(row: BufferedRow): void {
    this.#changed.add(row);
  }

  /** Drops rows with timestamps up to `last`, except those that still wait for a partner, and what is behind them. */
  expire(last: TimestampMs): void {
    for (;;) {
      const row = this.#queue.peek();
      if (this.#coldRows.time <= last && this.#isColdFirst(row)) {
        if (!this.#thawFirst()) return;
        continue;
      }
      if (row === undefined || row.timestamp > last || row.isPending) return;
      this.#queue.shift();
      this.#remove(row);
    }
  }

  /** Takes the rows older than `end` that still wait for a partner, ascending by timestamp, then arrival. They no longer wait. */
  takePending(end: TimestampMs): readonly BufferedRow[] {
    const taken: BufferedRow[] = [];
    while (this.#coldPending.time < end) {
      const { hash } = this.#coldPending;
      this.#coldPending.shift();
      this.#rows.thaw(hash, (number) => number(PENDING_TIME) < end);
    }
    for (let row = this.#pending.peek(); row !== undefined; row = this.#pending.peek()) {
      if (row.isPending && row.timestamp >= end) break;
      this.#pending.shift();
      if (!row.isPending) continue;
      this.setPending(row, false);
      taken.push(row);
    }
    return taken;
  }

  restore(entries: Iterable<readonly [Bytes, Bytes]>): void {
    const { budget, residency } = this.#changed;
    for (const [keyBytes, valueBytes] of entries) {
      const row = this.#read(keyBytes, valueBytes);
      this.#nextSequence = Math.max(this.#nextSequence, row.sequence + 1);
      budget.restored(row.bytes);
      this.#insert(row);
      residency?.add(weightOf(row.bytes));
      residency?.enforce();
    }
  }

  evict(bytes: number): void {
    const left = bytes - this.#rows.evict(bytes);
    if (left > 0) this.#rows.evict(left);
    const most = 1024 + 2 * this.#rows.coldCount;
    if (this.#coldRows.size <= most && this.#coldPending.size <= most) return;
    this.#coldRows.clear();
    this.#coldPending.clear();
    this.#rows.eachCold((hash, number) => {
      this.#coldRows.add(number(FIRST_TIME), number(FIRST_SEQUENCE), hash);
      this.#addColdPending(number(PENDING_TIME), number(PENDING_SEQUENCE), hash);
    });
  }

  release(): void {
    this.#rows.release();
    this.#changed.residency?.release();
  }

  collect(into: StateChange[] | null): void {
    this.#changed.collect(into);
  }

  #insert(row: BufferedRow): void {
    const identity = this.identity(row.key);
    const rows = this.#rows.get(identity)?.items;
    if (rows === undefined) this.#rows.set(identity, { items: [row], isUsed: false, place: -1 });
    else insertInOrder(rows, row);
    this.#queue.add(row);
    if (row.isPending) this.#pending.add(row);
  }

  #remove(row: BufferedRow): void {
    const identity = this.identity(row.key);
    const rows = this.#rows.get(identity)!;
    if (rows.items.length === 1) this.#rows.delete(identity, rows);
    else rows.items.splice(rows.items.indexOf(row), 1);
    this.#changed.budget.removeRows(1);
    row.isDeleted = true;
    this.touch(row);
  }

  /** Is the first row of those that are not in memory before `row`? */
  #isColdFirst(row: BufferedRow | undefined): boolean {
    const cold = this.#coldRows;
    for (; cold.time < Number.POSITIVE_INFINITY; cold.shift()) {
      const { time, sequence } = cold;
      const isBehind =
        row !== undefined &&
        (row.timestamp === time ? row.sequence < sequence : row.timestamp < time);
      if (isBehind) return false;
      if (this.#rows.hasCold(cold.hash, isFirst(time, sequence))) return true;
    }
    return false;
  }

  /** Brings the first row that is not in memory back there, with all of its key; false if it waits for a partner. */
  #thawFirst(): boolean {
    const { hash, time, sequence } = this.#coldRows;
    const first = isFirst(time, sequence);
    const isPending = this.#rows.hasCold(
      hash,
      (number) =>
        first(number) && number(PENDING_TIME) === time && number(PENDING_SEQUENCE) === sequence,
    );
    if (isPending) return false;
    this.#coldRows.shift();
    this.#rows.thaw(hash, first);
    return true;
  }

  #addColdPending(time: number, sequence: number, hash: number): void {
    if (time < Number.POSITIVE_INFINITY) this.#coldPending.add(time, sequence, hash);
  }

  #read(keyBytes: Bytes, valueBytes: Bytes): BufferedRow {
    const key = this.#keyCodec.decode(keyBytes) as Value[];
    const sequence = key.pop() as number;
    const timestamp = key.pop() as number;
    const [isPending, ...row] = this.#valueCodec.decode(valueBytes) as [boolean, ...Value[]];
    return {
      key,
      row,
      timestamp,
      sequence,
      isPending,
      isDeleted: false,
      isDirty: false,
      isEvicted: false,
      bytes: keyBytes.length + valueBytes.length,
    };
  }

  #unit(): ReturnType<typeof listUnit<BufferedRow>> {
    const pending = (rows: readonly BufferedRow[]) => rows.find((row) => row.isPending);
    const pendingTime = (rows: readonly BufferedRow[]) =>
      pending(rows)?.timestamp ?? Number.POSITIVE_INFINITY;
    const pendingSequence = (rows: readonly BufferedRow[]) => pending(rows)?.sequence ?? 0;
    return listUnit<BufferedRow>({
      key: (row) => this.#keyCodec.encode([...row.key, row.timestamp, row.sequence]),
      value: (row) => this.#valueCodec.encode([row.isPending, ...row.row]),
      read: (key, value) => this.#read(key, value),
      identity: (key) => this.identity(this.#keyCodec.decode(key)),
      numbers: [
        ([first]) => first!.timestamp,
        ([first]) => first!.sequence,
        pendingTime,
        pendingSequence,
      ],
      changed: this.#changed,
      onEvicted: (rows, hash) => {
        this.#queue.forget(rows.length);
        this.#pending.forget(rows.length);
        this.#coldRows.add(rows[0]!.timestamp, rows[0]!.sequence, hash);
        this.#addColdPending(pendingTime(rows), pendingSequence(rows), hash);
      },
      onThawed: (rows) => {
        for (const row of rows) {
          this.#queue.add(row);
          if (row.isPending) this.#pending.add(row);
        }
      },
    });
  }
}

function isFirst(time: number, sequence: number): (number: (which: number) => number) => boolean {
  return (number) => number(FIRST_TIME) === time && number(FIRST_SEQUENCE) === sequence;
}

function insertInOrder(rows: BufferedRow[], row: BufferedRow): void {
  let at = rows.length;
  while (at > 0 && comesAfter(rows[at - 1]!, row)) at--;
  if (at === rows.length) rows.push(row);
  else rows.splice(at, 0, row);
}

/** Index of the first row at or after the time. */
function firstFrom(rows: readonly BufferedRow[], timestamp: TimestampMs): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (rows[middle]!.timestamp < timestamp) low = middle + 1;
    else high = middle;
  }
  return low;
}

function isEvicted(row: BufferedRow): boolean {
  return row.isEvicted;
}

function comesAfter(a: BufferedRow, b: BufferedRow): boolean {
  return a.timestamp === b.timestamp ? a.sequence > b.sequence : a.timestamp > b.timestamp;
}
