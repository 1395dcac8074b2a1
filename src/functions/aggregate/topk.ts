/** TOPK and TOPKDISTINCT. The accumulator is the result: the values in descending order, at most k. */
import { assert } from '../../base/assert.ts';
import { type Compare, naturalOrder } from '../../types/compare.ts';
import type { Field, SqlType } from '../../types/type.ts';
import type { Value } from '../../types/value.ts';
import type { AggregateDef, AggregateOverload, BoundAggregate } from '../define.ts';
import { checkLimit, resultElementsMax } from '../scalar/limits.ts';
import { aggregate, firstArgument, knownType, listOf } from './aggregate.ts';

/** Puts the entry behind those that are greater or equal; drops what is then beyond k. */
function inserted(
  list: readonly Value[],
  entry: Value,
  k: number,
  compare: Compare,
): readonly Value[] {
  let index = list.length;
  while (index > 0 && compare(list[index - 1]!, entry) < 0) index--;
  if (index >= k) return list;
  return list.toSpliced(index, 0, entry).slice(0, k);
}

function bound(stored: SqlType, k: number, compare: Compare, isDistinct: boolean): BoundAggregate {
  checkLimit(resultElementsMax, 'k', k);
  const insert = (list: Value, entry: Value): Value => {
    if (isDistinct && listOf(list).some((kept) => compare(kept, entry) === 0)) return list;
    return inserted(listOf(list), entry, k, compare);
  };
  return {
    stored,
    init: () => [],
    add: (list, value) => (value === null ? list : insert(list, value!)),
    merge: (a, b) => listOf(b).reduce(insert, a),
    result: (list) => list,
  };
}

function orderOf(type: SqlType): Compare {
  const order = naturalOrder(type);
  assert(order !== null, 'a type whose values have an order');
  return order;
}

function plain(type: string, isDistinct: boolean): AggregateOverload {
  return {
    signature: `(${type} value; INTEGER k) -> ARRAY<${type}>`,
    returns: (args) => ({ kind: 'ARRAY', element: firstArgument(args) }),
    bind: ({ result }, [k]) => {
      assert(result.kind === 'ARRAY', 'an array');
      return bound(result, k as number, orderOf(result.element), isDistinct);
    },
  };
}

/** An entry is a struct of the value to sort by and the other columns' values. */
function withColumns(type: string): AggregateOverload {
  return {
    signature: `(${type} sortColumn, ANY columns...; INTEGER k) -> ARRAY<STRUCT<>>`,
    returns: (args) => {
      const [sort, ...others] = args.slice(0, -1);
      const fields: Field[] = [{ name: 'sort_col', type: knownType(sort ?? null) }];
      others.forEach((other, index) => {
        fields.push({ name: `col${index}`, type: knownType(other) });
      });
      return { kind: 'ARRAY', element: { kind: 'STRUCT', fields } };
    },
    bind: ({ args, result }, [k]) => {
      const order = orderOf(knownType(args[0] ?? null));
      const compare: Compare = (a, b) => order(listOf(a)[0]!, listOf(b)[0]!);
      return {
        ...bound(result, k as number, compare, false),
        add: (list, sort, ...others) =>
          sort === null ? list : inserted(listOf(list), [sort!, ...others], k as number, compare),
      };
    },
  };
}

const SORTABLE = ['INTEGER', 'BIGINT', 'DOUBLE', 'STRING'];

export const topk: AggregateDef = aggregate({
  name: 'TOPK',
  doc: 'The k greatest values that are not NULL, descending; with further columns, structs of the value (sort_col) and these (col0, col1, ...).',
  examples: [
    ['topk(x, 2) for x in 1, 3, NULL, 2, 3', '[3, 3]'],
    [
      "topk(x, y, 2) for (x, y) in (1, 'a'), (2, 'b'), (2, 'c')",
      '[Struct{sort_col=2,col0=b}, Struct{sort_col=2,col0=c}]',
    ],
  ],
  overloads: [...SORTABLE.map((type) => plain(type, false)), ...SORTABLE.map(withColumns)],
});

export const topkDistinct: AggregateDef = aggregate({
  name: 'TOPKDISTINCT',
  doc: 'The k greatest distinct values that are not NULL, descending.',
  examples: [['topkdistinct(x, 2) for x in 1, 3, NULL, 2, 3', '[3, 2]']],
  overloads: [...SORTABLE, 'DECIMAL', 'DATE', 'TIME', 'TIMESTAMP', 'BYTES'].map((type) =>
    plain(type, true),
  ),
});
