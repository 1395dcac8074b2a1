/**
 * `node test/oracle/mutation.ts [--mutant TEXT]`: breaks a copy of the tree in each of the ways of mutants.ts and shows that the
 * check which must notice does, and after how many cases. The checkout itself is left alone.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type Mutant, mutants } from './mutants.ts';

const { values } = parseArgs({ options: { mutant: { type: 'string', default: '' } } });
const root = fileURLToPath(new URL('../..', import.meta.url));
const commands: Readonly<Record<Mutant['caughtBy'], readonly string[]>> = {
  cases: ['test/oracle/run.ts', '--cases', '20000', '--stop'],
  restarts: [
    'test/oracle/run.ts',
    '--metamorphic',
    '--relation',
    'restarts',
    '--cases',
    '300',
    '--stop',
  ],
  simulation: ['test/oracle/simulation/run.ts', '--seeds', '5000', '--stop'],
};

function copyTree(): string {
  const copy = mkdtempSync(join(tmpdir(), 'leat-mutants-'));
  for (const part of ['src', 'grammar', 'test/oracle', 'package.json']) {
    cpSync(join(root, part), join(copy, part), { recursive: true });
  }
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  return copy;
}

/** What the check printed last, or why there was none. */
function attempt(
  copy: string,
  mutant: Mutant,
): { readonly isCaught: boolean; readonly text: string } {
  const file = join(copy, mutant.file);
  const original = readFileSync(file, 'utf8');
  if (original.split(mutant.find).length !== 2) return { isCaught: false, text: 'does not apply' };
  writeFileSync(
    file,
    original.replace(mutant.find, () => mutant.replace),
  );
  const run = spawnSync(process.execPath, commands[mutant.caughtBy], {
    cwd: copy,
    encoding: 'utf8',
  });
  writeFileSync(file, original);
  const last = run.stdout.trim().split('\n').at(-1) ?? '';
  return { isCaught: run.status !== 0, text: run.status === 0 ? `NOT CAUGHT: ${last}` : last };
}

const copy = copyTree();
let escaped = 0;
try {
  for (const mutant of mutants.filter(({ name }) => name.includes(values.mutant))) {
    const { isCaught, text } = attempt(copy, mutant);
    if (!isCaught) escaped++;
    console.log(
      `${isCaught ? 'caught' : 'ESCAPED'} by ${mutant.caughtBy}: ${mutant.name} – ${text}`,
    );
  }
} finally {
  rmSync(copy, { recursive: true });
}
process.exitCode = escaped === 0 ? 0 : 1;
