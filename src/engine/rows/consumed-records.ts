/** Batches of the log as single records, for readers outside of the engine. */
import type { Offset, RecordBatch } from '../../log/log.ts';
import { decodeRecords } from '../../log/record-cursor.ts';
import type { ConsumedRecord } from '../api.ts';
import { timesOf } from '../tick/logical-time.ts';

/** The records of one partition from `offset` on, each with its logical time. */
export function consumedRecords(
  batches: readonly RecordBatch[],
  partition: number,
  offset: Offset,
): readonly ConsumedRecord[] {
  return batches.flatMap((batch) => {
    const time = timesOf(batch);
    return decodeRecords(batch)
      .map((record) => ({
        ...record,
        partition,
        time: time(record.offset),
        ordinal: batch.ordinal ?? 0,
      }))
      .filter((record) => record.offset >= offset);
  });
}
