import type { AggregateDef, BoundAggregate, CallContext } from '../define.ts';
import { aggregate, BIGINT, listOf, overload, structType, valueType } from './aggregate.ts';
import { summation } from './arithmetic.ts';

/** The accumulator is [sum, count]. */
const bindAvg = (context: CallContext): BoundAggregate => {
  const type = valueType(context);
  const { zero, add, subtract } = summation(type);
  return {
    stored: structType({ SUM: type, COUNT: BIGINT }),
    init: () => [zero, 0n],
    add: (accumulator, value) => {
      if (value === null) return accumulator;
      const [sum, count] = listOf(accumulator);
      return [add(sum!, value!), (count as bigint) + 1n];
    },
    undo: (accumulator, value) => {
      if (value === null) return accumulator;
      const [sum, count] = listOf(accumulator);
      return [subtract(sum!, value!), (count as bigint) - 1n];
    },
    merge: (a, b) => {
      const [sumA, countA] = listOf(a);
      const [sumB, countB] = listOf(b);
      return [add(sumA!, sumB!), (countA as bigint) + (countB as bigint)];
    },
    result: (accumulator) => {
      const [sum, count] = listOf(accumulator);
      return count === 0n ? 0 : Number(sum) / Number(count);
    },
  };
};

export const avg: AggregateDef = aggregate({
  name: 'AVG',
  doc: 'The mean of the values that are not NULL; 0.0 if there are none. The sum of INTEGER and BIGINT values wraps around.',
  examples: [
    ['avg(x) for x in 1, 2, NULL', '1.5'],
    ['avg(x) for x in NULL', '0.0'],
  ],
  overloads: [
    overload('(INTEGER value) -> DOUBLE', bindAvg),
    overload('(BIGINT value) -> DOUBLE', bindAvg),
    overload('(DOUBLE value) -> DOUBLE', bindAvg),
  ],
});
