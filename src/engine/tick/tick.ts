/**
 * The tick: drain what producers handed in, run every query it concerns until quiet, commit all of it in one transaction,
 * then acknowledge.
 *
 * 1. Admit queued records, up to a budget; they become batches with the offsets and logical times they are about to get.
 * 2. Queries that are behind are handed the next stretch of the log (feed.ts).
 * 3. Queries run in the order of the graph (graph.ts). What one writes is offered in memory to those that read it and are
 *    up to date there; the others will read it from the log. So one pass carries every admitted record through the graph.
 * 4. One `Log.commit` holds all appends, positions and state (draft.ts).
 * 5. Only then producers are acknowledged and readers get their rows.
 *
 * While a commit is under way steps 1 to 3 go on, pass by pass: what they make is the next tick, whose commit begins when that
 * one is over. So disk and processor work at the same time, and the slower the disk the larger the commits. If the log
 * refuses a commit, what was computed on top of it goes as well, and all queries are made anew from what is committed.
 *
 * Between ticks the mailbox runs: statements and everything else that changes more than topics. No commit is under way then.
 *
 * Pull queries wait for no tick: between two passes queries hold what follows from a prefix of the log, and an answer taken
 * from that leaves as soon as `durable` says that all of it is committed.
 *
 * A tick looks only at queries that were offered something or may be behind, however many there are.
 */
import { type ProblemError, problem } from '../../base/errors.ts';
import type { Append, Commit, Committed, Log } from '../../log/log.ts';
import { CaughtUpWaiters, isCaughtUp } from './caught-up.ts';
import { Draft } from './draft.ts';
import { Feed } from './feed.ts';
import { type GraphOrder, orderGraph } from './graph.ts';
import { admittedRecordsMax, draftBytesMax, tickReadBytesMax } from '../limits.ts';
import type { ProduceQueue } from './produce-queue.ts';
import { reentering } from './reentering.ts';
import { timeLimit } from './time-limit.ts';
import { isFull, TickMetrics } from './tick-metrics.ts';
import type { TickQuery } from './tick-query.ts';

type Job = () => Promise<void> | void;

export interface TickerOptions {
  readonly log: Log;
  readonly produce: ProduceQueue;
  /** What queries reported in a tick, for its commit; null if nothing. */
  readonly takeReports: () => Append | null;
  /** Lets the event loop take a turn between ticks. */
  readonly yieldTurn: () => Promise<void>;
  /** The log's outcome is unknown or the engine is wrong: stop everything. */
  readonly onFatal: (error: unknown) => void;
  /** Nothing was lost but what was not committed: tasks must be made anew from what is. */
  readonly onLost: () => Promise<void>;
}

export class Ticker {
  readonly #options: TickerOptions;
  readonly #feeds = new Map<string, Feed>();
  readonly #jobs: Job[] = [];
  readonly #idleWaiters: (() => void)[] = [];
  readonly #readers: (() => void)[] = [];
  readonly #catchingUp = new CaughtUpWaiters((id) => isCaughtUp(id, this.#feeds, this.#order));
  readonly #listeners = new Set<() => void>();
  /** Queries that may have something to read from the log. */
  readonly #behind = new Set<Feed>();
  /** Queries that were offered something they have not processed. */
  readonly #fed = new Set<Feed>();
  #order: GraphOrder = orderGraph([]);
  #running: Promise<void> | null = null;
  /** Jobs run, or queries are being made anew. */
  #isChanging = false;
  #stopped = false;
  /** What the next commit will hold. */
  #draft: Draft;
  /** The commit under way. */
  #committing: Promise<void> | null = null;
  /** Ticks that committed something, and records their queries processed. */
  ticks = 0;
  recordsProcessed = 0;
  readonly metrics: TickMetrics = new TickMetrics();

  constructor(options: TickerOptions) {
    this.#options = options;
    this.#draft = this.#draftAfter(null);
  }

