/**
 * What a person at the shell, or a script, says to an engine or a server. SET, UNSET, DEFINE and UNDEFINE are the session's
 * own; runs of other statements go to the backend together; queries go one by one.
 */
import { readFileSync } from 'node:fs';
import { problem } from '../base/errors.ts';
import type { SqlBackend } from '../client/client.ts';
import type { QueryStream, StatementReply, StatementRequest } from '../engine/api.ts';
import { parseScript, type ScriptStatement } from '../engine/statements/script.ts';
import { finalMessage } from '../server/stream/row-stream.ts';
import { checkOverride } from '../sql/properties.ts';
import type { Printer } from './output/printer.ts';

/** How deep RUN SCRIPT may nest; a script that runs itself ends here. */
const scriptDepthMax = 16;
/** Rows that are printed before whoever reads them, and an interrupt, gets a turn. */
const rowsAtOnceMax = 1_000;
/** Characters before a statement up to which messages count lines from the start of the whole text. */
const placedPrefixMax = 64 * 1024;

export class Session {
  #backend: SqlBackend;
  readonly #properties: Record<string, string>;
  readonly #variables = new Map<string, string>();
  #query: QueryStream | null = null;
  #isInterrupted = false;
  #scriptDepth = 0;
  #sqlAtFault = '';

  constructor(backend: SqlBackend, properties: Readonly<Record<string, string>> = {}) {
    this.#backend = backend;
    this.#properties = { ...properties };
  }

  get backend(): SqlBackend {
    return this.#backend;
  }

  define(name: string, value: string): void {
    this.#variables.set(name, value);
  }

  /** Sends what follows to another backend; properties and variables stay. The one before is not closed. */
  connect(backend: SqlBackend): void {
    this.#backend = backend;
  }

  /** The text that the span of the last error counts in. */
  get sqlAtFault(): string {
    return this.#sqlAtFault;
  }

  /** Ends the query under way, or the next if none has begun; statements after it do not run. */
  async interrupt(): Promise<void> {
    this.#isInterrupted = true;
    await this.#query?.close();
  }

  /** Runs statements in order up to the first that fails, whose error is thrown. Nothing runs if the text does not parse. */
  async run(sql: string, printer: Printer): Promise<void> {
    this.#isInterrupted = false;
    this.#scriptDepth = 0;
    await this.#runText(sql, printer);
  }

  async #runText(sql: string, printer: Printer): Promise<void> {
    const statements = this.#parse(sql);
    const isAlone = statements.length === 1;
    let batch: ScriptStatement[] = [];
    for (const statement of statements) {
      if (isOrdinary(statement)) {
        batch.push(statement);
        continue;
      }
      await this.#execute(batch, printer, isAlone);
      batch = [];
      if (this.#isInterrupted) return;
      await this.#own(statement, printer);
      if (this.#isInterrupted) return;
    }
    await this.#execute(batch, printer, isAlone);
  }

  #parse(sql: string): readonly ScriptStatement[] {
    this.#sqlAtFault = sql;
    const substitute = this.#properties['ksql.variable.substitution.enable'] !== 'false';
    return parseScript(sql, this.#variables, { substitute, testStatements: true });
  }

  async #execute(
    batch: readonly ScriptStatement[],
    printer: Printer,
    alone: boolean,
  ): Promise<void> {
    if (batch.length === 0) return;
    const replies = await this.#backend.execute({ ...this.#request(batch), validateAll: true });
    checkStatuses(replies);
    for (const reply of replies) if (reply.entity !== null) printer.reply(reply, alone);
  }

  /** Variables have been substituted already: what still looks like one is meant as it stands. */
  #request(statements: readonly ScriptStatement[]): StatementRequest {
    this.#sqlAtFault = textOf(statements);
    return { sql: this.#sqlAtFault, properties: this.#properties, variables: {} };
  }

  async #own(statement: ScriptStatement, printer: Printer): Promise<void> {
    const { ast, text } = statement;
    switch (ast.kind) {
      case 'select':
      case 'print':
        return this.#rows(statement, printer);
      case 'set':
        return this.#set(ast.property, ast.value, printer);
      case 'unset':
        return this.#unset(ast.property, printer);
      case 'define':
        this.#variables.set(ast.name, ast.value);
        return;
      case 'undefine':
        if (!this.#variables.delete(ast.name))
          printer.message(`Cannot undefine variable '${ast.name}' which was never defined.`);
        return;
      case 'showVariables':
        return this.#showVariables(text, printer);
      case 'runScript':
        return this.#runScript(ast.path, printer);
      default:
        throw problem('session.not-here', `${ast.kind} is for test scripts`, {
          hint: 'Run the file with: leat test',
        });
    }
  }

