/** Moves rows to the partition that Kafka's partitioner gives their key. In memory: nothing is written. */
import { partitionFor } from '../../base/hash.ts';
import { byteWriter } from '../../formats/byte-writer.ts';
import { formatByName } from '../../formats/table.ts';
import type { OperatorDef } from './operator.ts';

export const exchange: OperatorDef<'exchange@1'> = {
  op: 'exchange@1',
  doc: 'Moves rows to the partition of their key.',
  prepare(args, context) {
    const count = context.partitions(args.like);
    // Of one partition the hash says nothing; all rows meet there, wherever they come from.
    // Rows that have no key columns at all (an aggregate over everything) meet in the first.
    if (count === 1 || args.key.length === 0) return { build: ({ emitTo }) => [emitTo(0)] };
    const codec = formatByName(args.keyFormat.format).codec({
      columns: args.key,
      needed: [],
      spec: args.keyFormat,
      side: 'key',
      topic: args.like,
    });
    const out = byteWriter();
    return {
      build: ({ partition, emitTo }) => {
        const targets = Array.from({ length: count }, (_, index) => emitTo(index));
        const own = targets[partition % count]!;
        return [
          (key, after, before, timestamp) => {
            out.length = 0;
            const hasKey = key !== null && codec.encode(key, out);
            const to = hasKey ? targets[partitionFor(out.bytes, count, 0, out.length)]! : own;
            to(key, after, before, timestamp);
          },
        ];
      },
    };
  },
};
