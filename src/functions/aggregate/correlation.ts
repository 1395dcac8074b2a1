import type { Value } from '../../types/value.ts';
import type { AggregateDef, BoundAggregate } from '../define.ts';
import { aggregate, BIGINT, DOUBLE, listOf, overload, structType } from './aggregate.ts';

const STORED = structType({
  X_SUM: DOUBLE,
  Y_SUM: DOUBLE,
  X_SQUARED_SUM: DOUBLE,
  Y_SQUARED_SUM: DOUBLE,
  XY_SUM: DOUBLE,
  COUNT: BIGINT,
});

type Sums = readonly [x: number, y: number, xx: number, yy: number, xy: number, count: bigint];

function changed(sums: Value, a: Value | undefined, b: Value | undefined, sign: 1 | -1): Value {
  if (a === null || b === null) return sums;
  const x = Number(a);
  const y = Number(b);
  const [xSum, ySum, xx, yy, xy, count] = listOf(sums) as Sums;
  return [
    xSum + sign * x,
    ySum + sign * y,
    xx + sign * x * x,
    yy + sign * y * y,
    xy + sign * x * y,
    count + BigInt(sign),
  ];
}

/** Pearson's: (n·Σxy − Σx·Σy) / √((n·Σx² − (Σx)²)(n·Σy² − (Σy)²)). */
function coefficient([x, y, xx, yy, xy, count]: Sums): number {
  const n = Number(count);
  return (n * xy - x * y) / Math.sqrt((n * xx - x * x) * (n * yy - y * y));
}

const BOUND: BoundAggregate = {
  stored: STORED,
  init: () => [0, 0, 0, 0, 0, 0n],
  add: (sums, x, y) => changed(sums, x, y, 1),
  undo: (sums, x, y) => changed(sums, x, y, -1),
  merge: (a, b) => {
    const other = listOf(b);
    return listOf(a).map((sum, index) =>
      typeof sum === 'bigint'
        ? sum + (other[index] as bigint)
        : (sum as number) + (other[index] as number),
    );
  },
  result: (sums) => coefficient(listOf(sums) as Sums),
};

export const correlation: AggregateDef = aggregate({
  name: 'CORRELATION',
  doc: "Pearson's correlation coefficient of the pairs in which neither side is NULL; NaN for fewer than two pairs or a side that does not vary.",
  examples: [
    ['correlation(x, y) for (x, y) in (1, 8), (-1, -2), (NULL, 3)', '1.0'],
    ['correlation(x, y) for (x, y) in (1, 8)', 'NaN'],
  ],
  overloads: [
    overload('(DOUBLE x, DOUBLE y) -> DOUBLE', () => BOUND),
    overload('(INTEGER x, INTEGER y) -> DOUBLE', () => BOUND),
    overload('(BIGINT x, BIGINT y) -> DOUBLE', () => BOUND),
  ],
});
