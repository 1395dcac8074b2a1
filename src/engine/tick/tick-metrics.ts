/** What the tick counts and measures. Per tick, never per record. */
import { ProblemError } from '../../base/errors.ts';
import { Histogram, type Samples, Tally } from '../../base/samples.ts';
import type { Commit } from '../../log/log.ts';

/** What became of a commit: `full` was refused for want of space, of `unknown` nobody can tell. */
export type CommitResult = 'ok' | 'full' | 'unknown';

/** How long a refused commit counts where nothing was tried since. */
const fullMs = 30_000;
const ownerPrefix = 'query:';

/** The log refused a commit for want of space, and nothing of it was done. */
export function isFull(error: unknown): boolean {
  return error instanceof ProblemError && error.code === 'log.disk-full';
}

export class TickMetrics {
  readonly #commitSeconds = new Histogram();
  readonly #passSeconds = new Histogram();
  readonly #commits = { ok: 0, full: 0, unknown: 0 };
  readonly #recordsIn = new Tally();
  readonly #bytesIn = new Tally();
  readonly #recordsOut = new Tally();
  readonly #bytesOut = new Tally();
  /** When a query last processed something, in the milliseconds of `performance.now`. */
  readonly #progress = new Map<string, number>();
  #stateChanges = 0;
  #lastResult: CommitResult = 'ok';
  #lastMs = 0;

  /** Whether the last commit was refused because the disk is full; after a while it is worth trying again. */
  get isFull(): boolean {
    return this.#lastResult === 'full' && performance.now() - this.#lastMs < fullMs;
  }

  /** A pass that did something: records admitted and queries run. */
  passed(seconds: number): void {
    this.#passSeconds.observe(seconds);
  }

  progressed(query: string): void {
    this.#progress.set(query, performance.now());
  }

  /** Null: not yet. */
  progressOf(query: string): number | null {
    return this.#progress.get(query) ?? null;
  }

  forget(query: string): void {
    this.#progress.delete(query);
  }

  commitEnded(result: CommitResult, seconds: number): void {
    this.#commits[result]++;
    this.#lastResult = result;
    this.#lastMs = performance.now();
    this.#commitSeconds.observe(seconds);
  }

  /** What has become durable; `isProduced` says which parts hold what producers handed in. */
  committed(parts: readonly Commit[], isProduced: (part: number) => boolean): void {
    for (const [at, { owner, appends, state }] of parts.entries()) {
      this.#stateChanges += state.length;
      const query = owner?.id.startsWith(ownerPrefix) ? owner.id.slice(ownerPrefix.length) : null;
      if (query === null && !isProduced(at)) continue;
      for (const { to, batch, recordCount } of appends) {
        (query === null ? this.#recordsIn : this.#recordsOut).add(query ?? to.topic, recordCount);
        (query === null ? this.#bytesIn : this.#bytesOut).add(query ?? to.topic, batch.length);
      }
    }
  }

  write(into: Samples): void {
    this.#recordsIn.write(into, 'records_in_total', 'topic');
    this.#bytesIn.write(into, 'bytes_in_total', 'topic');
    this.#recordsOut.write(into, 'records_out_total', 'query');
    this.#bytesOut.write(into, 'bytes_out_total', 'query');
    this.#commitSeconds.write(into, 'commit_seconds');
    this.#passSeconds.write(into, 'slice_seconds');
    into['commit_state_changes_total'] = this.#stateChanges;
    for (const [result, count] of Object.entries(this.#commits))
      into[`commits_total{result="${result}"}`] = count;
    into['disk_full'] = this.isFull ? 1 : 0;
  }
}
