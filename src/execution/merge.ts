/**
 * The order in which a task takes records (ARCHITECTURE.md, "Order").
 *
 * First the backlog, partition by partition below its end: by timestamp where the plan merges inputs, then by logical time,
 * input and partition. The next record is known only when every partition whose backlog is not over has one buffered. Then the
 * rest by logical time, input and partition: whoever calls says up to which time everything was offered.
 */
import type { TimestampMs } from '../base/env.ts';
import type { Offset, RecordBatch } from '../log/log.ts';
import { baseOffsetOf } from '../log/record-batch.ts';
import { RecordCursor } from '../log/record-cursor.ts';

/** The time by which a record of the backlog is merged, where that is not the record's own; null where none can be read. */
export type TimestampOf = (cursor: RecordCursor) => TimestampMs | null;

export interface QueueOptions {
  readonly input: number;
  readonly topic: string;
  readonly partition: number;
  readonly position: Offset;
  readonly backlogEnd: Offset;
  readonly timestampOf: TimestampOf | null;
}

/** Batches of one partition of one input, and the record at their head. */
export class PartitionQueue {
  readonly input: number;
  readonly topic: string;
  readonly partition: number;
  /** Where the backlog ends. */
  readonly backlogEnd: Offset;
  readonly cursor: RecordCursor = new RecordCursor();
  /** Offset of the next record to be processed; everything below is. */
  position: Offset;
  /** Offset that the next batch offered must hold. */
  wanted: Offset;
  /** Position that was last reported in a commit. */
  committed: Offset;
  /** Of the record at the head. `timestamp` is set for the backlog only. */
  time = 0;
  offset: Offset = 0;
  timestamp: TimestampMs = 0;

  readonly #timestampOf: TimestampOf | null;
  #batches: RecordBatch[] = [];
  #batch: RecordBatch | null = null;
  /** Of its batch. */
  appendedMs: TimestampMs = 0;
  #hasHead = false;
  #offsetShift = 0;
  #run = 0;
  #runLeft = 0;

  constructor(options: QueueOptions) {
    const { position } = options;
    this.input = options.input;
    this.topic = options.topic;
    this.partition = options.partition;
    this.position = position;
    this.wanted = position;
    this.committed = position;
    this.backlogEnd = options.backlogEnd;
    this.#timestampOf = options.timestampOf;
  }

  offer(batch: RecordBatch): void {
    if (batch.lastOffset < this.wanted) return;
    this.#batches.push(batch);
    this.wanted = batch.lastOffset + 1;
  }

  /** Nothing is left from `wanted` up to `to`. */
  skip(to: Offset): void {
    this.wanted = Math.max(this.wanted, to);
  }

  /** Records offered and not processed; those of gaps and below the start count too. */
  get buffered(): number {
    return Math.max(0, this.wanted - this.position);
  }

  /** Moves to the head, if it is not there yet; false without one. */
  load(): boolean {
    while (!this.#hasHead) {
      if (this.#batch === null && !this.#nextBatch()) {
        this.position = this.wanted;
        return false;
      }
      if (!this.cursor.next()) {
        this.position = Math.max(this.position, this.#batch!.lastOffset + 1);
        this.#batch = null;
        continue;
      }
      this.#countTime();
      this.offset = this.cursor.offset + this.#offsetShift;
      this.#hasHead = this.offset >= this.position && !this.cursor.isControl;
      if (this.#hasHead && this.offset < this.backlogEnd) {
        this.timestamp = this.#timestampOf?.(this.cursor) ?? this.cursor.timestamp;
      }
    }
    return true;
  }

  /** The record at the head has been processed. */
  consume(): void {
    this.#hasHead = false;
    this.position = this.offset + 1;
  }

  /** Is the backlog not over? */
  isInBacklog(): boolean {
    if (this.position >= this.backlogEnd) return false;
    return this.load() ? this.offset < this.backlogEnd : this.wanted < this.backlogEnd;
  }

  #nextBatch(): boolean {
    const batch = this.#batches.shift();
    if (batch === undefined) return false;
    this.#batch = batch;
    this.appendedMs = batch.appendedMs;
    this.cursor.reset(batch.bytes);
    // A batch that was appended in this very tick has no offset in its bytes yet.
    this.#offsetShift = batch.baseOffset - baseOffsetOf(batch.bytes);
    this.#run = -1;
    this.#runLeft = 0;
    return true;
  }

  #countTime(): void {
    while (this.#runLeft === 0) {
      const run = this.#batch!.times[++this.#run];
      if (run === undefined) {
        this.#runLeft = 1;
        return;
      }
      this.time = run[0];
      this.#runLeft = run[1];
    }
    this.#runLeft--;
  }
}

export interface MergeOptions {
  /** The backlog is merged by timestamp. */
  readonly byTimestamp: boolean;
}

/** Chooses the next record among all partitions. */
export class Merge {
  readonly queues: readonly PartitionQueue[];
  readonly #byTimestamp: boolean;
  #isBacklog = true;
  #second: PartitionQueue | null = null;
  #upTo = 0;
  /** The partition without which the next record is not known. */
  starved: PartitionQueue | null = null;

  constructor(queues: readonly PartitionQueue[], options: MergeOptions) {
    this.queues = queues;
    this.#byTimestamp = options.byTimestamp;
  }

  /** The partition whose head is next, or null; records of a logical time above `upTo` wait, unless they are backlog. */
  next(upTo: number): PartitionQueue | null {
    this.#upTo = upTo;
    this.starved = null;
    if (this.#isBacklog) {
      const first = this.#nextOfBacklog();
      if (first !== null || this.starved !== null) return first;
      this.#isBacklog = false;
    }
    return this.#choose(this.queues.filter((queue) => queue.load() && queue.time <= upTo));
  }

  /** After `next` chose it and its head was consumed: is its new head next as well? */
  isStillNext(queue: PartitionQueue): boolean {
    if (!queue.load()) return false;
    if (this.#isBacklog ? queue.offset >= queue.backlogEnd : queue.time > this.#upTo) return false;
    return this.#second === null || this.#compare(queue, this.#second) < 0;
  }

  #nextOfBacklog(): PartitionQueue | null {
    const open = this.queues.filter((queue) => queue.isInBacklog());
    this.starved = open.find((queue) => !queue.load()) ?? null;
    return this.starved === null ? this.#choose(open) : null;
  }

  #choose(candidates: readonly PartitionQueue[]): PartitionQueue | null {
    let first: PartitionQueue | null = null;
    let second: PartitionQueue | null = null;
    for (const queue of candidates) {
      if (first === null || this.#compare(queue, first) < 0) {
        second = first;
        first = queue;
      } else if (second === null || this.#compare(queue, second) < 0) {
        second = queue;
      }
    }
    this.#second = second;
    return first;
  }

  #compare(a: PartitionQueue, b: PartitionQueue): number {
    if (this.#isBacklog && this.#byTimestamp) {
      const difference = a.timestamp - b.timestamp;
      if (difference !== 0) return difference;
    }
    return a.time - b.time || a.input - b.input || a.partition - b.partition;
  }
}
