/** Requests and replies of the HTTP API (spec: api.md §4-§6). */
import { type ProblemError, problem } from '../base/errors.ts';
import type { StatementReply, StatementRequest } from '../engine/api.ts';
import type { Entity } from '../sql/statements/statement.ts';
import { queryBody, statementsBody } from './schemas/requests.ts';
import { checkBody } from './schemas/schema.ts';

export { delimited, json, ksqlJson, ksqlProtobuf } from './media-types.ts';

function noSql(field: string): ProblemError {
  return problem('request.no-sql', `"${field}" field must be populated`);
}

type Fields = Readonly<Record<string, unknown>>;

/** Parses a request's body; `{}` for an empty one where that is allowed by the caller. */
export function parseBody(text: string): Fields {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch (error) {
    throw problem('request.invalid-json', `Invalid JSON in request: ${(error as Error).message}`);
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw problem('request.invalid-json', 'Invalid JSON in request: expected an object');
  }
  return body as Fields;
}

/** Body of `/ksql` and `/query`. */
export function ksqlRequest(body: Fields): StatementRequest {
  checkBody(statementsBody, body, noSql);
  return {
    sql: body['ksql'] as string,
    properties: texts(body['streamsProperties']),
    variables: texts(body['sessionVariables']),
    ...requestTokens(body['requestProperties']),
    ...afterCommand(body['commandSequenceNumber']),
  };
}

/** Whether the properties of a request ask for tokens in its acknowledgements. */
export function asksForTokens(properties: unknown): boolean {
  if (typeof properties !== 'object' || properties === null) return false;
  return String((properties as Fields)['ksql.query.pull.consistency.token.enabled']) === 'true';
}

/** What ksqlDB's clients call the token of what a pull query must see, and the one that a push query goes on from. */
const consistencyProperty = 'request.ksql.query.pull.consistency.offset.vector';
const continuationProperty = 'request.ksql.query.push.continuation.token';

function requestTokens(
  requestProperties: unknown,
): Pick<StatementRequest, 'consistencyToken' | 'continuationToken'> {
  if (typeof requestProperties !== 'object' || requestProperties === null) return {};
  const fields = requestProperties as Fields;
  const text = (name: string): string => (typeof fields[name] === 'string' ? fields[name] : '');
  const consistencyToken = text(consistencyProperty);
  const continuationToken = text(continuationProperty);
  return {
    ...(consistencyToken === '' ? {} : { consistencyToken }),
    ...(continuationToken === '' ? {} : { continuationToken }),
  };
}

/** Absent, null and negative numbers wait for nothing. */
function afterCommand(value: unknown): { readonly afterCommand?: number } {
  return typeof value === 'number' ? { afterCommand: value } : {};
}

/** Body of `/query-stream`. */
export function queryStreamRequest(body: Fields): StatementRequest {
  checkBody(queryBody, body, noSql);
  return {
    sql: body['sql'] as string,
    properties: texts(body['properties']),
    variables: texts(body['sessionVariables']),
    ...requestTokens(body['requestProperties']),
  };
}

/** Values may be JSON of any primitive type; properties are text inside. Prefixes are ksqlDB's. */
function texts(value: unknown): Record<string, string> {
  if (typeof value !== 'object' || value === null) return {};
  return Object.fromEntries(
    Object.entries(value).map(([name, of]) => [
      name.replace(/^ksql\.streams\.(?=auto\.offset\.reset$)/, ''),
      String(of),
    ]),
  );
}

/** The element of `/ksql`'s answer for a statement, or null if it answers nothing. */
export function entityOf(reply: StatementReply): Entity | null {
  if (reply.entity === null) return null;
  const { '@type': type, ...fields } = reply.entity;
  return {
    '@type': type,
    statementText: reply.statementText,
    ...fields,
    warnings: reply.warnings.map((message) => ({ message })),
  };
}
