import type { AggregateDef } from '../define.ts';
import { aggregate, BIGINT, overload } from './aggregate.ts';

export const count: AggregateDef = aggregate({
  name: 'COUNT',
  doc: 'How many rows have a value that is not NULL; COUNT(*) counts all rows.',
  examples: [['count(x) for x in 1, NULL, 1', '2']],
  overloads: [
    overload('(T value) -> BIGINT', () => ({
      stored: BIGINT,
      init: () => 0n,
      add: (n, value) => (value === null ? n : (n as bigint) + 1n),
      undo: (n, value) => (value === null ? n : (n as bigint) - 1n),
      merge: (a, b) => (a as bigint) + (b as bigint),
      result: (n) => n,
    })),
  ],
});
