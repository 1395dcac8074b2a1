/**
 * EARLIEST_BY_OFFSET and LATEST_BY_OFFSET: the first and the last values to arrive.
 *
 * Each value is kept with a sequence number, which says which of two sessions' values came first when the sessions merge: the
 * number of rows that were aggregated before it, over all groups. Without sessions nothing merges, and the numbers count the
 * values kept in this accumulator. So the state depends on the rows alone, not on when they were read. The numbers appear in the
 * state only, never in a result.
 */
import { problem } from '../../base/errors.ts';
import type { SqlType } from '../../types/type.ts';
import type { Value } from '../../types/value.ts';
import type { AggregateDef, AggregateOverload, BoundAggregate, CallContext } from '../define.ts';
import { checkLimit, resultElementsMax } from '../scalar/limits.ts';
import { aggregate, BIGINT, listOf, overload, structType, valueType } from './aggregate.ts';

type Sequenced = readonly [sequence: bigint, value: Value];
type Which = 'earliest' | 'latest';

/** The number for a value that is kept after `last`. */
function sequence(context: CallContext): (last: Sequenced | null) => bigint {
  return (last) => {
    const rows = BigInt(context.sequence?.() ?? 0);
    return last === null || last[0] < rows ? rows : last[0] + 1n;
  };
}

function entryType(context: CallContext): SqlType {
  return structType({ SEQ: BIGINT, VAL: valueType(context) });
}

/** The accumulator is one entry, or NULL while there is none. */
function bindOne(which: Which, context: CallContext, ignoreNulls: boolean): BoundAggregate {
  const next = sequence(context);
  return {
    stored: entryType(context),
    init: () => null,
    add: (entry, value) => {
      if (value === null && ignoreNulls) return entry;
      if (entry !== null && which === 'earliest') return entry;
      return [next(entry as Sequenced | null), value!];
    },
    merge: (a, b) => {
      if (a === null || b === null) return a ?? b;
      const aFirst = (a as Sequenced)[0] < (b as Sequenced)[0];
      return aFirst === (which === 'earliest') ? a : b;
    },
    result: (entry) => (entry === null ? null : (entry as Sequenced)[1]),
  };
}

/** The accumulator is a list of entries by ascending sequence. */
function bindMany(
  which: Which,
  context: CallContext,
  n: number,
  ignoreNulls: boolean,
): BoundAggregate {
  if (n < 1) throw problem('functions.invalid-argument', `${which}N must be 1 or greater`);
  checkLimit(resultElementsMax, 'n', n);
  const next = sequence(context);
  return {
    stored: { kind: 'ARRAY', element: entryType(context) },
    init: () => [],
    add: (accumulator, value) => {
      if (value === null && ignoreNulls) return accumulator;
      const entries = listOf(accumulator) as readonly Sequenced[];
      const isFull = entries.length >= n;
      if (isFull && which === 'earliest') return accumulator;
      return [...(isFull ? entries.slice(1) : entries), [next(entries.at(-1) ?? null), value!]];
    },
    merge: (a, b) => {
      const entries = [...listOf(a), ...listOf(b)] as Sequenced[];
      return entries.sort((x, y) => Number(x[0] - y[0])).slice(0, n);
    },
    result: (entries) => (entries as readonly Sequenced[]).map(([, value]) => value),
  };
}

function overloads(which: Which): readonly AggregateOverload[] {
  return [
    overload('(T value) -> T', (context) => bindOne(which, context, true)),
    {
      signature: '(T value; BOOLEAN ignoreNulls) -> T',
      bind: (context, [ignoreNulls]) => bindOne(which, context, ignoreNulls === true),
    },
    {
      signature: '(T value; INTEGER n) -> ARRAY<T>',
      bind: (context, [n]) => bindMany(which, context, n as number, true),
    },
    {
      signature: '(T value; INTEGER n, BOOLEAN ignoreNulls) -> ARRAY<T>',
      bind: (context, [n, ignoreNulls]) =>
        bindMany(which, context, n as number, ignoreNulls === true),
    },
  ];
}

export const earliestByOffset: AggregateDef = aggregate({
  name: 'EARLIEST_BY_OFFSET',
  doc: 'The first value, or the first n values, by arrival; NULL is passed over unless ignoreNulls is false.',
  examples: [
    ['earliest_by_offset(x) for x in NULL, 2, 3', '2'],
    ['earliest_by_offset(x, 2) for x in 1, 2, 3', '[1, 2]'],
    ['earliest_by_offset(x, 2, false) for x in NULL, 2, 3', '[null, 2]'],
  ],
  overloads: overloads('earliest'),
});

export const latestByOffset: AggregateDef = aggregate({
  name: 'LATEST_BY_OFFSET',
  doc: 'The last value, or the last n values with the oldest first, by arrival; NULL is passed over unless ignoreNulls is false.',
  examples: [
    ['latest_by_offset(x) for x in 1, 2, NULL', '2'],
    ['latest_by_offset(x, false) for x in 1, 2, NULL', 'null'],
    ['latest_by_offset(x, 2) for x in 1, 2, 3', '[2, 3]'],
  ],
  overloads: overloads('latest'),
});
