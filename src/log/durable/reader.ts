/**
 * Reading batches: from memory if they are among the newest, else from their rows and segments. What was committed by this
 * process and is still in memory is served as it is; what comes from disk is checked (CRC, order, gaps).
 */
import type { Bytes } from '../../base/env.ts';
import { describe } from '../checks.ts';
import type { Offset, RecordBatch } from '../log.ts';
import { corruptRecord } from '../record-batch.ts';
import { type Row, type Rows, toBatch } from './rows.ts';
import type { Segments } from './segments.ts';
import type { Partition } from './topics.ts';

/** One read of a segment covers at most so many bytes, unless a single batch is larger. */
const READ_BYTES_MAX = 4 * 1024 * 1024;

export class Reader {
  readonly #rows: Rows;
  readonly #segments: Segments;

  constructor(rows: Rows, segments: Segments) {
    this.#rows = rows;
    this.#segments = segments;
  }

  /** As `Log.read`. Rows and files are pinned before the first await. */
  async read(partition: Partition, at: Offset, maxBytes: number): Promise<readonly RecordBatch[]> {
    const from = Math.max(at, partition.start);
    if (from >= partition.end) return [];
    return readTail(partition, from, maxBytes) ?? this.readRows(partition, from, maxBytes);
  }

  /** From disk only. */
  async readRows(
    partition: Partition,
    from: Offset,
    maxBytes: number,
  ): Promise<readonly RecordBatch[]> {
    // Rows of a commit under way do not count yet.
    const rows = this.#rows
      .readFrom(partition.id, from, maxBytes)
      .filter(({ base }) => base < partition.end);
    const bytes = await this.load(rows);
    return check(partition, from, rows, bytes);
  }

  /** The bytes of each row, unchecked; short where a file ends early. */
  async load(rows: readonly Row[]): Promise<readonly Bytes[]> {
    const loads: Promise<readonly Bytes[]>[] = [];
    for (let index = 0; index < rows.length; ) {
      const end = endOfRun(rows, index);
      loads.push(this.#loadRun(rows.slice(index, end)));
      index = end;
    }
    return (await Promise.all(loads)).flat();
  }

  async #loadRun(rows: readonly Row[]): Promise<readonly Bytes[]> {
    const [first, last] = [rows[0]!, rows.at(-1)!];
    if (first.place === null || last.place === null) return rows.map((row) => row.batch!);
    const { segment, position } = first.place;
    const byteCount = last.place.position + last.length - position;
    const bytes = await this.#segments.read(segment, position, byteCount).catch((cause) => {
      if (cause.code === 'ENOENT') return new Uint8Array(0);
      throw cause;
    });
    return rows.map((row) => {
      const start = row.place!.position - position;
      return bytes.subarray(start, start + row.length);
    });
  }
}

/** End of the rows from `start` on that lie one behind the other in one segment, or of those that are inline. */
function endOfRun(rows: readonly Row[], start: number): number {
  const first = rows[start]!.place;
  let end = start + 1;
  let bytes = rows[start]!.length;
  for (; end < rows.length; end++) {
    const place = rows[end]!.place;
    if (first === null || place === null) {
      if (first !== place) break;
      continue;
    }
    if (place.segment !== first.segment || place.position !== first.position + bytes) break;
    bytes += rows[end]!.length;
    if (bytes > READ_BYTES_MAX) break;
  }
  return end;
}

/** Throws `log.corrupt-record`. `from` is the offset asked for, within the partition's bounds. */
function check(
  partition: Partition,
  from: Offset,
  rows: readonly Row[],
  bytes: readonly Bytes[],
): readonly RecordBatch[] {
  // Compaction takes records out, so only without it does a gap mean that something was lost.
  const mayHaveGaps = partition.spec.cleanup !== 'delete';
  let expected = from;
  const batches: RecordBatch[] = [];
  for (const [index, row] of rows.entries()) {
    const where = `${describe(partition.of)} offset ${row.base}`;
    const isFirst = index === 0;
    if (row.base > expected && !mayHaveGaps) {
      throw corruptRecord(
        `${describe(partition.of)} offset ${expected}`,
        `records up to offset ${row.base - 1} are missing`,
      );
    }
    if (row.base < expected && !(isFirst && row.last >= expected)) {
      throw corruptRecord(where, `offset ${expected} was expected`);
    }
    const batch = toBatch(row, bytes[index]!);
    if (typeof batch === 'string') throw corruptRecord(where, batch);
    batches.push(batch);
    expected = row.last + 1;
  }
  return batches;
}

/** Null if the batch that holds `from` is not in memory. */
function readTail(
  { tail }: Partition,
  from: Offset,
  maxBytes: number,
): readonly RecordBatch[] | null {
  if (tail.length === 0 || from < tail[0]!.baseOffset) return null;
  let low = 0;
  let high = tail.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (tail[middle]!.lastOffset < from) low = middle + 1;
    else high = middle;
  }
  let bytes = 0;
  let end = low;
  while (end < tail.length && bytes < maxBytes) bytes += tail[end++]!.bytes.length;
  return tail.slice(low, Math.max(end, low + 1));
}
