import type { Value } from '../../../types/value.ts';
import type { ScalarDef } from '../../define.ts';
import { checkLimit, resultElementsMax } from '../limits.ts';
import { handled, scalar, strict } from '../scalar.ts';
import { hashOrdered } from './hash-order.ts';

type Entries = ReadonlyMap<Value, Value>;

/** AS_MAP. */
export const asMap: ScalarDef = scalar({
  name: 'AS_MAP',
  category: 'MAP',
  doc: 'A map out of an array of keys and an array of values; missing values are NULL, surplus ones are ignored.',
  examples: [
    ["as_map(ARRAY['a', 'b'], ARRAY[1, 2])", '{a=1, b=2}'],
    ["as_map(ARRAY['a', 'b'], ARRAY[1])", '{a=1, b=null}'],
  ],
  overloads: [
    strict(
      '(ARRAY<STRING> keys, ARRAY<T> values) -> MAP<STRING, T>',
      (keys: readonly Value[], values: readonly Value[]) =>
        new Map(keys.map((key, index) => [key, values[index] ?? null])),
    ),
  ],
});

/** MAP_KEYS. */
export const mapKeys: ScalarDef = scalar({
  name: 'MAP_KEYS',
  category: 'MAP',
  doc: 'The keys of a map.',
  examples: [["map_keys(MAP('a' := 1, 'b' := 2))", '[a, b]']],
  overloads: [
    strict('(MAP<STRING, T> map) -> ARRAY<STRING>', (map: Entries) =>
      hashOrdered(map).map(([key]) => key),
    ),
  ],
});

/** MAP_VALUES. */
export const mapValues: ScalarDef = scalar({
  name: 'MAP_VALUES',
  category: 'MAP',
  doc: 'The values of a map.',
  examples: [["map_values(MAP('a' := 1, 'b' := 2))", '[1, 2]']],
  overloads: [
    strict('(MAP<STRING, T> map) -> ARRAY<T>', (map: Entries) =>
      hashOrdered(map).map(([, value]) => value),
    ),
  ],
});

/** MAP_UNION: a NULL map counts as none. */
export const mapUnion: ScalarDef = scalar({
  name: 'MAP_UNION',
  category: 'MAP',
  doc: 'The entries of two maps; the second wins.',
  examples: [["map_union(MAP('a' := 1, 'b' := 2), MAP('b' := 3))", '{a=1, b=3}']],
  overloads: [
    handled(
      '(MAP<STRING, T> first, MAP<STRING, T> second) -> MAP<STRING, T>',
      (first: Entries | null, second: Entries | null) => {
        if (first === null || second === null) return first ?? second;
        const union = new Map([...first, ...second]);
        checkLimit(resultElementsMax, 'entries', union.size);
        return union;
      },
    ),
  ],
});
