/**
 * EARLIEST_BY_OFFSET and LATEST_BY_OFFSET: the first and the last values to arrive.
 *
 * Each value is kept with a sequence number, which says which of two sessions' values came first when the sessions merge. The
 * numbers grow over the life of a query: they start at the time the aggregate is bound, in units of 2^-20 ms, so that after a
 * restart they go on above those that were stored. They appear in the state only, never in a result.
 */
import { problem } from '../../base/errors.ts';
import type { SqlType } from '../../types/type.ts';
import type { Value } from '../../types/value.ts';
import type { AggregateDef, AggregateOverload, BoundAggregate, CallContext } from '../define.ts';
import { aggregate, BIGINT, listOf, overload, structType, valueType } from './aggregate.ts';

type Sequenced = readonly [sequence: bigint, value: Value];
type Which = 'earliest' | 'latest';

function sequence(context: CallContext): () => bigint {
  let next = BigInt(Math.max(0, Math.floor(context.now()))) << 20n;
  return () => next++;
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
      return entry !== null && which === 'earliest' ? entry : [next(), value!];
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
  const next = sequence(context);
  return {
    stored: { kind: 'ARRAY', element: entryType(context) },
    init: () => [],
    add: (accumulator, value) => {
      const entries = listOf(accumulator);
      if (value === null && ignoreNulls) return accumulator;
      if (entries.length < n) return [...entries, [next(), value!]];
      return which === 'earliest' ? accumulator : [...entries.slice(1), [next(), value!]];
    },
    merge: (a, b) => {
      const entries = [...listOf(a), ...listOf(b)] as Sequenced[];
      return entries.sort((x, y) => (x[0] < y[0] ? -1 : 1)).slice(0, n);
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
