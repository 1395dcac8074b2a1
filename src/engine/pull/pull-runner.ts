/**
 * Runs pull queries over materialised rows. A lookup is done at once. What takes longer goes on in slices of a millisecond, or
 * less while a tick is under way; all such queries together get one each turn of the event loop, so that ticks come between
 * (`PullScan` says how that gives one state). No answer leaves before what it shows is durable; if the log refuses that, the query starts over.
 */
import type { Env } from '../../base/env.ts';
import { ProblemError, problem } from '../../base/errors.ts';
import type { MaterializedReader, Task } from '../../execution/task.ts';
import type { QueryHead, QueryStream } from '../api.ts';
import { FinishedStream } from '../queries/finished-stream.ts';
import { pullSliceMs, pullStepsBetween, pullStepsPerSlice } from '../limits.ts';
import {
  checkResult,
  checkScanned,
  type PullAdmission,
  type PullLimits,
  timedOut,
} from './pull-limits.ts';
import { type CompiledPull, lookUp } from './pull-query.ts';
import { PullScan } from './pull-scan.ts';
import { RowQueue } from '../push/row-queue.ts';
import type { Ticker } from '../tick/tick.ts';
import { TurnQueue } from './turn-queue.ts';

export interface PullRunnerOptions {
  readonly env: Env;
  readonly ticker: Ticker;
  readonly limits: PullLimits;
  readonly admission: PullAdmission;
  /** The task of a persistent query, null where it has none that can be read. */
  readonly task: (id: string) => Task | null;
  /** Lets the event loop take a turn. */
  readonly yieldTurn: () => Promise<void>;
}

/** Rows of one frame. */
const frameRows = 1_000;

export class PullRunner {
  readonly #options: PullRunnerOptions;
  readonly #turns: TurnQueue;

  constructor(options: PullRunnerOptions) {
    this.#options = options;
    this.#turns = new TurnQueue(options.yieldTurn);
  }

  /**
   * `isCaughtUp`: what has been appended so far shows. Throws what stands against the query before it has begun to take its
   * time; later errors come in the stream.
   */
  async run(
    head: QueryHead,
    compiled: CompiledPull,
    { isCaughtUp }: { readonly isCaughtUp: boolean },
  ): Promise<QueryStream> {
    const { admission, env } = this.#options;
    admission.admit();
    const deadline = new Deadline(env, this.#options.limits);
    if (isCaughtUp) await this.#caughtUp(compiled.plan.query, deadline);
    for (;;) {
      await this.#readable();
      const reader = this.#reader(compiled);
      const rows = reader === null ? [] : lookUp(compiled, reader);
      if (rows === null) return this.#scan(head, compiled, deadline);
      this.#checkRows(rows);
      if (await this.#durable(deadline)) return this.#finished(head, rows);
    }
  }

  async #scan(head: QueryHead, compiled: CompiledPull, deadline: Deadline): Promise<QueryStream> {
    const first = this.#begin(compiled);
    if (this.#slice(first, pullStepsBetween) && first.rows !== null) {
      if (await this.#durable(deadline)) return this.#finished(head, first.rows);
      return this.#scan(head, compiled, deadline);
    }
    let place: Disposable;
    try {
      place = this.#options.admission.enter();
    } catch (error) {
      first.scan.close();
      throw error;
    }
    const queue = new RowQueue(head, {
      bytesMax: Number.POSITIVE_INFINITY,
      onRead: () => undefined,
      onClose: () => Promise.resolve(),
    });
    void this.#goOn(first, { compiled, queue, deadline }).finally(() => place[Symbol.dispose]());
    return queue;
  }

  async #goOn(
    first: Attempt,
    {
      compiled,
      queue,
      deadline,
    }: { readonly compiled: CompiledPull; readonly queue: RowQueue; readonly deadline: Deadline },
  ): Promise<void> {
    let attempt = first;
    try {
      while (!queue.isEnded) {
        deadline.check();
        if (attempt.rows !== null && (await this.#isShown(attempt, deadline))) {
          await this.#send(attempt.rows, queue);
          return;
        }
        await this.#turns.next();
        await this.#readable();
        if (queue.isEnded) return;
        if (attempt.rows !== null || this.#isGone(attempt)) {
          attempt.scan.close();
          attempt = this.#begin(compiled);
        }
        this.#slice(attempt, this.#options.ticker.isQuiet ? pullStepsPerSlice : pullStepsBetween);
      }
    } catch (error) {
      queue.fail(error);
    } finally {
      attempt.scan.close();
    }
  }

  /** In pieces: other threads take them one by one. */
  async #send(rows: readonly string[], queue: RowQueue): Promise<void> {
    this.#count(rows);
    for (let at = 0; at < rows.length && !queue.isEnded; at += frameRows) {
      if (at > 0) await this.#turns.next();
      queue.push({ rows: rows.slice(at, at + frameRows), tombstones: null });
    }
    queue.finish('completed');
  }

  #begin(compiled: CompiledPull): Attempt {
    const reader = this.#reader(compiled);
    const task = this.#options.task(compiled.plan.query);
    const { limits } = this.#options;
    const scan = new PullScan(compiled, reader ?? nothing, {
      scanned: (rows) => checkScanned(limits, rows),
      found: (rows, bytes) => checkResult(limits, rows, bytes),
    });
    return { query: compiled.plan.query, task, scan, steps: scan.run(), rows: null, durable: null };
  }

