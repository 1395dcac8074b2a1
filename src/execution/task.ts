/**
 * A task runs one query: all partitions, all steps, synchronously. Same offers, same commits, whatever the batch sizes. The
 * engine reads the log and offers batches; the task never fetches, waits or looks at a clock.
 *
 * Order (ARCHITECTURE.md, "Order"): records are processed one at a time in ascending logical time; within one time by input,
 * then partition, then offset. The backlog (offsets below `backlog`, what stood in the log when the query was created) is
 * merged by timestamp instead where the plan has several inputs or an exchange (ties: logical time, input, partition).
 */
import type { Bytes, TimestampMs } from '../base/env.ts';
import type { SchemaResolver } from '../formats/schema.ts';
import type { FunctionRegistry } from '../functions/define.ts';
import type {
  Append,
  Header,
  Offset,
  OwnerState,
  RecordBatch,
  StateChange,
  TopicPartition,
} from '../log/log.ts';
import type { RecordCursor } from '../log/record-cursor.ts';
import type { PhysicalPlan } from '../plan/physical.ts';
import type { Row } from '../types/value.ts';
import type { ExecutionLimits } from './limits.ts';
import type { StateMemory } from './state/memory.ts';

export interface TaskInput {
  readonly topic: string;
  readonly partitions: number;
}

/** A row as it leaves an `emit@1` step. `value` null: a tombstone, with the columns that the key still gives. */
export interface EmittedRow {
  readonly columns: Row;
  readonly tombstone: boolean;
}

/** What went wrong with one record; becomes a row of the processing log. Nothing else happens: the record was skipped or the column is NULL. */
export interface ProcessingError {
  /** 0 deserialization, 1 record processing, 2 production, 3 serialization (spec: semantics.md §10). */
  readonly type: 0 | 1 | 2 | 3;
  readonly step: string;
  readonly message: string;
  readonly topic: string | null;
  readonly partition: number;
  readonly offset: Offset;
  readonly target: 'key' | 'value' | null;
}

export interface TaskOptions {
  readonly query: string;
  readonly plan: PhysicalPlan;
  readonly functions: FunctionRegistry;
  /** The registry, for the formats that use one. */
  readonly schemas?: SchemaResolver | undefined;
  readonly properties: Readonly<Record<string, string>>;
  /** Ends of the backlog, per topic and partition. */
  readonly backlog: Readonly<Record<string, readonly Offset[]>>;
  /** Partition counts of every topic read or written. */
  readonly partitions: (topic: string) => number;
  /** What the owner committed last; null for a transient query. Positions missing there begin at `startOffsets`. */
  readonly restored: OwnerState | null;
  readonly start: (of: TopicPartition) => Offset;
  readonly now: () => TimestampMs;
  readonly random: () => number;
  /** With it, RANDOM() and UUID() derive from it and from the record's place instead of `random`. */
  readonly seed?: number;
  /**
   * With it, clock functions tell when the record's batch was appended, or this where that was before, instead of `now`:
   * the same at every replay.
   */
  readonly createdMs?: TimestampMs;
  /** Rows of an `emit@1` root, in order. */
  readonly onEmit: ((row: EmittedRow) => void) | null;
  /** `bytes`, a view, are those that could not be read, where `ksql.logging.processing.rows.include` wants them shown. */
  readonly onError: (error: ProcessingError, bytes?: Bytes | null) => void;
  /** What the query may keep and make; the defaults unless given. */
  readonly limits?: ExecutionLimits;
  /** Shared by all tasks of the process; absent: all state stays in memory. */
  readonly memory?: StateMemory;
}

/** What became of a run, to be made durable in one commit. */
export interface TaskCommit {
  readonly appends: readonly Append[];
  readonly offsets: readonly { readonly of: TopicPartition; readonly next: Offset }[];
  readonly state: readonly StateChange[];
}

