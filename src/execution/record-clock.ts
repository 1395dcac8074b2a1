/**
 * The time that a replay repeats (reliability P9): when the record's batch was appended, which the log keeps, and for the backlog
 * of a query when the query was created. While a query keeps up that is the time of the tick that processes the record.
 *
 * Differs: ksqlDB tells the time of processing, so a query that starts again over the same records tells another one.
 */
import type { TimestampMs } from '../base/env.ts';
import type { RecordContext, TaskOptions } from './task.ts';

/** The clock of a query's functions. Without the time of its creation the query has the wall clock. */
export function recordClock(
  { createdMs, now }: Pick<TaskOptions, 'createdMs' | 'now'>,
  record: Pick<RecordContext, 'appendedMs'>,
): () => TimestampMs {
  return createdMs === undefined ? now : () => Math.max(createdMs, record.appendedMs);
}
