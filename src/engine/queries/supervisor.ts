/**
 * Keeps what runs equal to what the catalog says. Persistent queries commit as owner `query:<id>`. A query that fails is made anew
 * from what it committed last, so that its table can be read, and goes on after a growing back-off. One that cannot be made is
 * shown as failed; all others run.
 */
import type { Bytes, TimestampMs } from '../../base/env.ts';
import { ProblemError } from '../../base/errors.ts';
import type { Catalog } from '../../catalog/catalog.ts';
import type { QueryDef } from '../../catalog/command.ts';
import { createTask } from '../../execution/query-task.ts';
import { type ProcessingError, TaskFailure } from '../../execution/task.ts';
import type { Log, Offset, OwnerState, TopicPartition } from '../../log/log.ts';
import { propertyValue } from '../../sql/properties.ts';
import type { EngineMeter, QuerySample } from '../engine-metrics.ts';
import { queryErrorsMax } from '../limits.ts';
import type { ProcessingReporter } from '../processing-log/processing-log.ts';
import type { TaskParts } from '../task-parts.ts';
import { idleTask } from '../tick/idle-task.ts';
import type { TickQuery } from '../tick/tick-query.ts';

const ownerPrefix = 'query:';

export interface QueryError {
  readonly timestamp: TimestampMs;
  readonly message: string;
  readonly causes: readonly string[];
}
interface Running {
  def: QueryDef;
  readonly query: TickQuery;
  readonly errors: QueryError[];
  readonly reporter: ProcessingReporter | null;
  /** Records skipped and columns set to NULL because of an error. */
  processingErrors: number;
  lastProcessingErrors: ProcessingError[];
  retryMs: number;
  retry: Disposable | null;
  /** What its task holds has not been committed: it failed half way. */
  isStale: boolean;
  /** Its task could not be made. */
  isBroken: boolean;
}

export interface SupervisorOptions extends TaskParts {
  readonly meter: EngineMeter;
  /** false: a failed query stays failed. */
  readonly retries: boolean;
  readonly observer: TaskObserver;
}

/** Who follows what persistent queries make of their tables. */
export interface TaskObserver {
  /** A task was made, or made anew from what is committed: whatever was not is void. */
  made(def: QueryDef, task: TickQuery['task']): void;
  /** A task failed half way. */
  failed(query: string): void;
  /** A task ran: what is to be called once that is durable, or null. */
  sealed(query: string): (() => void) | null;
  stopped(query: string): void;
}

export class Supervisor {
  readonly #options: SupervisorOptions;
  readonly #running = new Map<string, Running>();
  #catalog: Catalog | null = null;

  constructor(options: SupervisorOptions) {
    this.#options = options;
  }

  /** Starts, replaces, pauses and stops queries so that they are those of `catalog`. Called between ticks. */
  async reconcile(catalog: Catalog): Promise<void> {
    this.#catalog = catalog;
    for (const id of [...this.#running.keys()]) {
      if (!catalog.queries.has(id)) await this.#stop(id);
    }
    for (const def of catalog.queries.values()) {
      const running = this.#running.get(def.id);
      if (running === undefined || running.def.plan !== def.plan) {
        await this.#start(def, catalog);
        this.#say(running === undefined ? 'query-started' : 'query-replaced', def.id);
      } else if (running.def.state !== def.state) {
        this.#setState(running, def);
        this.#say(def.state === 'PAUSED' ? 'query-paused' : 'query-resumed', def.id);
      }
    }
  }

  #say(event: string, query: string): void {
    this.#options.env.logger.info(event, { query });
  }

  /** Forgets what stopped queries left behind, as after a crash between a command and its effect. */
  async dropOrphans(catalog: Catalog): Promise<void> {
    for (const owner of this.#options.log.owners(ownerPrefix)) {
      if (!catalog.queries.has(owner.slice(ownerPrefix.length)))
        await this.#options.log.drop(owner);
    }
  }

  /** Makes every query anew from what is committed: their last tick was lost. */
  async rebuild(catalog: Catalog): Promise<void> {
    for (const def of catalog.queries.values()) await this.#start(def, catalog);
  }

  status(id: string): {
    readonly status: 'RUNNING' | 'PAUSED' | 'ERROR';
    readonly errors: readonly QueryError[];
  } | null {
    const running = this.#running.get(id);
    return running === undefined ? null : { status: running.query.status, errors: running.errors };
  }

