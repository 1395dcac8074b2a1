/**
 * The shell between keys and screen: keys go to the prompt, what it submits is executed, results appear above. While something
 * runs, keys wait (a paste of many lines is many statements), except Ctrl-C, which ends the query and forgets them.
 */
import { problem } from '../../base/errors.ts';
import { Client, type SqlBackend } from '../../client/client.ts';
import { StatementFailure } from '../../engine/api.ts';
import { exitCodes } from '../exit.ts';
import { red } from '../output/color.ts';
import { statementErrorText } from '../output/error-text.ts';
import { JsonPrinter } from '../output/json.ts';
import { printable } from '../output/printable.ts';
import type { Output, Printer } from '../output/printer.ts';
import { TabularPrinter } from '../output/tabular.ts';
import type { Session } from '../session.ts';
import { serverLines } from './banner.ts';
import { candidatesFor } from './candidates.ts';
import type { OutputFormat, ShellControl } from './commands/command.ts';
import { runCommand } from './commands/table.ts';
import { CountingPrinter } from './counting-printer.ts';
import { echoText } from './echo.ts';
import { expandEntry } from './history.ts';
import type { Key } from './key-decoder.ts';
import { keysAheadMax } from './limits.ts';
import { cutInput, type Piece } from './pieces.ts';
import { emptyPrompt, offer, type Prompt, type PromptAction, press, promptText } from './prompt.ts';
import { mayLeave, type Running, statusLine } from './running.ts';
import type { Screen } from './screen.ts';
import { Spool } from './spool.ts';

/** The shell stopped waiting for what runs. */
export const abandoned: number = exitCodes.interrupted;

/** How often the line about what runs changes. */
const statusEveryMs = 100;

export interface ShellParts {
  readonly session: Session;
  readonly screen: Screen;
  readonly history: { readonly entries: readonly string[]; add(entry: string): void };
  readonly format: OutputFormat;
  readonly isColorful: boolean;
  /** Where statements go at first: a server's address or a directory. */
  readonly location: string;
}

export class ShellLoop implements ShellControl {
  readonly entered: string[] = [];
  readonly tabular: { wrap: boolean; columnWidth: number } = { wrap: true, columnWidth: 0 };
  readonly finished: Promise<number>;
  format: OutputFormat;
  location: string;
  readonly #parts: ShellParts;
  readonly #finish: (status: number) => void;
  readonly #output: Output;
  readonly #printers: Readonly<Record<OutputFormat, Printer>>;
  #prompt: Prompt = emptyPrompt;
  #keys: Key[] = [];
  /** How many of them the prompt has had. */
  #keysTaken = 0;
  #running: Running | null = null;
  #shownAt = 0;
  #isFinished = false;
  #spool: Spool | null = null;

