/** What the user is told when a statement failed. */
import { renderProblem } from '../../../grammar/messages.ts';
import { ProblemError } from '../../base/errors.ts';
import { StatementFailure } from '../../engine/api.ts';
import { failureText } from '../exit.ts';

/** The error with the piece of `sql` it is about; `sql` is the text that was parsed or sent. Without a line break at the end. */
export function statementErrorText(error: unknown, sql: string): string {
  if (error instanceof StatementFailure) return renderProblem(sql, error.data.problem);
  return error instanceof ProblemError ? renderProblem(sql, error) : failureText(error);
}
