/**
 * What producers handed in and no tick has admitted yet. Records of one tick that go to one partition become one batch, up
 * to its limit, however many requests they came with; the order of a request over several topics is kept by starting new
 * batches where its topic changes (logical time is given per batch).
 */
import type { Bytes, TimestampMs } from '../../base/env.ts';
import { problem } from '../../base/errors.ts';
import { partitionFor } from '../../base/hash.ts';
import type { Append, Committed, TopicPartition } from '../../log/log.ts';
import { RecordBatchWriter } from '../../log/record-batch-writer.ts';
import type { ProduceRecord } from '../api.ts';
import { producedBatchBytesMax, produceRecordsMax, recordBytesMax } from '../limits.ts';

export interface Produced {
  readonly partition: number;
  readonly offset: number;
}
/** A result before its batch is committed: `offset` counts from the start of the batch. */
interface Placed {
  readonly partition: number;
  offset: number;
}
interface Request {
  readonly records: readonly ProduceRecord[];
  readonly results: Placed[];
  /** Do its records go to several topics? */
  readonly isMixed: boolean;
  /** First record not admitted yet, and how many are not committed yet. */
  next: number;
  pending: number;
  readonly resolve: (produced: readonly Produced[]) => void;
  readonly reject: (error: unknown) => void;
}

/** What one tick admitted: appends in order of logical time, and how to tell the producers. */
export interface Admitted {
  readonly appends: readonly Append[];
  committed(outcome: Committed): void;
  failed(error: unknown): void;
}

export class ProduceQueue {
  readonly #requests: Request[] = [];
  readonly #partitions: (topic: string) => number | null;
  readonly #now: () => TimestampMs;
  readonly #nextPartition = new Map<string, number>();
  #latest: TimestampMs = 0;

  constructor(partitions: (topic: string) => number | null, now: () => TimestampMs) {
    this.#partitions = partitions;
    this.#now = now;
  }

  get isEmpty(): boolean {
    return this.#requests.length === 0;
  }

  /** Checks and takes the records; resolves once all of them are durable. Nothing is taken if one is refused. */
  push(records: readonly ProduceRecord[]): Promise<readonly Produced[]> {
    if (records.length > produceRecordsMax) {
      throw problem(
        'produce.too-many',
        `request holds ${records.length} records, limit ${produceRecordsMax} (produce.records)`,
      );
    }
    for (const record of records) this.#check(record);
    if (records.length === 0) return Promise.resolve([]);
    const topic = records[0]?.topic;
    return new Promise((resolve, reject) => {
      this.#requests.push({
        records,
        results: [],
        isMixed: records.some((record) => record.topic !== topic),
        next: 0,
        pending: records.length,
        resolve,
        reject,
      });
    });
  }

  /** Takes at most `recordsMax` records off the queue, or null if there are none. */
  admit(recordsMax: number): Admitted | null {
    if (this.isEmpty) return null;
    const intake = new Intake();
    let budget = recordsMax;
    while (budget > 0) {
      const request = this.#requests[0];
      if (request === undefined) break;
      const end = Math.min(request.records.length, request.next + budget);
      budget -= end - request.next;
      this.#take(request, end, intake);
      if (end === request.records.length) this.#requests.shift();
    }
    return intake.finish();
  }

  #take(request: Request, end: number, intake: Intake): void {
    const { records, results, isMixed } = request;
    intake.requests.push({ request, count: end - request.next });
    let topic: string | null = null;
    for (let index = request.next; index < end; index++) {
      const record = records[index] as ProduceRecord;
      if (isMixed && record.topic !== topic) intake.cut();
      topic = record.topic;
      const partition = this.#partitionOf(record);
      results.push(intake.append(record, partition, record.timestamp ?? this.stamp()));
    }
    if (isMixed) intake.cut();
    request.next = end;
  }

  /** Fails everything queued. */
  reject(error: unknown): void {
    for (const request of this.#requests.splice(0)) request.reject(error);
  }

  /** The server's clock, which never goes back. */
  stamp(): TimestampMs {
    this.#latest = Math.max(this.#latest, this.#now());
    return this.#latest;
  }

  #partitionOf(record: ProduceRecord): number {
    if (record.partition !== null) return record.partition;
    const partitions = this.#partitions(record.topic) as number;
    if (record.key !== null) return partitionFor(record.key, partitions);
    const next = this.#nextPartition.get(record.topic) ?? 0;
    this.#nextPartition.set(record.topic, (next + 1) % partitions);
    return next;
  }

  #check(record: ProduceRecord): void {
    const partitions = this.#partitions(record.topic);
    if (partitions === null) {
      throw problem('produce.unknown-topic', `topic "${record.topic}" does not exist`, {
        hint: 'Create it with a CREATE STREAM or CREATE TABLE statement that gives PARTITIONS.',
      });
    }
    if (record.partition !== null && !(record.partition >= 0 && record.partition < partitions)) {
      throw problem(
        'produce.unknown-partition',
        `topic "${record.topic}" has no partition ${record.partition}: it has ${partitions}`,
      );
    }
    if (
      record.timestamp !== null &&
      !(Number.isSafeInteger(record.timestamp) && record.timestamp >= -1)
    ) {
      throw problem(
        'produce.invalid-timestamp',
        `timestamp ${record.timestamp} is not one a record can have`,
      );
    }
    const size = bytesOf(record.key) + bytesOf(record.value);
    if (size > recordBytesMax) {
      throw problem(
        'produce.record-too-large',
        `record is ${size} bytes, limit ${recordBytesMax} (message.max.bytes)`,
      );
    }
  }
}

