/**
 * Every route as /openapi.json shows it, by method and path. Examples are carried out by test/server/openapi.test.ts in this order, on
 * a server with a stream VIEWS and a table PER_USER over it.
 */
import { delimited, json, ksqlJson, ksqlProtobuf, leatJson } from '../media-types.ts';
import {
  closeQueryBody,
  heartbeatBody,
  insertsHead,
  lagBody,
  queryBody,
  statementsBody,
  subscribeBody,
  terminateBody,
} from './requests.ts';
import { array, integer, ref, type Schema, text } from './schema.ts';

export interface Parameter {
  readonly schema: Schema;
  readonly description: string;
}

export interface Operation {
  readonly summary: string;
  readonly tag: 'statements' | 'queries' | 'rows' | 'server' | 'operations' | 'schema registry';
  readonly query?: Readonly<Record<string, Parameter>>;
  readonly body?: { readonly schema: Schema; readonly type?: string; readonly isOptional?: true };
  /** Of the answer that is meant, by media type; the first is what comes unasked. Absent: an answer without a body. */
  readonly replies?: Readonly<Record<string, Schema>>;
  /** 200 unless it says otherwise. */
  readonly status?: number;
  /** Further statuses: errors, beside those that every route can have. */
  readonly errors?: readonly number[];
  readonly example: {
    readonly params?: Readonly<Record<string, string>>;
    readonly query?: Readonly<Record<string, string>>;
    /** A text is sent as it is. */
    readonly body?: unknown;
    readonly accept?: string;
    readonly overHttp2?: true;
    /** It goes on until the client leaves. */
    readonly isEndless?: true;
  };
}

const line = (description: string): Schema => ({ type: 'string', description });
const lines = line('Metadata, then a row a line as a JSON array; an error as an object ends it.');
const acknowledgements = line('An acknowledgement a line: {"status":"ok","seq":0}.');
const registryJson = 'application/vnd.schemaregistry.v1+json';
const parameter = (schema: Schema, description: string): Parameter => ({ schema, description });
const flag = (description: string): Parameter =>
  parameter({ type: 'string', enum: ['true', 'false'] }, description);

