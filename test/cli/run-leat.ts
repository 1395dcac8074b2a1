/** `leat` as a process of its own, to its end. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const entry = join(import.meta.dirname, '../../src/leat.js');

export interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** `input` is what it reads on standard input. */
export async function runLeat(args: readonly string[], input = ''): Promise<Ran> {
  const child = spawn(process.execPath, [entry, ...args], { stdio: 'pipe' });
  const texts = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      texts[name] += text;
    });
  }
  child.stdin.on('error', () => undefined).end(input);
  const [status] = await once(child, 'close');
  return { status, ...texts };
}
