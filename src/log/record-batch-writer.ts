/**
 * Builds RecordBatch v2. Records are written straight behind a reserved header.
 *
 * A record, its key and its value are each preceded by their length as a varint, whose own width is known only afterwards.
 * Records of one stream resemble each other, so the width that was right last time is reserved; when it turns out wrong, the
 * bytes behind it move by one or two. Generated code can therefore write keys and values in place, without a copy:
 *
 *     writer.beginRecord(timestamp);
 *     writer.writeKey(bytes, start, end);        // or writeNullKey(), or beginKey() … endKey()
 *     writer.beginValue();
 *     …write through writer.out…
 *     writer.endValue();                         // or writeValue(…), writeNullValue() in place of the pair
 *     writer.endRecord();                        // or cancelRecord(), at any point since beginRecord
 *
 * Measured, CRC included, records of 114 bytes: 8.5 M/s by `append`, 7.2 M/s in place with a byte loop as the encoder.
 */
import { assert } from '../base/assert.ts';
import {
  ByteWriter,
  setInt16,
  setInt32,
  setInt64,
  setUnsignedVarint,
  unsignedVarintSize,
  zigzag,
} from '../base/bytes.ts';
import type { Bytes, TimestampMs } from '../base/env.ts';
import { type Compression, compress, compressionCode } from './compression.ts';
import type { Header, RecordData } from './log.ts';
import {
  ATTRIBUTE_COMPRESSION,
  BATCH_HEADER_BYTES,
  BATCH_MAGIC,
  type EncodedBatch,
  sealBatch,
} from './record-batch.ts';
import type { RecordCursor } from './record-cursor.ts';

const NULL_LENGTH = 1;
const NO_HEADERS: readonly Header[] = [];
/** Length, attributes, two deltas, two lengths and the header count, at their longest. */
const FRAME_BYTES_MAX = 64;

/** What a batch says beside its records; defaults are those of a plain producer. */
export interface BatchOptions {
  readonly compression?: Compression;
  /** Bits 3 to 6 of the attributes. */
  readonly attributes?: number;
  readonly producerId?: number;
  readonly producerEpoch?: number;
  readonly baseSequence?: number;
  /** Where offsets have gaps, as after compaction. */
  readonly lastOffsetDelta?: number;
}

export class RecordBatchWriter {
  /** Where values are written in place; its position must only move forward, between `begin…` and `end…`. */
  readonly out: ByteWriter;
  recordCount = 0;
  maxTimestamp: TimestampMs = -1;

  #baseTimestamp: TimestampMs | null = null;
  #isBaseGiven = false;
  #timestamp: TimestampMs = 0;
  #recordStart = 0;
  #partStart = 0;
  #recordWidth = 1;
  #keyWidth = 1;
  #valueWidth = 1;

  constructor(capacity: number = 16 * 1024) {
    this.out = new ByteWriter(capacity);
    this.clear();
  }

  /** Bytes the batch has so far, header included, before compression. */
  get byteCount(): number {
    return this.out.position;
  }

  /** Forgets all records. `baseTimestamp` is the first record's unless given (as a delete horizon is). */
  clear(baseTimestamp: TimestampMs | null = null): void {
    this.out.clear();
    this.out.reserve(BATCH_HEADER_BYTES);
    this.out.position = BATCH_HEADER_BYTES;
    this.recordCount = 0;
    this.maxTimestamp = -1;
    this.#baseTimestamp = baseTimestamp;
    this.#isBaseGiven = baseTimestamp !== null;
  }

  append(
    key: Bytes | null,
    value: Bytes | null,
    timestamp: TimestampMs,
    headers: readonly Header[] = NO_HEADERS,
  ): void {
    this.beginRecord(timestamp);
    if (key === null) this.writeNullKey();
    else this.writeKey(key);
    if (value === null) this.writeNullValue();
    else this.writeValue(value);
    this.endRecord(headers);
  }

  /** Appends the record at which `cursor` stands, under another offset within the batch, without decoding its headers. */
  copyRecord(cursor: RecordCursor, offsetDelta: number = this.recordCount): void {
    this.beginRecord(cursor.timestamp, offsetDelta);
    if (cursor.keyStart < 0) this.writeNullKey();
    else this.writeKey(cursor.bytes, cursor.keyStart, cursor.keyEnd);
    if (cursor.valueStart < 0) this.writeNullValue();
    else this.writeValue(cursor.bytes, cursor.valueStart, cursor.valueEnd);
    this.out.writeVarint(cursor.headerCount);
    this.out.writeBytes(cursor.bytes, cursor.headersStart, cursor.recordEnd);
    this.#closeRecord();
  }

  /** `timestamp` in milliseconds, −1 for none. */
  beginRecord(timestamp: TimestampMs, offsetDelta: number = this.recordCount): void {
    const out = this.out;
    out.reserve(FRAME_BYTES_MAX);
    const base = this.#baseTimestamp ?? this.#startAt(timestamp);
    this.#timestamp = timestamp;
    this.#recordStart = out.position;
    const bytes = out.bytes;
    let position = out.position + this.#recordWidth;
    bytes[position++] = 0;
    position = setUnsignedVarint(bytes, position, zigzag(timestamp - base));
    out.position = setUnsignedVarint(bytes, position, zigzag(offsetDelta));
  }

