/** ARRAY_DISTINCT, ARRAY_EXCEPT, ARRAY_INTERSECT, ARRAY_UNION: distinct elements in the order they first occur. */
import type { Value } from '../../../types/value.ts';
import type { ScalarDef } from '../../define.ts';
import { scalar, strictBound } from '../scalar.ts';
import { elementKey } from './elements.ts';

type Elements = readonly Value[];
type KeyOf = (value: Value) => string;

function distinct(array: Elements, keyOf: KeyOf, isKept: (key: string) => boolean): Elements {
  const seen = new Set<string>();
  return array.filter((value) => {
    const key = keyOf(value);
    if (seen.has(key) || !isKept(key)) return false;
    seen.add(key);
    return true;
  });
}

/** ARRAY_DISTINCT. */
export const arrayDistinct: ScalarDef = scalar({
  name: 'ARRAY_DISTINCT',
  category: 'ARRAY',
  doc: 'The elements of an array without repetitions.',
  examples: [['array_distinct(ARRAY[1, 2, NULL, 1, NULL])', '[1, 2, null]']],
  overloads: [
    strictBound('(ARRAY<T> array) -> ARRAY<T>', (context) => {
      const keyOf = elementKey(context);
      return (array: Elements) => distinct(array, keyOf, () => true);
    }),
  ],
});

function pair(
  name: string,
  doc: string,
  example: readonly [sql: string, result: string],
  combine: (left: Elements, right: Elements, keyOf: KeyOf) => Elements,
): ScalarDef {
  return scalar({
    name,
    category: 'ARRAY',
    doc,
    examples: [example],
    overloads: [
      strictBound('(ARRAY<T> left, ARRAY<T> right) -> ARRAY<T>', (context) => {
        const keyOf = elementKey(context);
        return (left: Elements, right: Elements) => combine(left, right, keyOf);
      }),
    ],
  });
}

/** ARRAY_EXCEPT. */
export const arrayExcept: ScalarDef = pair(
  'ARRAY_EXCEPT',
  'The distinct elements of the first array that are not in the second.',
  ['array_except(ARRAY[1, 2, 3, 1], ARRAY[2])', '[1, 3]'],
  (left, right, keyOf) => {
    const excluded = new Set(right.map(keyOf));
    return distinct(left, keyOf, (key) => !excluded.has(key));
  },
);

/** ARRAY_INTERSECT. */
export const arrayIntersect: ScalarDef = pair(
  'ARRAY_INTERSECT',
  'The distinct elements of the first array that are also in the second.',
  ['array_intersect(ARRAY[3, 1, 2, 1], ARRAY[1, 3])', '[3, 1]'],
  (left, right, keyOf) => {
    const wanted = new Set(right.map(keyOf));
    return distinct(left, keyOf, (key) => wanted.has(key));
  },
);

/** ARRAY_UNION. */
export const arrayUnion: ScalarDef = pair(
  'ARRAY_UNION',
  'The distinct elements of both arrays, those of the first coming first.',
  ["array_union(ARRAY['foo', 'bar', 'foo'], ARRAY['foo', 'baz'])", '[foo, bar, baz]'],
  (left, right, keyOf) => distinct([...left, ...right], keyOf, () => true),
);