  /** Adds or replaces a query. */
  add(query: TickQuery): void {
    this.#forget(query.id);
    const feed = new Feed(query, this.#options.log, (of) => this.#draft.end(of));
    this.#feeds.set(query.id, feed);
    this.#behind.add(feed);
    this.#reorder();
    this.wake();
  }

  remove(id: string): void {
    if (this.#forget(id)) this.#reorder();
  }

  #forget(id: string): boolean {
    const feed = this.#feeds.get(id);
    if (feed === undefined) return false;
    this.#behind.delete(feed);
    this.#fed.delete(feed);
    this.metrics.forget(id);
    return this.#feeds.delete(id);
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

  /**
   * Resolves when the queries hold what they computed, and nobody is changing them; null: now. Whoever reads them does so
   * within one turn, and tells nobody before `durable`.
   */
  readable(): Promise<void> | null {
    if (this.#stopped) return Promise.reject(shuttingDown());
    if (!this.#isChanging) return null;
    return new Promise((resolve) => {
      this.#readers.push(resolve);
    });
  }

  /** Nothing waits for a commit. */
  get isQuiet(): boolean {
    return this.#committing === null && this.#draft.isEmpty;
  }

  /** Resolves when all that has been computed so far is committed; null: it is. Rejects when the log refuses it. */
  durable(): Promise<void> | null {
    return this.#draft.isEmpty ? this.#committing : this.#draft.durable();
  }

  /**
   * Calls `onCaughtUp` when the query and those that write what it reads have processed everything that has been appended, at
   * once if so, unless disposed before.
   */
  whenCaughtUp(id: string, onCaughtUp: () => void): Disposable {
    return this.#catchingUp.when(id, onCaughtUp);
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
      while (await this.#turn());
    } catch (error) {
      this.#stopped = true;
      this.#draft.fail(error);
      this.#options.produce.reject(error);
      this.#options.onFatal(error);
      this.#changed();
    }
    for (const resolve of this.#idleWaiters.splice(0)) resolve();
  }

  /** Jobs if there are any, else one pass; false when there is nothing left to do. */
  async #turn(): Promise<boolean> {
    if (this.#stopped || this.#jobs.length > 0) {
      await this.#finish();
      if (this.#stopped) return false;
      await this.#runJobs();
    }
    const worked = await this.#pass(this.#draft);
    this.#catchingUp.tell();
    if (this.#committing === null) {
      if (!this.#draft.isEmpty) this.#begin();
      else if (!worked) return this.#jobs.length > 0 || !this.#options.produce.isEmpty;
    } else if (!worked || this.#draft.byteCount >= draftBytesMax) {
      await this.#commitEnded();
    }
    if (worked) await this.#options.yieldTurn();
    return true;
  }

  async #runJobs(): Promise<void> {
    this.#isChanging = true;
    for (let job = this.#jobs.shift(); job !== undefined; job = this.#jobs.shift()) await job();
    this.#changed();
    // A job may have written to the log, or have let a query go on.
    for (const feed of this.#feeds.values()) this.#behind.add(feed);
    this.#draft = this.#draftAfter(null);
  }

  #changed(): void {
    this.#isChanging = false;
    for (const resolve of this.#readers.splice(0)) resolve();
  }

  /** Takes in what has come and runs what it concerns; false if there was nothing to do. */
  async #pass(draft: Draft): Promise<boolean> {
    const began = performance.now();
    const admitted = this.#options.produce.admit(admittedRecordsMax);
    // Whatever happens from here on, its producers are told with those of the draft.
    if (admitted !== null) draft.admit(admitted);
    const isRead = await this.#readBehind();
    if (admitted !== null)
      this.#publish(draft, { owner: null, appends: admitted.appends, offsets: [], state: [] });
    const processed = this.#runQueries(draft);
    const reports = this.#options.takeReports();
    if (reports !== null)
      this.#publish(draft, { owner: null, appends: [reports], offsets: [], state: [] });
    this.recordsProcessed += processed;
    const worked = admitted !== null || isRead || processed > 0 || reports !== null;
    if (worked) this.metrics.passed((performance.now() - began) / 1000);
    return worked;
  }

  /** Begins the commit of the draft; the next draft goes on where it will end. */
  #begin(): void {
    const draft = this.#draft;
    draft.follow();
    this.#draft = this.#draftAfter(draft);
    // Rows of what was committed before.
    if (draft.parts.length === 0) {
      draft.release();
      return;
    }
    const done = this.#commit(draft);
    // It is awaited by the turn that needs it, and may fail before.
    done.catch(() => undefined);
    this.#committing = done;
  }

  async #commit(draft: Draft): Promise<void> {
    const began = performance.now();
    let outcomes: readonly Committed[];
    try {
      outcomes = await this.#options.log.commit(draft.parts);
    } catch (error) {
      this.metrics.commitEnded(
        isFull(error) ? 'full' : 'unknown',
        (performance.now() - began) / 1000,
      );
      draft.fail(error);
      throw error;
    }
    this.metrics.commitEnded('ok', (performance.now() - began) / 1000);
    this.metrics.committed(draft.parts, (part) => draft.isProduced(part));
    draft.check(outcomes);
    this.ticks++;
    draft.committed(outcomes);
    draft.release();
    for (const listener of this.#listeners) listener();
    this.#committing = null;
  }

  /** Waits for the commit under way; if the log refused it, everything has been made anew from what is committed. */
  async #commitEnded(): Promise<void> {
    try {
      await this.#committing;
    } catch (error) {
      if (!isFull(error)) throw error;
      this.#committing = null;
      // What was computed on top of it is void as well.
      this.#draft.fail(error);
      this.#draft = this.#draftAfter(null);
      this.#isChanging = true;
      await this.#options.onLost();
      this.#changed();
    }
  }

  /** Commits everything that was computed. */
  async #finish(): Promise<void> {
    await this.#commitEnded();
    if (this.#draft.isEmpty) return;
    this.#begin();
    await this.#commitEnded();
  }

  /** Hands the next stretch of the log to queries that are behind it, in turns; whether any was read. */
  async #readBehind(): Promise<boolean> {
    let bytesRead = 0;
    for (const feed of [...this.#behind]) {
      if (bytesRead >= tickReadBytesMax) break;
      if (!feed.isRunning) continue;
      const bytes = await feed.read();
      // It may have gone meanwhile.
      if (!this.#behind.delete(feed)) continue;
      if (feed.isBehind()) this.#behind.add(feed);
      if (bytes > 0) this.#fed.add(feed);
      bytesRead += bytes;
    }
    return bytesRead > 0;
  }

  /** Runs what was fed, in the order of the graph; what comes back to a query that has run waits for the next tick. */
  #runQueries(draft: Draft): number {
    if (this.#fed.size === 0) return 0;
    let processed = 0;
    for (const id of this.#order.ids) {
      const feed = this.#feeds.get(id);
      if (feed === undefined || !this.#fed.has(feed) || !feed.isRunning) continue;
      this.#fed.delete(feed);
      processed += this.#run(feed, draft);
      if (feed.query.task.buffered() > 0) this.#fed.add(feed);
    }
    return processed;
  }

  #run(feed: Feed, draft: Draft): number {
    const { query } = feed;
    const { task, owner } = query;
    try {
      const count = task.run(Number.MAX_SAFE_INTEGER, timeLimit(feed, this.#feeds, this.#order));
      const part = task.takeCommit();
      if (count === 0 && part === null) return 0;
      if (owner !== null && count > 0) this.metrics.progressed(query.id);
      // If the log refuses the commit the task is made anew, so it need not wait for it.
      task.settle();
      draft.sealed.push(query.seal(part));
      if (owner !== null && part !== null)
        this.#publish(draft, { owner, ...reentering(query, part, this.#order) });
      return count;
    } catch (error) {
      query.status = 'ERROR';
      query.onFailed(error);
      return 0;
    }
  }

  /** Adds a part to the draft and offers its appends to the queries that are up to date there. */
  #publish(draft: Draft, part: Commit): void {
    const batches = draft.add(part);
    for (const [at, batch] of batches.entries()) {
      const { to } = part.appends[at] as Append;
      for (const id of this.#order.readers.get(to.topic) ?? []) {
        const feed = this.#feeds.get(id) as Feed;
        if (feed.isRunning && feed.offer(to, batch)) this.#fed.add(feed);
        else this.#behind.add(feed);
      }
    }
  }

  #draftAfter(before: Draft | null): Draft {
    const { log, produce } = this.#options;
    return new Draft(log, () => produce.stamp(), before);
  }

  #reorder(): void {
    this.#order = orderGraph(
      [...this.#feeds.values()].map(({ query }) => ({
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