  constructor(parts: ShellParts) {
    this.#parts = parts;
    this.format = parts.format;
    this.location = parts.location;
    let resolveFinished: (status: number) => void = () => undefined;
    this.finished = new Promise((resolve) => {
      resolveFinished = resolve;
    });
    this.#finish = resolveFinished;
    const { screen } = parts;
    this.#output = {
      write: (text) => this.#write(text, false),
      get width() {
        return screen.width;
      },
      drained: () => screen.drained(),
    };
    const onRows = (rows: number) => this.#onRows(rows);
    this.#printers = {
      TABULAR: new CountingPrinter(new TabularPrinter(this.#output, this.tabular), onRows),
      JSON: new CountingPrinter(new JsonPrinter(this.#output), onRows),
    };
  }

  /** Shows the prompt for the first time. */
  start(): void {
    this.#show();
  }

  /** Takes what was typed. */
  press(keys: readonly Key[]): void {
    for (const key of keys) {
      const isInterrupt = key.kind === 'chord' && key.chord === 'ctrl-c';
      if (isInterrupt && this.#running !== null) this.#interrupt(this.#running);
      else if (this.#keys.length < keysAheadMax) this.#keys.push(key);
    }
    this.#pump();
  }

  /** Ends the shell, and the query under way, with this status. */
  stop(status: number): void {
    if (this.#isFinished) return;
    this.#isFinished = true;
    this.#spool?.close();
    this.#spool = null;
    void this.#parts.session.interrupt().catch(() => undefined);
    this.#finish(status);
  }

  print(text: string): void {
    this.#output.write(`${text}\n`);
  }

  async runSql(sql: string): Promise<void> {
    await this.#parts.session.run(sql, this.#printers[this.format]);
  }

  clearScreen(): void {
    this.#parts.screen.clear();
  }

  exit(): void {
    this.print('Exiting Leat.');
    this.stop(exitCodes.clean);
  }

  async connect(url: string): Promise<void> {
    if (!/^https?:\/\//i.test(url)) {
      throw problem(
        'shell.server-url',
        'Server URL must begin with protocol (e.g., http:// or https://)',
      );
    }
    const client = new Client(url);
    this.#parts.session.connect(client);
    this.location = client.url;
    this.print(`Server now: ${client.url}`);
    this.print((await serverLines(client)).join('\n'));
  }

  startSpool(path: string): string {
    if (this.#spool !== null)
      throw problem('shell.spool', 'Cannot set two spools! Please issue SPOOL OFF.');
    this.#spool = new Spool(path);
    return this.#spool.path;
  }

  stopSpool(): string {
    if (this.#spool === null) throw problem('shell.spool', 'No spool is set.');
    const { path } = this.#spool;
    this.#spool.close();
    this.#spool = null;
    return path;
  }

  /**
   * Gives the prompt the keys that wait, up to the first that makes something run. What ends at once comes back here from
   * within, so a key counts as taken before it does anything.
   */
  #pump(): void {
    while (this.#running === null && !this.#isFinished && this.#keysTaken < this.#keys.length) {
      const key = this.#keys[this.#keysTaken++] as Key;
      const { prompt, action } = press(this.#prompt, key, this.#parts.history.entries);
      this.#prompt = prompt;
      if (action !== null) this.#perform(action);
    }
    if (this.#keysTaken === this.#keys.length) this.#forgetKeys();
    this.#show();
  }

  #forgetKeys(): void {
    this.#keys = [];
    this.#keysTaken = 0;
  }

  #perform(action: PromptAction): void {
    switch (action.kind) {
      case 'submit':
        this.#echo(action.text);
        if (action.text.trim() !== '') void this.#submit(action.text);
        return;
      case 'discard':
        this.#echo(`${action.text}^C`);
        return;
      case 'complete':
        void this.#complete(this.#prompt, this.#parts.session.backend);
        return;
      case 'clear':
        this.clearScreen();
        return;
      case 'exit':
        this.exit();
    }
  }

  async #complete(prompt: Prompt, backend: SqlBackend): Promise<void> {
    const { text, cursor } = prompt.editor;
    // A server that does not answer offers nothing.
    const found = await candidatesFor(backend, text.slice(0, cursor)).catch(() => []);
    if (this.#prompt !== prompt || this.#running !== null) return;
    this.#prompt = offer(prompt, found);
    this.#show();
  }

  async #submit(text: string): Promise<void> {
    const running: Running = { startedAt: Date.now(), rows: null, interruptedAt: null };
    this.#running = running;
    const timer = setInterval(() => this.#show(), statusEveryMs);
    try {
      const line = this.#remember(text.trim());
      const { pieces, rest } = cutInput(line);
      for (const piece of rest === ''
        ? pieces
        : [...pieces, { kind: 'sql' as const, text: rest }]) {
        if (this.#running.interruptedAt !== null || this.#isFinished) break;
        await this.#runPiece(piece);
      }
    } catch (error) {
      this.#report(error);
    } finally {
      clearInterval(timer);
      this.#running = null;
      this.#pump();
    }
  }

  /** The line with the history expanded, entered into it. */
  #remember(line: string): string {
    const expanded = expandEntry(this.#parts.history.entries, line);
    if (expanded === null) throw problem('shell.no-event', `${line}: event not found`);
    if (expanded !== line) this.#write(`${expanded}\n`, false);
    this.#parts.history.add(expanded);
    this.entered.push(expanded);
    return expanded;
  }

  async #runPiece({ kind, text }: Piece): Promise<void> {
    if (kind === 'command') await runCommand(this, text);
    else await this.runSql(text);
  }

  #interrupt(running: Running): void {
    this.#forgetKeys();
    const now = Date.now();
    if (mayLeave(running, now)) this.stop(abandoned);
    if (running.interruptedAt !== null) return;
    this.#running = { ...running, interruptedAt: now };
    void this.#parts.session.interrupt().catch((error: unknown) => this.#report(error));
  }

  #report(error: unknown): void {
    const { session } = this.#parts;
    if (error instanceof StatementFailure) {
      for (const reply of error.data.replies)
        if (reply.entity !== null) this.#printers[this.format].reply(reply, false);
    }
    this.#write(`${statementErrorText(error, session.sqlAtFault)}\n`, true);
  }

  #echo(text: string): void {
    const { screen, isColorful } = this.#parts;
    screen.write(echoText(text, isColorful));
    this.#spool?.write(`\n${promptText}${printable(text)}\n`);
  }

  #write(text: string, isError: boolean): void {
    const shown = printable(text);
    this.#parts.screen.write(isError && this.#parts.isColorful ? red(shown) : shown);
    this.#spool?.write(shown);
  }

  #onRows(rows: number): void {
    if (this.#running === null) return;
    this.#running = { ...this.#running, rows };
    if (rows === 0 || Date.now() - this.#shownAt >= statusEveryMs) this.#show();
  }

  #show(): void {
    if (this.#isFinished) return;
    const { screen } = this.#parts;
    if (this.#running === null) {
      screen.show({ kind: 'prompt', prompt: this.#prompt });
      return;
    }
    this.#shownAt = Date.now();
    const status = statusLine(this.#running, this.#shownAt);
    screen.show(status === null ? { kind: 'nothing' } : { kind: 'running', status });
  }
}
