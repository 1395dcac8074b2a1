/**
 * What producers handed in and no tick has admitted yet. Records of one tick that go to one partition become one batch,
 * however many requests they came with; the order of a request over several topics is kept by starting new batches where its
 * topic changes (logical time is given per batch).
 */
import type { Bytes, TimestampMs } from '../base/env.ts';
import { problem } from '../base/errors.ts';
import { partitionFor } from '../base/hash.ts';
import type { Append, Committed, TopicPartition } from '../log/log.ts';
import { RecordBatchWriter } from '../log/record-batch-writer.ts';
import type { ProduceRecord } from './api.ts';
import { produceRecordsMax, recordBytesMax } from './limits.ts';

export interface Produced {
  readonly partition: number;
  readonly offset: number;
}
interface Request {
  readonly records: readonly ProduceRecord[];
  readonly results: (Produced | null)[];
  /** First record not admitted yet, and how many are not committed yet. */
  next: number;
  pending: number;
  readonly resolve: (produced: readonly Produced[]) => void;
  readonly reject: (error: unknown) => void;
}
interface Slot {
  readonly request: Request;
  readonly index: number;
}
interface OpenBatch {
  readonly to: TopicPartition;
  readonly writer: RecordBatchWriter;
  readonly slots: Slot[];
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
    return new Promise((resolve, reject) => {
      this.#requests.push({
        records,
        results: new Array<Produced | null>(records.length).fill(null),
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
    const batches: OpenBatch[] = [];
    let open = new Map<string, OpenBatch>();
    let budget = recordsMax;
    while (budget > 0) {
      const request = this.#requests[0];
      if (request === undefined) break;
      const mixed = request.records.some((record) => record.topic !== request.records[0]?.topic);
      let topic: string | null = null;
      while (request.next < request.records.length && budget > 0) {
        const index = request.next++;
        const record = request.records[index] as ProduceRecord;
        if (mixed && record.topic !== topic) open = new Map();
        topic = record.topic;
        this.#append(record, { request, index }, open, batches);
        budget--;
      }
      if (mixed) open = new Map();
      if (request.next === request.records.length) this.#requests.shift();
    }
    return admitted(batches);
  }

  /** Fails everything queued. */
  reject(error: unknown): void {
    for (const request of this.#requests.splice(0)) request.reject(error);
  }

  #append(
    record: ProduceRecord,
    slot: Slot,
    open: Map<string, OpenBatch>,
    batches: OpenBatch[],
  ): void {
    const partition = this.#partitionOf(record);
    const at = `${record.topic}/${partition}`;
    let batch = open.get(at);
    if (batch === undefined) {
      batch = {
        to: { topic: record.topic, partition },
        writer: new RecordBatchWriter(),
        slots: [],
      };
      open.set(at, batch);
      batches.push(batch);
    }
    batch.writer.append(
      record.key,
      record.value,
      record.timestamp ?? this.#stamp(),
      record.headers,
    );
    batch.slots.push(slot);
  }

  /** The server's clock, which never goes back. */
  #stamp(): TimestampMs {
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

function admitted(batches: readonly OpenBatch[]): Admitted {
  const appends = batches.map(({ to, writer }): Append => {
    const { bytes, recordCount, maxTimestamp } = writer.finish();
    return { to, batch: bytes, recordCount, maxTimestamp, times: null };
  });
  const requests = new Set(batches.flatMap((batch) => batch.slots.map((slot) => slot.request)));
  return {
    appends,
    committed(outcome) {
      batches.forEach((batch, at) => {
        const base = (outcome.appended[at] as { baseOffset: number }).baseOffset;
        batch.slots.forEach(({ request, index }, position) => {
          request.results[index] = { partition: batch.to.partition, offset: base + position };
          request.pending--;
        });
      });
      for (const request of requests) {
        if (request.pending === 0) request.resolve(request.results as Produced[]);
      }
    },
    failed(error) {
      for (const request of requests) request.reject(error);
    },
  };
}
