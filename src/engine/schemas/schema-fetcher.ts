/**
 * Schemas of a remote registry that records name and nobody has seen yet: fetched one after the other, for as long as it
 * takes. Queries that came upon such a record stand still meanwhile (schema-gate.ts).
 */
import type { Env } from '../../base/env.ts';
import { ProblemError } from '../../base/errors.ts';
import type { RegistryRecord } from '../../registry/record.ts';
import type { RegistryMirror } from '../../registry/remote/mirror.ts';
import type { SchemaStore } from '../../registry/store.ts';
import { schemaAbsentMs, schemaRetryMs, schemaRetryMsMax, schemasAbsentMax } from '../limits.ts';

export interface SchemaFetcherOptions {
  readonly mirror: RegistryMirror;
  readonly store: SchemaStore;
  readonly env: Env;
  /** Keeps the records between two ticks, after which whoever waited goes on. */
  readonly keep: (records: readonly RegistryRecord[]) => Promise<void>;
}

export class SchemaFetcher {
  readonly #options: SchemaFetcherOptions;
  readonly #wanted = new Set<number>();
  /** When the registry last said that it has none of that id. */
  readonly #absent = new Map<number, number>();
  #isRunning = false;
  #isStopped = false;

  constructor(options: SchemaFetcherOptions) {
    this.#options = options;
  }

  /** Whether a record with that id can be dealt with: its schema is there, or there is none. */
  isSettled(id: number): boolean {
    if (this.#options.store.schema(id) !== null) return true;
    const since = this.#absent.get(id);
    return since !== undefined && this.#options.env.clock.now() - since < schemaAbsentMs;
  }

  /** Asks once for each id; false where the registry cannot be asked. For whoever can do without. */
  async ask(ids: Iterable<number>): Promise<boolean> {
    for (const id of ids) if (!this.#isStopped && !(await this.#fetch(id))) return false;
    return true;
  }

  want(ids: Iterable<number>): void {
    for (const id of ids) this.#wanted.add(id);
    if (this.#isRunning || this.#wanted.size === 0) return;
    this.#isRunning = true;
    this.#run()
      .catch((error: unknown) => this.#options.env.logger.warn('schema-fetch', String(error)))
      .finally(() => {
        this.#isRunning = false;
      });
  }

  stop(): void {
    this.#isStopped = true;
  }

  async #run(): Promise<void> {
    const { env } = this.#options;
    let delayMs = schemaRetryMs;
    for (const id of this.#wanted) {
      while (!this.#isStopped && !(await this.#fetch(id))) {
        await new Promise<void>((resolve) => {
          env.timers.after(delayMs, resolve);
        });
        delayMs = Math.min(delayMs * 2, schemaRetryMsMax);
      }
      if (this.#isStopped) return;
      delayMs = schemaRetryMs;
      this.#wanted.delete(id);
    }
  }

  /** false: to be tried again. */
  async #fetch(id: number): Promise<boolean> {
    const { mirror, keep, env } = this.#options;
    let records: readonly RegistryRecord[] | null = null;
    try {
      records = await mirror.byId(id);
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      env.logger.warn('schema-fetch', { id, message: error.message, hint: error.hint ?? null });
      // One that cannot be read is as good as none.
      if (error.code !== 'registry.invalid-schema') return false;
    }
    if (records === null) {
      if (this.#absent.size >= schemasAbsentMax) this.#absent.clear();
      this.#absent.set(id, env.clock.now());
    }
    if (!this.#isStopped) await keep(records ?? []);
    return true;
  }
}
