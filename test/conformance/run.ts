/**
 * Runs the conformance suite against this checkout: `npm run conformance -- [options of the suite]`. Without options it
 * checks the committed baseline; `--write` records a new one. The suite lies beside the checkout, or where
 * LEAT_CONFORMANCE says.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const root = resolve(here, '../..');
const suite = process.env['LEAT_CONFORMANCE'] ?? resolve(root, '../shared/conformance');
const baseline = join(here, 'baseline.json');

function run(command: string, args: readonly string[], cwd: string): number {
  const result = spawnSync(command, args, { cwd, stdio: 'inherit' });
  return result.status ?? 1;
}

function main(): number {
  if (!existsSync(join(suite, 'harness/cli.mjs'))) {
    console.error(`no conformance suite in ${suite}: set LEAT_CONFORMANCE to its directory`);
    return 1;
  }
  if (!existsSync(join(suite, 'node_modules')) && run('npm', ['ci', '--silent'], suite) !== 0)
    return 1;
  const node = process.execPath;
  const own = process.argv.slice(2);
  const write = own.includes('--write');
  const rest = own.filter((argument) => argument !== '--write');
  const judged =
    rest.length > 0 ? rest : [write ? '--write-baseline' : '--baseline', baseline, '--jobs', '2'];
  return run(
    node,
    [
      join(suite, 'harness/cli.mjs'),
      '--adapter',
      `'${node}' '${join(here, 'adapter.ts')}'`,
      '--sql-command',
      `'${node}' '${join(root, 'src/leat.js')}' test`,
      ...judged,
    ],
    root,
  );
}

process.exitCode = main();
