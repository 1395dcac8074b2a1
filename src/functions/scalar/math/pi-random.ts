import type { ScalarDef } from '../../define.ts';
import { scalar, strict, strictBound } from '../scalar.ts';

/** PI. */
export const pi: ScalarDef = scalar({
  name: 'PI',
  category: 'MATHEMATICAL',
  doc: "The ratio of a circle's circumference to its diameter.",
  examples: [['pi()', '3.141592653589793']],
  overloads: [strict('() -> DOUBLE', () => Math.PI)],
});

/** RANDOM: the randomness is the server's, so that a test can choose it. */
export const random: ScalarDef = scalar({
  name: 'RANDOM',
  category: 'MATHEMATICAL',
  doc: 'A random number, at least 0 and less than 1.',
  examples: [['floor(random())', '0.0']],
  overloads: [
    strictBound(
      '() -> DOUBLE',
      ({ random: next }) =>
        () =>
          next(),
    ),
  ],
});
