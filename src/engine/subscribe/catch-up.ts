/**
 * Finds what changed since tokens, for many at a time: after a restart everybody comes at once, and the log is read once for all
 * who came while it was being read for those before. Most is read while the engine works; the rest between two ticks.
 */
import type { SchemaResolver } from '../../formats/schema.ts';
import type { Log, Offset } from '../../log/log.ts';
import type { Ticker } from '../tick/tick.ts';
import { ChangedKeys } from './changed-keys.ts';
import type { TableWatch } from './table-watch.ts';

interface Waiting {
  readonly offsets: readonly Offset[];
  readonly go: (keys: ChangedKeys) => void;
  readonly fail: (error: unknown) => void;
}

export class CatchUp {
  readonly #watch: TableWatch;
  readonly #options: {
    readonly log: Log;
    readonly schemas: SchemaResolver;
    readonly ticker: Ticker;
  };
  #waiting: Waiting[] = [];
  #isRunning = false;

  constructor(
    watch: TableWatch,
    options: {
      readonly log: Log;
      readonly schemas: SchemaResolver;
      readonly ticker: Ticker;
    },
  ) {
    this.#watch = watch;
    this.#options = options;
  }

  /** Calls `attach` between two ticks with the keys of the records from `offsets` on, perhaps among more. */
  resume<Result>(
    offsets: readonly Offset[],
    attach: (keys: ChangedKeys) => Result,
  ): Promise<Result> {
    return new Promise((resolve, reject) => {
      const go = (keys: ChangedKeys): void => {
        try {
          resolve(attach(keys));
        } catch (error) {
          reject(error);
        }
      };
      this.#waiting.push({ offsets, go, fail: reject });
      if (!this.#isRunning) void this.#run();
    });
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    while (this.#waiting.length > 0) {
      // Whoever asks in the same turn comes along.
      await Promise.resolve();
      const batch = this.#waiting;
      this.#waiting = [];
      try {
        await this.#serve(batch);
      } catch (error) {
        for (const { fail } of batch) fail(error);
      }
    }
    this.#isRunning = false;
  }

  async #serve(batch: readonly Waiting[]): Promise<void> {
    const { log, schemas, ticker } = this.#options;
    const watch = this.#watch;
    const from = watch
      .offsets()
      .map((end, partition) =>
        batch.reduce((least, { offsets }) => Math.min(least, offsets[partition] ?? end), end),
      );
    const { keyText } = watch;
    const keys = new ChangedKeys(watch.options.source, from, { log, schemas, keyText });
    await keys.read(watch.offsets());
    await ticker.atRest(async () => {
      await keys.read(watch.offsets());
      for (const { go } of batch) go(keys);
    });
  }
}
