/** What a page loads of `leat/client`: nothing of Node, nothing of the server, and not much. */
import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { dirname, relative, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '../..');
const imports = /^(?:import|export)\b[^'"]*?from '([^']+)'|\bimport\('([^']+)'\)/gm;

/** The text of every module that one leads to, by path, as a browser would be served it. */
function modulesOf(path: string, all: Map<string, string> = new Map()): Map<string, string> {
  if (all.has(path)) return all;
  const code = stripTypeScriptTypes(readFileSync(resolve(root, path), 'utf8'));
  all.set(path, code);
  for (const [, from, dynamic] of code.matchAll(imports)) {
    const target = (from ?? dynamic) as string;
    if (!target.startsWith('.')) throw new Error(`${path} imports ${target}`);
    modulesOf(relative(root, resolve(root, dirname(path), target)), all);
  }
  return all;
}

test('it takes only its own folder, the names of media types, and arithmetic', () => {
  const paths = [...modulesOf('src/client/connect.ts').keys()];
  expect(paths.filter((path) => !path.startsWith('src/client/')).sort()).toEqual([
    'src/server/media-types.ts',
    'src/types/integer.ts',
    'src/types/temporal.ts',
  ]);
  // These are the shell's, and need Node or the engine.
  expect(paths).not.toContain('src/client/client.ts');
  expect(paths).not.toContain('src/client/inserter.ts');
});

test('it is at most 16 KiB, compressed and without comments, before any bundler has made it smaller', () => {
  const code = [...modulesOf('src/client/connect.ts').values()].join('\n');
  const bare = code.replace(/\/\*\*[\s\S]*?\*\//g, '').replace(/[ \t]+/g, ' ');
  expect(gzipSync(bare).length).toBeLessThan(16 * 1024);
});
