/**
 * A transient query that runs for one reader (push/share-key.ts says which need not): a task that commits nothing. Its rows wait until the tick that made them is durable, then leave as one
 * frame. A slow reader fills its queue; the query then stands still, falls behind, and goes on from the log.
 */
import type { Env } from '../../base/env.ts';
import type { ExecutionLimits } from '../../execution/limits.ts';
import { createTask } from '../../execution/query-task.ts';
import type { StateMemory } from '../../execution/state/memory.ts';
import type { EmittedRow, Task, TaskCommit } from '../../execution/task.ts';
import type { SchemaResolver } from '../../formats/schema.ts';
import type { FunctionRegistry } from '../../functions/define.ts';
import type { Log, Offset, RecordBatch, TopicPartition } from '../../log/log.ts';
import type { PhysicalPlan } from '../../plan/physical.ts';
import type { QueryHead } from '../api.ts';
import { pushBufferBytesMax, pushStalledMsMax } from '../limits.ts';
import { slowReader } from './push-reader.ts';
import type { WaitingRows } from './waiting-rows.ts';
import type { ProcessingLog, ProcessingReporter } from '../processing-log/processing-log.ts';
import { RowQueue } from './row-queue.ts';
import { rowTexter } from '../rows/row-text.ts';
import type { SchemaGate } from '../schemas/schema-gate.ts';
import { partitionsOf } from '../queries/supervisor.ts';
import type { Ticker } from '../tick/tick.ts';
import type { TickQuery } from '../tick/tick-query.ts';

export interface PushQueryOptions {
  readonly head: QueryHead;
  readonly sql: string;
  readonly plan: PhysicalPlan;
  readonly properties: Readonly<Record<string, string>>;
  readonly limit: number | null;
  /** Stop at the end of the inputs as of now (a pull query on a stream) instead of going on for ever. */
  readonly until: 'end' | 'cancelled';
  readonly start: (of: TopicPartition) => Offset;
  /** Frames say up to where the one input was read; true for subscriptions to streams only. */
  readonly withOffsets?: boolean;
  readonly log: Log;
  readonly env: Env;
  readonly functions: FunctionRegistry;
  readonly schemas: SchemaResolver;
  /** null where every schema is at hand. */
  readonly gate: SchemaGate | null;
  readonly ticker: Ticker;
  readonly limits: ExecutionLimits;
  readonly memory: StateMemory;
  readonly waiting: WaitingRows;
  readonly processingLog: ProcessingLog | null;
  readonly onEnd: () => void;
}

export class PushQuery implements TickQuery {
  readonly id: string;
  readonly sql: string;
  readonly owner = null;
  readonly writes = null;
  readonly task: TickQuery['task'];
  readonly rows: RowQueue;
  status: TickQuery['status'] = 'RUNNING';
  readonly #options: PushQueryOptions;
  readonly #texts: (row: EmittedRow['columns']) => string;
  /** Where the inputs ended when a finite query began. */
  readonly #ends: readonly (readonly Offset[])[] | null;
  readonly #reporter: ProcessingReporter | null;
  /** Next offset of each partition of the first input, as of the last seal. */
  #offsets: readonly Offset[];
  #pending: EmittedRow[] = [];
  #sent = 0;
  #stalled: Disposable | null = null;

  constructor(options: PushQueryOptions) {
    this.#options = options;
    this.id = options.head.queryId;
    this.sql = options.sql;
    this.#texts = rowTexter(options.head.columns);
    this.rows = new RowQueue(options.head, {
      bytesMax: pushBufferBytesMax,
      waiting: options.waiting,
      onRead: () => this.#onRead(),
      onClose: () => this.#close(),
    });
    this.task = createTask({
      query: this.id,
      plan: options.plan,
      functions: options.functions,
      schemas: options.schemas,
      properties: options.properties,
      backlog: {},
      partitions: (topic) => partitionsOf(options.log, topic),
      restored: null,
      start: options.start,
      now: () => options.env.clock.now(),
      random: () => options.env.random.next(),
      limits: options.limits,
      memory: options.memory,
      onEmit: (row) => this.#pending.push(row),
      onError: (error, bytes) => {
        this.#reporter?.onError(error, bytes);
        options.env.logger.debug('processing-error', { query: this.id, ...error });
      },
    });
    this.#offsets = startsOf(this.task, options.start);
    this.#reporter =
      options.processingLog?.reporter(this.id, () => this.task.inputs.map(({ topic }) => topic)) ??
      null;
    this.#ends =
      options.until === 'end' ? this.task.inputs.map((input) => endsOf(options.log, input)) : null;
  }

