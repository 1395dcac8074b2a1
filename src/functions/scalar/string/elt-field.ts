import type { ScalarDef } from '../../define.ts';
import { handled, scalar } from '../scalar.ts';

/** ELT: undoes FIELD. */
export const elt: ScalarDef = scalar({
  name: 'ELT',
  category: 'STRING',
  doc: 'The n-th of the arguments that follow n, counted from 1; NULL if there is none.',
  examples: [
    ["elt(2, 'a', 'b', 'c')", 'b'],
    ["elt(4, 'a', 'b', 'c')", 'null'],
  ],
  overloads: [
    handled(
      '(INTEGER! n, STRING... values) -> STRING',
      (n: number, ...values: (string | null)[]) => values[n - 1] ?? null,
    ),
  ],
});

/** FIELD: a NULL is found nowhere. */
export const field: ScalarDef = scalar({
  name: 'FIELD',
  category: 'STRING',
  doc: 'The position, counted from 1, of the first argument among those that follow it; 0 if it is not there.',
  examples: [
    ["field('b', 'a', 'b')", '2'],
    ["field('z', 'a', 'b')", '0'],
  ],
  overloads: [
    handled(
      '(STRING value, STRING... values) -> INTEGER',
      (value: string | null, ...values: (string | null)[]) =>
        value === null ? 0 : values.indexOf(value) + 1,
    ),
  ],
});
