/**
 * A problem in words for a terminal: the message, the line of SQL it is about with the range marked, details and the hint.
 *
 *     line 1:10: Syntax Error
 *     Expecting {',', 'FROM'}
 *
 *     1 | SELECT * FORM orders;
 *       |          ^^^^
 *     Hint: Did you mean 'FROM'?
 */
import type { Problem } from '../src/base/errors.ts';
import { position } from './position.ts';

/** Characters of the line shown; a longer one is cut around the range. */
const LINE_LENGTH_MAX = 120;
const CONTEXT_BEFORE = 40;

/** `sql` is the text the problem's span counts in. Ends without a line break; without a span there is no excerpt. */
export function renderProblem(sql: string, problem: Problem): string {
  const parts = [problem.message];
  if (problem.span !== undefined)
    parts.push('', excerpt(sql, problem.span.start, problem.span.end));
  if (problem.detail !== undefined) parts.push(problem.detail);
  if (problem.hint !== undefined) parts.push(`Hint: ${problem.hint}`);
  return parts.join('\n');
}

function excerpt(sql: string, start: number, end: number): string {
  const { line, column } = position(sql, start);
  const lineStart = Math.min(start, sql.length) - (column - 1);
  const [text = ''] = sql.slice(lineStart).split(/\r\n|\r|\n/, 1);
  const cut = text.length > LINE_LENGTH_MAX ? Math.max(0, column - 1 - CONTEXT_BEFORE) : 0;
  const shown = text.slice(cut, cut + LINE_LENGTH_MAX);
  const from = column - 1 - cut;
  // What the range covers of this line; the end of the text is a place too.
  const length = Math.max(1, Math.min(end - start, shown.length - from));
  const gutter = String(line);
  const margin = ' '.repeat(gutter.length);
  // Tabs stay tabs, so that the marks stand where the characters do.
  const indent = shown.slice(0, from).replace(/[^\t]/g, ' ');
  return `${gutter} | ${shown}\n${margin} | ${indent}${'^'.repeat(length)}`;
}