  reads(topic: string): boolean {
    return this.task.inputs.some((input) => input.topic === topic);
  }

  isReady(): boolean {
    return !this.rows.isFull && !this.rows.isEnded && (this.#options.gate?.isOpen ?? true);
  }

  admits(topic: string, batch: RecordBatch): boolean {
    return this.#options.gate?.admits(topic, batch) ?? true;
  }

  seal(part: TaskCommit | null): () => void {
    const rows = this.#pending;
    this.#pending = [];
    const offsets = this.#moved(part);
    const isAtEnd = this.#ends !== null && this.isAtEnd();
    return () => {
      this.#send(rows, offsets);
      if (isAtEnd) this.finish('completed');
      if (this.rows.isFull && this.#stalled === null) {
        this.#stalled = this.#options.env.timers.after(pushStalledMsMax, () => this.#onStalled());
      }
    };
  }

  onFailed(error: unknown): void {
    this.rows.fail(error);
    this.#end();
  }

  finish(end: 'limit' | 'completed' | 'terminated'): void {
    this.rows.finish(end);
    this.#end();
  }

  /** Whether a finite query has seen everything it is to see. */
  isAtEnd(): boolean {
    return (this.#ends ?? []).every((ends, input) =>
      ends.every((end, partition) => this.task.wants(input, partition) >= end),
    );
  }

  #moved(part: TaskCommit | null): readonly Offset[] {
    const [input] = this.task.inputs;
    const offsets = [...this.#offsets];
    for (const { of, next } of part?.offsets ?? [])
      if (of.topic === input?.topic) offsets[of.partition] = next;
    this.#offsets = offsets;
    return offsets;
  }

  #send(pending: readonly EmittedRow[], offsets: readonly Offset[]): void {
    const { limit } = this.#options;
    const rows = limit === null ? pending : pending.slice(0, limit - this.#sent);
    this.#sent += rows.length;
    if (rows.length > 0) {
      const tombstones = rows.flatMap((row, at) => (row.tombstone ? [at] : []));
      this.rows.push({
        rows: rows.map((row) => this.#texts(row.columns)),
        tombstones: tombstones.length > 0 ? tombstones : null,
        ...(this.#options.withOffsets === true ? { offsets } : {}),
      });
    }
    if (limit !== null && this.#sent >= limit) this.finish('limit');
  }

  #onRead(): void {
    if (this.rows.isFull) return;
    this.#stalled?.[Symbol.dispose]();
    this.#stalled = null;
    this.#options.ticker.wake();
  }

  #onStalled(): void {
    this.onFailed(slowReader());
  }

  #end(): void {
    this.task.close();
    this.#options.onEnd();
  }

  #close(): Promise<void> {
    this.#stalled?.[Symbol.dispose]();
    this.#end();
    return Promise.resolve();
  }
}

function startsOf(task: Task, start: (of: TopicPartition) => Offset): readonly Offset[] {
  const [input] = task.inputs;
  return Array.from({ length: input?.partitions ?? 0 }, (_, partition) =>
    start({ topic: input!.topic, partition }),
  );
}

function endsOf(
  log: Log,
  input: { readonly topic: string; readonly partitions: number },
): Offset[] {
  return Array.from(
    { length: input.partitions },
    (_, partition) => log.bounds({ topic: input.topic, partition }).end,
  );
}
