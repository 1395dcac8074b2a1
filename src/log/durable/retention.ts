/** Retention by time over all partitions, in rounds. */
import type { TimestampMs } from '../../base/env.ts';
import { expiredPrefix } from '../retention.ts';
import type { Counters } from './counters.ts';
import type { Reclaim } from './reclaim.ts';
import type { Rows } from './rows.ts';
import type { Tail } from './tail.ts';
import type { Partition, Topics } from './topics.ts';
import type { Upkeep, UpkeepStep } from './upkeep.ts';
import type { Writer } from './writer.ts';

const SLICE_ROWS = 512;
/** Partitions looked at per step when there is nothing to remove. */
const SLICE_PARTITIONS = 256;

export interface RetentionParts {
  readonly topics: Topics;
  readonly rows: Rows;
  readonly tail: Tail;
  readonly writer: Writer;
  readonly counters: Counters;
  readonly reclaim: Reclaim;
}

export class Retention implements Upkeep {
  readonly #parts: RetentionParts;
  #round: Iterator<Partition> | null = null;
  #current: Partition | null = null;

  constructor(parts: RetentionParts) {
    this.#parts = parts;
  }

  step(now: TimestampMs): UpkeepStep {
    this.#round ??= this.#parts.topics.limitedInTime();
    for (let count = 0; count < SLICE_PARTITIONS; count++) {
      const partition = this.#current ?? this.#next();
      if (partition === null) {
        this.#round = null;
        return 'idle';
      }
      this.#current = null;
      if (partition.isDropped || partition.spec.retentionMs === null) continue;
      if (!this.#expire(partition, now - partition.spec.retentionMs)) continue;
      this.#current = partition;
      return 'worked';
    }
    return 'looked';
  }

  #next(): Partition | null {
    const next = this.#round!.next();
    return next.done === true ? null : next.value;
  }

  #expire(partition: Partition, before: TimestampMs): boolean {
    if (partition.stoppedBy !== null && partition.stoppedBy >= before) return false;
    const { rows, tail, writer, counters, reclaim, topics } = this.#parts;
    const first = rows.first(partition.id, SLICE_ROWS);
    const count = expiredPrefix(first, before);
    if (count === 0) {
      partition.stoppedBy = first.find((row) => row.datedMs >= before)?.datedMs ?? null;
      return false;
    }
    const expired = first.slice(0, count);
    const start = expired.at(-1)!.last + 1;
    writer.run(() => {
      for (const { id } of expired) rows.delete(id);
      topics.save({ ...partition, start });
      counters.keep();
    });
    partition.start = start;
    for (const { length, segment } of expired) {
      if (partition.bytes !== null) partition.bytes -= length;
      reclaim.suspect(segment);
    }
    tail.forget(partition);
    return true;
  }
}
