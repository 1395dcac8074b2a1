import { powerOfTen } from '../../../types/decimal.ts';
import { doubleToInt64 } from '../../../types/integer.ts';
import type { ScalarDef, ScalarOverload } from '../../define.ts';
import { scalar, strict, strictBound } from '../scalar.ts';
import {
  type RoundingMode,
  integerPart,
  roundDecimal,
  roundDouble,
  sameAsFirst,
  scaleOf,
} from './numeric.ts';

function overloads(
  primitive: '' | '!',
  mode: RoundingMode,
  whole: (value: number) => number,
): readonly ScalarOverload[] {
  return [
    strict(`(INTEGER${primitive} value) -> BIGINT`, (value: number) => BigInt(value)),
    strict(`(BIGINT${primitive} value) -> BIGINT`, (value: bigint) => value),
    strict('(DOUBLE value) -> BIGINT', (value: number) => doubleToInt64(whole(value))),
    strict('(DOUBLE value, INTEGER places) -> DOUBLE', (value: number, places: number) =>
      roundDouble(value, places, mode),
    ),
    {
      ...strictBound('(DECIMAL value) -> DECIMAL', ({ args }) => {
        const scale = scaleOf(args[0]);
        const unit = powerOfTen(scale);
        return (value: bigint) => roundDecimal(value, scale, 0, mode) / unit;
      }),
      returns: integerPart,
    },
    {
      ...strictBound('(DECIMAL value, INTEGER places) -> DECIMAL', ({ args }) => {
        const scale = scaleOf(args[0]);
        return (value: bigint, places: number) => roundDecimal(value, scale, places, mode);
      }),
      returns: sameAsFirst,
    },
  ];
}

/** ROUND: ties go toward positive infinity, so -1.5 gives -1. */
export const round: ScalarDef = scalar({
  name: 'ROUND',
  category: 'MATHEMATICAL',
  doc: 'A number rounded to the nearest integer, or to so many decimal places; negative places round left of the point.',
  examples: [
    ['round(1.5E0)', '2'],
    ['round(-1.5E0)', '-1'],
    ['round(12345.678E0, 1)', '12345.7'],
    ['round(12.345, 2)', '12.350'],
    ['round(12.345)', '12'],
  ],
  overloads: overloads('!', 'ties-up', Math.round),
});

/** TRUNC: as ROUND, toward zero. */
export const trunc: ScalarDef = scalar({
  name: 'TRUNC',
  category: 'MATHEMATICAL',
  doc: 'A number cut toward zero to an integer, or to so many decimal places; negative places cut left of the point.',
  examples: [
    ['trunc(-1.7E0)', '-1'],
    ['trunc(12345.678E0, -2)', '12300.0'],
    ['trunc(12.349, 2)', '12.340'],
  ],
  overloads: overloads('', 'toward-zero', Math.trunc),
});
