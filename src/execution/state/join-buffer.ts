/**
 * The rows of one side of a stream-stream join: per key in order of timestamp, then arrival. Rows that are too old go from the
 * front of a queue in order of timestamp.
 */
import type { Bytes, TimestampMs } from '../../base/env.ts';
import type { StateChange } from '../../log/log.ts';
import type { SqlType } from '../../types/type.ts';
import type { Row, Value } from '../../types/value.ts';
import type { StateBudget } from './budget.ts';
import { type Changeable, ChangedEntries } from './changed-entries.ts';
import { type Identity, keyIdentity } from './identity.ts';
import { OrderedQueue } from './queue.ts';
import { type RowCodec, rowCodec } from './row-codec.ts';
import type { DurableStore } from './table-store.ts';

const TIMESTAMP: SqlType = { kind: 'TIMESTAMP' };
const BOOLEAN: SqlType = { kind: 'BOOLEAN' };

export interface BufferedRow extends Changeable {
  readonly key: Row;
  readonly row: Row;
  readonly timestamp: TimestampMs;
  /** Order of arrival within the side. */
  readonly sequence: number;
  /** An outer row that found no partner yet. */
  isPending: boolean;
  isDeleted: boolean;
}

export class JoinBuffer implements DurableStore {
  readonly name: string;
  readonly identity: (key: Row) => Identity;
  readonly #keyCodec: RowCodec;
  readonly #valueCodec: RowCodec;
  readonly #rows = new Map<Identity, BufferedRow[]>();
  readonly #queue = new OrderedQueue<BufferedRow>(comesAfter);
  /** Rows that waited for a partner; some have found one since. */
  readonly #pending = new OrderedQueue<BufferedRow>(comesAfter);
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
  }

  limit(budget: StateBudget): void {
    this.#changed.budget = budget;
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
      bytes: 0,
    };
    this.#changed.budget.addRow();
    this.#insert(buffered);
    this.touch(buffered);
    return buffered;
  }

  /** Rows of the key with timestamps in [from, to], ascending. */
  find(identity: Identity, from: TimestampMs, to: TimestampMs): readonly BufferedRow[] {
    const rows = this.#rows.get(identity);
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
    for (let row = this.#queue.peek(); row !== undefined; row = this.#queue.peek()) {
      if (row.timestamp > last || row.isPending) return;
      this.#queue.shift();
      this.#remove(row);
    }
  }

  /** Takes the rows older than `end` that still wait for a partner, ascending by timestamp, then arrival. They no longer wait. */
  takePending(end: TimestampMs): readonly BufferedRow[] {
    const taken: BufferedRow[] = [];
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
    for (const [keyBytes, valueBytes] of entries) {
      const stored = this.#keyCodec.decode(keyBytes) as Value[];
      const sequence = stored.pop() as number;
      const timestamp = stored.pop() as number;
      const [isPending, ...row] = this.#valueCodec.decode(valueBytes) as [boolean, ...Value[]];
      this.#nextSequence = Math.max(this.#nextSequence, sequence + 1);
      const bytes = keyBytes.length + valueBytes.length;
      this.#changed.budget.restored(bytes);
      this.#insert({
        key: stored,
        row,
        timestamp,
        sequence,
        isPending,
        isDeleted: false,
        isDirty: false,
        bytes,
      });
    }
  }

  collect(into: StateChange[] | null): void {
    this.#changed.collect(into);
  }

  #insert(row: BufferedRow): void {
    this.#queue.add(row);
    if (row.isPending) this.#pending.add(row);
    const identity = this.identity(row.key);
    const rows = this.#rows.get(identity);
    if (rows === undefined) this.#rows.set(identity, [row]);
    else insertInOrder(rows, row);
  }

  #remove(row: BufferedRow): void {
    const identity = this.identity(row.key);
    const rows = this.#rows.get(identity)!;
    if (rows.length === 1) this.#rows.delete(identity);
    else rows.splice(rows.indexOf(row), 1);
    this.#changed.budget.removeRows(1);
    row.isDeleted = true;
    this.touch(row);
  }
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

function comesAfter(a: BufferedRow, b: BufferedRow): boolean {
  return a.timestamp === b.timestamp ? a.sequence > b.sequence : a.timestamp > b.timestamp;
}