  /** Goes on for a slice; whether that was the last. */
  #slice(attempt: Attempt, steps: number): boolean {
    const { clock } = this.#options.env;
    const began = clock.now();
    for (let step = 0; step < steps; step++) {
      const next = attempt.steps.next();
      if (attempt.scan.isSettled && attempt.durable === null) {
        attempt.durable = this.#options.ticker.durable() ?? Promise.resolve();
        // It is awaited once the rows are sorted.
        attempt.durable.catch(() => undefined);
      }
      if (next.done === true) {
        attempt.rows = next.value;
        return true;
      }
      if (clock.now() - began >= pullSliceMs) return false;
    }
    return false;
  }

  /** Another task has taken the place of the one that is read, unless that has seen all it had to see. */
  #isGone({ query, task, scan }: Attempt): boolean {
    return !scan.isSettled && this.#options.task(query) !== task;
  }

  #isShown({ durable }: Attempt, deadline: Deadline): Promise<boolean> {
    return this.#committed(durable, deadline);
  }

  #durable(deadline: Deadline): Promise<boolean> | true {
    const durable = this.#options.ticker.durable();
    return durable === null ? true : this.#committed(durable, deadline);
  }

  /** False where the log refused it: what was read is void. */
  async #committed(durable: Promise<void> | null, deadline: Deadline): Promise<boolean> {
    try {
      if (durable !== null) await deadline.before(durable);
      return true;
    } catch (error) {
      if (!(error instanceof ProblemError) || error.code !== 'log.disk-full') throw error;
      // By then queries have been made anew from what is committed.
      await this.#options.ticker.atRest(() => undefined);
      return false;
    }
  }

  async #caughtUp(query: string, deadline: Deadline): Promise<void> {
    const caughtUp = Promise.withResolvers<void>();
    const waiting = this.#options.ticker.whenCaughtUp(query, caughtUp.resolve);
    try {
      await deadline.before(caughtUp.promise);
    } finally {
      waiting[Symbol.dispose]();
    }
  }

  async #readable(): Promise<void> {
    const { ticker } = this.#options;
    for (let wait = ticker.readable(); wait !== null; wait = ticker.readable()) await wait;
  }

  #reader({ plan }: CompiledPull): MaterializedReader | null {
    const task = this.#options.task(plan.query);
    if (task !== null) return task.reader;
    throw problem(
      'pull.not-running',
      `Query with id ${plan.query} is not running: its table cannot be queried`,
    );
  }

  #finished(head: QueryHead, rows: readonly string[]): QueryStream {
    this.#count(rows);
    return new FinishedStream(head, rows);
  }

  #checkRows(rows: readonly string[]): void {
    checkResult(this.#options.limits, rows.length, bytesOf(rows));
  }

  #count(rows: readonly string[]): void {
    this.#options.admission.sent(bytesOf(rows));
  }
}

interface Attempt {
  readonly query: string;
  readonly task: Task | null;
  readonly scan: PullScan;
  readonly steps: Generator<undefined, readonly string[]>;
  /** Once all is done. */
  rows: readonly string[] | null;
  /** When what was read is durable, once all is read. */
  durable: Promise<void> | null;
}

/** Of a query that has taken in nothing yet. */
const nothing: MaterializedReader = {
  partitions: () => [],
  rows: () => [],
  get: () => undefined,
  visible: (row) => row,
  isWithin: () => true,
  keyBytes: () => new Uint8Array(),
  windowOf: () => null,
  watch: () => ({ [Symbol.dispose]: () => undefined }),
  isExpired: () => false,
};

/** By when a query must have its answer. */
class Deadline {
  readonly #env: Env;
  readonly #limits: PullLimits;
  readonly #began: number;

  constructor(env: Env, limits: PullLimits) {
    this.#env = env;
    this.#limits = limits;
    this.#began = env.clock.now();
  }

  /** Throws `pull.timeout`. */
  check(): void {
    const took = this.#env.clock.now() - this.#began;
    if (took > this.#limits.durationMs.value) throw timedOut(this.#limits, took);
  }

  /** Waits for what must happen before. */
  async before(event: Promise<void>): Promise<void> {
    const late = Promise.withResolvers<void>();
    const left = this.#limits.durationMs.value - (this.#env.clock.now() - this.#began);
    const timer = this.#env.timers.after(Math.max(0, left) + 1, () =>
      late.reject(timedOut(this.#limits, this.#env.clock.now() - this.#began)),
    );
    try {
      await Promise.race([event, late.promise]);
    } finally {
      timer[Symbol.dispose]();
    }
  }
}

function bytesOf(rows: readonly string[]): number {
  let bytes = 0;
  for (const row of rows) bytes += row.length;
  return bytes;
}
