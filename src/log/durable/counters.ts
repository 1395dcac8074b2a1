/**
 * The log's counters. They follow from its newest row; a transaction that may remove that row keeps them in table `meta` (see
 * schema.ts).
 */
import type { Database } from './driver.ts';
import type { Rows } from './rows.ts';
import { readMeta, writeMeta } from './schema.ts';

export class Counters {
  readonly #database: Database;
  /** Id of the next row of `log`: the append sequence. Never given twice. */
  nextId: number;
  /** Logical time of the next batch from outside. */
  nextTime: number;

  constructor(database: Database, rows: Rows) {
    this.#database = database;
    const newest = rows.newest();
    this.nextId = Math.max(1, readMeta(database, 'next_id') ?? 0, (newest?.id ?? 0) + 1);
    this.nextTime = Math.max(1, readMeta(database, 'next_time') ?? 0, newest?.nextTime ?? 0);
  }

  /** In every transaction that deletes rows of `log`. */
  keep(): void {
    writeMeta(this.#database, 'next_id', this.nextId);
    writeMeta(this.#database, 'next_time', this.nextTime);
  }
}