  /** Null where there is none whose rows are committed. */
  task(id: string): TickQuery['task'] | null {
    const running = this.#running.get(id);
    return running === undefined || running.isStale || running.isBroken ? null : running.query.task;
  }

  /** Next offset to read per topic and partition. */
  positions(id: string): Readonly<Record<string, readonly number[]>> {
    const task = this.task(id);
    if (task === null) return {};
    return Object.fromEntries(
      task.inputs.map(({ topic, partitions }, input) => [
        topic,
        Array.from({ length: partitions }, (_, partition) => task.wants(input, partition)),
      ]),
    );
  }

  failures(): readonly {
    readonly queryId: string;
    readonly message: string;
    readonly causes: readonly string[];
  }[] {
    return [...this.#running.values()].flatMap(({ def, errors }) =>
      errors.map(({ message, causes }) => ({ queryId: def.id, message, causes })),
    );
  }

  samples(): readonly QuerySample[] {
    return [...this.#running.values()].map(({ query: { id, status, task } }) => ({
      id,
      status,
      task,
    }));
  }

  get processingErrors(): number {
    let count = 0;
    for (const running of this.#running.values()) count += running.processingErrors;
    return count;
  }

  stop(): void {
    for (const running of this.#running.values()) running.retry?.[Symbol.dispose]();
  }

  async #start(
    def: QueryDef,
    catalog: Catalog,
    status: TickQuery['status'] = def.state,
  ): Promise<void> {
    const before = this.#running.get(def.id);
    before?.retry?.[Symbol.dispose]();
    before?.query.task.close();
    const restored = await this.#options.log.open(ownerPrefix + def.id);
    const gate = this.#options.gate(catalog);
    const healthy = () => {
      running.retryMs = retryInitialMs(def);
    };
    const running: Running = {
      def,
      errors: before?.errors ?? [],
      reporter:
        this.#options.processingLog?.reporter(def.id, () =>
          running.query.task.inputs.map(({ topic }) => topic),
        ) ?? null,
      processingErrors: before?.processingErrors ?? 0,
      lastProcessingErrors: [],
      retryMs: before?.retryMs ?? retryInitialMs(def),
      retry: null,
      isStale: false,
      isBroken: false,
      query: {
        id: def.id,
        owner: { id: ownerPrefix + def.id, epoch: restored.epoch },
        task: idleTask(def.id),
        writes: def.sink === null ? null : (catalog.sources.get(def.sink)?.topic ?? null),
        status,
        isReady: () => gate?.isOpen ?? true,
        ...(gate === null ? {} : { admits: (topic, batch) => gate.admits(topic, batch) }),
        seal: () => {
          const release = this.#options.observer.sealed(def.id);
          if (release === null) return healthy;
          return () => {
            healthy();
            release();
          };
        },
        onFailed: (error) => this.#onFailed(running, error),
      },
    };
    this.#running.set(def.id, running);
    this.#makeTask(running, restored, catalog);
    this.#options.observer.made(def, running.query.task);
    this.#options.ticker.add(running.query);
  }

  /** Throws where the data directory is at fault: nothing may run then. */
  #makeTask(running: Running, restored: OwnerState, catalog: Catalog): void {
    const { def } = running;
    const { log, env, functions, schemas, limits, memory } = this.#options;
    try {
      running.query.task = createTask({
        query: def.id,
        plan: def.plan,
        functions,
        schemas,
        properties: def.properties,
        backlog: def.backlog,
        partitions: (topic) => partitionsOf(log, topic),
        restored,
        start: startOffsets(def, catalog, log),
        now: () => env.clock.now(),
        random: () => env.random.next(),
        ...(def.seed === undefined ? {} : { seed: def.seed }),
        ...(def.createdMs === undefined ? {} : { createdMs: def.createdMs }),
        onEmit: null,
        onError: (error, bytes) => this.#onProcessingError(running, error, bytes),
        limits,
        memory,
      });
    } catch (error) {
      if (error instanceof ProblemError && isOfDirectory(error)) throw error;
      running.isBroken = true;
      running.query.status = 'ERROR';
      this.#report(running, error);
      this.#retryLater(running);
    }
  }

  async #stop(id: string): Promise<void> {
    const running = this.#running.get(id);
    running?.retry?.[Symbol.dispose]();
    running?.query.task.close();
    this.#running.delete(id);
    this.#options.ticker.remove(id);
    this.#options.observer.stopped(id);
    this.#options.processingLog?.remove(id);
    await this.#options.log.drop(ownerPrefix + id);
    this.#say('query-stopped', id);
  }

  /** Makes a query anew from what is committed, unless it has been dropped or replaced meanwhile. */
  async #remake(running: Running, status: TickQuery['status']): Promise<void> {
    if (this.#catalog === null || this.#running.get(running.def.id) !== running) return;
    await this.#start(running.def, this.#catalog, status);
    const remade = this.#running.get(running.def.id);
    if (remade !== undefined && status === 'ERROR' && !remade.isBroken) this.#retryLater(remade);
  }

  #setState(running: Running, def: QueryDef): void {
    running.def = def;
    running.query.status = def.state;
    this.#options.ticker.wake();
  }

  #onProcessingError(running: Running, error: ProcessingError, bytes?: Bytes | null): void {
    running.processingErrors++;
    this.#options.meter.processingError(running.def.id, error);
    running.reporter?.onError(error, bytes);
    running.lastProcessingErrors = [...running.lastProcessingErrors, error].slice(-queryErrorsMax);
    this.#options.env.logger.debug('processing-error', { query: running.def.id, ...error });
  }

  #onFailed(running: Running, error: unknown): void {
    this.#report(running, error);
    running.isStale = true;
    this.#options.observer.failed(running.def.id);
    this.#atRest(() => this.#remake(running, 'ERROR'));
  }

  #report(running: Running, error: unknown): void {
    const { clock, logger } = this.#options.env;
    const failure = { timestamp: clock.now(), message: messageOf(error), causes: causesOf(error) };
    running.errors.push(failure);
    this.#options.meter.queryFailed(running.def.id, failure.message);
    running.reporter?.onFailed(failure.message, failure.causes);
    if (running.errors.length > queryErrorsMax) running.errors.shift();
    logger.warn('query-failed', {
      query: running.def.id,
      message: failure.message,
      ours: !(error instanceof TaskFailure),
    });
  }

  #retryLater(running: Running): void {
    if (!this.#options.retries) return;
    running.retry = this.#options.env.timers.after(running.retryMs, () => {
      this.#say('query-retried', running.def.id);
      running.retryMs = Math.min(running.retryMs * 2, retryMsMax(running.def));
      if (running.isBroken) this.#atRest(() => this.#remake(running, running.def.state));
      else this.#setState(running, running.def);
    });
  }

  /** The engine may be stopping: then it is not done. */
  #atRest(job: () => Promise<void>): void {
    this.#options.ticker.atRest(job).catch(() => undefined);
  }
}

