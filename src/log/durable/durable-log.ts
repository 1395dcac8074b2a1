/**
 * The log on disk: SQLite owns the truth (schema.ts), segment files hold the bulk (segments.ts). A commit writes bulk to the
 * segment and flushes it, then writes all rows in one transaction and flushes that (wal-flush.ts): then everything of it is
 * there. Memory follows only after that.
 */
import { assert } from '../../base/assert.ts';
import type { TimestampMs } from '../../base/env.ts';
import { checkAppend, checkTopicSpec, timesOf, topicExists } from '../checks.ts';
import type {
  Commit,
  Committed,
  Durability,
  Log,
  LogicalTimes,
  Offset,
  OwnerState,
  RecordBatch,
  TopicPartition,
  TopicSpec,
} from '../log.ts';
import { lastOffsetDeltaOf, setBaseOffset } from '../record-batch.ts';
import { RecordCursor } from '../record-cursor.ts';
import type { Checkpoints } from './checkpoint.ts';
import type { Counters } from './counters.ts';
import type { Owners } from './owners.ts';
import { INLINE_BYTES_MAX, type Placed, type Placement } from './placement.ts';
import type { Reader } from './reader.ts';
import type { Rows } from './rows.ts';
import type { Space } from './space.ts';
import type { State } from './state.ts';
import type { Tail } from './tail.ts';
import type { Partition, Topics } from './topics.ts';
import type { UpkeepRota } from './upkeep.ts';
import type { WalFlush } from './wal-flush.ts';
import type { Writer } from './writer.ts';

/** What the log is made of; `open.ts` puts it together. */
export interface DurableParts {
  readonly durability: Durability;
  /** The wall clock, from which the age of batches counts. */
  readonly now: () => TimestampMs;
  readonly topics: Topics;
  readonly rows: Rows;
  readonly owners: Owners;
  readonly state: State;
  readonly counters: Counters;
  readonly placement: Placement;
  readonly reader: Reader;
  readonly tail: Tail;
  readonly writer: Writer;
  /** null: commits are not flushed one by one. */
  readonly walFlush: WalFlush | null;
  readonly checkpoints: Checkpoints;
  readonly space: Space;
  readonly upkeep: UpkeepRota;
  /** Ends everything and lets go of the directory. */
  readonly close: () => Promise<void>;
}

interface PlannedAppend {
  readonly partition: Partition;
  readonly batch: RecordBatch;
  readonly id: number;
  /** The log's counter after this batch. */
  readonly nextTime: number;
}
interface Plan {
  readonly appends: readonly (readonly PlannedAppend[])[];
  readonly batches: readonly RecordBatch[];
  readonly nextId: number;
  readonly nextTime: number;
}

export class DurableLog implements Log {
  readonly durability: Durability;
  readonly #parts: DurableParts;
  #isClosed = false;
  #isWriting = false;

  constructor(parts: DurableParts) {
    this.durability = parts.durability;
    this.#parts = parts;
  }

  topics(): readonly TopicSpec[] {
    return this.#parts.topics.specs();
  }

