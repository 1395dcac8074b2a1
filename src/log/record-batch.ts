/**
 * Kafka's RecordBatch v2 (KIP-98): the header that every batch begins with, and what can be said without looking at records.
 *
 *     at  0  int64   base offset            at 27  int64   base timestamp
 *     at  8  int32   bytes that follow      at 35  int64   max timestamp
 *     at 12  int32   leader epoch           at 43  int64   producer id, −1 without
 *     at 16  int8    magic, 2               at 51  int16   producer epoch
 *     at 17  uint32  CRC-32C of 21 to end   at 53  int32   base sequence
 *     at 21  int16   attributes             at 57  int32   record count
 *     at 23  int32   last offset delta      at 61          records, compressed together or not
 *
 * Attributes: bits 0 to 2 compression, 3 append time, 4 transactional, 5 control, 6 delete horizon (KIP-534: the base
 * timestamp is then the time from which tombstones may go).
 */
import { getInt16, getInt32, getInt64, setInt32, setInt64 } from '../base/bytes.ts';
import type { Bytes, TimestampMs } from '../base/env.ts';
import { type ProblemError, problem } from '../base/errors.ts';
import { crc32c } from '../base/hash.ts';

export const BATCH_HEADER_BYTES = 61;
/** Bytes before the part that the batch's own CRC covers. */
export const BATCH_PREFIX_BYTES = 21;
export const BATCH_MAGIC = 2;
/** What "bytes that follow" does not count. */
const LENGTH_END = 12;
/** Length, attributes, timestamp, offset, key length, value length, header count: one byte each. */
const SMALLEST_RECORD_BYTES = 7;

export const ATTRIBUTE_COMPRESSION = 0x07;
export const ATTRIBUTE_APPEND_TIME = 0x08;
export const ATTRIBUTE_CONTROL = 0x20;
export const ATTRIBUTE_DELETE_HORIZON = 0x40;

/** A batch whose base offset is still to be given (it is 0), and what the log wants to know beside it. */
export interface EncodedBatch {
  readonly bytes: Bytes;
  readonly recordCount: number;
  readonly maxTimestamp: TimestampMs;
}

export interface BatchHeader {
  readonly baseOffset: number;
  /** Of the whole batch, header included. */
  readonly byteCount: number;
  readonly attributes: number;
  readonly lastOffset: number;
  readonly baseTimestamp: TimestampMs;
  readonly maxTimestamp: TimestampMs;
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly baseSequence: number;
  readonly recordCount: number;
}

/** Reads the header at `at`, which must have its 61 bytes; checks nothing. */
export function readBatchHeader(bytes: Bytes, at = 0): BatchHeader {
  const baseOffset = getInt64(bytes, at);
  return {
    baseOffset,
    byteCount: getInt32(bytes, at + 8) + LENGTH_END,
    attributes: getInt16(bytes, at + 21),
    lastOffset: baseOffset + getInt32(bytes, at + 23),
    baseTimestamp: getInt64(bytes, at + 27),
    maxTimestamp: getInt64(bytes, at + 35),
    producerId: getInt64(bytes, at + 43),
    producerEpoch: getInt16(bytes, at + 51),
    baseSequence: getInt32(bytes, at + 53),
    recordCount: getInt32(bytes, at + 57),
  };
}

export function baseOffsetOf(batch: Bytes): number {
  return getInt64(batch, 0);
}

/** In place; the base offset is outside the CRC. */
export function setBaseOffset(batch: Bytes, baseOffset: number): void {
  setInt64(batch, 0, baseOffset);
}

export function lastOffsetDeltaOf(batch: Bytes): number {
  return getInt32(batch, 23);
}

function recordCountOf(batch: Bytes): number {
  return getInt32(batch, 57);
}

/** Writes length and CRC of a batch whose other fields are complete. */
export function sealBatch(batch: Bytes): void {
  setInt32(batch, 8, batch.length - LENGTH_END);
  setInt32(batch, 17, crc32c(batch, BATCH_PREFIX_BYTES) | 0);
}

/**
 * Why `batch` is not one whole RecordBatch v2 with a right CRC, or null. Does not look into the records: iterating them with
 * a `RecordCursor` finds the rest.
 */
export function batchDefect(batch: Bytes): string | null {
  if (batch.length < BATCH_HEADER_BYTES) return `only ${batch.length} bytes`;
  if (batch[16] !== BATCH_MAGIC) return `magic ${batch[16]}, expected ${BATCH_MAGIC}`;
  const byteCount = getInt32(batch, 8) + LENGTH_END;
  if (byteCount !== batch.length) {
    return `${byteCount} bytes declared, ${batch.length} present`;
  }
  const declared = getInt32(batch, 17) >>> 0;
  const actual = crc32c(batch, BATCH_PREFIX_BYTES);
  if (declared !== actual) return `CRC ${hex(declared)} declared, ${hex(actual)} computed`;
  const count = recordCountOf(batch);
  const room = batch.length - BATCH_HEADER_BYTES;
  const isCompressed = (getInt16(batch, 21) & ATTRIBUTE_COMPRESSION) !== 0;
  if (count < 0 || (!isCompressed && count * SMALLEST_RECORD_BYTES > room)) {
    return `${count} records declared in ${room} bytes`;
  }
  if (lastOffsetDeltaOf(batch) < count - 1) {
    return `${count} records declared, last offset delta ${lastOffsetDeltaOf(batch)}`;
  }
  return null;
}

/** Throws `log.corrupt-record` unless `batchDefect` finds none. `where` names the place: `topic "t" partition 0 offset 5`. */
export function checkBatch(batch: Bytes, where: string): void {
  const defect = batchDefect(batch);
  if (defect !== null) throw corruptRecord(where, defect);
}

export function corruptRecord(where: string, defect: string): ProblemError {
  return problem('log.corrupt-record', `corrupt record batch at ${where}: ${defect}`);
}

/**
 * Cuts what a producer sent for one partition into its batches, as views. Throws `log.corrupt-record` when a declared length
 * does not fit; checks nothing else.
 */
export function splitBatches(bytes: Bytes, where: string): readonly Bytes[] {
  const batches: Bytes[] = [];
  for (let at = 0; at < bytes.length; ) {
    const left = bytes.length - at;
    if (left < BATCH_HEADER_BYTES)
      throw corruptRecord(where, `${left} bytes behind the last batch`);
    const byteCount = getInt32(bytes, at + 8) + LENGTH_END;
    if (byteCount < BATCH_HEADER_BYTES || byteCount > left) {
      throw corruptRecord(where, `${byteCount} bytes declared, ${left} present`);
    }
    batches.push(bytes.subarray(at, at + byteCount));
    at += byteCount;
  }
  return batches;
}

function hex(value: number): string {
  return value.toString(16).padStart(8, '0');
}
