/** Removes the rows of deleted topics. */
import type { Counters } from './counters.ts';
import type { Database, Statement } from './driver.ts';
import type { Reclaim } from './reclaim.ts';
import type { Upkeep, UpkeepStep } from './upkeep.ts';
import type { Writer } from './writer.ts';
import { firstPartOf, lastPartOf } from './topics.ts';

const SLICE_ROWS = 512;

export class Removal implements Upkeep {
  readonly #writer: Writer;
  readonly #counters: Counters;
  readonly #reclaim: Reclaim;
  readonly #dropped: Statement;
  readonly #rows: Statement;
  readonly #deleteRow: Statement;
  readonly #deleteParts: Statement;
  readonly #deleteTopic: Statement;

  constructor(
    database: Database,
    {
      writer,
      counters,
      reclaim,
    }: {
      readonly writer: Writer;
      readonly counters: Counters;
      readonly reclaim: Reclaim;
    },
  ) {
    this.#writer = writer;
    this.#counters = counters;
    this.#reclaim = reclaim;
    this.#dropped = database.prepare('SELECT id FROM topic WHERE dropped = 1 LIMIT 1').pluck();
    this.#rows = database
      .prepare('SELECT id, segment FROM log WHERE part BETWEEN ? AND ? LIMIT ?')
      .raw();
    this.#deleteRow = database.prepare('DELETE FROM log WHERE id = ?');
    this.#deleteParts = database.prepare('DELETE FROM part WHERE id BETWEEN ? AND ?');
    this.#deleteTopic = database.prepare('DELETE FROM topic WHERE id = ?');
  }

  step(): UpkeepStep {
    const topic = this.#dropped.get() as number | undefined;
    if (topic === undefined) return 'idle';
    const [first, last] = [firstPartOf(topic), lastPartOf(topic)];
    const rows = this.#rows.all(first, last, SLICE_ROWS) as [number, number | null][];
    this.#writer.run(() => {
      for (const [id] of rows) this.#deleteRow.run(id);
      if (rows.length > 0) this.#counters.keep();
      if (rows.length === SLICE_ROWS) return;
      this.#deleteParts.run(first, last);
      this.#deleteTopic.run(topic);
    });
    for (const [, segment] of rows) this.#reclaim.suspect(segment);
    return 'worked';
  }
}
