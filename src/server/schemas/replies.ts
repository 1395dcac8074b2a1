/** Schemas of what the server answers, by the names under which /openapi.json keeps them (spec: api.md §2, §4, §5, §11). */
import {
  anything,
  array,
  boolean,
  fields,
  integer,
  nullable,
  object,
  ref,
  type Schema,
  text,
} from './schema.ts';

/** An element of `/ksql`'s answer. */
function entity(type: string, extra: Readonly<Record<string, Schema>>): Schema {
  return object({
    '@type': { type: 'string', const: type },
    statementText: text,
    warnings: array(object({ message: text })),
    ...extra,
  });
}

const commandStatus = object({ status: text, message: text, queryId: nullable(text) }, ['queryId']);
const sourceSummary = object({
  type: { type: 'string', enum: ['STREAM', 'TABLE'] },
  name: text,
  topic: text,
  keyFormat: text,
  valueFormat: text,
  isWindowed: boolean,
});
const query = object({
  queryString: text,
  sinks: array(text),
  sinkKafkaTopics: array(text),
  id: text,
  statusCount: fields,
  queryType: text,
  state: text,
});
const property = object({
  name: text,
  scope: text,
  value: nullable(text),
  editable: boolean,
  level: text,
});

/** By `@type`. */
const entities: Readonly<Record<string, Readonly<Record<string, Schema>>>> = {
  currentStatus: { commandId: text, commandStatus, commandSequenceNumber: integer },
  warning_entity: { message: text },
  streams: { streams: array(sourceSummary) },
  tables: { tables: array(sourceSummary) },
  source_descriptions: { sourceDescriptions: array(fields) },
  sourceDescription: { sourceDescription: fields },
  kafka_topics: { topics: array(object({ name: text, replicaInfo: array(integer) })) },
  kafka_topics_extended: {
    topics: array(
      object({
        name: text,
        replicaInfo: array(integer),
        consumerCount: integer,
        consumerGroupCount: integer,
      }),
    ),
  },
  queries: { queries: array(query) },
  query_descriptions: { queryDescriptions: array(fields) },
  queryDescription: { queryDescription: fields },
  properties: {
    properties: array(property),
    overwrittenProperties: array(text),
    defaultProperties: array(text),
  },
  function_names: { functions: array(object({ name: text, type: text, category: text })) },
  describe_function: { name: text, description: text, functions: array(fields), type: text },
  type_list: { types: fields },
  variables: { variables: array(object({ name: text, value: text })) },
  connector_list: { connectors: array(fields) },
  connector_plugins_list: { connectorsPlugins: array(fields) },
  terminate_query: { queryId: text, wasTerminated: boolean },
  assert_topic: { topicName: text, exists: boolean },
  assert_schema: { exists: boolean },
};

const part = object({ isHealthy: boolean });
const clusterId = object({ id: text, scope: object({ path: array(text), clusters: fields }) });
const reference = object({ name: text, subject: text, version: integer });
const shownSchema = { schemaType: text, references: array(reference), schema: text };

export const replySchemas: Readonly<Record<string, Schema>> = {
  Error: object(
    {
      '@type': { type: 'string', enum: ['generic_error', 'statement_error'] },
      error_code: {
        type: 'integer',
        description: 'A hundred times the HTTP status, and a number.',
      },
      message: text,
      statementText: text,
      entities: array(ref('Entity')),
      code: { type: 'string', description: 'The public name of the error: docs/errors.md.' },
      hint: { type: 'string', description: 'What to do.' },
      span: {
        type: 'object',
        description: 'Where in the text, in characters.',
        additionalProperties: true,
      },
    },
    ['statementText', 'entities', 'code', 'hint', 'span'],
  ),
  RegistryError: object({ error_code: integer, message: text }),
  Entity: { anyOf: Object.entries(entities).map(([type, extra]) => entity(type, extra)) },
  Entities: array(ref('Entity')),
  CommandStatus: commandStatus,
  CommandStatuses: object({ commandStatuses: { type: 'object', additionalProperties: text } }),
  QueryElements: {
    type: 'array',
    description:
      'Sent piece by piece, an element a line: a header, rows, and at most one error or final message.',
    items: {
      anyOf: [
        object({
          header: object({ queryId: text, schema: text, protoSchema: text }, ['protoSchema']),
        }),
        object({
          row: object({ columns: array(anything), protobufBytes: text, tombstone: boolean }, [
            'columns',
            'protobufBytes',
            'tombstone',
          ]),
        }),
        object({ errorMessage: ref('Error') }),
        object({ finalMessage: text }),
        object({ continuationToken: fields }),
        object({ consistencyToken: fields }),
      ],
    },
  },
  QueryRows: {
    type: 'array',
    description: 'Sent piece by piece: metadata, then rows as arrays; an error at the end, if any.',
    prefixItems: [object({ queryId: text, columnNames: array(text), columnTypes: array(text) })],
    items: { anyOf: [array(anything), ref('Error'), fields] },
  },
  Acknowledgements: array(
    object(
      {
        status: { type: 'string', enum: ['ok', 'error'] },
        seq: integer,
        error_code: integer,
        message: text,
      },
      ['error_code', 'message'],
    ),
  ),
  ServerInfo: object({
    KsqlServerInfo: object({
      version: text,
      kafkaClusterId: text,
      ksqlServiceId: text,
      serverStatus: text,
    }),
  }),
  Health: object({
    isHealthy: boolean,
    details: object({ metastore: part, kafka: part, commandRunner: part }),
    serverState: text,
  }),
  Readiness: object({ isReady: boolean, reasons: array(text) }),
  ClusterStatus: object({
    clusterStatus: {
      type: 'object',
      additionalProperties: object({
        hostAlive: boolean,
        lastStatusUpdateMs: integer,
        activeStandbyPerQuery: fields,
        hostStoreLags: object({ stateStoreLags: fields, updateTimeMs: integer }),
      }),
    },
  }),
  Accepted: object({ isOk: { type: 'boolean', const: true } }),
  ClusterId: clusterId,
  Metadata: object({ version: text, clusterId }),
  Nothing: { type: 'object', additionalProperties: false },
  SchemaId: object({ id: integer }),
  RegisteredSchema: object({ subject: text, version: integer, id: integer, ...shownSchema }, [
    'schemaType',
    'references',
  ]),
  SchemaText: object(shownSchema, ['schemaType', 'references']),
  SchemaBody: object({ ...shownSchema, id: integer }, ['schemaType', 'references', 'id']),
  SubjectVersions: array(object({ subject: text, version: integer })),
  Compatibility: object({ is_compatible: boolean, messages: array(text) }, ['messages']),
  Level: object({ compatibilityLevel: text }),
  LevelBody: object({ compatibility: text }),
  Mode: object({ mode: text }),
};