export interface Task {
  readonly query: string;
  readonly inputs: readonly TaskInput[];
  /** Offset the next offered batch of that partition must hold: everything below is buffered or processed. */
  wants(input: number, partition: number): Offset;
  /** Takes a batch to its queue; records below `wants` are skipped. The task keeps the bytes until processed. */
  offer(input: number, partition: number, batch: RecordBatch): void;
  /** There is nothing from what the partition wants up to `to`: retention or compaction has removed it. */
  skip(input: number, partition: number, to: Offset): void;
  /**
   * Processes buffered records in order, at most about `budgetRecords`; returns how many. Stops where the order cannot be known
   * yet: an input of the backlog with nothing buffered and more to come. Records of a logical time above `upTo` wait.
   * Throws a TaskFailure for errors that stop a query (output that cannot be written, SUM overflow).
   */
  run(budgetRecords: number, upTo: number): number;
  /** Offset of the first record that was not processed; absent where that is what it wants. */
  processed?(input: number, partition: number): Offset;
  /** What it measures of itself, by name: `late_records_dropped_total`, `state_rows`, `state_bytes`. */
  metrics?(): Readonly<Record<string, number>>;
  /** Records offered and not processed. */
  buffered(): number;
  /** Logical time of the last record processed, -1 before the first. */
  reached(): number;
  /** Input and partition without which `run` cannot go on (backlog merging), or null. */
  starved(): { readonly input: number; readonly partition: number } | null;
  /** Everything since the last `settle`, or null if nothing. The task may not run again until `settle`. */
  takeCommit(): TaskCommit | null;
  settle(): void;
  /** Gives back what its state holds beyond this process's heap; nothing else is called afterwards. */
  close(): void;
  /** Materialised rows for pull queries, as of what was run last; `window` bounds are inclusive milliseconds of window start and end. */
  lookup(key: Row, window: WindowRange | null): Iterable<MaterializedRow>;
  /** In order of partition, then key bytes, then window. */
  scan(window: WindowRange | null): Iterable<MaterializedRow>;
  /** The same rows for those who take several turns over them; null where nothing is materialised. */
  readonly reader: MaterializedReader | null;
  /** Calls `listener` with each change of the materialised rows as it is made, instead of whoever was told before; null: nobody. */
  tap(listener: ChangeListener | null): void;
}

/** A row before and after a change, as pull queries see it; null where it is not there. `timestamp` is that of the change. */
export type ChangeListener = (
  key: Row,
  after: Row | null,
  before: Row | null,
  timestamp: TimestampMs,
) => void;

/**
 * Materialised rows as they are now, for a reader that lets the task run between two steps. Such a reader takes all rows, is told
 * which have changed since, and gets those again; when none are left over it has seen one state of the task, the last.
 */
export interface MaterializedReader {
  /** Ascending. Partitions come up as their first rows do. */
  partitions(): readonly number[];
  /** In no particular order; without keys: of all. What does not change while it is read comes at least once. */
  rows(partition: number, keys: readonly Row[] | null): Iterable<MaterializedRow>;
  /** The row of exactly this key, with the bounds of its window, as `rows` gives it. */
  get(partition: number, key: Row): MaterializedRow | undefined;
  /** The row as pull queries see it; null where a filter drops it. */
  visible(row: MaterializedRow): MaterializedRow | null;
  /** Whether its window is in `window`; rows without window always are. */
  isWithin(key: Row, window: WindowRange): boolean;
  /** The bytes by which a partition's rows are ordered, and then by the start of their windows. */
  keyBytes(key: Row): Bytes;
  /** null for rows without window. */
  windowOf(key: Row): readonly [start: TimestampMs, end: TimestampMs] | null;
  /** Calls `onChange` with the key of every row that is added, changed or removed, right afterwards, until disposed. */
  watch(partition: number, onChange: (key: Row) => void): Disposable;
  /** Whether the row is over though nothing was said of it. */
  isExpired(partition: number, key: Row): boolean;
}
export interface WindowRange {
  readonly startMin: number;
  readonly startMax: number;
  readonly endMin: number;
  readonly endMax: number;
}
export interface MaterializedRow {
  /** Key columns; windowed: followed by start and end in milliseconds (numbers). */
  readonly key: Row;
  readonly value: Row;
  readonly timestamp: TimestampMs;
}

/** An error that stops the query: shown by SHOW QUERIES, retried by the engine from what is committed. */
export class TaskFailure extends Error {
  override readonly name = 'TaskFailure';
}

/** The record being processed: forwarded headers, and where it came from. One object per task, overwritten per record. */
export interface RecordContext {
  topic: string;
  partition: number;
  offset: Offset;
  time: number;
  headers: readonly Header[];
  /** When its batch was appended. */
  appendedMs: TimestampMs;
  /** Stands at the record; null before the first. */
  cursor: RecordCursor | null;
}
