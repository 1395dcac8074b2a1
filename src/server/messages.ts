/** Requests and replies of the HTTP API (spec: api.md §4-§6). */
import { problem } from '../base/errors.ts';
import type { StatementReply, StatementRequest } from '../engine/api.ts';
import type { Entity } from '../sql/statements/statement.ts';

export { delimited, json, ksqlJson, ksqlProtobuf } from './media-types.ts';

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
  const sql = body['ksql'];
  if (typeof sql !== 'string' || sql === '')
    throw problem('request.no-sql', '"ksql" field must be populated');
  return {
    sql,
    properties: texts(body['streamsProperties'], 'streamsProperties'),
    variables: texts(body['sessionVariables'], 'sessionVariables'),
    ...consistencyToken(body['requestProperties']),
    ...afterCommand(body['commandSequenceNumber']),
  };
}

/** Whether the properties of a request ask for tokens in its acknowledgements. */
export function asksForTokens(properties: unknown): boolean {
  if (typeof properties !== 'object' || properties === null) return false;
  return String((properties as Fields)['ksql.query.pull.consistency.token.enabled']) === 'true';
}

/** What ksqlDB's clients call the token of what a pull query must see. */
const tokenProperty = 'request.ksql.query.pull.consistency.offset.vector';

function consistencyToken(requestProperties: unknown): { readonly consistencyToken?: string } {
  if (typeof requestProperties !== 'object' || requestProperties === null) return {};
  const token = (requestProperties as Fields)[tokenProperty];
  return typeof token === 'string' && token !== '' ? { consistencyToken: token } : {};
}

/** Absent, null and negative numbers wait for nothing. */
function afterCommand(value: unknown): { readonly afterCommand?: number } {
  if (value === undefined || value === null) return {};
  if (!Number.isSafeInteger(value))
    throw problem(
      'request.invalid-json',
      'Invalid JSON in request: "commandSequenceNumber" must be an integer',
    );
  return { afterCommand: value as number };
}

/** Body of `/query-stream`. */
export function queryStreamRequest(body: Fields): StatementRequest {
  const sql = body['sql'];
  if (typeof sql !== 'string' || sql === '')
    throw problem('request.no-sql', '"sql" field must be populated');
  return {
    sql,
    properties: texts(body['properties'], 'properties'),
    variables: texts(body['sessionVariables'], 'sessionVariables'),
    ...consistencyToken(body['requestProperties']),
  };
}

/** Values may be JSON of any primitive type; properties are text inside. Prefixes are ksqlDB's. */
function texts(value: unknown, field: string): Record<string, string> {
  if (value === undefined || value === null) return {};
  if (typeof value !== 'object' || Array.isArray(value))
    throw problem('request.invalid-json', `Invalid JSON in request: "${field}" must be an object`);
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