function bytesOf(bytes: Bytes | null): number {
  return bytes === null ? 0 : bytes.length;
}

/** The batches that one tick's records become. */
class Intake implements Admitted {
  readonly appends: Append[] = [];
  /** Whose records they are, and how many of each. */
  readonly requests: { readonly request: Request; readonly count: number }[] = [];
  readonly #batches: OpenBatch[] = [];
  /** Batches that take more, by topic and partition. */
  readonly #open = new Map<string, (OpenBatch | undefined)[]>();
  /** Those of the topic used last. */
  #topic: string | null = null;
  #partitions: (OpenBatch | undefined)[] = [];

  append(record: ProduceRecord, partition: number, timestamp: TimestampMs): Placed {
    if (record.topic !== this.#topic) this.#turnTo(record.topic);
    let batch = this.#partitions[partition];
    if (batch === undefined || batch.writer.byteCount >= producedBatchBytesMax) {
      batch = {
        to: { topic: record.topic, partition },
        writer: new RecordBatchWriter(),
        placed: [],
      };
      this.#partitions[partition] = batch;
      this.#batches.push(batch);
    }
    const placed = { partition, offset: batch.placed.length };
    batch.writer.append(record.key, record.value, timestamp, record.headers);
    batch.placed.push(placed);
    return placed;
  }

  #turnTo(topic: string): void {
    this.#topic = topic;
    this.#partitions = this.#open.get(topic) ?? [];
    this.#open.set(topic, this.#partitions);
  }

  /** What comes next goes to new batches, which get later logical times. */
  cut(): void {
    this.#open.clear();
    this.#topic = null;
  }

  finish(): Admitted {
    for (const { to, writer } of this.#batches) {
      const { bytes, recordCount, maxTimestamp } = writer.finish();
      this.appends.push({ to, batch: bytes, recordCount, maxTimestamp, times: null });
    }
    return this;
  }

  committed({ appended }: Committed): void {
    for (const [at, { placed }] of this.#batches.entries()) {
      const { baseOffset } = appended[at] as Committed['appended'][number];
      for (const result of placed) result.offset += baseOffset;
    }
    for (const { request, count } of this.requests) {
      request.pending -= count;
      if (request.pending === 0) request.resolve(request.results);
    }
  }

  failed(error: unknown): void {
    for (const { request } of this.requests) request.reject(error);
  }
}

interface OpenBatch {
  readonly to: TopicPartition;
  readonly writer: RecordBatchWriter;
  readonly placed: Placed[];
}
