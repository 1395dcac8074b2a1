/**
 * `leat sql` at a terminal. Pieces: key-decoder.ts turns bytes into keys, prompt.ts makes of them what is being typed, loop.ts
 * runs what was submitted, view.ts draws. Only screen.ts and view.ts know ink.
 */
import { stdin, stdout } from 'node:process';
import { Client } from '../../client/client.ts';
import { isColorful } from '../output/color.ts';
import type { Session } from '../session.ts';
import { onStop } from '../signals.ts';
import type { SqlOptions } from '../sql.ts';
import { banner } from './banner.ts';
import { HistoryFile, historyPath } from './history-file.ts';
import { abandoned, ShellLoop } from './loop.ts';
import { readKeys } from './terminal-input.ts';

/** Exit status when the terminal went away or a signal asked for the end. */
const hungUp = 129;

/** Reads ink and React, which takes a moment; React is quick only if it knows before it is read that this is no development. */
export async function loadScreen(): Promise<typeof import('./screen.ts')> {
  process.env['NODE_ENV'] ??= 'production';
  return import('./screen.ts');
}

/** Talks to a person until they leave; resolves with the exit status. */
export async function shell(session: Session, options: SqlOptions): Promise<number> {
  const { InkScreen } = await loadScreen();
  const colorful = isColorful(stdout, process.env);
  const { backend } = session;
  const location = backend instanceof Client ? backend.url : options.data;
  stdout.on('error', () => process.exit(hungUp));
  const screen = new InkScreen({ stdout, isColorful: colorful });
  const warnings: string[] = [];
  const history = new HistoryFile(historyPath(process.env), (text) => warnings.push(text));
  const loop = new ShellLoop({
    session,
    screen,
    history,
    format: options.output,
    isColorful: colorful,
    location,
  });
  const keys = readKeys({
    stdin,
    stdout,
    onKeys: (typed) => loop.press(typed),
    onEnd: () => loop.stop(0),
  });
  const signals = onStop(() => loop.stop(hungUp));
  try {
    loop.print([await banner(backend, location), ...warnings].join('\n'));
    loop.start();
    const status = await loop.finished;
    await screen.close();
    // What does not answer would keep the process alive; everything acknowledged is durable.
    if (status === abandoned) process.exit(abandoned);
    return status;
  } finally {
    keys[Symbol.dispose]();
    signals[Symbol.dispose]();
  }
}
