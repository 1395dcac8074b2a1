import { equalsFunction } from '../../types/compare.ts';
import type { Value } from '../../types/value.ts';
import type { AggregateDef } from '../define.ts';
import { aggregate, INTEGER, listOf, overload, structType, valueType } from './aggregate.ts';

/** One distinct value and how many live rows have it. */
type Counted = readonly [value: Value, count: number];

export const attr: AggregateDef = aggregate({
  name: 'ATTR',
  doc: 'The value all rows have, or NULL if they have none or more than one. NULL counts as a value.',
  examples: [
    ["attr(x) for x in 'a', 'a'", 'a'],
    ["attr(x) for x in 'a', NULL", 'null'],
  ],
  overloads: [
    overload('(T value) -> T', (context) => {
      const type = valueType(context);
      const equals = equalsFunction(type);
      const change = (accumulator: Value, value: Value, by: number): Value => {
        const counted = listOf(accumulator) as readonly Counted[];
        const index = counted.findIndex(([kept]) => equals(kept, value));
        if (index < 0) return by > 0 ? [...counted, [value, by]] : accumulator;
        const count = counted[index]![1] + by;
        return count > 0
          ? counted.with(index, [counted[index]![0], count])
          : counted.toSpliced(index, 1);
      };
      return {
        stored: { kind: 'ARRAY', element: structType({ VALUE: type, COUNT: INTEGER }) },
        init: () => [],
        add: (accumulator, value) => change(accumulator, value!, 1),
        undo: (accumulator, value) => change(accumulator, value!, -1),
        merge: (a, b) =>
          (listOf(b) as readonly Counted[]).reduce<Value>(
            (merged, [value, count]) => change(merged, value, count),
            a,
          ),
        result: (accumulator) => {
          const counted = listOf(accumulator) as readonly Counted[];
          return counted.length === 1 ? counted[0]![0] : null;
        },
      };
    }),
  ],
});
