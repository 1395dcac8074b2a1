/**
 * The shape of an operator. `prepare` runs once per query and step: it compiles expressions. `build` runs once per partition,
 * when its first row comes: it connects to the step below and opens the partition's stores.
 */
import type { SchemaResolver } from '../../formats/schema.ts';
import type { FunctionRegistry } from '../../functions/define.ts';
import type { Append } from '../../log/log.ts';
import type { StepArgs, StepOp } from '../../plan/steps.ts';
import type { Row } from '../../types/value.ts';
import type { ExecutionLimits } from '../limits.ts';
import type { CompileContext } from '../codegen/expression.ts';
import type { DurableStore, TableStore } from '../state/table-store.ts';
import type { TopicOutput } from '../topic-output.ts';
import type { EmittedRow, MaterializedRow, ProcessingError, RecordContext } from '../task.ts';

/**
 * One change: `before` to `after` under `key`. Streams push inserts (`before` null; `after` null is a row without value);
 * tables also updates and deletes (`after` null). `key` null: the record has none. Windowed keys end in the window's bounds.
 * Rows are not changed once pushed. `before` is filled only where the plan says that somebody reads it.
 */
export type Push = (
  key: Row | null,
  after: Row | null,
  before: Row | null,
  timestamp: number,
) => void;

/** What an operator knows of its query and step. */
export interface StepContext {
  readonly step: string;
  readonly functions: FunctionRegistry;
  readonly schemas: SchemaResolver | undefined;
  readonly properties: Readonly<Record<string, string>>;
  /** Partition counts of topics. */
  readonly partitions: (topic: string) => number;
  /** The record being processed. */
  readonly record: RecordContext;
  readonly onEmit: ((row: EmittedRow) => void) | null;
  readonly now: () => number;
  readonly random: () => number;
  /** For compiling expressions; errors are reported for the record being processed. */
  readonly compile: CompileContext;
  readonly limits: ExecutionLimits;
  /** Writes a row of the processing log for the record being processed. */
  report(type: ProcessingError['type'], message: string, target?: 'key' | 'value' | null): void;
}

/** Who else is told what leaves the step whose rows are materialised, before the step below; `push` null: nobody. */
export interface Tap {
  push: Push | null;
}

/** What an operator knows of the partition it is built for. */
export interface InstanceContext {
  readonly partition: number;
  /** To the step below, same partition. */
  readonly emit: Push;
  /** To the step below, another partition. */
  emitTo(partition: number): Push;
  /** Registers a store with the task and restores it. Call once per store. */
  open<Store extends DurableStore>(store: Store): Store;
  /** A record came that no window takes any more. */
  onLate(): void;
  /** A name unique to step and partition: `Aggregate/0`; `suffix` tells stores of one step apart. */
  storeName(suffix?: string): string;
  /** While somebody is told, changes carry the row before. */
  readonly tap: Readonly<Tap>;
  /** Gives this instance's materialised rows to pull queries. */
  materialize(rows: MaterializedRows): void;
}

/** Materialised rows of one partition. */
export interface MaterializedRows {
  /** All windows of a key, ascending; keys of windowed rows carry their bounds. */
  lookup(key: Row): Iterable<MaterializedRow>;
  /**
   * In no particular order. It may be left for a while and gone on with: what does not change meanwhile is given at least once,
   * what changes is told to those who `watch`, and so is what leaves memory.
   */
  all(): Iterable<MaterializedRow>;
  /** The row of exactly this key, with the bounds of its window. */
  get(key: Row): MaterializedRow | undefined;
  /** Calls `onChange` with the key of every row that is added, changed, removed or moved, right afterwards, until disposed. */
  watch(onChange: (key: Row) => void): Disposable;
  /** Whether the row of this key is over though nothing was said of it; absent: that cannot be. */
  isExpired?(key: Row): boolean;
}

export interface PreparedStep {
  /** One function per input of the step, in its order. */
  build(instance: InstanceContext): readonly Push[];
  /** For stream-table joins: the table's rows in a partition that was built. */
  readonly table?: (partition: number) => TableStore;
  /** For sinks: where fused code writes too. */
  readonly output?: TopicOutput;
  /** For sinks: what was written since the last call. */
  takeAppends?(): readonly Append[];
}

export interface OperatorDef<Op extends StepOp> {
  readonly op: Op;
  readonly doc: string;
  prepare(args: StepArgs[Op], context: StepContext): PreparedStep;
}
