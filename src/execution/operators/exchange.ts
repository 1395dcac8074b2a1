/** Moves rows to the partition that Kafka's partitioner gives their key. In memory: nothing is written. */
import { partitionFor } from '../../base/hash.ts';
import { byteWriter } from '../../formats/byte-writer.ts';
import { formatByName } from '../../formats/table.ts';
import type { ExchangeArgs } from '../../plan/steps.ts';
import type { Row } from '../../types/value.ts';
import type { OperatorDef } from './operator.ts';

export const exchange: OperatorDef<'exchange@1'> = {
  op: 'exchange@1',
  doc: 'Moves rows to the partition of their key.',
  prepare(args, context) {
    const count = context.partitions(args.like);
    const partitionOf = exchangePartition(args, count);
    if (partitionOf === null) return { build: ({ emitTo }) => [emitTo(0)] };
    return {
      build: ({ partition, emitTo }) => {
        const targets = Array.from({ length: count }, (_, index) => emitTo(index));
        return [
          (key, after, before, timestamp) =>
            targets[partitionOf(key, partition)]!(key, after, before, timestamp),
        ];
      },
    };
  },
};

/**
 * The partition, of `count`, that a row goes to: its key's, or, without key, the one it is in. Null where all rows go to the
 * first: there is only one, or rows have no key columns at all (an aggregate over everything).
 */
export function exchangePartition(
  args: ExchangeArgs,
  count: number,
): ((key: Row | null, own: number) => number) | null {
  if (count === 1 || args.key.length === 0) return null;
  const codec = formatByName(args.keyFormat.format).codec({
    columns: args.key,
    needed: [],
    spec: args.keyFormat,
    side: 'key',
    topic: args.like,
  });
  const out = byteWriter();
  return (key, own) => {
    out.length = 0;
    const hasKey = key !== null && codec.encode(key, out);
    return hasKey ? partitionFor(out.bytes, count, 0, out.length) : own % count;
  };
}
