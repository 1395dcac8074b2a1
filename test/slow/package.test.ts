/** What `npm pack` makes, as somebody has it in node_modules: the files, the command, the client and its types. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execPath } from 'node:process';
import { expect, test } from 'vitest';
import { version } from '../../src/server/version.ts';
import { temporaryDirectory } from '../server/directories.ts';

const root = join(import.meta.dirname, '../..');
const archive = `leat-${version}.tgz`;

function run(directory: string, command: string, ...args: string[]): string {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: directory, encoding: 'utf8' });
  expect([status, status === 0 ? '' : stdout + stderr]).toEqual([0, '']);
  return stdout;
}

/** A project beside whose dependencies the packed leat lies. */
function install(directory: string): void {
  run(root, 'npm', 'pack', '--silent', '--pack-destination', directory);
  const modules = join(directory, 'node_modules');
  mkdirSync(modules);
  for (const name of readdirSync(join(root, 'node_modules')))
    if (!name.startsWith('.')) symlinkSync(join(root, 'node_modules', name), join(modules, name));
  run(directory, 'tar', 'xzf', archive);
  run(directory, 'mv', 'package', join(modules, 'leat'));
}

test('the package has no tests, runs, and its client is typed without further libraries', () => {
  using directory = temporaryDirectory();
  const { path } = directory;
  install(path);
  const files = run(path, 'tar', 'tzf', archive).split('\n');
  expect(files).toContain('package/dist/src/client/connect.d.ts');
  expect(
    files.filter((file) => /\.test\.|\.test-|\/test\/|\.ts$/.test(file) && !file.endsWith('.d.ts')),
  ).toEqual([]);
  const leat = join(path, 'node_modules/leat/src/leat.js');
  const sql = "CREATE STREAM s (v INT) WITH (KAFKA_TOPIC='s', VALUE_FORMAT='JSON', PARTITIONS=1);";
  expect(run(path, execPath, leat, 'sql', '-e', sql)).toContain('Stream created');
  const program = `import { connect, type Change } from 'leat/client';
const client = connect('http://127.0.0.1:1');
export const rows: Promise<readonly { N: bigint }[]> = client.pull<{ N: bigint }>('SELECT n FROM t;').all();
export const kind: Change['kind'] = 'tick';
client.close();
`;
  writeFileSync(join(path, 'program.mts'), program);
  const options = ['--noEmit', '--strict', '--module', 'NodeNext', '--target', 'ES2022'];
  const libraries = ['--lib', 'ES2023,DOM', '--types', ''];
  run(path, join(root, 'node_modules/.bin/tsc'), ...options, ...libraries, 'program.mts');
}, 120_000);
