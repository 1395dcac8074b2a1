/**
 * Where the bytes of new batches go. Little is kept in the rows themselves, which costs one flush for everything; more goes
 * to the segment being written, which costs a second flush but a quarter of the bytes that SQLite would write.
 */
import type { RecordBatch } from '../log.ts';
import type { Database, Statement } from './driver.ts';
import type { Place, Segments } from './segments.ts';
import type { Writer } from './writer.ts';

/** Batches of one commit up to so many bytes together stay inline. */
export const INLINE_BYTES_MAX: number = 64 * 1024;

/** Batches that are written, but not yet committed. */
export interface Placed {
  /** Bytes that the rows themselves will hold. */
  readonly inlineBytes: number;
  /** Of the batch at `index`: null for inline. */
  place(index: number): Place | null;
  /** Within the transaction that writes the rows. */
  record(): void;
  /** After that transaction. */
  accept(): void;
}

function inline(inlineBytes: number): Placed {
  return { inlineBytes, place: () => null, record: () => {}, accept: () => {} };
}

export class Placement {
  readonly #segments: Segments;
  readonly #writer: Writer;
  readonly #isSynced: boolean;
  readonly #insertSegment: Statement;

  constructor(
    database: Database,
    {
      segments,
      writer,
      isSynced,
    }: {
      readonly segments: Segments;
      readonly writer: Writer;
      /** Whether ordinary commits flush segments before their rows. */
      readonly isSynced: boolean;
    },
  ) {
    this.#segments = segments;
    this.#writer = writer;
    this.#isSynced = isSynced;
    this.#insertSegment = database.prepare('INSERT OR IGNORE INTO segment (id) VALUES (?)');
  }

  /**
   * Writes what does not stay inline. `synced` flushes in any case: for rewriting what was durable before, whose loss would
   * not be that of the newest only. Throws as `Log.commit`.
   */
  async write(batches: readonly RecordBatch[], flush: 'as-configured' | 'synced'): Promise<Placed> {
    let byteCount = 0;
    for (const { bytes } of batches) byteCount += bytes.length;
    if (byteCount <= INLINE_BYTES_MAX) return inline(byteCount);
    const start = this.#segments.place(byteCount);
    const buffers = batches.map((batch) => batch.bytes);
    try {
      await this.#segments.write(start, buffers, this.#isSynced || flush === 'synced');
    } catch (error) {
      throw this.#writer.failed(error);
    }
    const positions: number[] = [];
    let position = start.position;
    for (const { length } of buffers) {
      positions.push(position);
      position += length;
    }
    return {
      inlineBytes: 0,
      place: (index) => ({ segment: start.segment, position: positions[index]! }),
      record: () => {
        if (start.position === 0) this.#insertSegment.run(start.segment);
      },
      accept: () => this.#segments.accept(start, byteCount),
    };
  }
}
