import type { Value } from '../../../types/value.ts';
import type { ScalarDef } from '../../define.ts';
import { handled, scalar } from '../scalar.ts';

/** SLICE: bounds outside of the array give NULL, bounds the wrong way round are an error, as Java's subList has it. */
export const slice: ScalarDef = scalar({
  name: 'SLICE',
  category: 'ARRAY',
  doc: 'The elements of an array between two positions, counted from 1, both included.',
  examples: [
    ["slice(ARRAY['a', 'b', 'c', 'd'], 2, 3)", '[b, c]'],
    ['slice(ARRAY[1, 2], NULL, 1)', '[1]'],
    ['slice(ARRAY[1, 2], 1, 3)', 'null'],
  ],
  overloads: [
    handled(
      '(ARRAY<T> array, INTEGER from, INTEGER to) -> ARRAY<T>',
      (array: readonly Value[] | null, from: number | null, to: number | null) => {
        if (array === null) return null;
        const start = (from ?? 1) - 1;
        const end = to ?? array.length;
        if (start < 0 || end > array.length) return null;
        if (start > end) throw new Error(`fromIndex(${start}) > toIndex(${end})`);
        return array.slice(start, end);
      },
    ),
  ],
});
