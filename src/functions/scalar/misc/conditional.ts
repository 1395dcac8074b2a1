import { equalsFunction } from '../../../types/compare.ts';
import type { Value } from '../../../types/value.ts';
import type { ScalarDef } from '../../define.ts';
import { handled, handledBound, scalar } from '../scalar.ts';

/** COALESCE: its arguments have one type. */
export const coalesce: ScalarDef = scalar({
  name: 'COALESCE',
  spelled: 'COALESCE',
  category: 'CONDITIONAL',
  doc: 'The first argument that is not NULL.',
  examples: [
    ["coalesce(NULL, 'a', 'b')", 'a'],
    ['coalesce(NULL, CAST(NULL AS STRING))', 'null'],
  ],
  overloads: [
    handled('(T first, T... others) -> T', (...values: Value[]) => {
      return values.find((value) => value !== null) ?? null;
    }),
  ],
});

/** IFNULL. */
export const ifnull: ScalarDef = scalar({
  name: 'IFNULL',
  spelled: 'IFNULL',
  category: 'CONDITIONAL',
  doc: 'The first argument, or the second if the first is NULL.',
  examples: [
    ["ifnull(NULL, 'b')", 'b'],
    ["ifnull('a', 'b')", 'a'],
  ],
  overloads: [
    handled('(T expression, T alternative) -> T', (value: Value, alternative: Value) => {
      return value ?? alternative;
    }),
  ],
});

/** NULLIF. */
export const nullif: ScalarDef = scalar({
  name: 'NULLIF',
  spelled: 'NULLIF',
  category: 'CONDITIONAL',
  doc: 'NULL if the two arguments are equal, else the first.',
  examples: [
    ["nullif('a', 'a')", 'null'],
    ["nullif('a', 'b')", 'a'],
  ],
  overloads: [
    handledBound('(T first, T second) -> T', ({ result }) => {
      const equals = equalsFunction(result);
      return (first: Value, second: Value) =>
        first === null || equals(first, second) ? null : first;
    }),
  ],
});
