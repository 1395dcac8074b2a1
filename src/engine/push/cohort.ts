/**
 * Readers of the same push query who are at the same place of the log, and the one task that makes rows for them: a row is made
 * once, becomes text once, and is one object for all of them. Nobody waits for anybody: a reader whose rows pile up leaves, and the
 * others go on.
 */
import { createTask } from '../../execution/query-task.ts';
import type { EmittedRow, TaskCommit } from '../../execution/task.ts';
import type { Offset, RecordBatch } from '../../log/log.ts';
import type { PhysicalPlan } from '../../plan/physical.ts';
import type { QueryFrame } from '../api.ts';
import { frameBytes } from './row-queue.ts';
import { rowTexter } from '../rows/row-text.ts';
import type { SchemaGate } from '../schemas/schema-gate.ts';
import { partitionsOf } from '../queries/supervisor.ts';
import type { TickQuery } from '../tick/tick-query.ts';
import type { PushContext } from './shared-push.ts';
import type { PushReader } from './push-reader.ts';

export interface CohortOptions {
  /** Its own, by which the tick knows it. */
  readonly id: string;
  /** The query of one of its readers: whose errors the processing log shows. */
  readonly reporter: string;
  readonly topic: string;
  readonly plan: PhysicalPlan;
  readonly properties: Readonly<Record<string, string>>;
  readonly columns: Parameters<typeof rowTexter>[0];
  readonly position: readonly Offset[];
  readonly context: PushContext;
  /** What ran up to a place has been given to all readers. */
  readonly onGiven: (cohort: Cohort) => void;
  /** The reader has too much to read already. */
  readonly onLeft: (reader: PushReader) => void;
  readonly onEmpty: (cohort: Cohort) => void;
}

export class Cohort implements TickQuery {
  readonly id: string;
  readonly owner = null;
  readonly writes = null;
  readonly task: TickQuery['task'];
  readonly readers: Set<PushReader> = new Set();
  status: TickQuery['status'] = 'RUNNING';
  /** Next offset of each partition, as of what its readers were given last. */
  position: readonly Offset[];
  readonly #options: CohortOptions;
  readonly #gate: SchemaGate | null;
  readonly #text: (row: EmittedRow['columns']) => string;
  /** The same as of the last seal. */
  #sealed: readonly Offset[];
  #pending: EmittedRow[] = [];
  #isClosed = false;

  constructor(options: CohortOptions) {
    this.#options = options;
    const { id, context, position, reporter, topic } = options;
    const { env, log, processingLog } = context;
    this.id = id;
    this.position = position;
    this.#sealed = position;
    this.#gate = context.gate(context.catalog());
    this.#text = rowTexter(options.columns);
    const report = processingLog?.reporter(reporter, () => [topic]) ?? null;
    this.task = createTask({
      query: reporter,
      plan: options.plan,
      functions: context.functions,
      schemas: context.schemas,
      properties: options.properties,
      backlog: {},
      partitions: (of) => partitionsOf(log, of),
      restored: null,
      start: ({ partition }) => position[partition] ?? 0,
      now: () => env.clock.now(),
      random: () => env.random.next(),
      limits: context.limits,
      memory: context.memory,
      onEmit: (row) => this.#pending.push(row),
      onError: (error, bytes) => {
        report?.onError(error, bytes);
        env.logger.debug('processing-error', { query: reporter, ...error });
      },
    });
  }

  isReady(): boolean {
    return !this.#isClosed && (this.#gate?.isOpen ?? true);
  }

  admits(topic: string, batch: RecordBatch): boolean {
    return this.#gate?.admits(topic, batch) ?? true;
  }

  seal(part: TaskCommit | null): () => void {
    const rows = this.#pending;
    this.#pending = [];
    const position = [...this.#sealed];
    for (const { of, next } of part?.offsets ?? []) position[of.partition] = next;
    this.#sealed = position;
    return () => this.#give(rows, position);
  }

  onFailed(error: unknown): void {
    for (const reader of [...this.readers]) reader.onFailed(error);
    this.close();
  }

  add(reader: PushReader): void {
    reader.comeBack();
    this.readers.add(reader);
  }

  /** The reader has ended, or goes on by itself. */
  remove(reader: PushReader): void {
    if (this.readers.delete(reader) && this.readers.size === 0) this.close();
  }

  isAt(position: readonly Offset[]): boolean {
    return this.position.every((offset, partition) => offset === position[partition]);
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.task.close();
    this.#options.onEmpty(this);
  }

  #give(rows: readonly EmittedRow[], position: readonly Offset[]): void {
    if (this.#isClosed) return;
    this.position = position;
    if (rows.length > 0) this.#giveFrame(this.#frame(rows, position));
    if (!this.#isClosed) this.#options.onGiven(this);
  }

  #frame(rows: readonly EmittedRow[], offsets: readonly Offset[]): QueryFrame {
    const tombstones = rows.flatMap((row, at) => (row.tombstone ? [at] : []));
    return {
      rows: rows.map((row) => this.#text(row.columns)),
      tombstones: tombstones.length > 0 ? tombstones : null,
      offsets,
    };
  }

  #giveFrame(frame: QueryFrame): void {
    const bytes = frameBytes(frame);
    for (const reader of [...this.readers]) {
      reader.take(frame, bytes);
      if (!reader.rows.isFull || reader.rows.isEnded) continue;
      reader.leave(this.position);
      this.#options.onLeft(reader);
      this.remove(reader);
    }
  }
}
