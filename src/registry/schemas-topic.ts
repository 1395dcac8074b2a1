/** The `_schemas` topic: one partition, compacted; the store is the fold of its records. */
import { bytesOf, textOf } from '../base/bytes.ts';
import type { TimestampMs } from '../base/env.ts';
import type { Append, Log, TopicPartition, TopicSpec } from '../log/log.ts';
import { RecordBatchWriter } from '../log/record-batch-writer.ts';
import { decodeRecords } from '../log/record-cursor.ts';
import { decodeRecord, encodeRecord, type RegistryRecord } from './record.ts';
import { SchemaStore } from './store.ts';

/** Created with the first schema. */
export const schemasTopic: TopicSpec = {
  name: '_schemas',
  partitions: 1,
  cleanup: 'compact',
  retentionMs: null,
};
/** What has been seen of a remote registry is kept apart: its ids mean other schemas. The service's name is part of the topic's. */
export function seenSchemasTopic(serviceId: string): TopicSpec {
  return { ...schemasTopic, name: `_confluent-ksql-${serviceId}_seen_schemas` };
}

const readBytesMax = 4 * 1024 * 1024;

/** What all records so far make; an empty store where there is no topic yet. */
export async function loadSchemas(log: Log, topic: TopicSpec = schemasTopic): Promise<SchemaStore> {
  const store = new SchemaStore();
  if (!log.topics().some(({ name }) => name === topic.name)) return store;
  const of: TopicPartition = { topic: topic.name, partition: 0 };
  const { start, end } = log.bounds(of);
  for (let at = start; at < end; ) {
    const batches = await log.read(of, at, readBytesMax);
    if (batches.length === 0) break;
    for (const batch of batches) {
      for (const { key, value } of decodeRecords(batch)) {
        if (key === null) continue;
        const record = decodeRecord({
          key: textOf(key),
          value: value === null ? null : textOf(value),
        });
        if (record !== null) store.apply(record);
      }
      at = batch.lastOffset + 1;
    }
  }
  return store;
}

/** The records as an append; not empty. */
export function schemasAppend(
  records: readonly RegistryRecord[],
  timestamp: TimestampMs,
  topic: TopicSpec = schemasTopic,
): Append {
  const writer = new RecordBatchWriter();
  for (const record of records) {
    const { key, value } = encodeRecord(record);
    writer.append(bytesOf(key), value === null ? null : bytesOf(value), timestamp);
  }
  const { bytes, ...rest } = writer.finish();
  return { to: { topic: topic.name, partition: 0 }, batch: bytes, ...rest, times: null };
}
