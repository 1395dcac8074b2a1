/**
 * The one place where transactions begin and end, and where the log stops for good: once the outcome of a write is unknown,
 * every further use is refused until the log is opened again.
 */
import type { ProblemError } from '../../base/errors.ts';
import type { Database, Statement } from './driver.ts';
import { knownFailure, outcomeUnknown } from './failures.ts';

export class Writer {
  readonly #database: Database;
  readonly #begin: Statement;
  readonly #commit: Statement;
  readonly #rollback: Statement;
  #failure: ProblemError | null = null;

  constructor(database: Database) {
    this.#database = database;
    this.#begin = database.prepare('BEGIN IMMEDIATE');
    this.#commit = database.prepare('COMMIT');
    this.#rollback = database.prepare('ROLLBACK');
  }

  /** Throws `log.outcome-unknown` once the log has stopped. */
  check(): void {
    if (this.#failure !== null) throw this.#failure;
  }

  /**
   * Runs `change` in one transaction, durable when this returns. What `change` throws of its own accord is thrown on, after a
   * rollback; of storage errors some are known not to have happened (`log.disk-full`, `log.read-only`), others stop the log.
   */
  run<T>(change: () => T): T {
    this.check();
    try {
      this.#begin.run();
      const result = change();
      this.#commit.run();
      return result;
    } catch (error) {
      throw this.#settle(error);
    }
  }

  /** As `run`, but durable only when the WAL has been flushed (wal-flush.ts). */
  runUnflushed<T>(change: () => T): T {
    this.check();
    this.#database.exec('PRAGMA synchronous = NORMAL');
    try {
      return this.run(change);
    } finally {
      // A log that has stopped may be within a transaction for good.
      if (!this.#database.inTransaction) this.#database.exec('PRAGMA synchronous = FULL');
    }
  }

  #settle(error: unknown): unknown {
    const isStorage = (error as { readonly name?: unknown } | null)?.name === 'SqliteError';
    const known = isStorage ? knownFailure(error) : error;
    if (known === null) return this.fail(error);
    try {
      // SQLite may have rolled back by itself.
      if (this.#database.inTransaction) this.#rollback.run();
    } catch (cause) {
      return this.fail(cause);
    }
    return known;
  }

  /** For a failure outside of SQLite: what to throw. The log has stopped unless the failure is a known one. */
  failed(error: unknown): ProblemError {
    return knownFailure(error) ?? this.fail(error);
  }

  /** Stops the log. */
  fail(cause: unknown): ProblemError {
    this.#failure ??= outcomeUnknown(cause);
    return this.#failure;
  }
}
