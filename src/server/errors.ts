/** Errors as ksqlDB's clients know them: a code, whose hundreds are the HTTP status, and a body (spec: api.md §2). */
import { ProblemError, type Problem } from '../base/errors.ts';
import { StatementFailure } from '../engine/api.ts';
import { entityOf } from './messages.ts';

export interface ErrorReply {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Hears of an error and of what the client is told of it. */
export type OnError = (error: unknown, body: ErrorReply['body']) => void;

const badRequest = 40000;
const badStatement = 40001;
const serverError = 50000;

/** Codes of problems that are not simply a bad statement; a trailing dot stands for a whole area. */
const codes: Readonly<Record<string, number>> = {
  'request.query-endpoint': 40002,
  'query.too-many-push': 40003,
  'request.timeout': 40800,
  'request.too-large': 41300,
  'request.unsupported-encoding': 41500,
  'request.too-many-headers': 43100,
  'request.head-too-large': 43100,
  'request.': badRequest,
  'auth.forbidden': 40300,
  'auth.no-role': 40300,
  'auth.too-many-failures': 42900,
  'auth.busy': 42900,
  'auth.keys-unreachable': 50300,
  'auth.': 40100,
  'server.misdirected': 42100,
  'push.slow-consumer': 42900,
  'command.rate': 42900,
  'pull.rate': 42900,
  'pull.bandwidth': 42900,
  'pull.too-many': 42900,
  'pull.timeout': 40811,
  'pull.scans-too-much': 41310,
  'pull.result-too-large': 41310,
  'subscribe.expired': 41000,
  'server.not-found': 40400,
  'server.http2-only': 40004,
  'server.not-acceptable': 40600,
  'server.forbidden-host': 40300,
  'assert.failed': 41700,
  'registry.not-configured': 42801,
  'log.disk-full': 50700,
  'log.outcome-unknown': 50703,
  'log.corrupt-record': 50704,
  'engine.command-timeout': 50301,
  'engine.shutting-down': 50303,
  'server.terminated': 50304,

  'insert.refused': badStatement,
  'produce.': badRequest,
};

/** What a client may be told of a failure that is not its own. */
const internalMessage =
  'The server encountered an internal error when processing the query. Please consult the server logs for more information.';

export function errorCode(problem: Problem): number {
  const area = `${problem.code.split('.')[0]}.`;
  return codes[problem.code] ?? codes[area] ?? badStatement;
}

/** Outside statements a property is part of the request itself. */
function isAboutProperty(problem: Problem): boolean {
  return problem.code.startsWith('property.');
}

/** The whole reply for an error that came up before anything was sent. */
export function errorReply(error: unknown): ErrorReply {
  const body = errorBody(error);
  return { status: Math.floor((body['error_code'] as number) / 100), body };
}

/** The error object, also sent in the middle of a stream. */
export function errorBody(error: unknown): Readonly<Record<string, unknown>> {
  if (error instanceof StatementFailure) {
    const { problem, statementText, replies } = error.data;
    const isOverride = statementText === null && isAboutProperty(problem);
    const code = isOverride ? badRequest : errorCode(problem);
    if (code !== badStatement && code !== 40002 && code !== 41700) return generic(code, problem);
    return {
      '@type': 'statement_error',
      error_code: code,
      message: problem.message,
      statementText: statementText ?? '',
      entities: replies.flatMap((reply) => entityOf(reply) ?? []),
      ...extras(problem),
    };
  }
  if (error instanceof ProblemError)
    return generic(isAboutProperty(error) ? badRequest : errorCode(error), error);
  return { '@type': 'generic_error', error_code: serverError, message: internalMessage };
}

/**
 * A failure as the query endpoints word it: of a syntax error first what and where, then the statement, then the details,
 * in the order in which ksqlDB's clients and tests look for them.
 */
export function queryFailure(error: unknown, sql: string): unknown {
  if (!(error instanceof StatementFailure) || error.data.problem.code !== 'parse.syntax')
    return error;
  const { problem, statementText } = error.data;
  const [what, ...details] = problem.message.split('\n');
  const statement = statementText ?? sql;
  const message = `${what}\n\nStatement: ${statement}\n${details.join('\n')}`;
  return new StatementFailure({
    ...error.data,
    statementText: statement,
    problem: { ...problem, message },
  });
}

function generic(code: number, problem: Problem): Readonly<Record<string, unknown>> {
  return {
    '@type': 'generic_error',
    error_code: code,
    message: problem.message,
    ...extras(problem),
  };
}

/** Leat's additions: the public name of the error, what to do, and where in the text. */
function extras(problem: Problem): Readonly<Record<string, unknown>> {
  return {
    code: problem.code,
    ...(problem.hint === undefined ? {} : { hint: problem.hint }),
    ...(problem.span === undefined ? {} : { span: problem.span }),
  };
}