const protocol: Readonly<Record<string, Operation>> = {
  'GET /': { summary: 'Leads to /info.', tag: 'server', status: 307, example: {} },
  'POST /ksql': {
    summary: 'Statements other than SELECT and PRINT.',
    tag: 'statements',
    body: { schema: statementsBody },
    replies: { [ksqlJson]: ref('Entities'), [json]: ref('Entities') },
    errors: [400, 406, 417, 428, 429, 500],
    example: {
      body: { ksql: 'SHOW STREAMS; SHOW TABLES; DESCRIBE views; SHOW QUERIES; SHOW TOPICS;' },
    },
  },
  'POST /query': {
    summary: 'One SELECT or PRINT, in the older framing.',
    tag: 'queries',
    body: { schema: statementsBody },
    replies: {
      [ksqlJson]: ref('QueryElements'),
      [delimited]: lines,
      [json]: ref('QueryElements'),
      [ksqlProtobuf]: ref('QueryElements'),
      'text/plain; charset=utf-8': line('PRINT: a line a record.'),
    },
    errors: [400, 406, 408, 413, 429, 500],
    example: { body: { ksql: 'SELECT * FROM views EMIT CHANGES LIMIT 2;' } },
  },
  'POST /query-stream': {
    summary: 'One SELECT or PRINT.',
    tag: 'queries',
    body: { schema: queryBody },
    replies: {
      [delimited]: lines,
      [json]: ref('QueryRows'),
      [ksqlJson]: ref('QueryElements'),
      [ksqlProtobuf]: ref('QueryElements'),
    },
    errors: [400, 406, 408, 413, 429, 500],
    example: { body: { sql: "SELECT * FROM per_user WHERE user_id = 'u1';" }, accept: json },
  },
  'POST /close-query': {
    summary: 'Ends a push query.',
    tag: 'queries',
    body: { schema: closeQueryBody },
    replies: { [json]: line('Nothing.') },
    errors: [400],
    example: { body: { queryId: '{running}' } },
  },
  'POST /inserts-stream': {
    summary: 'Rows, a line each; every one is acknowledged when it is durable. HTTP/2 only.',
    tag: 'rows',
    body: { schema: insertsHead, type: delimited },
    replies: { [delimited]: acknowledgements, [json]: ref('Acknowledgements') },
    errors: [400, 406, 415],
    example: {
      body: '{"target":"views"}\n{"USER_ID":"u1","PAGE":"p","MS":1}\n',
      accept: json,
      overHttp2: true,
    },
  },
  'POST /leat/v1/inserts': {
    summary: 'The same over HTTP/1.1 as well, and it goes on after a row that is refused.',
    tag: 'rows',
    body: { schema: insertsHead, type: delimited },
    replies: { [delimited]: acknowledgements, [json]: ref('Acknowledgements') },
    errors: [400, 406, 415],
    example: { body: '{"target":"views"}\n{"USER_ID":"u2","PAGE":"p","MS":2}\n', accept: json },
  },
  'POST /leat/v1/subscribe': {
    summary:
      'A snapshot of a table or stream, then its changes, with tokens to go on from (docs/subscriptions.md).',
    tag: 'queries',
    body: { schema: subscribeBody },
    replies: {
      [leatJson]: line('A frame a line.'),
      'text/event-stream': line('A frame an event.'),
      [json]: line('A frame a line.'),
    },
    errors: [400, 406, 410, 429],
    example: {
      body: { sql: 'SELECT * FROM per_user EMIT CHANGES WITH SNAPSHOT;' },
      isEndless: true,
    },
  },
  'GET /leat/v1/subscribe': {
    summary: 'The same for an EventSource.',
    tag: 'queries',
    query: {
      sql: parameter(text, 'A SELECT with EMIT CHANGES.'),
      request: parameter(text, 'Instead of it, all of the request as JSON.'),
      after: parameter(text, 'The token after which to go on.'),
    },
    replies: {
      'text/event-stream': line('A frame an event.'),
      [leatJson]: line('A frame a line.'),
      [json]: line('A frame a line.'),
    },
    errors: [400, 406, 410, 429],
    example: {
      query: { sql: 'SELECT * FROM per_user EMIT CHANGES WITH SNAPSHOT;' },
      isEndless: true,
    },
  },
};

