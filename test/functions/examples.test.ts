/** Every example of every built-in function, run as SQL runs it. */
import { describe, expect, test } from 'vitest';
import { createRegistry } from '../../src/functions/registry.ts';
import { builtinFunctions } from '../../src/functions/table.ts';
import { type ExampleContext, runExample } from '../../src/sql/examples/run-example.ts';

const context: ExampleContext = {
  functions: createRegistry(builtinFunctions),
  properties: {},
  now: () => 1_700_000_000_123,
  random: () => 0.5,
};

describe('examples', () => {
  const examples = builtinFunctions.flatMap((def) =>
    def.examples.map(([sql, result]) => [sql, result, def] as const),
  );
  test.each(examples)('%s gives %s', (sql, result, def) => {
    expect(runExample(def, sql, context)).toBe(result);
  });
});
