/**
 * The one small interface between the engine and storage. Implementations: `memory` and `durable`; later a Kafka cluster.
 * Everything durable goes through `commit`: a client's produce, a consumer group's offset commit and a query's progress are
 * the same call with different parts empty.
 */
import type { Bytes, TimestampMs } from '../base/env.ts';

export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}
export type Offset = number;

export interface TopicSpec {
  readonly name: string;
  readonly partitions: number;
  readonly cleanup: 'delete' | 'compact' | 'compact,delete';
  /**
   * A record is kept at least so long after it was appended, and after its own timestamp; null: for ever. Differs: Kafka goes
   * by the record's timestamp alone, so history loaded today may be gone tomorrow, or at the next roll of a segment.
   */
  readonly retentionMs: number | null;
}

export type Header = readonly [name: string, value: Bytes | null];
export interface RecordData {
  readonly key: Bytes | null;
  readonly value: Bytes | null;
  readonly timestamp: TimestampMs;
  readonly headers: readonly Header[];
}
export interface LogRecord extends RecordData {
  readonly offset: Offset;
}

/**
 * Logical times of a batch's records in order, run-length coded (ARCHITECTURE.md, "Order"). One pair for a batch from
 * outside; several where a query's output of one tick descends from several source batches.
 */
export type LogicalTimes = readonly (readonly [time: number, count: number])[];

/**
 * Records with consecutive offsets of one partition. `bytes` is one Kafka RecordBatch v2 (KIP-98), magic 2, as stored and
 * served: absolute base offset in its first 8 bytes, CRC-32C over bytes 21 to the end. After compaction offsets inside may
 * have gaps. Immutable.
 */
export interface RecordBatch {
  readonly baseOffset: Offset;
  readonly lastOffset: Offset;
  readonly recordCount: number;
  readonly maxTimestamp: TimestampMs;
  readonly times: LogicalTimes;
  readonly bytes: Bytes;
  /** When it was appended, by the wall clock. */
  readonly appendedMs: TimestampMs;
  /** How many appends came before it in the whole log; absent where that is not kept, as on disk. */
  readonly ordinal?: number;
}

/** What is to be appended to one partition: either records, or batches already encoded (offsets filled in by the log). */
export interface Append {
  readonly to: TopicPartition;
  /** A RecordBatch v2 whose base offset is overwritten in place at commit (it is outside the CRC); ownership passes to the log. */
  readonly batch: Bytes;
  readonly recordCount: number;
  readonly maxTimestamp: TimestampMs;
  /** null: a batch from outside; the log gives it the next logical time. */
  readonly times: LogicalTimes | null;
  /** What its `appendedMs` will be; absent: the time of the commit. */
  readonly appendedMs?: TimestampMs;
}

/**
 * Who writes. A commit with an epoch older than the newest seen for `id` is refused (`log.fenced`). An owner that was never
 * opened, as a consumer group, may commit with epoch 0.
 */
export interface Owner {
  readonly id: string;
  readonly epoch: number;
}
export interface StateChange {
  /** Names are unique within an owner, for example `Aggregate/0` (store, partition). */
  readonly store: string;
  /** Key and value are copied by `commit`: the caller may reuse the buffers afterwards. */
  readonly key: Bytes;
  /** null deletes. */
  readonly value: Bytes | null;
}
/** Everything that becomes durable together. */
export interface Commit {
  readonly owner: Owner | null;
  readonly appends: readonly Append[];
  /** Next offset to read, per input of the owner. */
  readonly offsets: readonly { readonly of: TopicPartition; readonly next: Offset }[];
  readonly state: readonly StateChange[];
  /** What follows from it frees space: it is written on a full disk too, out of the reserve. Left out: no. */
  readonly freesSpace?: boolean;
}
export interface Committed {
  /** What each append became, in order: base offset given (also in its bytes), logical times given. */
  readonly appended: readonly { readonly baseOffset: Offset; readonly times: LogicalTimes }[];
}

export interface OwnerState {
  /** What commits of this owner must carry from now on. */
  readonly epoch: number;
  readonly positions: readonly { readonly of: TopicPartition; readonly next: Offset }[];
  /**
   * Live entries of every store, in no particular order of stores; last write per key. Read as they are iterated: that is to be
   * over before the log is asked for anything else. Throws `log.corrupt-state`.
   */
  readonly stores: ReadonlyMap<string, Iterable<readonly [key: Bytes, value: Bytes]>>;
}

/** How much of what was acknowledged survives what (ARCHITECTURE.md, "Durability"). */
export type Durability = 'power' | 'process' | 'memory';

/**
 * Calls are made by one writer (the engine) and never overlap, except `read` and `bounds`, which any number may have under
 * way. Reads see committed data only. Errors are Problems with codes `log.*`; a failure whose outcome is unknown is
 * `log.outcome-unknown`, after which the caller must stop and open again.
 */
export interface Log extends AsyncDisposable {
  readonly durability: Durability;
  /** In the order of their creation. */
  topics(): readonly TopicSpec[];
  /** Throws `log.topic-exists`, `log.invalid-topic`. Durable when the promise resolves. */
  createTopic(spec: TopicSpec): Promise<void>;
  /** Deletes records and committed positions; throws `log.unknown-topic`. */
  deleteTopic(name: string): Promise<void>;
  /** Throws `log.unknown-topic`. `end` is the offset the next record will get. */
  bounds(of: TopicPartition): { readonly start: Offset; readonly end: Offset };
  /** Bytes held per partition, for SHOW and metrics. */
  size(of: TopicPartition): number;
  /** Logical time that the next batch from outside gets. */
  nextTime(): number;
  /**
   * Batches from the one that holds `at` on (the first may begin before `at`), at least one if there is any, stopping once
   * `maxBytes` is passed. `at` below the start reads from the start. CRCs are verified: `log.corrupt-record` names topic,
   * partition and offset.
   */
  read(from: TopicPartition, at: Offset, maxBytes: number): Promise<readonly RecordBatch[]>;
  /** Offset of the first record whose timestamp is at least `timestamp`, or null. */
  offsetForTime(of: TopicPartition, timestamp: TimestampMs): Promise<Offset | null>;
  /** All of `parts` or none, in one transaction; resolves when they are durable at the log's level. */
  commit(parts: readonly Commit[]): Promise<readonly Committed[]>;
  /**
   * What `ownerId` committed last, under an epoch raised by one, which fences older ones; a fresh owner gets epoch 1 and has
   * nothing else.
   */
  open(ownerId: string): Promise<OwnerState>;
  /** The positions that `ownerId` committed last, without opening it; none for an unknown owner. In no particular order. */
  positions(ownerId: string): OwnerState['positions'];
  /** Forgets the owner: its positions and state. */
  drop(ownerId: string): Promise<void>;
  /** Consumer groups are owners whose id begins with `group:`; lists the ids that begin with `prefix`, in order of their characters. */
  owners(prefix: string): readonly string[];
  /**
   * Applies retention by time as of `now`, compaction, merging of state and reclaim of space, for about `budgetMs`. True if
   * something was done, so that more may be waiting; false if there was nothing to do. To be called now and then: nothing of
   * this happens otherwise.
   */
  maintain(now: TimestampMs, budgetMs: number): Promise<boolean>;
}
