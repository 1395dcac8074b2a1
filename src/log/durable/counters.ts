/**
 * The log's counters follow from its newest row; a transaction that may remove that row keeps them in table `meta` (see
 * schema.ts).
 */
import type { Database } from './driver.ts';
import { readMeta, writeMeta } from './schema.ts';
import type { Rows } from './rows.ts';

export class Counters {
  readonly #database: Database;
  /** Logical time of the next batch from outside. */
  nextTime: number;

  constructor(database: Database, rows: Rows) {
    this.#database = database;
    this.nextTime = Math.max(1, readMeta(database, 'next_time') ?? 0, rows.newestTime() ?? 0);
  }

  /** In every transaction that deletes rows of `log`. */
  keep(): void {
    writeMeta(this.#database, 'next_time', this.nextTime);
  }
}
