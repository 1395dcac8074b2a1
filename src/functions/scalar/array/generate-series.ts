import type { ScalarDef } from '../../define.ts';
import { checkLimit, resultElementsMax } from '../limits.ts';
import { scalar, strict } from '../scalar.ts';

/** Checks the step against the direction and gives the number of elements. */
function countOf(start: bigint, end: bigint, step: bigint): number {
  if (step === 0n) throw new Error('GENERATE_SERIES step cannot be zero');
  const distance = end - start;
  if ((distance > 0n && step < 0n) || (distance < 0n && step > 0n)) {
    throw new Error('GENERATE_SERIES step has wrong sign');
  }
  const count = Number(distance / step) + 1;
  checkLimit(resultElementsMax, 'elements', count);
  return count;
}

function integers(start: number, end: number, step: number = end > start ? 1 : -1): number[] {
  const count = countOf(BigInt(start), BigInt(end), BigInt(step));
  return Array.from({ length: count }, (_, index) => start + index * step);
}

function bigints(start: bigint, end: bigint, step: number = end > start ? 1 : -1): bigint[] {
  const stride = BigInt(step);
  const count = countOf(start, end, stride);
  return Array.from({ length: count }, (_, index) => start + BigInt(index) * stride);
}

/** GENERATE_SERIES. */
export const generateSeries: ScalarDef = scalar({
  name: 'GENERATE_SERIES',
  category: 'ARRAY',
  doc: 'The numbers from a start to an end, both included, by steps of 1 or of a given size.',
  examples: [
    ['generate_series(1, 5)', '[1, 2, 3, 4, 5]'],
    ['generate_series(5, 0, -2)', '[5, 3, 1]'],
  ],
  overloads: [
    strict('(INTEGER! start, INTEGER! end) -> ARRAY<INTEGER>', integers),
    strict('(INTEGER! start, INTEGER! end, INTEGER! step) -> ARRAY<INTEGER>', integers),
    strict('(BIGINT! start, BIGINT! end) -> ARRAY<BIGINT>', bigints),
    strict('(BIGINT! start, BIGINT! end, INTEGER! step) -> ARRAY<BIGINT>', bigints),
  ],
});
