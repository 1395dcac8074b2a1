/**
 * The user's errors. Three kinds of failure exist: the user's (`Problem`, thrown as `ProblemError`), the world's (disk,
 * network: ordinary errors with a `cause`) and ours (`assert`).
 */

/** Half-open range of characters in the SQL text. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Codes are `area.slug`; the area says which layer refused. */
export type ProblemCode = `${string}.${string}`;

export interface Problem {
  readonly code: ProblemCode;
  /** What went wrong; contains ksqlDB's key phrase where ksqlDB has a message for the situation. */
  readonly message: string;
  /** Full sentences. */
  readonly detail?: string;
  /** What the user can do. */
  readonly hint?: string;
  /** Where in the statement's text. */
  readonly span?: Span;
}

/** The one class a user's error is thrown as. */
export class ProblemError extends Error implements Problem {
  override readonly name = 'ProblemError';
  readonly code: ProblemCode;
  readonly detail?: string;
  readonly hint?: string;
  readonly span?: Span;

  constructor(problem: Problem, options?: { readonly cause?: unknown }) {
    super(problem.message, options);
    this.code = problem.code;
    if (problem.detail !== undefined) this.detail = problem.detail;
    if (problem.hint !== undefined) this.hint = problem.hint;
    if (problem.span !== undefined) this.span = problem.span;
  }
}

/** Builds the error to throw: `throw problem('analyze.unknown-column', 'SELECT column ...', { span })`. */
export function problem(
  code: ProblemCode,
  message: string,
  rest: Omit<Problem, 'code' | 'message'> & { readonly cause?: unknown } = {},
): ProblemError {
  const { cause, ...fields } = rest;
  return new ProblemError({ code, message, ...fields }, cause === undefined ? {} : { cause });
}
