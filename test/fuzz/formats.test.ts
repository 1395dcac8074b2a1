/** The fast part; `node test/fuzz/formats.ts --records 5000000` is the long one. */
import { expect, test } from 'vitest';
import { formats } from '../../src/formats/table.ts';
import { fuzzFormats } from './fuzz-formats.ts';
import { fuzzSchemas } from './fuzz-schemas.ts';

test('damaged records of every format decode to values of their types or are refused', () => {
  const result = fuzzFormats({ records: 40_000, seed: 1 });
  expect(result.failures).toEqual([]);
  for (const { name } of formats.filter((format) => format.name !== 'NONE')) {
    const { decoded, refused } = result.byFormat.get(name)!;
    expect(decoded, name).toBeGreaterThan(100);
    expect(refused, name).toBeGreaterThan(100);
  }
});

test('damaged schemas are taken, and then make sense, or are refused', () => {
  const result = fuzzSchemas({ texts: 5_000, seed: 1 });
  expect(result.failures).toEqual([]);
  expect(result.taken).toBeGreaterThan(500);
});
