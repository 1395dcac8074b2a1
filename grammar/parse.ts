/** Text to syntax trees: what everybody outside this folder calls. All of it is synchronous and throws only `ProblemError`. */
import type { IToken } from 'chevrotain';
import { problem } from '../src/base/errors.ts';
import { limitText } from '../src/base/limits.ts';
import type { Expression, Statement, TableElement, Type } from './ast.ts';
import type { Rule } from './dsl.ts';
import { sqlLengthMax } from './limits.ts';
import { run, tooLarge } from './parser.ts';
import type { EntryRules } from './rules/statement.ts';
import { scan } from './scan.ts';
import { syntaxError } from './syntax-error.ts';
import { Semicolon } from './tokens.ts';
import { isTooDeep } from './tree.ts';
import { substituteVariables } from './variables.ts';

export interface ParseOptions {
  /** Accepts what only the test tool does: ASSERT VALUES, ASSERT NULL VALUES, ASSERT STREAM, ASSERT TABLE and RUN SCRIPT. */
  readonly testStatements?: boolean;
  /** Values for `${name}`, put in before parsing; spans and texts are then those of the text after substitution. */
  readonly variables?: ReadonlyMap<string, string>;
}

/**
 * The statements of the text, in order; none for text without any. Every statement must end with `;`. Errors: `parse.syntax` (message
 * `line L:C: Syntax Error` and one line more), `parse.number`, `parse.literal-type`, `parse.too-large`, `parse.variable` and so on, all with a span.
 */
export function parse(sql: string, options: ParseOptions = {}): readonly Statement[] {
  const text = options.variables === undefined ? sql : substituteVariables(sql, options.variables);
  const isTest = options.testStatements === true;
  const entry = isTest ? 'singleTestStatement' : 'singleStatement';
  return statementTokens(scanLimited(text)).map((tokens) =>
    parseTokens(text, tokens, (rules) => rules[entry], entry),
  );
}

/** An expression by itself. */
export function parseExpression(sql: string): Expression {
  return parseTokens(sql, scanLimited(sql), (rules) => rules.expression, 'expression');
}

/** A type by itself. */
export function parseType(sql: string): Type {
  return parseTokens(sql, scanLimited(sql), (rules) => rules.type, 'type');
}

/** A list of columns without parentheses, such as `ID BIGINT KEY, NAME STRING`. */
export function parseSchema(text: string): readonly TableElement[] {
  return parseTokens(text, scanLimited(text), (rules) => rules.columnList, 'columnList');
}

function scanLimited(sql: string): IToken[] {
  if (sql.length > sqlLengthMax) {
    const limit = { key: 'leat.limit.sql.bytes', value: sqlLengthMax };
    throw problem('parse.too-large', limitText(limit, 'characters of SQL', sql.length), {
      hint: `Send at most ${sqlLengthMax} characters at once.`,
      span: { start: 0, end: sql.length },
    });
  }
  return scan(sql);
}

/** Each statement's tokens with its `;`; the last may lack it. */
function statementTokens(tokens: readonly IToken[]): readonly IToken[][] {
  const statements: IToken[][] = [];
  let start = 0;
  for (const [index, token] of tokens.entries()) {
    if (token.tokenType !== Semicolon) continue;
    if (index > start) statements.push(tokens.slice(start, index + 1));
    start = index + 1;
  }
  if (start < tokens.length) statements.push(tokens.slice(start));
  return statements;
}

function parseTokens<T>(
  sql: string,
  tokens: IToken[],
  entry: (rules: EntryRules) => Rule<T>,
  entryName: keyof EntryRules,
): T {
  const span = {
    start: tokens[0]?.startOffset ?? 0,
    end: (tokens.at(-1)?.endOffset ?? sql.length - 1) + 1,
  };
  const outcome = run(entry, sql, tokens, span);
  if (!outcome.ok) throw syntaxError(sql, tokens, outcome.token, entryName);
  if (isTooDeep(outcome.value, tokens.length)) throw tooLarge(span);
  return outcome.value;
}
