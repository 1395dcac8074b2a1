/** Retention by time: whole batches go, and only from the beginning of a partition, as Kafka's segments do. */
import type { TimestampMs } from '../base/env.ts';

/**
 * How many of `batches`, which are in order, hold nothing as new as `before`. The first batch that does ends the count. A
 * batch without timestamps (−1) goes with a later one that is old enough, never by itself.
 */
export function expiredPrefix(
  batches: Iterable<{ readonly maxTimestamp: TimestampMs }>,
  before: TimestampMs,
): number {
  let expired = 0;
  let seen = 0;
  for (const { maxTimestamp } of batches) {
    if (maxTimestamp >= before) break;
    seen++;
    if (maxTimestamp >= 0) expired = seen;
  }
  return expired;
}
