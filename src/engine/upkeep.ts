/**
 * The log's upkeep (retention, compaction, state merges, space) in small slices between ticks: once a period, and again at
 * once while there is more to do.
 */
import type { Env } from '../base/env.ts';
import type { Log } from '../log/log.ts';
import { upkeepPeriodMs, upkeepSliceMs } from './limits.ts';
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
      const now = this.#env.clock.now();
      this.#ticker
        .atRest(() => this.#log.maintain(now, upkeepSliceMs))
        .then((isMoreWaiting) => this.#arm(isMoreWaiting ? 0 : upkeepPeriodMs))
        // What the log cannot do it says by its next commit; here the engine is only stopping.
        .catch((error: unknown) =>
          this.#env.logger.warn('upkeep-failed', { message: String(error) }),
        );
    });
  }
}
