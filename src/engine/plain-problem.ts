/** Errors as data that crosses threads. In a file of its own: the thread that only forwards needs nothing of SQL. */
import type { Problem, ProblemError } from '../base/errors.ts';

/** The problem an error carries, without the error. */
export function plainProblem(error: ProblemError): Problem {
  const { code, message, detail, hint, span } = error;
  return {
    code,
    message,
    ...(detail === undefined ? {} : { detail }),
    ...(hint === undefined ? {} : { hint }),
    ...(span === undefined ? {} : { span }),
  };
}
