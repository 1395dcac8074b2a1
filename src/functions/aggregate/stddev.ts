/**
 * Sample variance and standard deviation by the recurrence of Youngs and Cramer ("Some results relevant to choice of sum and
 * sum-of-product algorithms", 1971), which keeps the sum S, the count n and M2, the sum of squared differences from the mean.
 * The n-th value v changes M2 by (v·n − S)² / (n·(n−1)), S being the sum with v.
 */
import type { Value } from '../../types/value.ts';
import type { AggregateDef, AggregateOverload, BoundAggregate, CallContext } from '../define.ts';
import { aggregate, BIGINT, DOUBLE, listOf, overload, structType, valueType } from './aggregate.ts';
import { type Summation, summation } from './arithmetic.ts';

type Moments = readonly [sum: Value, count: bigint, m2: number];

/** By how much the n-th value changes M2; `sum` includes it. */
function growth(value: Value, count: bigint, sum: Value): number {
  const n = Number(count);
  const delta =
    typeof value === 'bigint'
      ? Number(BigInt.asIntN(64, value * count - (sum as bigint)))
      : (value as number) * n - (sum as number);
  return (delta * delta) / (n * (n - 1));
}

function added({ add }: Summation, [sum, count, m2]: Moments, value: Value): Moments {
  const newSum = add(sum, value);
  const newCount = count + 1n;
  return [newSum, newCount, newCount === 1n ? m2 : m2 + growth(value, newCount, newSum)];
}

function removed({ zero, subtract }: Summation, [sum, count, m2]: Moments, value: Value): Moments {
  if (count <= 1n) return [zero, 0n, 0];
  // Rounding may leave a trace below zero, which has no root.
  const rest = Math.max(0, m2 - growth(value, count, sum));
  return [subtract(sum, value), count - 1n, count === 2n ? 0 : rest];
}

function merged({ add }: Summation, a: Moments, b: Moments): Moments {
  const [sumA, countA, m2A] = a;
  const [sumB, countB, m2B] = b;
  if (countA === 0n) return b;
  if (countB === 0n) return a;
  const nA = Number(countA);
  const nB = Number(countB);
  const difference = Number(sumA) * nB - Number(sumB) * nA;
  const m2 = m2A + m2B + (difference * difference) / (nA * nB * (nA + nB));
  return [add(sumA, sumB), countA + countB, m2];
}

function overloads(finish: (variance: number) => number): readonly AggregateOverload[] {
  const bind = (context: CallContext): BoundAggregate => {
    const type = valueType(context);
    const sums = summation(type);
    return {
      stored: structType({ SUM: type, COUNT: BIGINT, M2: DOUBLE }),
      init: () => [sums.zero, 0n, 0],
      add: (moments, value) =>
        value === null ? moments : added(sums, listOf(moments) as Moments, value!),
      undo: (moments, value) =>
        value === null ? moments : removed(sums, listOf(moments) as Moments, value!),
      merge: (a, b) => merged(sums, listOf(a) as Moments, listOf(b) as Moments),
      result: (moments) => {
        const [, count, m2] = listOf(moments) as Moments;
        return count < 2n ? 0 : finish(m2 / Number(count - 1n));
      },
    };
  };
  return [
    overload('(INTEGER value) -> DOUBLE', bind),
    overload('(BIGINT value) -> DOUBLE', bind),
    overload('(DOUBLE value) -> DOUBLE', bind),
  ];
}

export const stddevSamp: AggregateDef = aggregate({
  name: 'STDDEV_SAMP',
  doc: 'Despite its name the sample variance of the values that are not NULL, as in ksqlDB; 0.0 for fewer than two. STDDEV_SAMPLE is its square root.',
  examples: [['stddev_samp(x) for x in 10, 12, NULL', '2.0']],
  overloads: overloads((variance) => variance),
});

export const stddevSample: AggregateDef = aggregate({
  name: 'STDDEV_SAMPLE',
  doc: 'The sample standard deviation of the values that are not NULL; 0.0 for fewer than two.',
  examples: [['stddev_sample(x) for x in 10, 12, 14', '2.0']],
  overloads: overloads(Math.sqrt),
});
