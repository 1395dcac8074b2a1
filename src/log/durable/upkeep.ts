/** Housekeeping in slices: each kind does a bounded piece of work per step, and the kinds take turns. */
import type { TimestampMs } from '../../base/env.ts';

/** `looked`: nothing to do so far, but not everything was looked at; `idle`: everything was. */
export type UpkeepStep = 'worked' | 'looked' | 'idle';

export interface Upkeep {
  /** One bounded piece of work as of `now`. */
  step(now: TimestampMs): UpkeepStep | Promise<UpkeepStep>;
}

/** Goes on where it stopped, so that no kind waits for ever behind another one. */
export class UpkeepRota {
  readonly #kinds: readonly Upkeep[];
  #turn = 0;

  constructor(kinds: readonly Upkeep[]) {
    this.#kinds = kinds;
  }

  /**
   * Steps of all kinds in turn until all are idle or `budgetMs` of wall time have passed; false if there was nothing to do at
   * all (work of one kind can leave some to another).
   */
  async run(now: TimestampMs, budgetMs: number): Promise<boolean> {
    const deadline = performance.now() + budgetMs;
    const waiting = new Set(this.#kinds);
    let hasWorked = false;
    while (waiting.size > 0) {
      const kind = this.#kinds[this.#turn]!;
      this.#turn = (this.#turn + 1) % this.#kinds.length;
      if (!waiting.has(kind)) continue;
      const step = await kind.step(now);
      if (step === 'idle') waiting.delete(kind);
      else if (performance.now() >= deadline) return true;
      hasWorked ||= step === 'worked';
    }
    return hasWorked;
  }
}
