import type { Value } from '../../types/value.ts';
import type { AggregateDef } from '../define.ts';
import { aggregate, overload } from './aggregate.ts';

/** How many distinct values are counted; later ones are passed over. */
const ENTRIES_MAX = 1000;

type Counts = ReadonlyMap<Value, Value>;

function changed(counts: Counts, value: Value, by: bigint): Counts {
  const known = counts.get(value) as bigint | undefined;
  if (known === undefined && (by < 0n || counts.size >= ENTRIES_MAX)) return counts;
  const result = new Map(counts);
  const count = (known ?? 0n) + by;
  if (count > 0n) result.set(value, count);
  else result.delete(value);
  return result;
}

export const histogram: AggregateDef = aggregate({
  name: 'HISTOGRAM',
  doc: 'How often each value occurs. NULL does not count; after 1000 distinct values new ones are passed over.',
  examples: [["histogram(x) for x in 'a', 'b', NULL, 'a'", '{a=2, b=1}']],
  overloads: [
    overload('(STRING value) -> MAP<STRING, BIGINT>', (context) => ({
      stored: context.result,
      init: () => new Map(),
      add: (counts, value) => (value === null ? counts : changed(counts as Counts, value!, 1n)),
      undo: (counts, value) => (value === null ? counts : changed(counts as Counts, value!, -1n)),
      merge: (a, b) => {
        let merged = a as Counts;
        for (const [value, count] of b as Counts) merged = changed(merged, value, count as bigint);
        return merged;
      },
      result: (counts) => counts,
    })),
  ],
});
