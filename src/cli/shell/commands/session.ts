/** Commands about the session: history, run script, server, spool, version, clear, exit. */
import { readFileSync } from 'node:fs';
import { problem } from '../../../base/errors.ts';
import { version } from '../../../server/version.ts';
import type { ShellCommand } from './command.ts';

export const clearCommand: ShellCommand = {
  word: 'clear',
  usage: ['clear'],
  help: 'Clear the screen.',
  argsMin: 0,
  argsMax: 0,
  run: (shell) => shell.clearScreen(),
};

export const historyCommand: ShellCommand = {
  word: 'history',
  usage: ['history'],
  help: 'Show what was entered in this session. !<n> enters a line again.',
  argsMin: 0,
  argsMax: 0,
  run(shell) {
    const lines = shell.entered.map((line, at) => `${String(at + 1).padStart(4)}: ${line}`);
    if (lines.length > 0) shell.print(lines.join('\n'));
  },
};

export const versionCommand: ShellCommand = {
  word: 'version',
  usage: ['version'],
  help: 'Show the version of the shell.',
  argsMin: 0,
  argsMax: 0,
  run: (shell) => shell.print(`Version: ${version}`),
};

export const exitCommand: ShellCommand = {
  word: 'exit',
  usage: ['exit', 'quit'],
  help: 'Leave the shell.',
  argsMin: 0,
  argsMax: 0,
  run: (shell) => shell.exit(),
};

export const runScriptCommand: ShellCommand = {
  word: 'run script',
  usage: ["run script '<file>'"],
  help: 'Run the statements of a file.',
  argsMin: 1,
  argsMax: 1,
  async run(shell, [path = '']) {
    let text: string;
    try {
      text = readFileSync(path, 'utf8');
    } catch (error) {
      throw problem('session.no-script', `Failed to read file: ${path}`, { cause: error });
    }
    await shell.runSql(text);
  },
};

export const serverCommand: ShellCommand = {
  word: 'server',
  usage: ['server', 'server <url>'],
  help: 'Show where statements go, or send them to another server from now on.',
  argsMin: 0,
  argsMax: 1,
  async run(shell, [url]) {
    if (url === undefined) shell.print(shell.location);
    else await shell.connect(url);
  },
};

export const spoolCommand: ShellCommand = {
  word: 'spool',
  usage: ["spool '<file>'", 'spool OFF'],
  help: 'Copy everything that is entered and shown to a file, until spool OFF.',
  argsMin: 1,
  argsMax: 1,
  run(shell, [path = '']) {
    if (path.toUpperCase() === 'OFF') shell.print(`Spool written to ${shell.stopSpool()}`);
    else
      shell.print(
        `Session will be spooled to ${shell.startSpool(path)}\nEnter SPOOL OFF to disable`,
      );
  },
};
