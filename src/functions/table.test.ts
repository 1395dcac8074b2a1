import { expect, test } from 'vitest';
import { createRegistry } from './registry.ts';
import { builtinFunctions } from './table.ts';

test('the built-in functions make a registry: every signature reads, no name is in two kinds', () => {
  const registry = createRegistry(builtinFunctions);
  expect(registry.get('sum')?.kind).toBe('aggregate');
  expect(registry.get('Explode')?.kind).toBe('table');
  expect(registry.get('COALESCE')?.kind).toBe('scalar');
});

test('every built-in function says what it does', () => {
  expect(builtinFunctions.filter(({ doc }) => doc === '').map(({ name }) => name)).toEqual([]);
});
