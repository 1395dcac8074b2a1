import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { env } from 'node:process';
import { expect, test } from 'vitest';
import { functionReference } from '../../src/functions/docs.ts';
import { builtinFunctions } from '../../src/functions/table.ts';

test('docs/functions.md is what the functions say of themselves; UPDATE=1 rewrites it', () => {
  const path = resolve(import.meta.dirname, '../../docs/functions.md');
  const text = functionReference(builtinFunctions);
  if (env['UPDATE'] === '1') writeFileSync(path, text);
  expect(readFileSync(path, 'utf8')).toBe(text);
});
