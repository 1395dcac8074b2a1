/**
 * Compaction of one partition: of the records with one key only the last stays. Offsets are kept, so they get gaps.
 *
 * A pass first notes, for the part of the log not yet compacted, the last offset of each key (`LatestOffsets`); then rewrites
 * every batch from the oldest on (`compactBatch`), leaving out records whose key comes again later. A tombstone (null value)
 * stays for a day after it was first compacted, so that a reader half way sees it; that moment is kept in the batch itself
 * as its delete horizon (KIP-534). As batches are rewritten oldest first, a tombstone never goes before what it deletes.
 *
 * Differs: a record without a key stays. Kafka refuses such records on compacted topics, or drops them.
 */
import type { TimestampMs } from '../base/env.ts';
import { type Compression, compressionName } from './compression.ts';
import { KeyDictionary } from './key-dictionary.ts';
import type { LogicalTimes, RecordBatch } from './log.ts';
import { RecordBatchWriter } from './record-batch-writer.ts';
import {
  ATTRIBUTE_APPEND_TIME,
  ATTRIBUTE_COMPRESSION,
  ATTRIBUTE_CONTROL,
  ATTRIBUTE_DELETE_HORIZON,
  type BatchHeader,
  readBatchHeader,
  setBaseOffset,
} from './record-batch.ts';
import { RecordCursor } from './record-cursor.ts';

/** How long a tombstone outlives its first compaction (Kafka's `delete.retention.ms`). */
const TOMBSTONE_RETENTION_MS = 24 * 60 * 60 * 1000;

/** Whether a pass is worth its cost: at least half of the partition is new, or a tombstone may go. */
export function isCompactionDue(partition: {
  readonly bytes: number;
  /** Bytes of batches that no pass has seen. */
  readonly dirtyBytes: number;
  /** Earliest delete horizon of its batches, or null. */
  readonly horizon: TimestampMs | null;
  readonly now: TimestampMs;
}): boolean {
  const { bytes, dirtyBytes, horizon, now } = partition;
  return (dirtyBytes > 0 && dirtyBytes * 2 >= bytes) || (horizon !== null && horizon <= now);
}

/** The last offset of each key in the batches added. */
export class LatestOffsets {
  readonly #keys = new KeyDictionary();
  readonly #cursor = new RecordCursor();
  /** By the key's number. */
  #offsets = new Float64Array(1024);

  /** Rough memory held, in bytes. */
  get byteCount(): number {
    return this.#keys.byteCount + this.#offsets.byteLength;
  }

  add(batch: RecordBatch): void {
    const cursor = this.#cursor.reset(batch.bytes);
    if (cursor.isControl) return;
    while (cursor.next()) {
      if (cursor.keyStart < 0) continue;
      const key = this.#keys.add(cursor.bytes, cursor.keyStart, cursor.keyEnd);
      if (key === this.#offsets.length) {
        const grown = new Float64Array(key * 2);
        grown.set(this.#offsets);
        this.#offsets = grown;
      }
      this.#offsets[key] = cursor.offset;
    }
  }

  /** Whether the record at which `cursor` stands has a later one with its key. */
  isSuperseded(cursor: RecordCursor): boolean {
    if (cursor.keyStart < 0) return false;
    const key = this.#keys.find(cursor.bytes, cursor.keyStart, cursor.keyEnd);
    return key >= 0 && this.#offsets[key]! > cursor.offset;
  }
}

export type Compacted =
  | { readonly kind: 'unchanged'; readonly horizon: TimestampMs | null }
  | {
      readonly kind: 'rewritten';
      readonly horizon: TimestampMs | null;
      readonly batch: RecordBatch;
    }
  | { readonly kind: 'empty' };

/** `batch` without the records that `latest` supersedes and without tombstones whose time has come. */
export function compactBatch(
  batch: RecordBatch,
  latest: LatestOffsets,
  now: TimestampMs,
): Compacted {
  const header = readBatchHeader(batch.bytes);
  if ((header.attributes & ATTRIBUTE_CONTROL) !== 0) return { kind: 'unchanged', horizon: null };
  const horizon =
    (header.attributes & ATTRIBUTE_DELETE_HORIZON) === 0 ? null : header.baseTimestamp;
  const kept: boolean[] = [];
  let keptCount = 0;
  let keptTombstones = 0;
  const cursor = new RecordCursor().reset(batch.bytes);
  while (cursor.next()) {
    const isTombstone = cursor.keyStart >= 0 && cursor.valueStart < 0;
    const isExpired = isTombstone && horizon !== null && horizon <= now;
    const isKept = !isExpired && !latest.isSuperseded(cursor);
    kept.push(isKept);
    if (isKept) keptCount++;
    if (isKept && isTombstone) keptTombstones++;
  }
  if (keptCount === 0) return { kind: 'empty' };
  const newHorizon = keptTombstones === 0 ? null : (horizon ?? now + TOMBSTONE_RETENTION_MS);
  if (keptCount === kept.length && newHorizon === horizon) return { kind: 'unchanged', horizon };
  const rewritten = rewrite(batch, header, kept, newHorizon);
  return { kind: 'rewritten', horizon: newHorizon, batch: rewritten };
}

function rewrite(
  batch: RecordBatch,
  header: BatchHeader,
  kept: readonly boolean[],
  horizon: TimestampMs | null,
): RecordBatch {
  const writer = new RecordBatchWriter(batch.bytes.length);
  writer.clear(horizon);
  const cursor = new RecordCursor().reset(batch.bytes);
  for (const isKept of kept) {
    cursor.next();
    if (isKept) writer.copyRecord(cursor, cursor.offset - header.baseOffset);
  }
  const { bytes, recordCount, maxTimestamp } = writer.finish({
    compression: compressionName(header.attributes & ATTRIBUTE_COMPRESSION) as Compression,
    // Append time was written into each record by the copy.
    attributes:
      (header.attributes & ~ATTRIBUTE_DELETE_HORIZON & ~ATTRIBUTE_APPEND_TIME) |
      (horizon === null ? 0 : ATTRIBUTE_DELETE_HORIZON),
    producerId: header.producerId,
    producerEpoch: header.producerEpoch,
    baseSequence: header.baseSequence,
    lastOffsetDelta: header.lastOffset - header.baseOffset,
  });
  setBaseOffset(bytes, batch.baseOffset);
  return {
    baseOffset: batch.baseOffset,
    lastOffset: batch.lastOffset,
    recordCount,
    maxTimestamp,
    times: keptTimes(batch.times, kept),
    bytes,
    appendedMs: batch.appendedMs,
    ...(batch.ordinal === undefined ? {} : { ordinal: batch.ordinal }),
  };
}

/** The logical times of the records that stay. */
function keptTimes(times: LogicalTimes, kept: readonly boolean[]): LogicalTimes {
  const result: [number, number][] = [];
  let index = 0;
  for (const [time, count] of times) {
    let stays = 0;
    for (const end = index + count; index < end; index++) if (kept[index]) stays++;
    if (stays > 0) result.push([time, stays]);
  }
  return result;
}
