/**
 * The order in which a query takes the records of its inputs (architecture.md §8): first its backlog, by timestamp where
 * several inputs or partitions have to be merged, then the rest by logical time; ties by logical time, input and partition.
 * Records of one partition keep their order.
 */
import type { TopicRecord } from './model.ts';

export interface MergeInput {
  readonly topic: string;
  readonly records: readonly TopicRecord[];
  /** Offsets below belong to the backlog, by partition. */
  readonly backlogEnds: readonly number[];
  /** The time that counts in the backlog. */
  readonly timestampOf: (record: TopicRecord) => number;
}

export interface Merged {
  readonly input: number;
  readonly record: TopicRecord;
}

export function mergeOrder(inputs: readonly MergeInput[], byTimestamp: boolean): Merged[] {
  const queues = inputs.flatMap(({ records }, input) =>
    [...new Set(records.map((record) => record.partition))]
      .sort((a, b) => a - b)
      .map((partition) => ({
        input,
        waiting: records
          .filter((record) => record.partition === partition)
          .toSorted((a, b) => a.offset - b.offset),
      })),
  );
  const isBacklog = (input: number, record: TopicRecord): boolean =>
    record.offset < (inputs[input]!.backlogEnds[record.partition] ?? 0);
  const result: Merged[] = [];
  for (const phase of ['backlog', 'rest']) {
    const rank = (input: number, record: TopicRecord): number[] => {
      const byTime = phase === 'backlog' && byTimestamp;
      const timestamp = byTime ? inputs[input]!.timestampOf(record) : 0;
      return [timestamp, record.time, input, record.partition];
    };
    for (;;) {
      let best: (typeof queues)[number] | null = null;
      let bestRank: number[] = [];
      for (const queue of queues) {
        const head = queue.waiting[0];
        if (head === undefined) continue;
        if (phase === 'backlog' && !isBacklog(queue.input, head)) continue;
        const headRank = rank(queue.input, head);
        if (best !== null && compareRanks(headRank, bestRank) >= 0) continue;
        best = queue;
        bestRank = headRank;
      }
      if (best === null) break;
      result.push({ input: best.input, record: best.waiting.shift()! });
    }
  }
  return result;
}

function compareRanks(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((part, index) => part !== b[index]);
  return at < 0 ? 0 : a[at]! - b[at]!;
}