  #startAt(timestamp: TimestampMs): TimestampMs {
    assert(Number.isSafeInteger(timestamp), 'a record timestamp is a safe integer');
    this.#baseTimestamp = timestamp;
    return timestamp;
  }

  writeNullKey(): void {
    this.out.writeByte(NULL_LENGTH);
  }

  writeKey(source: Bytes, start = 0, end: number = source.length): void {
    this.out.writeVarint(end - start);
    this.out.writeBytes(source, start, end);
  }

  beginKey(): void {
    this.#partStart = this.out.position;
    this.out.reserve(this.#keyWidth);
    this.out.position += this.#keyWidth;
  }

  endKey(): void {
    this.#keyWidth = this.#fillLength(this.#partStart, this.#keyWidth);
  }

  writeNullValue(): void {
    this.out.writeByte(NULL_LENGTH);
  }

  writeValue(source: Bytes, start = 0, end: number = source.length): void {
    this.out.writeVarint(end - start);
    this.out.writeBytes(source, start, end);
  }

  beginValue(): void {
    this.#partStart = this.out.position;
    this.out.reserve(this.#valueWidth);
    this.out.position += this.#valueWidth;
  }

  endValue(): void {
    this.#valueWidth = this.#fillLength(this.#partStart, this.#valueWidth);
  }

  endRecord(headers: readonly Header[] = NO_HEADERS): void {
    const out = this.out;
    if (headers.length === 0) out.writeByte(0);
    else this.#writeHeaders(headers);
    this.#closeRecord();
  }

  /** Takes back what was written since `beginRecord`. */
  cancelRecord(): void {
    this.out.position = this.#recordStart;
    if (this.recordCount === 0 && !this.#isBaseGiven) this.#baseTimestamp = null;
  }

  /** The batch, in bytes of its own with base offset 0; the writer is then empty. There must be a record. */
  finish(options: BatchOptions = {}): EncodedBatch {
    const { recordCount, maxTimestamp } = this;
    assert(recordCount > 0, 'a batch has records');
    this.#writeHeader(options);
    const compression = options.compression ?? 'none';
    let bytes: Bytes;
    if (compression === 'none') {
      bytes = this.out.take();
    } else {
      const records = compress(compression, this.out.view().subarray(BATCH_HEADER_BYTES));
      bytes = Buffer.allocUnsafeSlow(BATCH_HEADER_BYTES + records.length);
      bytes.set(this.out.bytes.subarray(0, BATCH_HEADER_BYTES));
      bytes.set(records, BATCH_HEADER_BYTES);
    }
    sealBatch(bytes);
    this.clear();
    return { bytes, recordCount, maxTimestamp };
  }

  #writeHeader(options: BatchOptions): void {
    const { bytes } = this.out;
    const kept = (options.attributes ?? 0) & ~ATTRIBUTE_COMPRESSION;
    setInt64(bytes, 0, 0);
    setInt32(bytes, 12, -1);
    bytes[16] = BATCH_MAGIC;
    setInt16(bytes, 21, kept | compressionCode(options.compression ?? 'none'));
    setInt32(bytes, 23, options.lastOffsetDelta ?? this.recordCount - 1);
    setInt64(bytes, 27, this.#baseTimestamp ?? -1);
    setInt64(bytes, 35, this.maxTimestamp);
    setInt64(bytes, 43, options.producerId ?? -1);
    setInt16(bytes, 51, options.producerEpoch ?? -1);
    setInt32(bytes, 53, options.baseSequence ?? -1);
    setInt32(bytes, 57, this.recordCount);
  }

  #writeHeaders(headers: readonly Header[]): void {
    const out = this.out;
    out.writeVarint(headers.length);
    for (const [name, value] of headers) {
      const bytes = Buffer.from(name, 'utf8');
      out.writeVarint(bytes.length);
      out.writeBytes(bytes);
      if (value === null) {
        out.writeByte(NULL_LENGTH);
      } else {
        out.writeVarint(value.length);
        out.writeBytes(value);
      }
    }
  }

  #closeRecord(): void {
    this.#recordWidth = this.#fillLength(this.#recordStart, this.#recordWidth);
    this.recordCount++;
    if (this.#timestamp > this.maxTimestamp) this.maxTimestamp = this.#timestamp;
  }

  /** Writes the length of what stands behind the `width` bytes at `start`, moving it when they are too many or too few. */
  #fillLength(start: number, width: number): number {
    const out = this.out;
    const encoded = zigzag(out.position - start - width);
    const size = unsignedVarintSize(encoded);
    if (size !== width) {
      out.reserve(size);
      out.bytes.copyWithin(start + size, start + width, out.position);
      out.position += size - width;
    }
    setUnsignedVarint(out.bytes, start, encoded);
    return size;
  }
}

/** One batch of all `records`, in order. For tests and rare paths; a hot path keeps a `RecordBatchWriter`. */
export function encodeRecords(
  records: readonly RecordData[],
  options: BatchOptions = {},
): EncodedBatch {
  const writer = new RecordBatchWriter(1024);
  for (const { key, value, timestamp, headers } of records) {
    writer.append(key, value, timestamp, headers);
  }
  return writer.finish(options);
}
