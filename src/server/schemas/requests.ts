/** Bodies of requests (spec: api.md §4-§8). */
import type { BodySchema, Schema } from './schema.ts';

const overrides: Schema = {
  type: ['object', 'null'],
  description: 'Properties for these statements, with or without `ksql.streams.` before them.',
  additionalProperties: true,
};
const variables: Schema = {
  type: ['object', 'null'],
  description: 'What ${name} in the statements stands for.',
  additionalProperties: true,
};
const internal: Schema = {
  type: ['object', 'null'],
  description: 'Of clients and servers among themselves.',
  additionalProperties: true,
};

/** `/ksql` and `/query`. */
export const statementsBody: BodySchema = {
  type: 'object',
  properties: {
    ksql: { type: 'string', minLength: 1, description: 'One or more statements.' },
    streamsProperties: overrides,
    sessionVariables: variables,
    commandSequenceNumber: {
      type: ['integer', 'null'],
      description: 'The request waits until the command with this number has been carried out.',
    },
    requestProperties: internal,
  },
  required: ['ksql'],
};

/** `/query-stream`. */
export const queryBody: BodySchema = {
  type: 'object',
  properties: {
    sql: { type: 'string', minLength: 1, description: 'One SELECT or PRINT.' },
    properties: overrides,
    sessionVariables: variables,
    requestProperties: internal,
  },
  required: ['sql'],
};

export const closeQueryBody: BodySchema = {
  type: 'object',
  properties: { queryId: { type: 'string', minLength: 1, description: 'Of a push query.' } },
  required: ['queryId'],
};

export const terminateBody: BodySchema = {
  type: 'object',
  properties: {
    deleteTopicList: {
      type: ['array', 'null'],
      items: { type: 'string' },
      description: 'Names, or regular expressions for whole names, of topics to delete.',
    },
    streamsProperties: overrides,
  },
};

/** The first line of an insert stream; rows follow, an object a line. */
export const insertsHead: BodySchema = {
  type: 'object',
  properties: {
    target: { type: 'string', minLength: 1, description: 'The stream or table.' },
    properties: overrides,
  },
  required: ['target'],
};

export const subscribeBody: BodySchema = {
  type: 'object',
  properties: {
    sql: { type: 'string', minLength: 1, description: 'A SELECT with EMIT CHANGES.' },
    properties: overrides,
    variables,
    after: { type: ['string', 'null'], description: 'The token after which to go on.' },
  },
  required: ['sql'],
};

/** What servers of one cluster tell each other. */
export const heartbeatBody: BodySchema = {
  type: 'object',
  properties: {
    hostInfo: { type: 'string', minLength: 1, description: 'Host and port of who sends it.' },
    timestamp: { type: 'integer', description: 'Its clock, in milliseconds.' },
  },
  required: ['hostInfo', 'timestamp'],
};

export const lagBody: BodySchema = {
  type: 'object',
  properties: {
    ksqlHost: { type: 'string', minLength: 1, description: 'Host and port of who sends it.' },
    hostStoreLags: { type: 'object', additionalProperties: true },
  },
  required: ['ksqlHost', 'hostStoreLags'],
};
