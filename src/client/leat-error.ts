/** What a client throws: the server's refusal as it was sent, or what kept the client from asking. */
import type { Span } from '../base/errors.ts';

/** What is known of a failure. */
export interface LeatErrorData {
  /**
   * The server's name of the error, `area.slug` (docs/errors.md), or `RESUME_EXPIRED`; the client's own are `client.…`:
   * `unreachable` (no answer, or it broke off), `bad-answer`, `refused` (by a server without such names), `bad-parameter`,
   * `bad-options`, `closed`, `used-twice`.
   */
  readonly code: string;
  readonly message: string;
  /** Full sentences; null where there is nothing to add. */
  readonly detail?: string | null;
  /** What the user can do; null where there is no advice. */
  readonly hint?: string | null;
  /** ksqlDB's number, whose hundreds are the HTTP status; null for what no server said. */
  readonly errorCode?: number | null;
  /** The statement at fault, null if none is. */
  readonly statement?: string | null;
  /** Where in the text that was sent; null if it has no place. */
  readonly span?: Span | null;
  /** Replies of the statements before the one at fault. */
  readonly replies?: readonly Fields[];
}
export type Fields = Readonly<Record<string, unknown>>;

export class LeatError extends Error {
  override readonly name = 'LeatError';
  readonly code: string;
  readonly detail: string | null;
  readonly hint: string | null;
  readonly errorCode: number | null;
  readonly statement: string | null;
  readonly span: Span | null;
  readonly replies: readonly Fields[];

  constructor(data: LeatErrorData, cause?: unknown) {
    super(data.message, cause === undefined ? undefined : { cause });
    this.code = data.code;
    this.detail = data.detail ?? null;
    this.hint = data.hint ?? null;
    this.errorCode = data.errorCode ?? null;
    this.statement = data.statement ?? null;
    this.span = data.span ?? null;
    this.replies = data.replies ?? [];
  }
}

/** The error of an error object as servers send it (spec: api.md §2), whole answer or part of a stream. */
export function refusal(body: Fields, status: number): LeatError {
  return new LeatError({
    code: text(body['code']) ?? 'client.refused',
    message: String(body['message'] ?? `the server answered with status ${status}`),
    hint: text(body['hint']),
    errorCode: typeof body['error_code'] === 'number' ? body['error_code'] : status * 100,
    statement: text(body['statementText']),
    span: (body['span'] ?? null) as Span | null,
    replies: (body['entities'] ?? []) as readonly Fields[],
  });
}

function text(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
