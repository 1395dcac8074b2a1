/**
 * The tick: drain what producers handed in, run every query it concerns until quiet, commit all of it in one transaction,
 * then acknowledge.
 *
 * 1. Admit queued records, up to a budget; they become batches with the offsets and logical times they are about to get.
 * 2. Queries that are behind are handed the next stretch of the log.
 * 3. Queries run in the order of the graph (graph.ts). What one writes is offered in memory to those that read it and are
 *    up to date there; the others will read it from the log. So one pass carries every admitted record through the graph.
 * 4. One `Log.commit` holds all appends, positions and state. Offsets were predicted in step 1 and 3, which is sound because
 *    the tick is the log's only writer; the commit's answer is checked against the prediction.
 * 5. Only then producers are acknowledged and readers get their rows.
 *
 * Between ticks the mailbox runs: statements, pull queries and everything else that needs to see one committed state.
 */
import { assert } from '../base/assert.ts';
import { ProblemError, problem } from '../base/errors.ts';
import type {
  Append,
  Commit,
  Committed,
  Log,
  LogicalTimes,
  Offset,
  RecordBatch,
  TopicPartition,
} from '../log/log.ts';
import { setBaseOffset } from '../log/record-batch.ts';
import { type GraphOrder, orderGraph } from './graph.ts';
import { admittedRecordsMax, catchUpBytesMax, taskBufferedRecordsMax } from './limits.ts';
import type { Admitted, ProduceQueue } from './produce-queue.ts';
import type { TickQuery } from './tick-query.ts';

type Job = () => Promise<void> | void;

/** A commit being put together: parts in the order in which the log will number them. */
class Draft {
  readonly parts: Commit[] = [];
  readonly predicted: Offset[][] = [];
  readonly ran: TickQuery[] = [];
  readonly #ends = new Map<string, Offset>();
  readonly #log: Log;
  #time: number;

  constructor(log: Log) {
    this.#log = log;
    this.#time = log.nextTime();
  }

  /** Where the partition will end once this commit is through. */
  end(of: TopicPartition): Offset {
    return this.#ends.get(`${of.topic}/${of.partition}`) ?? this.#log.bounds(of).end;
  }

