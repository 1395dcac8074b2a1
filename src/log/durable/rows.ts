/** The rows of table `log`: one per record batch. Writes them, finds them, and checks what comes back. */
import { ByteReader, ByteWriter, setInt64 } from '../../base/bytes.ts';
import type { Bytes } from '../../base/env.ts';
import { crc32c } from '../../base/hash.ts';
import type { LogicalTimes, Offset, RecordBatch } from '../log.ts';
import { BATCH_PREFIX_BYTES, batchDefect } from '../record-batch.ts';
import type { Column, Database, Statement } from './driver.ts';
import type { Place } from './segments.ts';

/** A row whose bytes may still be in a segment. */
export interface Row {
  readonly id: number;
  readonly part: number;
  readonly base: Offset;
  readonly last: Offset;
  readonly count: number;
  readonly maxTimestamp: number;
  /** The first logical time; `times` holds all of them if there is more than one. */
  readonly time: number;
  readonly times: Bytes | null;
  readonly crc: number;
  readonly length: number;
  readonly place: Place | null;
  readonly batch: Bytes | null;
  readonly appendedMs: number;
}

const COLUMNS =
  'id, part, base, last, count, max_ts, time, times, crc, length, segment, position, batch, appended_ms';

export class Rows {
  readonly #insert: Statement;
  readonly #update: Statement;
  readonly #delete: Statement;
  readonly #holding: Statement;
  readonly #from: Statement;
  readonly #at: Statement;
  readonly #since: Statement;
  readonly #ofPart: Statement;
  readonly #ofSegment: Statement;
  readonly #segmentBytes: Statement;
  readonly #newest: Statement;
  readonly #after: Statement;
  readonly #segmentEnd: Statement;

