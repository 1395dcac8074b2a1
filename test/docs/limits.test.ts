import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { env } from 'node:process';
import { expect, test } from 'vitest';
import { definition, internals, limitsPage, limitTable } from './limit-table.ts';

const root = resolve(import.meta.dirname, '../..');
const rows = limitTable.flatMap(([, list]) => list);

test('docs/limits.md is what the sources say; UPDATE=1 rewrites it', () => {
  const path = join(root, 'docs/limits.md');
  const text = limitsPage();
  if (env['UPDATE'] === '1') writeFileSync(path, text);
  expect(readFileSync(path, 'utf8')).toBe(text);
});

test('every limit of a layer is in the table, or among those that nobody outside meets', () => {
  const files = ['src', 'grammar'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true })
      .map((file) => `${folder}/${file}`)
      // The shell's are about a terminal, the base's and the statements' hold no limits of their own.
      .filter(
        (file) => /(^|[/-])limits\.ts$/.test(file) && !/cli\/shell|src\/base|statement-/.test(file),
      ),
  );
  const defined = files.flatMap((file) =>
    [...readFileSync(join(root, file), 'utf8').matchAll(/^export const (\w*(?:Max|_MAX))\b/gm)].map(
      ([, name]) => `${file}#${name}`,
    ),
  );
  const listed = new Set([...rows.map((row) => row.defined), ...internals]);
  expect(defined.filter((place) => !listed.has(place))).toEqual([]);
  expect(internals.filter((place) => !defined.includes(place))).toEqual([]);
});

test.each(rows.map((row) => [row.what, row] as const))('%s', (_what, row) => {
  const { key } = definition(row.defined);
  if (key !== null) expect(key).toBe(row.key);
  const text = readFileSync(join(root, row.enforced), 'utf8');
  const definedIn = readFileSync(join(root, row.defined.split('#')[0] ?? ''), 'utf8');
  if (row.key !== null) expect(text + definedIn).toContain(row.key);
  // Limits that are set reach their places as fields of an object.
  const name = row.defined.split('#')[1] ?? '';
  const field = name.replace(/Max$/, '').replace('sessions', 'sessionsMax');
  expect(text.includes(name) || text.includes(field)).toBe(true);
});
