import type { ScalarDef } from '../../define.ts';
import { scalar, strict } from '../scalar.ts';
import { sameAsFirst } from './numeric.ts';

const absoluteBigint = (value: bigint): bigint => (value < 0n ? -value : value);

/** ABS: the least INTEGER and BIGINT have no positive counterpart and stay as they are. */
export const abs: ScalarDef = scalar({
  name: 'ABS',
  category: 'MATHEMATICAL',
  doc: 'The absolute value of a number.',
  examples: [
    ['abs(-5)', '5'],
    ['abs(-2.50)', '2.50'],
    ['abs(-1.5E0)', '1.5'],
  ],
  overloads: [
    strict('(INTEGER value) -> INTEGER', (value: number) => Math.abs(value) | 0),
    strict('(BIGINT value) -> BIGINT', (value: bigint) => BigInt.asIntN(64, absoluteBigint(value))),
    strict('(DOUBLE value) -> DOUBLE', Math.abs),
    { ...strict('(DECIMAL value) -> DECIMAL', absoluteBigint), returns: sameAsFirst },
  ],
});
