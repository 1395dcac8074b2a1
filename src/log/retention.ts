/** Retention by time: whole batches go, and only from the beginning of a partition, as Kafka's segments do. */
import type { TimestampMs } from '../base/env.ts';

/** The newer of a batch's newest timestamp and the time at which it was appended: what its age is counted from. */
export interface Dated {
  readonly datedMs: TimestampMs;
}

/**
 * How many of `batches`, which are in order, are dated before `before`. The first that is not ends the count. A batch without
 * any date (−1) goes with a later one that is old enough, never by itself.
 */
export function expiredPrefix(batches: Iterable<Dated>, before: TimestampMs): number {
  let expired = 0;
  let seen = 0;
  for (const { datedMs } of batches) {
    if (datedMs >= before) break;
    seen++;
    if (datedMs >= 0) expired = seen;
  }
  return expired;
}
