/** The OpenAPI 3.1 document, made of the table of operations and of the schemas that requests are checked by. */
import { version } from '../version.ts';
import { type Operation, operationTable, socketTable } from './operation-table.ts';
import { replySchemas } from './replies.ts';
import { ref, text } from './schema.ts';

type Json = Readonly<Record<string, unknown>>;

/** What any route can answer, wherever it is. */
const common: Readonly<Record<number, string>> = {
  401: '40100: who calls did not say who they are, where users must.',
  403: '40300: they may not do this, or the Host or Origin header is not one that is served.',
  503: '50302 to 50304: the server starts, stops or has stopped.',
};
const described: Readonly<Record<number, string>> = {
  400: '40000: the request is wrong. 40001: a statement is. 40002: it goes to /query. 40003: too many push queries. 40004: HTTP/2 only.',
  404: '40400: there is no such thing.',
  406: '40600: none of the accepted media types can be had.',
  408: '40811: the query took too long.',
  409: 'The schema is not compatible.',
  410: 'The token is too old: start over with a snapshot.',
  413: '41300: the request is too large. 41310: its result is.',
  415: '41500: the body is encoded in a way that is not understood.',
  417: '41700: an ASSERT failed.',
  422: 'The schema, version or level is not valid.',
  428: '42801: no schema registry.',
  429: '42900: too many, too fast, or too slow a reader.',
  500: '50000 and up: the server’s own fault, or its disk’s.',
};

/** As /openapi.json serves it and docs/openapi.json keeps it. */
export function openApiDocument(): Json {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const [name, operation] of Object.entries(operationTable)) {
    const [method = '', path = ''] = name.split(' ');
    const shown = path.replace(/:(\w+)/g, '{$1}');
    paths[shown] = {
      ...paths[shown],
      [method.toLowerCase()]: operationObject(name, path, operation),
    };
  }
  for (const [path, summary] of Object.entries(socketTable)) paths[path] = socketObject(summary);
  return {
    openapi: '3.1.0',
    info: {
      title: 'Leat',
      version,
      summary: "A SQL database over streams that speaks ksqlDB's language.",
      license: { name: 'MIT', identifier: 'MIT' },
    },
    paths,
    components: {
      schemas: replySchemas,
      responses: errorResponses(),
      securitySchemes: {
        basic: { type: 'http', scheme: 'basic' },
        bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
      },
    },
    security: [{}, { basic: [] }, { bearer: [] }],
  };
}

function operationObject(name: string, path: string, operation: Operation): Json {
  const { summary, tag, query, body, example } = operation;
  const parameters = [
    ...[...path.matchAll(/:(\w+)/g)].map(([, param = '']) => ({
      name: param,
      in: 'path',
      required: true,
      schema: text,
      example: example.params?.[param],
    })),
    ...Object.entries(query ?? {}).map(([param, { schema, description }]) => ({
      name: param,
      in: 'query',
      schema,
      description,
    })),
  ];
  return {
    operationId: operationId(name),
    summary,
    tags: [tag],
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === undefined
      ? {}
      : {
          requestBody: {
            required: body.isOptional !== true,
            content: {
              [body.type ?? 'application/json']: { schema: body.schema, example: example.body },
            },
          },
        }),
    responses: responses(operation),
  };
}

/** `POST /ksql/terminate` is `postKsqlTerminate`. */
function operationId(name: string): string {
  const words = name.split(/[^A-Za-z0-9]+/).filter((word) => word !== '');
  return words
    .map((word, at) => (at === 0 ? word.toLowerCase() : word[0]?.toUpperCase() + word.slice(1)))
    .join('');
}

/** The statuses that an operation can have; errors are kept once for all. */
function responses({ replies, status = 200, errors = [], tag, summary }: Operation): Json {
  const content = Object.fromEntries(
    Object.entries(replies ?? {}).map(([type, schema]) => [type, { schema }]),
  );
  const family = tag === 'schema registry' ? 'Registry' : 'Error';
  const answers: Record<string, unknown> = {};
  for (const code of errors) answers[code] = { $ref: `#/components/responses/${family}${code}` };
  for (const code of Object.keys(common))
    answers[code] = { $ref: `#/components/responses/Error${code}` };
  answers[status] = { description: summary, ...(replies === undefined ? {} : { content }) };
  return answers;
}

/** By kind and status: `Error400`, `Registry404`. */
function errorResponses(): Json {
  const of = (name: string, type: string, code: string, description: string): [string, Json] => [
    `${name}${code}`,
    {
      description,
      content: { [type]: { schema: ref(name === 'Error' ? 'Error' : 'RegistryError') } },
    },
  ];
  const registryStatuses = new Set(
    Object.values(operationTable).flatMap(({ tag, errors }) =>
      tag === 'schema registry' ? (errors ?? []) : [],
    ),
  );
  return Object.fromEntries([
    ...Object.entries({ ...described, ...common }).map(([code, description]) =>
      of('Error', 'application/json', code, description),
    ),
    ...[...registryStatuses].map((code) =>
      of('Registry', 'application/vnd.schemaregistry.v1+json', String(code), described[code] ?? ''),
    ),
  ]);
}

function socketObject(summary: string): Json {
  return {
    get: {
      operationId: 'webSocketQuery',
      summary,
      tags: ['queries'],
      parameters: [
        { name: 'request', in: 'query', required: true, schema: text },
        { name: 'version', in: 'query', schema: { const: '1' } },
        { name: 'access_token', in: 'query', schema: text },
      ],
      responses: { 101: { description: 'It is a WebSocket from here on.' } },
    },
  };
}
