/** The functions of one number that Java's `Math` has, all giving DOUBLE; outside their domain they give NaN. */
import type { ScalarDef } from '../../define.ts';
import { scalar } from '../scalar.ts';
import { doubleOverloads } from './numeric.ts';
import { cos, exp, ln, sin, tan } from './rounded.ts';

function elementary(
  name: string,
  doc: string,
  call: (value: number) => number,
  example: readonly [sql: string, result: string],
): ScalarDef {
  return scalar({
    name,
    category: 'MATHEMATICAL',
    doc,
    examples: [example],
    overloads: doubleOverloads(call),
  });
}

/** Java's differs from the engine's at 1, since its e to the power of 1 is rounded up. */
function cosh(value: number): number {
  return Math.abs(value) === 1 ? 1.543080634815244 : Math.cosh(value);
}

/** All of them, in alphabetical order. */
export const elementaryFunctions: readonly ScalarDef[] = [
  elementary('ACOS', 'The inverse cosine, in radians.', Math.acos, ['acos(1)', '0.0']),
  elementary('ASIN', 'The inverse sine, in radians.', Math.asin, ['asin(0)', '0.0']),
  elementary('ATAN', 'The inverse tangent, in radians.', Math.atan, ['atan(0)', '0.0']),
  elementary('CBRT', 'The cube root.', Math.cbrt, ['cbrt(27)', '3.0']),
  elementary('COS', 'The cosine of an angle in radians.', cos, ['cos(0)', '1.0']),
  elementary('COSH', 'The hyperbolic cosine.', cosh, ['cosh(0)', '1.0']),
  elementary(
    'COT',
    'The cotangent of an angle in radians; infinite at 0.',
    (value) => 1 / tan(value),
    ['cot(0)', 'Infinity'],
  ),
  elementary('DEGREES', 'An angle in radians as degrees.', (value) => value * (180 / Math.PI), [
    'degrees(pi())',
    '180.0',
  ]),
  elementary('EXP', "Euler's number raised to a power.", exp, ['exp(0)', '1.0']),
  elementary('LN', 'The natural logarithm.', ln, ['ln(1)', '0.0']),
  elementary('RADIANS', 'An angle in degrees as radians.', (value) => value * (Math.PI / 180), [
    'radians(180)',
    '3.141592653589793',
  ]),
  elementary('SIN', 'The sine of an angle in radians.', sin, ['sin(0)', '0.0']),
  elementary('SINH', 'The hyperbolic sine.', Math.sinh, ['sinh(0)', '0.0']),
  elementary('SQRT', 'The square root; NaN for a negative number.', Math.sqrt, ['sqrt(16)', '4.0']),
  elementary('TAN', 'The tangent of an angle in radians.', tan, ['tan(0)', '0.0']),
  elementary('TANH', 'The hyperbolic tangent.', Math.tanh, ['tanh(0)', '0.0']),
];