  createTopic(spec: TopicSpec): Promise<void> {
    return this.#write(async ({ topics, writer, space }) => {
      checkTopicSpec(spec);
      if (topics.has(spec.name)) throw topicExists(spec.name);
      space.check();
      topics.add(
        writer.run(() => topics.insert(spec)),
        spec,
      );
    });
  }

  deleteTopic(name: string): Promise<void> {
    return this.#write(async ({ topics, writer, tail }) => {
      writer.run(() => topics.cutOff(name));
      for (const partition of topics.remove(name)) tail.forget(partition);
    });
  }

  bounds(of: TopicPartition): { readonly start: Offset; readonly end: Offset } {
    const { start, end } = this.#partition(of);
    return { start, end };
  }

  size(of: TopicPartition): number {
    return this.#parts.topics.bytes(this.#partition(of));
  }

  nextTime(): number {
    return this.#parts.counters.nextTime;
  }

  async read(from: TopicPartition, at: Offset, maxBytes: number): Promise<readonly RecordBatch[]> {
    return this.#parts.reader.read(this.#partition(from), at, maxBytes);
  }

  async offsetForTime(of: TopicPartition, timestamp: TimestampMs): Promise<Offset | null> {
    const partition = this.#partition(of);
    const { rows, reader } = this.#parts;
    const cursor = new RecordCursor();
    let from = rows.firstSince(partition.id, partition.start, timestamp);
    // Rows of a commit under way do not count yet.
    while (from !== null && from < partition.end) {
      const [batch] = await reader.read(partition, from, 1);
      if (batch === undefined) return null;
      cursor.reset(batch.bytes);
      while (cursor.next()) if (cursor.timestamp >= timestamp) return cursor.offset;
      from = rows.firstSince(partition.id, batch.lastOffset + 1, timestamp);
    }
    return null;
  }

  commit(parts: readonly Commit[]): Promise<readonly Committed[]> {
    return this.#write(async ({ counters, placement, checkpoints, space }) => {
      for (const part of parts) this.#check(part);
      if (!parts.some(({ freesSpace = false }) => freesSpace)) space.check();
      const plan = this.#plan(parts);
      const placed = await placement.write(plan.batches, 'as-configured');
      await checkpoints.beforeCommit();
      this.#writeAll(parts, plan, placed);
      await this.#flush();
      placed.accept();
      counters.nextId = plan.nextId;
      counters.nextTime = plan.nextTime;
      this.#remember(plan);
      return plan.appends.map((appends) => ({
        appended: appends.map(({ batch: { baseOffset, times } }) => ({ baseOffset, times })),
      }));
    });
  }

  /** Everything that can be refused is refused here, before anything is written. */
  #check({ owner, appends, offsets, state }: Commit): void {
    if (owner === null) {
      assert(offsets.length === 0 && state.length === 0, 'positions and state have an owner');
    } else {
      this.#parts.owners.checkEpoch(owner);
    }
    for (const append of appends) {
      this.#partition(append.to);
      checkAppend(append);
    }
    for (const { of } of offsets) this.#partition(of);
  }

  /** Gives offsets and logical times; nothing remembers them yet. */
  #plan(parts: readonly Commit[]): Plan {
    const ends = new Map<Partition, Offset>();
    const batches: RecordBatch[] = [];
    const now = this.#parts.now();
    let { nextId, nextTime } = this.#parts.counters;
    const appends = parts.map((part) =>
      part.appends.map((append): PlannedAppend => {
        const partition = this.#partition(append.to);
        const { batch: bytes, recordCount, maxTimestamp } = append;
        const baseOffset = ends.get(partition) ?? partition.end;
        const lastOffset = baseOffset + lastOffsetDeltaOf(bytes);
        const times: LogicalTimes = timesOf(append, nextTime);
        if (append.times === null) nextTime++;
        setBaseOffset(bytes, baseOffset);
        ends.set(partition, lastOffset + 1);
        const appendedMs = append.appendedMs ?? now;
        const batch = {
          baseOffset,
          lastOffset,
          recordCount,
          maxTimestamp,
          times,
          bytes,
          appendedMs,
        };
        batches.push(batch);
        return { partition, batch, id: nextId++, nextTime };
      }),
    );
    return { appends, batches, nextId, nextTime };
  }

  #writeAll(parts: readonly Commit[], plan: Plan, placed: Placed): void {
    const { writer, rows, owners, state, topics, checkpoints, walFlush } = this.#parts;
    let written = placed.inlineBytes;
    try {
      const run = walFlush === null ? 'run' : 'runUnflushed';
      writer[run](() => {
        let index = 0;
        for (const { partition, batch, id, nextTime } of plan.appends.flat()) {
          rows.insert(partition.id, batch, { id, nextTime }, placed.place(index++));
        }
        placed.record();
        for (const { owner, offsets, state: changes } of parts) {
          if (owner === null) continue;
          const entry = owners.write(owner.id, owner.epoch);
          for (const { of, next } of offsets) {
            owners.setPosition(entry, topics.partition(of).id, next);
          }
          if (changes.length > 0) written += state.write(entry, changes);
        }
      });
    } catch (error) {
      owners.forget();
      state.forget();
      throw error;
    }
    checkpoints.afterCommit(written);
  }

  async #flush(): Promise<void> {
    const { walFlush, writer } = this.#parts;
    try {
      await walFlush?.flush();
    } catch (error) {
      throw writer.fail(error);
    }
  }

  #remember({ appends }: Plan): void {
    for (const { partition, batch } of appends.flat()) {
      const { length } = batch.bytes;
      partition.end = batch.lastOffset + 1;
      if (partition.bytes !== null) partition.bytes += length;
      if (partition.dirtyBytes !== null) partition.dirtyBytes += length;
      this.#parts.tail.add(partition, batch);
    }
  }

  open(ownerId: string): Promise<OwnerState> {
    return this.#write(async ({ owners, state, writer, topics }) => {
      const epoch = (owners.find(ownerId)?.epoch ?? 0) + 1;
      const entry = this.#undoing(() => writer.run(() => owners.write(ownerId, epoch)));
      return { epoch, positions: owners.positions(ownerId, topics), stores: state.read(entry) };
    });
  }

  positions(ownerId: string): OwnerState['positions'] {
    this.#use();
    return this.#parts.owners.positions(ownerId, this.#parts.topics);
  }

  drop(ownerId: string): Promise<void> {
    return this.#write(async ({ owners, state, writer }) => {
      const entry = owners.find(ownerId);
      if (entry === null) return;
      this.#undoing(() =>
        writer.run(() => {
          state.drop(entry);
          owners.delete(ownerId, entry);
        }),
      );
    });
  }

  /** Memory that ran ahead of a transaction is read again if the transaction does not come to its end. */
  #undoing<T>(write: () => T): T {
    try {
      return write();
    } catch (error) {
      this.#parts.owners.forget();
      this.#parts.state.forget();
      throw error;
    }
  }

  owners(prefix: string): readonly string[] {
    this.#use();
    return this.#parts.owners.list(prefix);
  }

  maintain(now: TimestampMs, budgetMs: number): Promise<boolean> {
    return this.#write(async ({ upkeep, checkpoints }) => {
      await checkpoints.beforeCommit();
      const hasWorked = await upkeep.run(now, budgetMs);
      if (hasWorked) checkpoints.afterCommit(INLINE_BYTES_MAX);
      return hasWorked;
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isClosed) return;
    assert(!this.#isWriting, 'a log is closed between writes');
    this.#isClosed = true;
    await this.#parts.close();
  }

  #use(): void {
    assert(!this.#isClosed, 'a closed log is not used');
    this.#parts.writer.check();
  }

  #partition(of: TopicPartition): Partition {
    this.#use();
    return this.#parts.topics.partition(of);
  }

  async #write<T>(write: (parts: DurableParts) => Promise<T>): Promise<T> {
    this.#use();
    assert(!this.#isWriting, 'writes to a log do not overlap');
    this.#isWriting = true;
    try {
      return await write(this.#parts);
    } finally {
      this.#isWriting = false;
    }
  }
}