  async #runScript(path: string, printer: Printer): Promise<void> {
    if (this.#scriptDepth === scriptDepthMax) {
      throw problem(
        'session.script-depth',
        `RUN SCRIPT '${path}' is nested more than ${scriptDepthMax} deep`,
        { hint: 'Does a script run itself?' },
      );
    }
    const text = scriptText(path);
    this.#scriptDepth++;
    await this.#runText(text, printer);
    this.#scriptDepth--;
  }

  async #rows(statement: ScriptStatement, printer: Printer): Promise<void> {
    const stream = await this.#backend.query(this.#request([statement]));
    this.#query = stream;
    try {
      if (this.#isInterrupted) await stream.close();
      await this.#print(stream, printer);
    } finally {
      this.#query = null;
    }
  }

  async #print(stream: QueryStream, printer: Printer): Promise<void> {
    const isPrint = stream.head.kind === 'print';
    if (!isPrint) printer.queryHead(stream.head);
    for await (const frame of stream) {
      const deleted = new Set(frame.tombstones);
      for (let at = 0; at < frame.rows.length && !this.#isInterrupted; at += rowsAtOnceMax) {
        const rows = frame.rows.slice(at, at + rowsAtOnceMax);
        if (isPrint) printer.lines(rows);
        else
          printer.queryRows(rows, new Set([...rows.keys()].filter((row) => deleted.has(at + row))));
        await printer.drained();
      }
    }
    if (isPrint) printer.message('Topic printing ceased');
    else printer.queryEnd(finalMessage(stream));
  }

  #set(name: string, value: string, printer: Printer): void {
    checkOverride(name, value, {});
    const before = this.#properties[name];
    this.#properties[name] = value;
    printer.message(
      before === undefined
        ? `Successfully changed local property '${name}' to '${value}'. Use the UNSET command to revert your change.`
        : `Successfully changed local property '${name}' from '${before}' to '${value}'.`,
    );
  }

  #unset(name: string, printer: Printer): void {
    const before = this.#properties[name];
    if (before === undefined)
      throw problem(
        'session.never-set',
        `Cannot unset local property '${name}' which was never set in the first place`,
      );
    delete this.#properties[name];
    printer.message(`Successfully unset local property '${name}' (value was '${before}').`);
  }

  #showVariables(text: string, printer: Printer): void {
    const variables = [...this.#variables]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, value]) => ({ name, value }));
    printer.reply(
      {
        statementText: text,
        entity: { '@type': 'variables', variables },
        warnings: [],
        session: null,
      },
      true,
    );
  }
}

/** A server may answer that it has carried out a command and that the command failed. */
function checkStatuses(replies: readonly StatementReply[]): void {
  for (const { entity } of replies) {
    const { status, message } = (entity?.['commandStatus'] ?? {}) as Readonly<
      Record<string, unknown>
    >;
    if (status === 'ERROR')
      throw problem('session.command-failed', String(message).split('\n', 1)[0] as string);
  }
}

const own = new Set([
  'select',
  'print',
  'set',
  'unset',
  'define',
  'undefine',
  'showVariables',
  'runScript',
  'assertValues',
  'assertNullValues',
  'assertSource',
]);

function isOrdinary({ ast }: ScriptStatement): boolean {
  return !own.has(ast.kind);
}

/**
 * The text of consecutive statements. Where it can be had, lines and columns stay those of the text they came from, which is
 * then blank before them.
 */
function textOf(statements: readonly ScriptStatement[]): string {
  const { ast, script } = statements[0] as ScriptStatement;
  const { start } = ast.span;
  const isOneText = statements.every((statement) => statement.script === script);
  if (!isOneText && statements.length > 1) return statements.map(({ text }) => text).join('\n');
  const { end } = (statements.at(-1) as ScriptStatement).ast.span;
  const before = start > placedPrefixMax ? '' : script.slice(0, start).replace(/[^\n]/g, ' ');
  return before + script.slice(start, end);
}

function scriptText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw problem('session.no-script', `Failed to read file: ${path}`, { cause: error });
  }
}