const about: Readonly<Record<string, Operation>> = {
  'GET /info': {
    summary: 'Which server this is.',
    tag: 'server',
    replies: { [json]: ref('ServerInfo') },
    errors: [406],
    example: {},
  },
  'GET /healthcheck': {
    summary: 'Whether all parts are well; 200 also where they are not.',
    tag: 'operations',
    replies: { [json]: ref('Health') },
    errors: [406],
    example: {},
  },
  'GET /livez': {
    summary: 'Whether the process goes on; where it does not, start it anew.',
    tag: 'operations',
    replies: { 'text/plain; charset=utf-8': line('ok') },
    example: {},
  },
  'GET /readyz': {
    summary: 'Whether requests are welcome, and if not, why.',
    tag: 'operations',
    replies: { [json]: ref('Readiness') },
    example: {},
  },
  'GET /metrics': {
    summary: 'Measurements for Prometheus (docs/metrics.md).',
    tag: 'operations',
    replies: { 'text/plain; version=0.0.4; charset=utf-8': line('Prometheus’ text format.') },
    example: {},
  },
  'GET /openapi.json': {
    summary: 'This document.',
    tag: 'server',
    replies: { [json]: { type: 'object', additionalProperties: true } },
    example: {},
  },
  'GET /status': {
    summary: 'How the last commands ended.',
    tag: 'statements',
    replies: { [json]: ref('CommandStatuses') },
    errors: [406],
    example: {},
  },
  'GET /status/:type/:entity/:action': {
    summary: 'How one command ended.',
    tag: 'statements',
    replies: { [json]: ref('CommandStatus') },
    errors: [404, 406],
    example: { params: { type: 'stream', entity: 'SEEN', action: 'create' } },
  },
  'GET /is_valid_property/:name': {
    summary: 'Whether a session may set the property.',
    tag: 'server',
    replies: { [json]: { const: true } },
    errors: [400, 406],
    example: { params: { name: 'auto.offset.reset' } },
  },
  'GET /clusterStatus': {
    summary: 'Hosts, their queries and lags; not found unless `ksql.heartbeat.enable` is true.',
    tag: 'server',
    replies: { [json]: ref('ClusterStatus') },
    errors: [404, 406],
    example: {},
  },
  'POST /heartbeat': {
    summary: 'Another host is alive; not found unless `ksql.heartbeat.enable` is true.',
    tag: 'server',
    body: { schema: heartbeatBody },
    replies: { [json]: ref('Accepted') },
    errors: [400, 404],
    example: { body: { hostInfo: 'other:8088', timestamp: 1714558530000 } },
  },
  'POST /lag': {
    summary:
      'How far another host’s stores are behind; not found unless `ksql.heartbeat.enable` is true.',
    tag: 'server',
    body: { schema: lagBody },
    replies: { [json]: ref('Accepted') },
    errors: [400, 404],
    example: {
      body: {
        ksqlHost: 'other:8088',
        hostStoreLags: { stateStoreLags: {}, updateTimeMs: 1714558529000 },
      },
    },
  },
  'GET /v1/metadata': {
    summary: 'Version and cluster.',
    tag: 'server',
    replies: { [json]: ref('Metadata') },
    errors: [406],
    example: {},
  },
  'GET /v1/metadata/id': {
    summary: 'The cluster.',
    tag: 'server',
    replies: { [json]: ref('ClusterId') },
    errors: [406],
    example: {},
  },
  'GET /chc/ready': {
    summary: 'Always well.',
    tag: 'operations',
    replies: { [json]: ref('Nothing') },
    example: {},
  },
  'GET /chc/live': {
    summary: 'Always well.',
    tag: 'operations',
    replies: { [json]: ref('Nothing') },
    example: {},
  },
};

const avro = '{"type":"record","name":"Order","fields":[{"name":"id","type":"int"}]}';
const deleted = { deleted: flag('Whether what was deleted counts as well.') };
const orders = { subject: 'orders' };
const registryReply = (schema: Schema): Operation['replies'] => ({ [registryJson]: schema });

function registry(
  summary: string,
  reply: Schema,
  example: Operation['example'],
  more: Partial<Operation> = {},
): Operation {
  const replies = registryReply(reply) as NonNullable<Operation['replies']>;
  return {
    summary,
    tag: 'schema registry',
    replies,
    errors: [404, 409, 422, 500],
    example,
    ...more,
  };
}

