import type { ScalarDef } from '../../define.ts';
import { scalar } from '../scalar.ts';
import { doubleOverloads } from './numeric.ts';

/** SIGN: NaN counts as 0; a BIGINT keeps its sign as a double. */
export const sign: ScalarDef = scalar({
  name: 'SIGN',
  category: 'MATHEMATICAL',
  doc: 'The sign of a number: -1, 0 or 1.',
  examples: [
    ['sign(-12)', '-1'],
    ['sign(0.0E0)', '0'],
  ],
  overloads: doubleOverloads((value) => (value > 0 ? 1 : value < 0 ? -1 : 0), 'INTEGER'),
});
