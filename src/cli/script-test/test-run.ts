/**
 * Runs one SQL test in an engine of its own, in memory: statement by statement, each followed by everything that follows from
 * it, so that results do not depend on time (spec: cli.md §5.2).
 */
import { readFileSync } from 'node:fs';
import type { Statement } from '../../../grammar/ast.ts';
import { parse } from '../../../grammar/parse.ts';
import { splitStatements } from '../../../grammar/split.ts';
import { ProblemError, problem } from '../../base/errors.ts';
import type { SourceDef } from '../../catalog/command.ts';
import { StatementFailure } from '../../engine/api.ts';
import type { LocalEngine } from '../../engine/local-engine.ts';
import { openLocalEngine } from '../../engine/open.ts';
import { checkAssertedSource } from '../../sql/statements/assert-source.ts';
import { type AssertionFailure, checkAssertedValues } from '../../sql/statements/assert-values.ts';
import { type DecodedRecord, decodeRecord } from '../../sql/statements/decode-record.ts';
import { RowTable } from '../output/row-table.ts';
import type { ScriptStep, ScriptTest } from './script-file.ts';

/** Null when the test passed, else what went wrong and where. */
export interface ScriptOutcome {
  readonly failure: { readonly message: string; readonly line: number } | null;
}

/** An assertion on records that does not hold: java.lang.AssertionError to ksqlDB's tests, as those on sources are not. */
class AssertionFailed extends Error {
  override readonly name = 'AssertionFailed';
}

const fetchBytesMax: number = 64 * 1024 * 1024;
const tableWidth = 80;

/** `functions`: a directory of user functions, or null. */
export async function runScriptTest(
  test: ScriptTest,
  functions: string | null = null,
): Promise<ScriptOutcome> {
  const engine = await openLocalEngine(
    { directory: null, durability: 'memory', properties: {}, functionsDirectory: functions },
    { timers: false, topicDefaults: { partitions: 1 } },
  );
  try {
    return await new TestRun(engine, test).run();
  } finally {
    await engine[Symbol.asyncDispose]();
  }
}

class TestRun {
  readonly #engine: LocalEngine;
  readonly #test: ScriptTest;
  readonly #properties: Record<string, string> = {};
  /** Records of each source's topic that assertions have taken. */
  readonly #read = new Map<string, number>();

  constructor(engine: LocalEngine, test: ScriptTest) {
    this.#engine = engine;
    this.#test = test;
  }

  async run(): Promise<ScriptOutcome> {
    const { expectedError, expectedMessage, steps, line } = this.#test;
    for (const step of steps) {
      try {
        await this.#step(step);
      } catch (error) {
        if (!isExpectable(error)) throw error;
        const message =
          expectedError === null && expectedMessage === null
            ? (error as Error).message
            : mismatch(error as Error, this.#test);
        return { failure: message === null ? null : { message, line: step.line } };
      }
    }
    if (expectedError === null && expectedMessage === null) return { failure: null };
    const message = `Did not get expected exception of type ${expectedError ?? '<any>'} with message ${expectedMessage ?? '<any>'}`;
    return { failure: { message, line } };
  }

  async #step(step: ScriptStep): Promise<void> {
    // Blank lines in front, so that positions in messages are those of the file.
    const padded = '\n'.repeat(step.line - 1) + ' '.repeat(step.column - 1) + step.sql;
    for (const statement of parse(padded, { testStatements: true }))
      await this.#statement(statement, step);
  }