  /** Adds a part; returns its appends as the batches they will be. */
  add(part: Commit): RecordBatch[] {
    const batches = part.appends.map((append) => this.#number(append));
    this.parts.push(part);
    this.predicted.push(batches.map((batch) => batch.baseOffset));
    return batches;
  }

  #number(append: Append): RecordBatch {
    const baseOffset = this.end(append.to);
    const lastOffset = baseOffset + append.recordCount - 1;
    this.#ends.set(`${append.to.topic}/${append.to.partition}`, lastOffset + 1);
    setBaseOffset(append.batch, baseOffset);
    const times: LogicalTimes = append.times ?? [[this.#time++, append.recordCount]];
    return {
      baseOffset,
      lastOffset,
      recordCount: append.recordCount,
      maxTimestamp: append.maxTimestamp,
      times,
      bytes: append.batch,
    };
  }
}

export interface TickerOptions {
  readonly log: Log;
  readonly produce: ProduceQueue;
  /** What queries reported in a tick, for its commit; null if nothing. */
  readonly takeReports: () => Append | null;
  /** Lets the event loop take a turn between ticks. */
  readonly yieldTurn: () => Promise<void>;
  /** The log's outcome is unknown or the engine is wrong: stop everything. */
  readonly onFatal: (error: unknown) => void;
  /** Nothing was lost but the tick: tasks must be made anew from what is committed. */
  readonly onLost: () => Promise<void>;
}

export class Ticker {
  readonly #options: TickerOptions;
  readonly #queries = new Map<string, TickQuery>();
  readonly #jobs: Job[] = [];
  readonly #idleWaiters: (() => void)[] = [];
  readonly #listeners = new Set<() => void>();
  #order: GraphOrder = orderGraph([]);
  #running: Promise<void> | null = null;
  #stopped = false;
  /** Ticks that committed something, and records their queries processed. */
  ticks = 0;
  recordsProcessed = 0;

  constructor(options: TickerOptions) {
    this.#options = options;
  }

  get queries(): ReadonlyMap<string, TickQuery> {
    return this.#queries;
  }

  /** Adds or replaces a query. */
  add(query: TickQuery): void {
    this.#queries.set(query.id, query);
    this.#reorder();
    this.wake();
  }

  remove(id: string): void {
    if (this.#queries.delete(id)) this.#reorder();
  }

  /** Runs `job` between two ticks, after those asked for before it. */
  atRest<T>(job: () => Promise<T> | T): Promise<T> {
    if (this.#stopped) return Promise.reject(shuttingDown());
    return new Promise((resolve, reject) => {
      this.#jobs.push(async () => {
        try {
          resolve(await job());
        } catch (error) {
          reject(error);
        }
      });
      this.wake();
    });
  }

  /** Resolves when nothing is queued and every running query is at the end of its inputs. */
  idle(): Promise<void> {
    if (this.#stopped) return Promise.reject(shuttingDown());
    return new Promise((resolve) => {
      this.#idleWaiters.push(resolve);
      this.wake();
    });
  }

  /** Calls `listener` after each commit, until disposed. */
  onCommitted(listener: () => void): Disposable {
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => this.#listeners.delete(listener) };
  }

  /** There may be something to do. */
  wake(): void {
    if (this.#running !== null || this.#stopped) return;
    this.#running = this.#loop().then(() => {
      this.#running = null;
      // Whoever was told that all is quiet may already have asked for more.
      if (this.#hasWork()) this.wake();
    });
  }

  #hasWork(): boolean {
    return this.#jobs.length > 0 || this.#idleWaiters.length > 0 || !this.#options.produce.isEmpty;
  }

  /** Finishes the tick under way and runs no further one. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#running;
    this.#options.produce.reject(shuttingDown());
    for (const resolve of this.#idleWaiters.splice(0)) resolve();
  }

  async #loop(): Promise<void> {
    try {
      // Whoever woke us may have more to hand in within the same turn: it then shares the commit.
      await Promise.resolve();
      while (!this.#stopped) {
        for (let job = this.#jobs.shift(); job !== undefined; job = this.#jobs.shift()) await job();
        const worked = await this.#tick();
        if (!worked && this.#jobs.length === 0 && this.#options.produce.isEmpty) break;
        await this.#options.yieldTurn();
      }
    } catch (error) {
      this.#stopped = true;
      this.#options.produce.reject(error);
      this.#options.onFatal(error);
    }
    for (const resolve of this.#idleWaiters.splice(0)) resolve();
  }

  /** One tick; false if there was nothing to do. */
  async #tick(): Promise<boolean> {
    const draft = new Draft(this.#options.log);
    const admitted = this.#options.produce.admit(admittedRecordsMax);
    const read = await this.#readBehind();
    if (admitted !== null)
      this.#publish(draft, { owner: null, appends: admitted.appends, offsets: [], state: [] });
    const processed = this.#runQueries(draft);
    const reports = this.#options.takeReports();
    if (reports !== null)
      this.#publish(draft, { owner: null, appends: [reports], offsets: [], state: [] });
    if (draft.parts.length > 0 || admitted !== null) await this.#commit(draft, admitted);
    else for (const query of draft.ran) this.#settle(query);
    this.recordsProcessed += processed;
    return admitted !== null || read || processed > 0 || reports !== null;
  }

  async #commit(draft: Draft, admitted: Admitted | null): Promise<void> {
    let outcomes: readonly Committed[];
    try {
      outcomes = await this.#options.log.commit(draft.parts);
    } catch (error) {
      if (!(error instanceof ProblemError) || error.code !== 'log.disk-full') throw error;
      admitted?.failed(error);
      await this.#options.onLost();
      return;
    }
    outcomes.forEach((outcome, part) => {
      outcome.appended.forEach(({ baseOffset }, at) => {
        assert(baseOffset === draft.predicted[part]?.[at], 'the log numbers appends as predicted');
      });
    });
    this.ticks++;
    admitted?.committed(outcomes[0] as Committed);
    for (const query of draft.ran) this.#settle(query);
    for (const listener of this.#listeners) listener();
  }

  #settle(query: TickQuery): void {
    query.task.settle();
    query.onCommitted();
  }

  /** Hands the next stretch of the log to queries that are behind it; whether any was read. */
  async #readBehind(): Promise<boolean> {
    let read = false;
    for (const query of this.#queries.values()) {
      if (query.status !== 'RUNNING' || !query.isReady()) continue;
      for (const [input, { topic, partitions }] of query.task.inputs.entries()) {
        for (let partition = 0; partition < partitions; partition++) {
          if (await this.#readInput(query, input, { topic, partition })) read = true;
        }
      }
    }
    return read;
  }

  async #readInput(query: TickQuery, input: number, from: TopicPartition): Promise<boolean> {
    const wants = query.task.wants(input, from.partition);
    if (wants >= this.#options.log.bounds(from).end) return false;
    if (query.task.buffered() > taskBufferedRecordsMax) {
      const starved = query.task.starved();
      if (starved?.input !== input || starved.partition !== from.partition) return false;
    }
    const batches = await this.#options.log.read(from, wants, catchUpBytesMax);
    for (const batch of batches) query.task.offer(input, from.partition, batch);
    return batches.length > 0;
  }

  #runQueries(draft: Draft): number {
    let processed = 0;
    for (const id of this.#order.ids) {
      const query = this.#queries.get(id);
      if (query === undefined || query.status !== 'RUNNING' || !query.isReady()) continue;
      try {
        const count = query.task.run(Number.MAX_SAFE_INTEGER, this.#timeLimit(query));
        const part = query.task.takeCommit();
        processed += count;
        if (count === 0 && part === null) continue;
        draft.ran.push(query);
        if (query.owner !== null && part !== null)
          this.#publish(draft, { owner: query.owner, ...this.#reenter(query, part) });
      } catch (error) {
        query.status = 'ERROR';
        query.onFailed(error);
      }
    }
    return processed;
  }

  /** What goes back to a query at or before the writer's place is a new arrival: it gets a logical time of its own. */
  #reenter(query: TickQuery, part: Omit<Commit, 'owner'>): Omit<Commit, 'owner'> {
    const rank = this.#order.rank.get(query.id) as number;
    const readers = query.writes === null ? [] : (this.#order.readers.get(query.writes) ?? []);
    if (!readers.some((id) => (this.#order.rank.get(id) as number) <= rank)) return part;
    return { ...part, appends: part.appends.map((append) => ({ ...append, times: null })) };
  }

  /** Adds a part to the draft and offers its appends to the queries that are up to date there. */
  #publish(draft: Draft, part: Commit): void {
    const batches = draft.add(part);
    for (const [at, batch] of batches.entries()) {
      const { topic, partition } = (part.appends[at] as Append).to;
      for (const id of this.#order.readers.get(topic) ?? []) {
        const query = this.#queries.get(id) as TickQuery;
        if (query.status !== 'RUNNING' || !query.isReady()) continue;
        for (const [input, read] of query.task.inputs.entries()) {
          if (read.topic !== topic || query.task.wants(input, partition) !== batch.baseOffset)
            continue;
          query.task.offer(input, partition, batch);
        }
      }
    }
  }

  /**
   * The logical time up to which a query with several inputs may go: not beyond what a writer upstream of it has reached, when
   * that is behind the log itself.
   */
  #timeLimit(query: TickQuery): number {
    if (query.task.inputs.length < 2) return Number.POSITIVE_INFINITY;
    let limit = Number.POSITIVE_INFINITY;
    const seen = new Set<string>([query.id]);
    const visit = (reader: TickQuery): void => {
      for (const { topic } of reader.task.inputs) {
        for (const id of this.#order.writers.get(topic) ?? []) {
          const writer = this.#queries.get(id);
          if (writer === undefined || writer.status !== 'RUNNING' || seen.has(id)) continue;
          seen.add(id);
          // The time it has reached may not be over: more records can bear it.
          if (this.#isBehind(writer)) limit = Math.min(limit, writer.task.reached() - 1);
          visit(writer);
        }
      }
    };
    visit(query);
    return limit;
  }

  #isBehind(query: TickQuery): boolean {
    return query.task.inputs.some(({ topic, partitions }, input) => {
      for (let partition = 0; partition < partitions; partition++) {
        if (query.task.wants(input, partition) < this.#options.log.bounds({ topic, partition }).end)
          return true;
      }
      return false;
    });
  }

  #reorder(): void {
    this.#order = orderGraph(
      [...this.#queries.values()].map((query) => ({
        id: query.id,
        reads: query.task.inputs.map((input) => input.topic),
        writes: query.writes,
      })),
    );
  }
}

function shuttingDown(): ProblemError {
  return problem('engine.shutting-down', 'The server is shutting down');
}
