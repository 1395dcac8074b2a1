/** What a query writes to a topic: one RecordBatch v2 under construction per partition, cut at `batchBytesMax`. */
import type { ByteWriter } from '../formats/format.ts';
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
  readonly #partitions: readonly PartitionOutput[];
  #finished: Append[] = [];

  constructor(topic: string, partitions: number) {
    this.#topic = topic;
    this.#partitions = Array.from({ length: partitions }, () => new PartitionOutput());
  }

  /** Appends a record with the logical time and headers of `record`. */
  append(
    partition: number,
    key: ByteWriter | null,
    value: ByteWriter | null,
    timestamp: number,
    record: RecordContext,
  ): void {
    const output = this.#partitions[partition]!;
    const { writer } = output;
    writer.beginRecord(timestamp);
    if (key === null) writer.writeNullKey();
    else writer.writeKey(key.bytes, 0, key.length);
    if (value === null) writer.writeNullValue();
    else writer.writeValue(value.bytes, 0, value.length);
    writer.endRecord(record.headers);
    output.note(record.time);
    if (writer.byteCount >= batchBytesMax) this.#cut(output, partition);
  }

  /** Everything since the last call, in order of writing within each partition. */
  take(): readonly Append[] {
    for (const [partition, output] of this.#partitions.entries()) {
      if (output.writer.recordCount > 0) this.#cut(output, partition);
    }
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
