import { powerOfTen } from '../../../types/decimal.ts';
import type { ScalarDef, ScalarOverload } from '../../define.ts';
import { scalar, strict, strictBound } from '../scalar.ts';
import { roundDecimal, sameAsFirst, scaleOf } from './numeric.ts';

function overloads(
  double: (value: number) => number,
  direction: 'up' | 'down',
): readonly ScalarOverload[] {
  return [
    strict('(INTEGER value) -> INTEGER', (value: number) => value),
    strict('(BIGINT value) -> BIGINT', (value: bigint) => value),
    strict('(DOUBLE value) -> DOUBLE', double),
    {
      ...strictBound('(DECIMAL value) -> DECIMAL', ({ args }) => {
        const scale = scaleOf(args[0]);
        const unit = powerOfTen(scale);
        return (value: bigint) => {
          const cut = roundDecimal(value, scale, 0, 'toward-zero');
          if (direction === 'up') return cut < value ? cut + unit : cut;
          return cut > value ? cut - unit : cut;
        };
      }),
      returns: sameAsFirst,
    },
  ];
}

/** CEIL: a DECIMAL keeps its scale. */
export const ceil: ScalarDef = scalar({
  name: 'CEIL',
  category: 'MATHEMATICAL',
  doc: 'The smallest integer that is not less than a number, in the type of the number.',
  examples: [
    ['ceil(1.20)', '2.00'],
    ['ceil(-1.5E0)', '-1.0'],
  ],
  overloads: overloads(Math.ceil, 'up'),
});

/** FLOOR: a DECIMAL keeps its scale. */
export const floor: ScalarDef = scalar({
  name: 'FLOOR',
  category: 'MATHEMATICAL',
  doc: 'The greatest integer that is not more than a number, in the type of the number.',
  examples: [
    ['floor(1.80)', '1.00'],
    ['floor(-1.5E0)', '-2.0'],
  ],
  overloads: overloads(Math.floor, 'down'),
});
