/** The logical times of a batch's records (ARCHITECTURE.md, "Order"). */
import type { Offset, RecordBatch } from '../../log/log.ts';

/** Logical time by offset; called with ascending offsets. */
export function timesOf(batch: RecordBatch): (offset: Offset) => number {
  let run = 0;
  let end = batch.baseOffset + (batch.times[0]?.[1] ?? 0);
  return (offset) => {
    while (offset >= end && run + 1 < batch.times.length) end += batch.times[++run]?.[1] ?? 0;
    return batch.times[run]?.[0] ?? -1;
  };
}