const schemaRegistry: Readonly<Record<string, Operation>> = {
  'POST /subjects/:subject/versions': registry(
    'Registers a schema.',
    ref('SchemaId'),
    { params: orders, body: { schema: avro } },
    { body: { schema: ref('SchemaBody') } },
  ),
  'GET /subjects': registry(
    'All subjects.',
    array(text),
    {},
    {
      query: { ...deleted, subjectPrefix: parameter(text, 'How their names begin.') },
    },
  ),
  'GET /subjects/:subject/versions': registry(
    'Versions of a subject.',
    array(integer),
    { params: orders },
    { query: deleted },
  ),
  'POST /subjects/:subject': registry(
    'Looks a schema up.',
    ref('RegisteredSchema'),
    { params: orders, body: { schema: avro } },
    { body: { schema: ref('SchemaBody') }, query: deleted },
  ),
  'GET /subjects/:subject/versions/:version': registry(
    'A version.',
    ref('RegisteredSchema'),
    { params: { ...orders, version: 'latest' } },
    { query: deleted },
  ),
  'GET /subjects/:subject/versions/:version/schema': registry(
    'Its schema alone.',
    { type: ['object', 'string', 'array'] },
    { params: { ...orders, version: '1' } },
    { query: deleted },
  ),
  'GET /subjects/:subject/versions/:version/referencedby': registry(
    'Ids of schemas that refer to it.',
    array(integer),
    { params: { ...orders, version: '1' } },
  ),
  'GET /schemas/types': registry('Types of schemas.', array(text), {}),
  'GET /schemas/ids/:id': registry('A schema by its id.', ref('SchemaText'), {
    params: { id: '1' },
  }),
  'GET /schemas/ids/:id/schema': registry(
    'Its text alone.',
    { type: ['object', 'string', 'array'] },
    { params: { id: '1' } },
  ),
  'GET /schemas/ids/:id/versions': registry(
    'Where it is registered.',
    ref('SubjectVersions'),
    { params: { id: '1' } },
    { query: deleted },
  ),
  'GET /schemas/ids/:id/subjects': registry(
    'Subjects that have it.',
    array(text),
    { params: { id: '1' } },
    { query: deleted },
  ),
  'POST /compatibility/subjects/:subject/versions/:version': registry(
    'Whether a schema fits a version.',
    ref('Compatibility'),
    { params: { ...orders, version: 'latest' }, body: { schema: avro } },
    {
      body: { schema: ref('SchemaBody') },
      query: { verbose: flag('Whether to say what does not fit.') },
    },
  ),
  'POST /compatibility/subjects/:subject/versions': registry(
    'Whether it fits all that it has to.',
    ref('Compatibility'),
    { params: orders, body: { schema: avro } },
    {
      body: { schema: ref('SchemaBody') },
      query: { verbose: flag('Whether to say what does not fit.') },
    },
  ),
  'PUT /config': registry(
    'Sets the compatibility level.',
    ref('LevelBody'),
    { body: { compatibility: 'BACKWARD' } },
    { body: { schema: ref('LevelBody') } },
  ),
  'PUT /config/:subject': registry(
    'Sets that of a subject.',
    ref('LevelBody'),
    { params: orders, body: { compatibility: 'FULL' } },
    { body: { schema: ref('LevelBody') } },
  ),
  'GET /config': registry('The compatibility level.', ref('Level'), {}),
  'GET /config/:subject': registry(
    'That of a subject.',
    ref('Level'),
    { params: orders },
    { query: { defaultToGlobal: flag('Whether the general one stands in for it.') } },
  ),
  'DELETE /config/:subject': registry('Forgets that of a subject.', ref('Level'), {
    params: orders,
  }),
  'DELETE /config': registry('Back to the first level.', ref('Level'), {}),
  'GET /mode': registry('The mode, which is READWRITE.', ref('Mode'), {}),
  'GET /mode/:subject': registry('Likewise.', ref('Mode'), { params: orders }),
  'PUT /mode': registry(
    'Refused: the mode cannot be changed.',
    ref('RegistryError'),
    { body: { mode: 'READONLY' } },
    { status: 422, errors: [], body: { schema: ref('Mode') } },
  ),
  'PUT /mode/:subject': registry(
    'Refused likewise.',
    ref('RegistryError'),
    { params: orders, body: { mode: 'READONLY' } },
    { status: 422, errors: [], body: { schema: ref('Mode') } },
  ),
  'DELETE /subjects/:subject/versions/:version': registry(
    'Deletes a version.',
    integer,
    { params: { ...orders, version: '1' } },
    { query: { permanent: flag('For good.') } },
  ),
  'DELETE /subjects/:subject': registry(
    'Deletes a subject.',
    array(integer),
    { params: { subject: 'payments' } },
    { query: { permanent: flag('For good.') } },
  ),
};

/** Ends what the others need, so it comes last. */
const end: Readonly<Record<string, Operation>> = {
  'POST /ksql/terminate': {
    summary: 'Ends all queries and takes no more statements.',
    tag: 'statements',
    body: { schema: terminateBody, isOptional: true },
    replies: { [json]: ref('Entities') },
    errors: [400, 406, 500],
    example: { body: { deleteTopicList: ['PER_.*'] } },
  },
};

export const operationTable: Readonly<Record<string, Operation>> = {
  ...protocol,
  ...about,
  ...schemaRegistry,
  ...end,
};

/** WebSockets, by path: they are not routes, and OpenAPI has no word for what goes over them. */
export const socketTable: Readonly<Record<string, string>> = {
  '/ws/query':
    'One SELECT or PRINT over a WebSocket: `request` is the body of /query as JSON. The first message is the schema, then one a row; the close code says how it ended.',
};
