import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { env } from 'node:process';
import { expect, test } from 'vitest';
import { codesOfProblems, exitCodes } from '../../src/cli/exit.ts';
import { errorReference, thrownProblems } from './problem-codes.ts';

const root = resolve(import.meta.dirname, '../..');

test('docs/errors.md is what the sources throw; UPDATE=1 rewrites it', () => {
  const path = resolve(root, 'docs/errors.md');
  const text = errorReference();
  if (env['UPDATE'] === '1') writeFileSync(path, text);
  expect(readFileSync(path, 'utf8')).toBe(text);
});

test('every code with an exit status of its own is thrown somewhere', () => {
  const thrown = new Set(thrownProblems().map(({ code }) => code));
  expect(Object.keys(codesOfProblems).filter((code) => !thrown.has(code))).toEqual([]);
});

test('ARCHITECTURE.md lists the exit statuses', () => {
  const table = readFileSync(resolve(root, 'ARCHITECTURE.md'), 'utf8').split('| exit status |')[1];
  const listed = [...(table ?? '').matchAll(/^\| (\d+) \|/gm)].map(([, status]) => Number(status));
  expect(listed).toEqual(Object.values(exitCodes));
});
