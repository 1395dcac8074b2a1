/** The `_schemas` topic: one partition, compacted; the store is the fold of its records. */
import { bytesOf, textOf } from '../base/bytes.ts';
import type { TimestampMs } from '../base/env.ts';
import type { Append, Log, TopicPartition, TopicSpec } from '../log/log.ts';
import { RecordBatchWriter } from '../log/record-batch-writer.ts';
import { decodeRecords } from '../log/record-cursor.ts';
import { decodeRecord, encodeRecord, type RegistryRecord } from './record.ts';
import { SchemaStore } from './store.ts';

const schemasTopicName = '_schemas';
/** Created with the first schema. */
export const schemasTopic: TopicSpec = {
  name: schemasTopicName,
  partitions: 1,
  cleanup: 'compact',
  retentionMs: null,
};
const of: TopicPartition = { topic: schemasTopicName, partition: 0 };
const readBytesMax = 4 * 1024 * 1024;

/** What all records so far make; an empty store where there is no topic yet. */
export async function loadSchemas(log: Log): Promise<SchemaStore> {
  const store = new SchemaStore();
  if (!log.topics().some(({ name }) => name === schemasTopicName)) return store;
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
export function schemasAppend(records: readonly RegistryRecord[], timestamp: TimestampMs): Append {
  const writer = new RecordBatchWriter();
  for (const record of records) {
    const { key, value } = encodeRecord(record);
    writer.append(bytesOf(key), value === null ? null : bytesOf(value), timestamp);
  }
  const { bytes, ...rest } = writer.finish();
  return { to: of, batch: bytes, ...rest, times: null };
}
