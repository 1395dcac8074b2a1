/**
 * What a person at the shell, or a script, says to an engine or a server. SET, UNSET, DEFINE and UNDEFINE are the session's
 * own; runs of other statements go to the backend together; queries go one by one.
 */
import { readFileSync } from 'node:fs';
import { problem } from '../base/errors.ts';
import type { SqlBackend } from '../client/client.ts';
import type { QueryStream } from '../engine/api.ts';
import { parseScript, type ScriptStatement } from '../engine/script.ts';
import { finalMessage } from '../server/row-stream.ts';
import { checkOverride } from '../sql/properties.ts';
import type { Printer } from './output/printer.ts';

export class Session {
  readonly #backend: SqlBackend;
  readonly #properties: Record<string, string>;
  readonly #variables = new Map<string, string>();
  #query: QueryStream | null = null;

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

  /** Whether rows are arriving, so that an interrupt ends the query and not the shell. */
  get isQuerying(): boolean {
    return this.#query !== null;
  }

  /** Ends the query under way. */
  async interrupt(): Promise<void> {
    await this.#query?.close();
  }

  /** Runs statements in order up to the first that fails, whose error is thrown. Nothing runs if the text does not parse. */
  async run(sql: string, printer: Printer): Promise<void> {
    const statements = this.#parse(sql);
    let batch: ScriptStatement[] = [];
    for (const statement of statements) {
      if (isOrdinary(statement)) {
        batch.push(statement);
        continue;
      }
      await this.#execute(batch, printer, statements.length === 1);
      batch = [];
      await this.#own(statement, printer);
    }
    await this.#execute(batch, printer, statements.length === 1);
  }

  #parse(sql: string): readonly ScriptStatement[] {
    const substitute = this.#properties['ksql.variable.substitution.enable'] !== 'false';
    return parseScript(sql, this.#variables, { substitute, testStatements: true });
  }

  async #execute(
    batch: readonly ScriptStatement[],
    printer: Printer,
    alone: boolean,
  ): Promise<void> {
    if (batch.length === 0) return;
    const replies = await this.#backend.execute({
      sql: batch.map(({ text }) => text).join('\n'),
      properties: this.#properties,
      variables: Object.fromEntries(this.#variables),
      validateAll: true,
    });
    for (const reply of replies) if (reply.entity !== null) printer.reply(reply, alone);
  }

  async #own({ ast, text }: ScriptStatement, printer: Printer): Promise<void> {
    switch (ast.kind) {
      case 'select':
      case 'print':
        return this.#rows(text, printer);
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
        return this.run(scriptText(ast.path), printer);
      default:
        throw problem('session.not-here', `${ast.kind} is for test scripts`, {
          hint: 'Run the file with: leat test',
        });
    }
  }

  async #rows(sql: string, printer: Printer): Promise<void> {
    const stream = await this.#backend.query({
      sql,
      properties: this.#properties,
      variables: Object.fromEntries(this.#variables),
    });
    this.#query = stream;
    try {
      if (stream.head.kind === 'print') {
        for await (const { rows } of stream) printer.lines(rows);
        printer.message('Topic printing ceased');
        return;
      }
      printer.queryHead(stream.head);
      for await (const { rows, tombstones } of stream)
        printer.queryRows(rows, new Set(tombstones ?? []));
      printer.queryEnd(finalMessage(stream));
    } finally {
      this.#query = null;
    }
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

function scriptText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw problem('session.no-script', `Failed to read file: ${path}`, { cause: error });
  }
}
