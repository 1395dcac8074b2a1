/**
 * Gives back the space of segments: one without rows is removed; of one that is less than half alive, the rest is copied to
 * the segment being written. Also returns pages that SQLite no longer uses to the file system.
 */
import { statSync } from 'node:fs';
import type { Checkpoints } from './checkpoint.ts';
import type { Database, Statement } from './driver.ts';
import type { Placement } from './placement.ts';
import type { Reader } from './reader.ts';
import { type Row, type Rows, toBatch } from './rows.ts';
import { PAGE_BYTES } from './schema.ts';
import { segmentPath, type Segments } from './segments.ts';
import type { Upkeep, UpkeepStep } from './upkeep.ts';
import type { Writer } from './writer.ts';
import type { RecordBatch } from '../log.ts';

const SLICE_ROWS = 256;
const SLICE_BYTES = 4 * 1024 * 1024;
const VACUUM_PAGES = 256;
/** Fewer free bytes are kept for what comes. */
const FREE_BYTES_MIN = 16 * 1024 * 1024;

export interface ReclaimParts {
  readonly directory: string;
  readonly rows: Rows;
  readonly reader: Reader;
  readonly segments: Segments;
  readonly placement: Placement;
  readonly writer: Writer;
  readonly checkpoints: Checkpoints;
}

export class Reclaim implements Upkeep {
  readonly #database: Database;
  readonly #parts: ReclaimParts;
  /** Segments that may have lost rows. */
  readonly #suspects: Set<number>;
  /** Segments with damaged batches: kept as they are. */
  readonly #damaged = new Set<number>();
  readonly #deleteSegment: Statement;

  constructor(database: Database, parts: ReclaimParts) {
    this.#database = database;
    this.#parts = parts;
    this.#deleteSegment = database.prepare('DELETE FROM segment WHERE id = ?');
    this.#suspects = new Set(database.prepare('SELECT id FROM segment').pluck().all() as number[]);
  }

  /** A row that pointed into `segment` was removed or changed; null for one with inline bytes. */
  suspect(segment: number | null): void {
    if (segment !== null && !this.#damaged.has(segment)) this.#suspects.add(segment);
  }

  async step(): Promise<UpkeepStep> {
    const { segments, rows, directory } = this.#parts;
    for (const segment of this.#suspects) {
      if (segment === segments.current) continue;
      const live = rows.segmentBytes(segment);
      if (live === 0) await this.#drop(segment);
      else if (live * 2 < sizeOf(directory, segment)) await this.#copy(segment);
      else this.#suspects.delete(segment);
      return 'worked';
    }
    return this.#vacuum() ? 'worked' : 'idle';
  }

  async #drop(segment: number): Promise<void> {
    const { writer, segments, checkpoints } = this.#parts;
    writer.run(() => this.#deleteSegment.run(segment));
    this.#suspects.delete(segment);
    await checkpoints.whenFolded(() => segments.drop(segment));
  }

  /** Copies some of what is alive. The bytes are the same, so whoever has a batch in memory keeps it. */
  async #copy(segment: number): Promise<void> {
    const { rows, reader, placement, writer } = this.#parts;
    const moved = withinSlice(rows.ofSegment(segment, SLICE_ROWS));
    const bytes = await reader.load(moved);
    const batches: RecordBatch[] = [];
    for (const [index, row] of moved.entries()) {
      const batch = toBatch(row, bytes[index]!);
      if (typeof batch === 'string') {
        // Whoever reads the batch is told; here only what is intact may be moved, so the file stays.
        this.#damaged.add(segment);
        this.#suspects.delete(segment);
        return;
      }
      batches.push(batch);
    }
    const placed = await placement.write(batches, 'synced');
    writer.run(() => {
      for (const [index, row] of moved.entries()) {
        rows.replace(row.id, row.part, batches[index]!, placed.place(index));
      }
      placed.record();
    });
    placed.accept();
  }

  #vacuum(): boolean {
    const free = Number(this.#database.pragma('freelist_count', { simple: true }));
    const pages = Number(this.#database.pragma('page_count', { simple: true }));
    if (free * PAGE_BYTES < FREE_BYTES_MIN || free * 2 < pages) return false;
    this.#parts.writer.check();
    this.#database.pragma(`incremental_vacuum(${VACUUM_PAGES})`);
    return true;
  }
}

function withinSlice(rows: readonly Row[]): readonly Row[] {
  let bytes = 0;
  let count = 0;
  while (count < rows.length && bytes < SLICE_BYTES) bytes += rows[count++]!.length;
  return rows.slice(0, count);
}

function sizeOf(directory: string, segment: number): number {
  return statSync(segmentPath(directory, segment), { throwIfNoEntry: false })?.size ?? 0;
}
