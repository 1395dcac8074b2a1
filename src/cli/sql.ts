/**
 * `leat sql`: statements from -e, -f, a pipe or the interactive shell, to a server or to an engine of its own on a data
 * directory. Exit status 0; 1 when a statement of -e, -f or a pipe failed.
 */
import { readFileSync } from 'node:fs';
import { stdin, stdout } from 'node:process';
import { text } from 'node:stream/consumers';
import { problem } from '../base/errors.ts';
import { Client, type SqlBackend } from '../client/client.ts';
import type { Authorization } from '../client/transport.ts';
import { StatementFailure } from '../engine/api.ts';
import type { Durability } from '../log/log.ts';
import { exitCodes, failureText } from './exit.ts';
import { isColorful, red } from './output/color.ts';
import { statementErrorText } from './output/error-text.ts';
import { JsonPrinter } from './output/json.ts';
import { printable } from './output/printable.ts';
import type { Output, Printer } from './output/printer.ts';
import { TabularPrinter } from './output/tabular.ts';
import { Session } from './session.ts';
import { onStop } from './signals.ts';

export interface SqlOptions {
  /** null: an engine of our own on `data`. */
  readonly server: string | null;
  /** Who to be there; null: nobody. */
  readonly authorization?: Authorization | null;
  readonly data: string;
  readonly durability: Durability;
  /** Directory of user functions, for an engine of our own. */
  readonly functions?: string | null;
  readonly execute: string | null;
  readonly file: string | null;
  readonly output: 'TABULAR' | 'JSON';
  readonly define: readonly (readonly [name: string, value: string])[];
  readonly properties: Readonly<Record<string, string>>;
}

export async function sql(options: SqlOptions): Promise<number> {
  const script = await scriptOf(options);
  // Reading ink takes about as long as opening an engine: they go on side by side.
  const loading = script === null ? loadShell() : null;
  const backend = await openBackend(options);
  try {
    if (script !== null && backend instanceof Client) await backend.info();
    const session = new Session(backend, options.properties);
    for (const [name, value] of options.define) session.define(name, value);
    if (script !== null)
      return await runScript(session, script, printerOf(options, standardOutput()));
    const shell = await (loading ?? loadShell());
    return await shell(session, options);
  } finally {
    await backend[Symbol.asyncDispose]();
  }
}

async function loadShell(): Promise<(session: Session, options: SqlOptions) => Promise<number>> {
  const { loadScreen, shell } = await import('./shell/shell.ts');
  await loadScreen();
  return shell;
}

/** The text to run, or null for the interactive shell. */
async function scriptOf({ execute, file }: SqlOptions): Promise<string | null> {
  if (execute !== null) return /;\s*$/.test(execute) ? execute : `${execute};`;
  if (file !== null) {
    try {
      return readFileSync(file, 'utf8');
    } catch (error) {
      throw problem('session.no-script', `No such script file: ${file}`, { cause: error });
    }
  }
  return stdin.isTTY && stdout.isTTY ? null : await text(stdin);
}

export async function openBackend(
  options: Pick<SqlOptions, 'server' | 'authorization' | 'data' | 'durability' | 'functions'>,
): Promise<SqlBackend> {
  if (options.server !== null) {
    const { authorization = null } = options;
    return new Client(options.server, authorization === null ? {} : { authorization });
  }
  const { ThreadEngine } = await import('../engine/thread/thread-engine.ts');
  return ThreadEngine.open(
    {
      directory: options.data,
      durability: options.durability,
      properties: {},
      functionsDirectory: options.functions ?? null,
    },
    {
      onFatal(error) {
        process.stderr.write(`${failureText(error)}\n`);
        process.exit(exitCodes.restart);
      },
    },
  );
}

export function printerOf({ output }: Pick<SqlOptions, 'output'>, to: Output): Printer {
  return output === 'JSON' ? new JsonPrinter(to) : new TabularPrinter(to);
}

export function standardOutput(): Output {
  return {
    write: (piece) => void stdout.write(stdout.isTTY ? printable(piece) : piece),
    width: stdout.isTTY ? stdout.columns : null,
  };
}

async function runScript(session: Session, script: string, printer: Printer): Promise<number> {
  let interrupted = false;
  const signals = onStop(() => {
    interrupted = true;
    void session.interrupt();
  });
  // A reader that has seen enough (`head`) is no failure.
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(exitCodes.clean);
    process.stderr.write(`error: standard output takes no more: ${error.message}\n`);
    process.exit(exitCodes.failed);
  });
  try {
    await session.run(script, printer);
    return interrupted ? exitCodes.interrupted : exitCodes.clean;
  } catch (error) {
    if (error instanceof StatementFailure)
      for (const reply of error.data.replies) printer.reply(reply, false);
    const text = statementErrorText(error, session.sqlAtFault);
    process.stderr.write(`${isColorful(process.stderr, process.env) ? red(text) : text}\n`);
    return exitCodes.failed;
  } finally {
    signals[Symbol.dispose]();
  }
}
