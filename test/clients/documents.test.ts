/** The examples of docs/client.md are one program: it is run, and prints what its comments say. */
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { execPath } from 'node:process';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { temporaryDirectory } from '../server/directories.ts';
import { testServer } from '../server/test-server.ts';

const root = resolve(import.meta.dirname, '../..');

test('docs/client.md runs', async () => {
  const document = readFileSync(join(root, 'docs/client.md'), 'utf8');
  const program = [...document.matchAll(/^```ts\n([\s\S]*?)^```$/gm)]
    .map(([, code]) => code)
    .join('');
  const printed = [...program.matchAll(/\/\/ prints (.*)$/gm)].map(([, text]) => text);
  expect(printed.length).toBeGreaterThan(10);
  await using server = await testServer();
  using directory = temporaryDirectory();
  const file = join(directory.path, 'program.ts');
  const client = pathToFileURL(join(root, 'src/client/connect.ts')).href;
  writeFileSync(
    file,
    program.replace("'leat/client'", `'${client}'`).replace('http://127.0.0.1:8088', server.url),
  );
  const { stdout } = await promisify(execFile)(execPath, [file]);
  expect(stdout.trimEnd().split('\n')).toEqual(printed);
});
