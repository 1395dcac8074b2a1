/** What an engine says of itself in numbers (reliability: metrics of engine, queries and storage). Gathered when somebody asks. */
import { isMainThread } from 'node:worker_threads';
import { limitOf } from '../base/limits.ts';
import { type Labels, type Samples, series, Tally, writeLargest } from '../base/samples.ts';
import type { StateMemory } from '../execution/state/memory.ts';
import type { ProcessingError, Task } from '../execution/task.ts';
import type { Log, Offset } from '../log/log.ts';
import { LagHistory } from './tick/lag-history.ts';
import { writeThreadVitals } from './thread/thread-vitals.ts';
import type { Supervisor } from './queries/supervisor.ts';
import type { Ticker } from './tick/tick.ts';
import type { TickQuery } from './tick/tick-query.ts';

/** A persistent query as the supervisor keeps it. */
export interface QuerySample {
  readonly id: string;
  readonly status: TickQuery['status'];
  readonly task: Task;
}

export interface MetricsSources {
  readonly log: Pick<Log, 'bounds'>;
  readonly memory: StateMemory;
  readonly persistentQueries: number;
  readonly pushQueries: number;
  /** Push queries that wait for their readers. */
  readonly slowConsumers: number;
}
type TickerNumbers = Pick<Ticker, 'ticks' | 'recordsProcessed' | 'metrics'>;
type SupervisorNumbers = Pick<Supervisor, 'processingErrors' | 'samples'>;

const errorKinds = ['deserialization', 'processing', 'production', 'serialization'] as const;

export class EngineMeter {
  readonly #lag = new LagHistory();
  readonly #started = new Tally();
  readonly #failures = new Tally();
  readonly #errors = errorKinds.map(() => new Tally());
  readonly #limits = new Tally();

  /** A push, pull or print query was started. */
  queryStarted(kind: string): void {
    this.#started.add(kind);
  }

  /** A persistent query failed. */
  queryFailed(query: string, message: string): void {
    this.#failures.add(query);
    this.#passed(message);
  }

  /** A record was skipped or a column set to NULL. */
  processingError(query: string, { type, message }: ProcessingError): void {
    this.#errors[type]?.add(query);
    this.#passed(message);
  }

  #passed(message: string): void {
    const limit = limitOf(message);
    if (limit !== null) this.#limits.add(limit);
  }

  samples(
    ticker: TickerNumbers,
    supervisor: SupervisorNumbers,
    { log, memory, persistentQueries, pushQueries, slowConsumers }: MetricsSources,
  ): Samples {
    const into: Samples = {
      ticks_total: ticker.ticks,
      records_processed_total: ticker.recordsProcessed,
      processing_errors_total: supervisor.processingErrors,
      persistent_queries: persistentQueries,
      push_queries: pushQueries,
      slow_consumers: slowConsumers,
      ...memory.metrics(),
    };
    ticker.metrics.write(into);
    this.#started.write(into, 'queries_started_total', 'kind');
    this.#limits.write(into, 'limit_hits_total', 'limit');
    this.#writeErrors(into);
    this.#writeQueries(into, supervisor.samples(), { log, metrics: ticker.metrics });
    if (!isMainThread) writeThreadVitals(into, 'engine');
    return into;
  }

  #writeErrors(into: Samples): void {
    for (const [at, kind] of errorKinds.entries())
      into[series('query_errors_total', { kind })] = this.#errors[at]?.total ?? 0;
    into[series('query_errors_total', { kind: 'failure' })] = this.#failures.total;
    this.#failures.write(into, 'query_failures_total', 'query');
  }

  #writeQueries(
    into: Samples,
    queries: readonly QuerySample[],
    { log, metrics }: Pick<MetricsSources, 'log'> & Pick<TickerNumbers, 'metrics'>,
  ): void {
    const now = performance.now();
    const known = new Set(queries.map(({ id }) => id));
    this.#lag.keep(known);
    const lags: (readonly [Labels, number])[] = [];
    for (const { id, status, task } of queries) {
      const query = { query: id };
      into[series('query_state', { ...query, state: status.toLowerCase() })] = 1;
      const inlets = inletsOf(task, log);
      for (const { topic, partition, position, end } of inlets)
        lags.push([{ ...query, topic, partition }, Math.max(0, end - position)]);
      const seconds = this.#lag.seconds(
        id,
        inlets.map(({ position }) => position),
        inlets.map(({ end }) => end),
        now,
      );
      if (seconds !== null) into[series('query_lag_seconds', query)] = seconds;
      const progressed = metrics.progressOf(id);
      if (progressed !== null)
        into[series('query_last_progress_seconds', query)] = (now - progressed) / 1000;
      for (const [name, value] of Object.entries(task.metrics?.() ?? {}))
        into[series(name, query)] = value;
    }
    writeLargest(into, 'query_lag_records', lags);
  }
}

interface Inlet {
  readonly topic: string;
  readonly partition: number;
  /** The first record not processed. */
  readonly position: Offset;
  readonly end: Offset;
}

function inletsOf(task: Task, log: Pick<Log, 'bounds'>): readonly Inlet[] {
  return task.inputs.flatMap(({ topic, partitions }, input) =>
    Array.from({ length: partitions }, (_, partition) => {
      const { start, end } = log.bounds({ topic, partition });
      // What retention has taken is no lag.
      const position = Math.max(
        start,
        task.processed?.(input, partition) ?? task.wants(input, partition),
      );
      return { topic, partition, position, end };
    }),
  );
}
