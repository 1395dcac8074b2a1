/**
 * Flushes the WAL beside SQLite. A commit with `synchronous=FULL` flushes on the thread it runs on, which then stands still for
 * as long as the disk takes; instead the transaction is written with `NORMAL`, and the WAL is flushed in the thread pool.
 *
 * That is the same promise: what FULL adds to NORMAL in WAL mode is one flush of the WAL behind each commit. Everything
 * before it (a fresh WAL's header, the WAL before a checkpoint) SQLite flushes in both. The file is the same one for as long as
 * the database is open, and SQLite takes its locks on others.
 */
import { closeSync, fdatasync, openSync } from 'node:fs';

export class WalFlush {
  readonly #path: string;
  #file: number | null = null;

  /** `path` of the WAL; it need not be there before the first flush. */
  constructor(path: string) {
    this.#path = path;
  }

  /** Resolves when everything written to the WAL before the call is on the disk. */
  flush(): Promise<void> {
    this.#file ??= openSync(this.#path, 'r+');
    const file = this.#file;
    return new Promise((resolve, reject) => {
      fdatasync(file, (error) => {
        if (error === null) resolve();
        else reject(error);
      });
    });
  }

  close(): void {
    if (this.#file !== null) closeSync(this.#file);
    this.#file = null;
  }
}
