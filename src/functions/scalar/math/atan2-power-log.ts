import type { ScalarDef } from '../../define.ts';
import { scalar } from '../scalar.ts';
import { doubleOverloads, doublePairOverloads } from './numeric.ts';
import { ln } from './rounded.ts';

/** ATAN2: y comes first. */
export const atan2: ScalarDef = scalar({
  name: 'ATAN2',
  category: 'MATHEMATICAL',
  doc: 'The angle in radians between the x axis and the point (x, y).',
  examples: [['atan2(0, 1)', '0.0']],
  overloads: doublePairOverloads('y', 'x', Math.atan2),
});

/** POWER: Java and JavaScript agree on the corners of `pow`. */
export const power: ScalarDef = scalar({
  name: 'POWER',
  category: 'MATHEMATICAL',
  doc: 'A base raised to an exponent.',
  examples: [
    ['power(2, 10)', '1024.0'],
    ['power(15, -1)', '0.06666666666666667'],
  ],
  overloads: doublePairOverloads('base', 'exponent', Math.pow),
});

function logarithm(base: number, value: number): number {
  if (!(base > 0) || base === 1) return Number.NaN;
  return ln(value) / ln(base);
}

/** LOG: of one argument natural, whatever ksqlDB's documentation says of base 10 (its tests say so too). */
export const log: ScalarDef = scalar({
  name: 'LOG',
  category: 'MATHEMATICAL',
  doc: 'The natural logarithm of a value, or its logarithm to a base given first.',
  examples: [
    ['log(1)', '0.0'],
    ['log(2, 8)', '3.0'],
  ],
  overloads: [...doubleOverloads(ln), ...doublePairOverloads('base', 'value', logarithm)],
});
