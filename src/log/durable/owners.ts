/** Owners, their epochs and their positions. Rows are the truth; ids and epochs are kept in memory once read. */
import type { Offset, Owner, OwnerState } from '../log.ts';
import { fenced } from '../checks.ts';
import type { Database, Statement } from './driver.ts';
import type { Topics } from './topics.ts';

export interface OwnerEntry {
  readonly id: number;
  epoch: number;
}

export class Owners {
  readonly #entries = new Map<string, OwnerEntry>();
  readonly #select: Statement;
  readonly #insert: Statement;
  readonly #update: Statement;
  readonly #delete: Statement;
  readonly #list: Statement;
  readonly #setPosition: Statement;
  readonly #positions: Statement;
  readonly #deletePositions: Statement;

  constructor(database: Database) {
    this.#select = database.prepare('SELECT id, epoch FROM owner WHERE name = ?').raw();
    this.#insert = database.prepare('INSERT INTO owner (name, epoch) VALUES (?, ?)');
    this.#update = database.prepare('UPDATE owner SET epoch = ? WHERE id = ?');
    this.#delete = database.prepare('DELETE FROM owner WHERE id = ?');
    this.#list = database
      .prepare('SELECT name FROM owner WHERE substr(name, 1, length(?)) = ?')
      .pluck();
    this.#setPosition = database.prepare(
      'INSERT OR REPLACE INTO position (owner, part, next) VALUES (?, ?, ?)',
    );
    this.#positions = database.prepare('SELECT part, next FROM position WHERE owner = ?').raw();
    this.#deletePositions = database.prepare('DELETE FROM position WHERE owner = ?');
  }

  find(name: string): OwnerEntry | null {
    const known = this.#entries.get(name);
    if (known !== undefined) return known;
    const row = this.#select.get(name) as [number, number] | undefined;
    if (row === undefined) return null;
    const entry = { id: row[0], epoch: row[1] };
    this.#entries.set(name, entry);
    return entry;
  }

  /** Throws `log.fenced`. */
  checkEpoch(owner: Owner): void {
    const current = this.find(owner.id)?.epoch ?? 0;
    if (owner.epoch < current) throw fenced(owner, current);
  }

  /** Within a transaction: the owner, created or raised to `epoch` if need be. */
  write(name: string, epoch: number): OwnerEntry {
    const entry = this.find(name);
    if (entry === null) {
      const id = Number(this.#insert.run(name, epoch).lastInsertRowid);
      const created = { id, epoch };
      this.#entries.set(name, created);
      return created;
    }
    if (entry.epoch !== epoch) {
      this.#update.run(epoch, entry.id);
      entry.epoch = epoch;
    }
    return entry;
  }

  setPosition(owner: OwnerEntry, part: number, next: Offset): void {
    this.#setPosition.run(owner.id, part, next);
  }

  positions(name: string, topics: Topics): OwnerState['positions'] {
    const entry = this.find(name);
    if (entry === null) return [];
    const positions: OwnerState['positions'][number][] = [];
    for (const [part, next] of this.#positions.all(entry.id) as [number, Offset][]) {
      const of = topics.named(part);
      if (of !== null) positions.push({ of, next });
    }
    return positions;
  }

  /** Within a transaction. */
  delete(name: string, { id }: OwnerEntry): void {
    this.#delete.run(id);
    this.#deletePositions.run(id);
    this.#entries.delete(name);
  }

  list(prefix: string): readonly string[] {
    return (this.#list.all(prefix, prefix) as string[]).sort();
  }

  /** After a rollback: what is in memory may not have become true. */
  forget(): void {
    this.#entries.clear();
  }
}