function retryInitialMs({ properties }: QueryDef): number {
  return Number(propertyValue(properties, 'ksql.query.retry.backoff.initial.ms'));
}

function retryMsMax({ properties }: QueryDef): number {
  return Number(propertyValue(properties, 'ksql.query.retry.backoff.max.ms'));
}

/** Where a query begins on a partition that it has never committed a position for (spec: semantics.md §9). */
function startOffsets(def: QueryDef, catalog: Catalog, log: Log): (of: TopicPartition) => Offset {
  const tables = new Set(
    def.sources
      .map((name) => catalog.sources.get(name))
      .filter((source) => source?.collection === 'table')
      .map((source) => source?.topic),
  );
  const earliest = propertyValue(def.properties, 'auto.offset.reset') === 'earliest';
  return (of) => {
    if (earliest || tables.has(of.topic)) return log.bounds(of).start;
    return def.backlog[of.topic]?.[of.partition] ?? log.bounds(of).end;
  };
}

export function partitionsOf(log: Log, topic: string): number {
  return log.topics().find((spec) => spec.name === topic)?.partitions ?? 1;
}

/** The data directory is damaged, or of a newer version. */
function isOfDirectory({ code }: ProblemError): boolean {
  return code.startsWith('state.') || code === 'log.corrupt-state';
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function causesOf(error: unknown): string[] {
  const causes: string[] = [];
  let cause = error instanceof Error ? error.cause : null;
  while (cause instanceof Error && causes.length < 10) {
    causes.push(cause.message);
    cause = cause.cause;
  }
  return causes;
}
