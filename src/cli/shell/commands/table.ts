/** The commands of the shell (spec: cli.md §3), in the order in which `help` shows them. */
import { helpText, type ShellCommand, type ShellControl } from './command.ts';
import { type CommandWord, parseCommand } from './parse.ts';
import {
  clearCommand,
  exitCommand,
  historyCommand,
  runScriptCommand,
  serverCommand,
  spoolCommand,
  versionCommand,
} from './session.ts';
import { outputCommand, setCliCommand } from './settings.ts';

const helpCommand: ShellCommand = {
  word: 'help',
  usage: ['help'],
  help: 'Show this text.',
  argsMin: 0,
  argsMax: 0,
  run: (shell) => shell.print(helpPage()),
};

const table: readonly ShellCommand[] = [
  helpCommand,
  clearCommand,
  outputCommand,
  historyCommand,
  versionCommand,
  runScriptCommand,
  serverCommand,
  spoolCommand,
  setCliCommand,
  exitCommand,
];

const byWord = new Map<CommandWord, ShellCommand>([
  ...table.map((command) => [command.word, command] as const),
  ['quit', exitCommand],
]);

/** Runs a line that begins with a command's words. */
export async function runCommand(shell: ShellControl, line: string): Promise<void> {
  const parsed = parseCommand(line);
  const command = parsed === null ? undefined : byWord.get(parsed.word);
  if (parsed === null || command === undefined) return;
  if (parsed.args.length > command.argsMax)
    return shell.print(`Too many parameters\n${helpText(command)}`);
  if (parsed.args.length < command.argsMin)
    return shell.print(`Too few parameters\n${helpText(command)}`);
  await command.run(shell, parsed.args);
}

function helpPage(): string {
  return `Description:
\tThe Leat shell is an interactive terminal for SQL over streams. Any SQL
\tstatement can be entered, and these commands of the shell's own:

${table.map(helpText).join('\n\n')}

Keyboard shortcuts:

\tArrow keys        walk the history; within several lines, the text
\tCTRL+R            search the history
\tTab               complete keywords and names; expand cs, ct, csas, ctas, ii
\tCTRL+C            end the running query; at the prompt, discard what was typed
\tCTRL+D            end the session
\tALT+Enter         begin a new line
\tCTRL+A, CTRL+E    start and end of the line\n\tALT+B, ALT+F      word by word
\tCTRL+W, CTRL+U    erase a word, or to the start of the line\n\tCTRL+K, CTRL+Y    erase to the end of the line; put back what was erased

Default behavior:

\tStatements end with a semicolon and may take several lines: Enter begins
\tanother line until there is one. A backslash at the end of a line asks for
\tanother line in any case. Lines that start with ! or ^ repeat the history:
\t!! the last entry, !<n>, !<start>, !?<part>, ^old^new^.`;
}