  constructor(database: Database) {
    const pluck = (sql: string) => database.prepare(sql).pluck();
    const raw = (sql: string) => database.prepare(sql).raw();
    this.#insert = database.prepare(
      'INSERT INTO log (id, part, base, last, count, max_ts, time, times, next_time, crc, length, segment, position, ' +
        'batch, appended_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
    );
    this.#update = database.prepare(
      'UPDATE log SET count = ?, max_ts = ?, time = ?, times = ?, crc = ?, length = ?, segment = ?, position = ?, ' +
        'batch = ? WHERE id = ?',
    );
    this.#delete = database.prepare('DELETE FROM log WHERE id = ?');
    this.#holding = raw(
      'SELECT base, last FROM log WHERE part = ? AND base <= ? ORDER BY base DESC LIMIT 1',
    );
    this.#from = raw(`SELECT ${COLUMNS} FROM log WHERE part = ? AND base >= ? ORDER BY base`);
    this.#at = raw('SELECT id, segment, length FROM log WHERE part = ? AND base = ?');
    this.#since = pluck(
      'SELECT base FROM log WHERE part = ? AND base >= ? AND max_ts >= ? ORDER BY base LIMIT 1',
    );
    this.#ofPart = raw(
      'SELECT id, last, max(max_ts, appended_ms), length, segment FROM log WHERE part = ? ORDER BY base LIMIT ?',
    );
    this.#ofSegment = raw(`SELECT ${COLUMNS} FROM log WHERE segment = ? LIMIT ?`);
    this.#segmentBytes = pluck('SELECT coalesce(sum(length), 0) FROM log WHERE segment = ?');
    this.#newest = raw('SELECT id, next_time FROM log ORDER BY id DESC LIMIT 1');
    this.#after = raw(
      `SELECT ${COLUMNS} FROM log WHERE id > ? AND segment IS NOT NULL ORDER BY id LIMIT ?`,
    );
    this.#segmentEnd = pluck(
      'SELECT coalesce(max(position + length), 0) FROM log WHERE segment = ?',
    );
  }

  /** `counts` are the log's counters after this row: its own id and the next logical time. */
  insert(
    part: number,
    batch: RecordBatch,
    counts: { readonly id: number; readonly nextTime: number },
    place: Place | null,
  ): void {
    const { baseOffset, lastOffset, recordCount, maxTimestamp, times, bytes } = batch;
    const packed = packTimes(times);
    const time = times[0]![0];
    this.#insert.run(
      counts.id,
      part,
      baseOffset,
      lastOffset,
      recordCount,
      maxTimestamp,
      time,
      packed,
      counts.nextTime,
      rowCrc(part, { ...batch, time }, packed),
      bytes.length,
      place === null ? null : place.segment,
      place === null ? null : place.position,
      place === null ? bytes : null,
      batch.appendedMs,
    );
  }

  /** Replaces what row `id` says by a batch with the same offsets. */
  replace(id: number, part: number, batch: RecordBatch, place: Place | null): void {
    const { recordCount, maxTimestamp, times, bytes } = batch;
    const packed = packTimes(times);
    const time = times[0]![0];
    this.#update.run(
      recordCount,
      maxTimestamp,
      time,
      packed,
      rowCrc(part, { ...batch, time }, packed),
      bytes.length,
      place === null ? null : place.segment,
      place === null ? null : place.position,
      place === null ? bytes : null,
      id,
    );
  }

  delete(id: number): void {
    this.#delete.run(id);
  }

  /** Rows from the one that holds `at` on, until their bytes pass `maxBytes`. */
  readFrom(part: number, at: Offset, maxBytes: number): readonly Row[] {
    const holding = this.#holding.get(part, at) as [number, number] | undefined;
    const from = holding !== undefined && holding[1] >= at ? holding[0] : at;
    const rows: Row[] = [];
    let bytes = 0;
    for (const columns of this.#from.iterate(part, from)) {
      const row = toRow(columns as Column[]);
      rows.push(row);
      bytes += row.length;
      if (bytes >= maxBytes) break;
    }
    return rows;
  }

  /** The row of the batch with this base offset, which must exist. */
  find(part: number, base: Offset): Pick<RowSummary, 'id' | 'segment' | 'length'> {
    const [id, segment, length] = this.#at.get(part, base) as [number, number | null, number];
    return { id, segment, length };
  }

  /** Base offset of the first batch from `from` on that says it holds a record as new as `timestamp`. */
  firstSince(part: number, from: Offset, timestamp: number): Offset | null {
    return (this.#since.get(part, from, timestamp) as number | undefined) ?? null;
  }

  /** The first rows of a partition, without their bytes. */
  first(part: number, limit: number): readonly RowSummary[] {
    return (this.#ofPart.all(part, limit) as [number, number, number, number, number | null][]).map(
      ([id, last, datedMs, length, segment]) => ({ id, last, datedMs, length, segment }),
    );
  }

  ofSegment(segment: number, limit: number): readonly Row[] {
    return (this.#ofSegment.all(segment, limit) as Column[][]).map(toRow);
  }

  segmentBytes(segment: number): number {
    return this.#segmentBytes.get(segment) as number;
  }

  /** Where the last batch of a segment ends. */
  segmentEnd(segment: number): number {
    return this.#segmentEnd.get(segment) as number;
  }

  /** The counters that the newest row carries, or null without rows. */
  newest(): { readonly id: number; readonly nextTime: number } | null {
    const row = this.#newest.get() as [number, number] | undefined;
    return row === undefined ? null : { id: row[0], nextTime: row[1] };
  }

  /** Rows with a higher id whose bytes are in segments. */
  inSegmentsAfter(id: number, limit: number): readonly Row[] {
    return (this.#after.all(id, limit) as Column[][]).map(toRow);
  }
}

export interface RowSummary {
  readonly id: number;
  readonly last: Offset;
  /** The newer of its newest timestamp and the time at which it was appended. */
  readonly datedMs: number;
  readonly length: number;
  readonly segment: number | null;
}

function toRow(columns: readonly Column[]): Row {
  const [id, part, base, last, count, maxTimestamp, time, times, crc, length, segment, position] =
    columns as readonly [
      number,
      number,
      number,
      number,
      number,
      number,
      number,
      Uint8Array | null,
      number,
      number,
      number | null,
      number,
    ];
  return {
    id,
    part,
    base,
    last,
    count,
    maxTimestamp,
    time,
    times,
    crc,
    length,
    place: segment === null ? null : { segment, position },
    batch: columns[12] as Uint8Array | null,
    appendedMs: columns[13] as number,
  };
}

/** The batch of a row whose bytes are `bytes`, or in words why they cannot be what was written. */
export function toBatch(row: Row, bytes: Bytes): RecordBatch | string {
  if (bytes.length !== row.length) return `${row.length} bytes expected, ${bytes.length} found`;
  const { base: baseOffset, last: lastOffset, count: recordCount, maxTimestamp, time } = row;
  const { appendedMs } = row;
  const numbers = { baseOffset, lastOffset, recordCount, maxTimestamp, time, bytes };
  if (rowCrc(row.part, numbers, row.times) !== row.crc) return 'its index row is damaged';
  const defect = batchDefect(bytes);
  if (defect !== null) return defect;
  const times: LogicalTimes = row.times === null ? [[time, recordCount]] : unpackTimes(row.times);
  return { baseOffset, lastOffset, recordCount, maxTimestamp, times, bytes, appendedMs };
}

const NUMBERS = 6;
const scratch = new Uint8Array(NUMBERS * 8);

/** CRC-32C of what the batch's own CRC does not cover. */
function rowCrc(
  part: number,
  batch: Omit<RecordBatch, 'times' | 'appendedMs'> & { readonly time: number },
  packedTimes: Bytes | null,
): number {
  setInt64(scratch, 0, part);
  setInt64(scratch, 8, batch.baseOffset);
  setInt64(scratch, 16, batch.lastOffset);
  setInt64(scratch, 24, batch.recordCount);
  setInt64(scratch, 32, batch.maxTimestamp);
  setInt64(scratch, 40, batch.time);
  const numbers = crc32c(scratch);
  const times =
    packedTimes === null ? numbers : crc32c(packedTimes, 0, packedTimes.length, numbers);
  return crc32c(batch.bytes, 0, BATCH_PREFIX_BYTES, times);
}

/** Null for a single run, which columns `time` and `count` hold. */
function packTimes(times: LogicalTimes): Bytes | null {
  if (times.length === 1) return null;
  const writer = new ByteWriter(times.length * 4);
  let before = 0;
  for (const [time, count] of times) {
    writer.writeVarint(time - before);
    writer.writeUnsignedVarint(count);
    before = time;
  }
  return writer.take();
}

function unpackTimes(packed: Bytes): LogicalTimes {
  const reader = new ByteReader(packed);
  const times: [number, number][] = [];
  let time = 0;
  while (reader.remaining > 0) {
    time += reader.readVarint();
    times.push([time, reader.readUnsignedVarint()]);
  }
  return times;
}
