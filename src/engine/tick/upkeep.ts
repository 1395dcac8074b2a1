/**
 * The log's upkeep (retention, compaction, state merges, space) in small slices between ticks: once a period, and sooner while
 * there is more to do, at most a fifth of the time.
 */
import type { Env } from '../../base/env.ts';
import type { Log } from '../../log/log.ts';
import { upkeepPeriodMs, upkeepRest, upkeepSliceMs } from '../limits.ts';
import type { Ticker } from './tick.ts';

export class Upkeep {
  readonly #log: Log;
  readonly #env: Env;
  readonly #ticker: Ticker;
  #timer: Disposable | null = null;
  #stopped = false;

  constructor(log: Log, env: Env, ticker: Ticker) {
    this.#log = log;
    this.#env = env;
    this.#ticker = ticker;
  }

  start(): void {
    this.#arm(upkeepPeriodMs);
  }

  stop(): void {
    this.#stopped = true;
    this.#timer?.[Symbol.dispose]();
  }

  #arm(delayMs: number): void {
    if (this.#stopped) return;
    this.#timer = this.#env.timers.after(delayMs, () => {
      this.#ticker
        .atRest(() => this.#slice())
        .then((nextMs) => this.#arm(nextMs))
        // What the log cannot do it says by its next commit; here the engine is only stopping.
        .catch((error: unknown) =>
          this.#env.logger.warn('upkeep-failed', { message: String(error) }),
        );
    });
  }

  /** One slice; after how long the next is due. */
  async #slice(): Promise<number> {
    const { clock } = this.#env;
    const started = clock.now();
    const isMoreWaiting = await this.#log.maintain(started, upkeepSliceMs);
    return isMoreWaiting ? (clock.now() - started) * upkeepRest : upkeepPeriodMs;
  }
}
