/** Words a syntax error (spec §1.2). */
import type { IToken } from 'chevrotain';
import { problem, type ProblemError } from '../src/base/errors.ts';
import { position } from './position.ts';

/** The error for tokens that the parser could not go on with at `token`; null is the end of the text. */
export function syntaxError(
  sql: string,
  _tokens: readonly IToken[],
  token: IToken | null,
  _entry: string,
): ProblemError {
  const start = token?.startOffset ?? sql.length;
  const span = { start, end: (token?.endOffset ?? start - 1) + 1 };
  const { line, column } = position(sql, start);
  return problem(
    'parse.syntax',
    `line ${line}:${column}: Syntax Error\nSyntax error at or near '${token?.image ?? ''}' at line ${line}:${column}`,
    { span },
  );
}