  async #statement(statement: Statement, step: ScriptStep): Promise<void> {
    switch (statement.kind) {
      case 'assertValues':
      case 'assertNullValues':
        return this.#assertValues(statement, step);
      case 'assertSource': {
        const context = {
          catalog: this.#engine.catalog,
          text: statement.text,
          properties: this.#properties,
        };
        const failure = checkAssertedSource(statement, context);
        if (failure !== null) throw problem('script.assertion', asserted(step, failure));
        return;
      }
      case 'runScript':
        for (const { text } of splitStatements(scriptText(statement.path)).complete) {
          for (const inner of parse(text, { testStatements: true }))
            await this.#statement(inner, step);
        }
        return;
      default:
        return this.#execute(statement);
    }
  }

  async #execute(statement: Statement): Promise<void> {
    const replies = await this.#engine.execute({
      sql: statement.text,
      properties: this.#properties,
      variables: {},
    });
    for (const { session } of replies) {
      for (const [name, value] of Object.entries(session?.properties ?? {})) {
        if (value === null) delete this.#properties[name];
        else this.#properties[name] = value;
      }
    }
    const [failure] = await this.#engine.settle();
    if (failure !== undefined)
      throw problem(
        'script.query-failed',
        [failure.message, ...failure.causes].join('\nCaused by: '),
      );
  }

  async #assertValues(
    statement: Extract<Statement, { kind: 'assertValues' | 'assertNullValues' }>,
    step: ScriptStep,
  ): Promise<void> {
    const { name } = statement.source;
    const source = this.#engine.catalog.sources.get(name);
    if (source === undefined) throw problem('source.unknown', `Unknown data source ${name}`);
    const next = this.#read.get(source.topic) ?? 0;
    const records = await this.#records(source);
    const failure = checkAssertedValues(
      statement,
      { source, records, next },
      {
        catalog: this.#engine.catalog,
        functions: this.#engine.functions,
        properties: this.#properties,
        now: Date.now(),
        random: () => Math.random(),
        text: statement.text,
      },
    );
    if (failure !== null) throw new AssertionFailed(asserted(step, withTable(failure)));
    this.#read.set(source.topic, next + 1);
  }

  /** All records of the source's topic, in the order in which they were appended. */
  async #records(source: SourceDef): Promise<DecodedRecord[]> {
    const partitions =
      (await this.#engine.topics()).find(({ name }) => name === source.topic)?.partitions ?? 0;
    const fetched = [];
    for (let partition = 0; partition < partitions; partition++) {
      fetched.push(...(await this.#engine.fetch(source.topic, partition, 0, fetchBytesMax)));
    }
    return fetched
      .sort((a, b) => a.time - b.time)
      .map((record) => decodeRecord(source, record, this.#engine.schemas));
  }
}

function isExpectable(error: unknown): boolean {
  return (
    error instanceof StatementFailure ||
    error instanceof ProblemError ||
    error instanceof AssertionFailed
  );
}

function asserted({ sql, line, column }: ScriptStep, reason: string): string {
  return `Test failure for assert \`${sql}\` (Line: ${line}, Col: ${column}):\n${reason}`;
}

function withTable({ message, header, rows }: AssertionFailure): string {
  const table = new RowTable(header, { width: tableWidth, columnWidth: 0, wrap: false });
  return `${message}\n${table.header()}${rows.map((row) => table.row(row)).join('')}`;
}

/** Classes of ksqlDB's tests that an error is an instance of. */
function classesOf(error: Error): readonly string[] {
  if (error instanceof AssertionFailed) return ['java.lang.AssertionError'];
  const general = ['io.confluent.ksql.util.KsqlException'];
  if (error instanceof StatementFailure) {
    const parse =
      error.data.phase === 'parse'
        ? ['io.confluent.ksql.parser.exception.ParseFailedException']
        : [];
    return [...general, 'io.confluent.ksql.util.KsqlStatementException', ...parse];
  }
  if (error instanceof ProblemError && error.code.startsWith('parse.')) {
    return [
      ...general,
      'io.confluent.ksql.util.KsqlStatementException',
      'io.confluent.ksql.parser.exception.ParseFailedException',
    ];
  }
  return general;
}

/** Null if the error is the expected one. */
function mismatch(error: Error, { expectedError, expectedMessage }: ScriptTest): string | null {
  if (expectedMessage !== null && !error.message.includes(expectedMessage)) {
    return `Expected exception with message "${expectedMessage}" but got ${error.message}`;
  }
  if (expectedError !== null && !classesOf(error).includes(expectedError)) {
    return `Expected exception with class ${expectedError} but got ${classesOf(error).at(-1)}: ${error.message}`;
  }
  return null;
}

function scriptText(path: string): string {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw problem('script.unreadable', `Could not read ${path}`, { cause: error });
  }
  if (splitStatements(text).complete.length === 0)
    throw problem('script.empty', `Empty run script: ${path}`);
  return text;
}
