/** What a command of the shell is, and what it may touch. */
import type { TabularOptions } from '../../output/tabular.ts';
import type { CommandWord } from './parse.ts';

export type OutputFormat = 'TABULAR' | 'JSON';

/** The shell as its commands see it. */
export interface ShellControl {
  /** A line or more about what the shell did. */
  print(text: string): void;
  /** Runs SQL like text that was entered. */
  runSql(sql: string): Promise<void>;
  format: OutputFormat;
  readonly tabular: TabularOptions;
  /** What was entered in this session, oldest first. */
  readonly entered: readonly string[];
  clearScreen(): void;
  exit(): void;
  /** Where statements go: a server's address, or the directory of the shell's own engine. */
  readonly location: string;
  connect(url: string): Promise<void>;
  /** Error: `shell.spool`, also where one is open already. */
  startSpool(path: string): string;
  /** The path of the file that was written. */
  stopSpool(): string;
}

export interface ShellCommand {
  readonly word: CommandWord;
  /** What `help` says: how it is written, and lines on what it does. */
  readonly usage: readonly string[];
  readonly help: string;
  readonly argsMin: number;
  readonly argsMax: number;
  run(shell: ShellControl, args: readonly string[]): void | Promise<void>;
}

/** A command as `help` shows it. */
export function helpText({ usage, help }: ShellCommand): string {
  return `${usage.join('\n')}\n\t${help}`;
}
