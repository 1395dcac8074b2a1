/** What DESCRIBE FUNCTION and docs/functions.md show is there, and reads as sentences do. */
import { describe, expect, test } from 'vitest';
import { parseSignature } from '../../src/functions/signature.ts';
import { builtinFunctions } from '../../src/functions/table.ts';

const names = (defs: typeof builtinFunctions): readonly string[] => defs.map(({ name }) => name);

describe('every function', () => {
  test('says what it does, in sentences', () => {
    const wrong = builtinFunctions.filter(({ doc }) => !/^[A-Z].*\.$/.test(doc));
    expect(names(wrong)).toEqual([]);
  });

  test('has an example, which test/functions/examples.test.ts runs', () => {
    expect(names(builtinFunctions.filter(({ examples }) => examples.length === 0))).toEqual([]);
  });

  test('names its parameters', () => {
    const wrong = builtinFunctions.filter(({ overloads }) =>
      overloads.some(({ signature }) =>
        parseSignature(signature).parameters.some(({ name }) => name === null),
      ),
    );
    expect(names(wrong)).toEqual([]);
  });

  test('there are 129 scalar, 18 aggregate and 2 table functions (spec: functions.md)', () => {
    const count = (kind: string): number =>
      builtinFunctions.filter((def) => def.kind === kind).length;
    expect(['scalar', 'aggregate', 'table'].map(count)).toEqual([129, 18, 2]);
  });
});
