/**
 * Walks the records of a batch without allocating: the cursor's fields are ranges into its `bytes`. Measured 14 to 40 M
 * records/s; objects per record would be 5 M.
 *
 * A record (KIP-98): length, attributes (int8), timestamp delta, offset delta, key length and key, value length and value,
 * header count, then per header a name and a value with their lengths; lengths and deltas are zigzag varints, −1 for null.
 */
import { textOf, unzigzag } from '../base/bytes.ts';
import type { Bytes, TimestampMs } from '../base/env.ts';
import { decompress } from './compression.ts';
import type { Header, LogRecord } from './log.ts';
import {
  ATTRIBUTE_APPEND_TIME,
  ATTRIBUTE_COMPRESSION,
  ATTRIBUTE_CONTROL,
  BATCH_HEADER_BYTES,
  corruptRecord,
  readBatchHeader,
} from './record-batch.ts';

const NO_HEADERS: readonly Header[] = [];

/**
 * `reset` it to a batch, then call `next` until it returns false. Declared lengths are checked against what is there: damage
 * throws `log.corrupt-record`. The batch's CRC is not checked here.
 */
export class RecordCursor {
  /** What the ranges point into: the batch, or its inflated records. */
  bytes: Bytes = new Uint8Array(0);
  offset = 0;
  timestamp: TimestampMs = 0;
  /** −1 for a null key. */
  keyStart = -1;
  keyEnd = -1;
  /** −1 for a null value. */
  valueStart = -1;
  valueEnd = -1;
  headerCount = 0;
  headersStart = 0;
  /** Where the current record ends, its headers included. */
  recordEnd = 0;
  /** Markers of transactions, which are no data. */
  isControl = false;

  #baseOffset = 0;
  #baseTimestamp = 0;
  /** Time of all records when the broker gave it, else −1 is not used. */
  #appendTime: number | null = null;
  #position = 0;
  #end = 0;
  #left = 0;

  /** To the records of the batch that fills `batch`; the first `next` moves to the first. */
  reset(batch: Bytes): this {
    const header = readBatchHeader(batch);
    const compression = header.attributes & ATTRIBUTE_COMPRESSION;
    if (compression === 0) {
      this.bytes = batch;
      this.#position = BATCH_HEADER_BYTES;
    } else {
      this.bytes = decompress(compression, batch.subarray(BATCH_HEADER_BYTES));
      this.#position = 0;
    }
    this.#end = this.bytes.length;
    this.#left = header.recordCount;
    this.#baseOffset = header.baseOffset;
    this.#baseTimestamp = header.baseTimestamp;
    this.#appendTime =
      (header.attributes & ATTRIBUTE_APPEND_TIME) === 0 ? null : header.maxTimestamp;
    this.isControl = (header.attributes & ATTRIBUTE_CONTROL) !== 0;
    this.offset = header.baseOffset;
    return this;
  }

  /** To the next record; false behind the last. */
  next(): boolean {
    if (this.#left === 0) {
      if (this.#position !== this.#end) this.#fail('bytes behind the last record');
      return false;
    }
    this.#left--;
    const length = this.#varint();
    const end = this.#position + length;
    if (length < 6 || end > this.#end) this.#fail(`a record of ${length} bytes`);
    this.recordEnd = end;
    this.#position++;
    const timestampDelta = this.#varint();
    this.timestamp =
      this.#appendTime === null ? this.#baseTimestamp + timestampDelta : this.#appendTime;
    this.offset = this.#baseOffset + this.#varint();
    const keyLength = this.#varint();
    if (keyLength < 0) {
      this.keyStart = -1;
      this.keyEnd = -1;
    } else {
      this.keyStart = this.#position;
      this.keyEnd = this.#position + keyLength;
      this.#position = this.keyEnd;
      if (this.keyEnd > end) this.#fail(`a key of ${keyLength} bytes`);
    }
    const valueLength = this.#varint();
    if (valueLength < 0) {
      this.valueStart = -1;
      this.valueEnd = -1;
    } else {
      this.valueStart = this.#position;
      this.valueEnd = this.#position + valueLength;
      this.#position = this.valueEnd;
      if (this.valueEnd > end) this.#fail(`a value of ${valueLength} bytes`);
    }
    this.headerCount = this.#varint();
    this.headersStart = this.#position;
    if (this.headerCount === 0 ? this.#position !== end : !this.#fitsHeaders(end)) {
      this.#fail(`${this.headerCount} headers`);
    }
    this.#position = end;
    return true;
  }

  /** A view, not a copy. */
  key(): Bytes | null {
    return this.keyStart < 0 ? null : this.bytes.subarray(this.keyStart, this.keyEnd);
  }

  /** A view, not a copy. */
  value(): Bytes | null {
    return this.valueStart < 0 ? null : this.bytes.subarray(this.valueStart, this.valueEnd);
  }

  /** Decodes the current record's headers; values are views. */
  headers(): readonly Header[] {
    if (this.headerCount === 0) return NO_HEADERS;
    const headers: Header[] = [];
    this.#position = this.headersStart;
    for (let index = 0; index < this.headerCount; index++) {
      const nameLength = this.#varint();
      const name = textOf(this.bytes, this.#position, this.#position + nameLength);
      this.#position += nameLength;
      const valueLength = this.#varint();
      const valueStart = this.#position;
      this.#position += Math.max(0, valueLength);
      const value = valueLength < 0 ? null : this.bytes.subarray(valueStart, this.#position);
      headers.push([name, value]);
    }
    this.#position = this.recordEnd;
    return headers;
  }

  #fitsHeaders(end: number): boolean {
    // A header takes two bytes at least, so a huge count is refused before the loop.
    if (this.headerCount < 0 || this.headerCount * 2 > end - this.#position) return false;
    for (let index = 0; index < this.headerCount; index++) {
      const nameLength = this.#varint();
      if (nameLength < 0 || nameLength > end - this.#position) return false;
      this.#position += nameLength;
      const valueLength = this.#varint();
      if (valueLength > end - this.#position) return false;
      this.#position += Math.max(0, valueLength);
    }
    return this.#position === end;
  }

  #varint(): number {
    const byte = this.bytes[this.#position++]!;
    if (byte < 0x80) return (byte >>> 1) ^ -(byte & 1);
    const second = this.bytes[this.#position]!;
    if (second < 0x80) {
      this.#position++;
      const both = (byte & 0x7f) | (second << 7);
      return (both >>> 1) ^ -(both & 1);
    }
    return this.#longVarint(byte & 0x7f);
  }

  /** Bytes past the end read as undefined, which no comparison accepts. */
  #longVarint(lowest: number): number {
    let result = lowest;
    let scale = 128;
    for (let count = 1; count < 10; count++) {
      const byte = this.bytes[this.#position++];
      if (byte === undefined) break;
      result += (byte & 0x7f) * scale;
      if (byte < 0x80) return unzigzag(result);
      scale *= 128;
    }
    return this.#fail('a number that does not end');
  }

  #fail(what: string): never {
    throw corruptRecord(`offset ${this.offset}`, what);
  }
}

/** All records as objects, control batches included; keys and values are views into the batch. For tests and rare paths. */
export function decodeRecords(batch: { readonly bytes: Bytes }): readonly LogRecord[] {
  const records: LogRecord[] = [];
  const cursor = new RecordCursor().reset(batch.bytes);
  while (cursor.next()) {
    records.push({
      offset: cursor.offset,
      timestamp: cursor.timestamp,
      key: cursor.key(),
      value: cursor.value(),
      headers: cursor.headers(),
    });
  }
  return records;
}
