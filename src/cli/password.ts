/** Passwords that a person types, or that a script gives on standard input: never in an argument that `ps` shows. */
import { stderr, stdin } from 'node:process';
import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { problem } from '../base/errors.ts';

/** Asks without showing what is typed; without a terminal it is the first line of standard input. Throws `session.no-password`. */
export async function readPassword(prompt: string): Promise<string> {
  const isShown = stdin.isTTY === true;
  if (isShown) stderr.write(prompt);
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: stdin, output: nowhere, terminal: isShown });
  try {
    const line = await new Promise<string | null>((resolve) => {
      lines.once('line', resolve);
      lines.once('SIGINT', () => resolve(null));
      lines.once('close', () => resolve(null));
    });
    if (isShown) stderr.write('\n');
    if (line !== null && line !== '') return line;
  } finally {
    lines.close();
  }
  throw problem('session.no-password', 'no password was given');
}
