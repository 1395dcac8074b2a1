/**
 * What a query writes to a topic: one RecordBatch v2 under construction per partition, cut at `batchBytesMax`. Partitions are
 * those that Kafka's partitioner gives keys.
 */
import type { Bytes } from '../base/env.ts';
import { partitionFor } from '../base/hash.ts';
import type { Append } from '../log/log.ts';
import { RecordBatchWriter } from '../log/record-batch-writer.ts';
import { batchBytesMax } from './limits.ts';
import type { RecordContext } from './task.ts';

/** A batch under construction, with the logical times of its records, run-length coded. */
class PartitionOutput {
  readonly writer = new RecordBatchWriter(1024);
  times: [time: number, count: number][] = [];

  note(time: number): void {
    const last = this.times.at(-1);
    if (last !== undefined && last[0] === time) last[1]++;
    else this.times.push([time, 1]);
  }
}

export class TopicOutput {
  readonly #topic: string;
  readonly #record: RecordContext;
  readonly #partitions: readonly PartitionOutput[];
  /** Partitions that were written to since the last call of `take`, in the order of their first records. */
  #written: number[] = [];
  #finished: Append[] = [];

  constructor(topic: string, partitions: number, record: RecordContext) {
    this.#topic = topic;
    this.#record = record;
    this.#partitions = Array.from({ length: partitions }, () => new PartitionOutput());
  }

  /**
   * Appends a record with the logical time and headers of the record at hand. Of `key`, which may be null, the bytes from
   * `keyStart` to `baseEnd` decide the partition (a windowed key's window does not) and those to `keyEnd` are written; of
   * `value`, which may be null, those to `valueEnd`. Without key it stays in the partition it came from.
   */
  append(
    key: Bytes | null,
    keyStart: number,
    baseEnd: number,
    keyEnd: number,
    value: Bytes | null,
    valueEnd: number,
    timestamp: number,
  ): void {
    const record = this.#record;
    const count = this.#partitions.length;
    let partition = 0;
    if (count > 1) {
      partition =
        key === null ? record.partition % count : partitionFor(key, count, keyStart, baseEnd);
    }
    const output = this.#partitions[partition]!;
    const { writer } = output;
    if (writer.recordCount === 0) this.#written.push(partition);
    writer.beginRecord(timestamp);
    if (key === null) writer.writeNullKey();
    else writer.writeKey(key, keyStart, keyEnd);
    if (value === null) writer.writeNullValue();
    else writer.writeValue(value, 0, valueEnd);
    writer.endRecord(record.headers);
    output.note(record.time);
    if (writer.byteCount >= batchBytesMax) this.#cut(output, partition);
  }

  /** Everything since the last call, in order of writing within each partition; partitions in the order of their first records. */
  take(): readonly Append[] {
    for (const partition of this.#written) {
      const output = this.#partitions[partition]!;
      if (output.writer.recordCount > 0) this.#cut(output, partition);
    }
    this.#written = [];
    const finished = this.#finished;
    this.#finished = [];
    return finished;
  }

  #cut(output: PartitionOutput, partition: number): void {
    const { bytes, recordCount, maxTimestamp } = output.writer.finish();
    const { times } = output;
    output.times = [];
    this.#finished.push({
      to: { topic: this.#topic, partition },
      batch: bytes,
      recordCount,
      maxTimestamp,
      times,
    });
  }
}
