import type { Value } from '../../../types/value.ts';
import type { ScalarDef } from '../../define.ts';
import { handled, scalar } from '../scalar.ts';
import { hashOrdered } from './hash-order.ts';

function entriesOf(
  map: ReadonlyMap<string, Value> | null,
  isSorted: boolean,
): readonly Value[] | null {
  if (map === null) return null;
  if (!isSorted) return hashOrdered(map);
  return Array.from(map).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}

/** ENTRIES: a struct's slots are its fields K and V. */
export const entries: ScalarDef = scalar({
  name: 'ENTRIES',
  category: 'MAP',
  doc: 'The entries of a map as structs of K and V, sorted by key if asked.',
  examples: [["entries(MAP('b' := 1, 'a' := 2), true)", '[Struct{K=a,V=2}, Struct{K=b,V=1}]']],
  overloads: ['INTEGER', 'BIGINT', 'DOUBLE', 'BOOLEAN', 'STRING'].map((type) =>
    handled(
      `(MAP<STRING, ${type}> map, BOOLEAN! sorted) -> ARRAY<STRUCT<K STRING, V ${type}>>`,
      entriesOf,
    ),
  ),
});
