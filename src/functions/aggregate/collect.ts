import { equalsFunction } from '../../types/compare.ts';
import type { Value } from '../../types/value.ts';
import type { AggregateDef } from '../define.ts';
import { aggregate, limitProperty, listOf, overload, valueType } from './aggregate.ts';

/** Both lists one after the other, as far as the limit allows. */
function joined(a: readonly Value[], b: readonly Value[], limit: number): readonly Value[] {
  return b.length === 0 ? a : [...a, ...b].slice(0, limit);
}

export const collectList: AggregateDef = aggregate({
  name: 'COLLECT_LIST',
  doc: 'All values in the order of their arrival, NULL included, up to ksql.functions.collect_list.limit.',
  examples: [['collect_list(x) for x in 2, NULL, 1, 2', '[2, null, 1, 2]']],
  overloads: [
    overload('(T value) -> ARRAY<T>', (context) => {
      const limit = limitProperty(context, 'ksql.functions.collect_list.limit');
      const equals = equalsFunction(valueType(context));
      return {
        stored: context.result,
        init: () => [],
        add: (list, value) => (listOf(list).length >= limit ? list : [...listOf(list), value!]),
        undo: (list, value) => {
          const last = listOf(list).findLastIndex((kept) => equals(kept, value!));
          return last < 0 ? list : listOf(list).toSpliced(last, 1);
        },
        merge: (a, b) => joined(listOf(a), listOf(b), limit),
        result: (list) => list,
      };
    }),
  ],
});

export const collectSet: AggregateDef = aggregate({
  name: 'COLLECT_SET',
  doc: 'The distinct values in the order in which they were first seen, NULL included, up to ksql.functions.collect_set.limit.',
  examples: [['collect_set(x) for x in 2, NULL, 1, 2, NULL', '[2, null, 1]']],
  overloads: [
    overload('(T value) -> ARRAY<T>', (context) => {
      const limit = limitProperty(context, 'ksql.functions.collect_set.limit');
      const equals = equalsFunction(valueType(context));
      const add = (set: Value, value: Value): Value => {
        if (listOf(set).length >= limit || listOf(set).some((kept) => equals(kept, value)))
          return set;
        return [...listOf(set), value];
      };
      return {
        stored: context.result,
        init: () => [],
        add: (set, value) => add(set, value!),
        merge: (a, b) => listOf(b).reduce(add, a),
        result: (set) => set,
      };
    }),
  ],
});
