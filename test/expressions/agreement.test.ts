/** The fast part; `node test/expressions/run.ts --pairs 1000000` is the long one. */
import { expect, test } from 'vitest';
import { scalarFunctions } from '../../src/functions/scalar/table.ts';
import { compareOnRandom } from './agreement.ts';

test('generated code computes what the tree means, for any expression and row', () => {
  const result = compareOnRandom({ pairs: 20_000, seed: 1, rowsPerExpression: 6, depth: 4 });
  expect(result.disagreements).toEqual([]);
  expect(result.pairs).toBeGreaterThanOrEqual(20_000);
  // Neither side is right by failing all the time.
  expect(result.failures / result.pairs).toBeLessThan(0.5);
  const never = scalarFunctions.filter(({ name }) => !result.calls.has(name));
  expect(never.map(({ name }) => name)).toEqual([]);
});
