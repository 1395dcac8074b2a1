import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { ebnf } from './ebnf.ts';
import { validateGrammar } from './parser.ts';

const path = fileURLToPath(new URL('leat.ebnf', import.meta.url));

test('leat.ebnf is what the parser accepts (UPDATE=1 rewrites it)', () => {
  if (process.env['UPDATE'] === '1') writeFileSync(path, ebnf());
  expect(readFileSync(path, 'utf8')).toBe(ebnf());
});

test('the grammar has no ambiguity that no gate decides', () => {
  expect(validateGrammar).not.toThrow();
});
