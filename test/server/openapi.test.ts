/** /openapi.json is what the server does: every route, every example carried out, every answer as its schema says. */
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { env } from 'node:process';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openApiDocument } from '../../src/server/schemas/document.ts';
import { type Operation, operationTable } from '../../src/server/schemas/operation-table.ts';
import { replySchemas } from '../../src/server/schemas/replies.ts';
import { routes } from '../../src/server/routes/table.ts';
import {
  http2Request,
  insertViews,
  pageviews,
  type TestServer,
  testServer,
} from './test-server.ts';

const document = openApiDocument();
/** The document itself is what `$ref`s point into. */
const ajv = new Ajv2020({ strict: false, allErrors: true });
ajv.addSchema({ $id: 'leat:document', components: document['components'] });

function check(schema: object, value: unknown): void {
  const absolute = JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"leat:document#/'));
  const validate = ajv.compile(absolute);
  expect(validate(value) ? [] : validate.errors, JSON.stringify(value)?.slice(0, 500)).toEqual([]);
}

describe('the document', () => {
  test('has every route of the server, and no other', () => {
    const served = routes.map(({ method, path }) => `${method} ${path}`).sort();
    expect(Object.keys(operationTable).sort()).toEqual(served);
  });

  test('docs/openapi.json is what is served; UPDATE=1 rewrites it', () => {
    const path = resolve(import.meta.dirname, '../../docs/openapi.json');
    const text = `${JSON.stringify(document, null, 1)}\n`;
    if (env['UPDATE'] === '1') writeFileSync(path, text);
    expect(readFileSync(path, 'utf8')).toBe(text);
  });

  test('refers to schemas that are there, and has all that are', () => {
    const text = JSON.stringify(document);
    const named = [...text.matchAll(/#\/components\/schemas\/(\w+)/g)].map(([, name]) => name);
    expect([...new Set(named)].sort()).toEqual(Object.keys(replySchemas).sort());
  });

  test('bodies of its examples are what its schemas ask for, and others are not', () => {
    for (const { body, example } of Object.values(operationTable)) {
      if (body === undefined || body.type !== undefined) continue;
      check(body.schema, example.body);
    }
    const { schema } = operationTable['POST /query-stream']?.body ?? { schema: {} };
    expect(() => check(schema, { properties: {} })).toThrow();
    expect(() => check(replySchemas['Entities'] as object, [{ '@type': 'streams' }])).toThrow();
  });

  test('refers to answers that are there', () => {
    const { responses } = document['components'] as { readonly responses: object };
    const named = [...JSON.stringify(document).matchAll(/#\/components\/responses\/(\w+)/g)];
    expect(named.filter(([, name]) => !(String(name) in responses))).toEqual([]);
  });

  test('names its operations apart', () => {
    const ids = [...JSON.stringify(document).matchAll(/"operationId":"(\w+)"/g)].map(
      ([, id]) => id,
    );
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toHaveLength(routes.length + 1);
  });
});

interface Told {
  readonly status: number;
  readonly type: string;
  readonly text: string;
}

let server: TestServer;
let running = '';

beforeAll(async () => {
  const properties = { 'ksql.heartbeat.enable': 'true', 'ksql.lag.reporting.enable': 'true' };
  server = await testServer({}, { properties });
  const execute = (sql: string) =>
    fetch(`${server.url}/ksql`, { method: 'POST', body: JSON.stringify({ ksql: sql }) });
  await execute(pageviews);
  await execute(
    "CREATE STREAM seen (v INT) WITH (KAFKA_TOPIC='seen', VALUE_FORMAT='JSON', PARTITIONS=1);",
  );
  await insertViews(server.engine, [
    ['u1', 'a', 1],
    ['u2', 'b', 2],
  ]);
  await server.engine.settle();
  const stream = await server.engine.query({
    sql: 'SELECT * FROM seen EMIT CHANGES;',
    properties: {},
    variables: {},
  });
  running = stream.head.queryId;
  await fetch(`${server.url}/subjects/payments/versions`, {
    method: 'POST',
    body: JSON.stringify({ schema: '"string"' }),
  });
});
afterAll(() => server[Symbol.asyncDispose]());

function urlOf(path: string, { params = {}, query = {} }: Operation['example']): string {
  const filled = path.replace(/:(\w+)/g, (_, name: string) =>
    encodeURIComponent(params[name] ?? ''),
  );
  const search = new URLSearchParams(query).toString();
  return `${server.url}${filled}${search === '' ? '' : `?${search}`}`;
}

async function carryOut(name: string, { example }: Operation): Promise<Told> {
  const [method = '', path = ''] = name.split(' ');
  const { body, accept } = example;
  const sent =
    typeof body === 'string' ? body : JSON.stringify(body)?.replace('{running}', running);
  const headers = accept === undefined ? {} : { accept };
  if (example.overHttp2 === true) {
    const { status, text } = await http2Request(
      server.url,
      { ...headers, ':path': path },
      sent ?? '',
    );
    return { status, type: accept ?? '', text };
  }
  const controller = new AbortController();
  const response = await fetch(urlOf(path, example), {
    method,
    headers,
    redirect: 'manual',
    signal: controller.signal,
    ...(sent === undefined ? {} : { body: sent }),
  });
  const { status } = response;
  const type = response.headers.get('content-type') ?? '';
  if (example.isEndless !== true) return { status, type, text: await response.text() };
  controller.abort();
  return { status, type, text: '' };
}

describe('the example of', () => {
  test.each(Object.entries(operationTable))('%s', async (name, operation) => {
    const { status, type, text } = await carryOut(name, operation);
    expect({ status, text: text.slice(0, 300) }).toMatchObject({ status: operation.status ?? 200 });
    if (operation.replies === undefined) return expect(text).toBe('');
    expect(Object.keys(operation.replies)).toContain(type);
    const schema = operation.replies[type] as object;
    if (!type.includes('json') || ('type' in schema && schema.type === 'string')) return;
    check(schema, JSON.parse(text));
  });
});

describe('errors are as the document says', () => {
  test.each([
    ['POST', '/ksql', '{"ksql":"SELECT"}', 400, 'Syntax Error'],
    ['POST', '/ksql', '{', 400, 'Invalid JSON in request: '],
    ['POST', '/ksql', '{"ksql":""}', 400, '"ksql" field must be populated'],
    [
      'POST',
      '/ksql',
      '{"ksql":"SHOW STREAMS;","streamsProperties":[]}',
      400,
      'Invalid JSON in request: "streamsProperties" must be an object',
    ],
    [
      'POST',
      '/ksql',
      '{"ksql":"SHOW STREAMS;","commandSequenceNumber":"x"}',
      400,
      'Invalid JSON in request: "commandSequenceNumber" must be an integer',
    ],
    ['POST', '/query-stream', '{}', 400, '"sql" field must be populated'],
    ['POST', '/close-query', '{"queryId":1}', 400, '"queryId" field must be populated'],
    [
      'POST',
      '/ksql/terminate',
      '{"deleteTopicList":"x"}',
      400,
      'Invalid JSON in request: "deleteTopicList" must be an array',
    ],
    ['GET', '/status/stream/NOTHING/create', undefined, 404, 'Command not found'],
    ['GET', '/is_valid_property/nonsense', undefined, 400, 'Unknown property: nonsense'],
    ['GET', '/schemas/ids/99', undefined, 404, 'not found'],
  ] as const)('%s %s %s', async (method, path, body, status, message) => {
    await using fresh = await testServer();
    const response = await fetch(`${fresh.url}${path}`, {
      method,
      ...(body === undefined ? {} : { body }),
    });
    expect(response.status).toBe(status);
    const answer = (await response.json()) as { readonly message: string };
    expect(answer.message).toContain(message);
    const isRegistry = path.startsWith('/schemas');
    check(replySchemas[isRegistry ? 'RegistryError' : 'Error'] as object, answer);
  });
});
