/** The registry over HTTP, as Confluent's clients use it. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { LocalEngine } from '../engine/local-engine.ts';
import { openLocalEngine } from '../engine/open.ts';
import { type RunningServer, startServer } from './start.ts';

let engine: LocalEngine;
let server: RunningServer;

beforeAll(async () => {
  engine = await openLocalEngine({ directory: null, durability: 'memory', properties: {} });
  server = await startServer(engine, { host: '127.0.0.1', port: 0 });
});
afterAll(async () => {
  await server.close();
  await engine[Symbol.asyncDispose]();
});

/** Status and JSON body. */
async function call(
  method: string,
  path: string,
  body?: unknown,
): Promise<readonly [number, unknown]> {
  const response = await fetch(server.url + path, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return [response.status, await response.json()];
}

const user = '{"type":"record","name":"User","fields":[{"name":"id","type":"int"}]}';
const userWithName =
  '{"type":"record","name":"User","fields":[{"name":"id","type":"int"},{"name":"name","type":"string","default":""}]}';
const userWithMail =
  '{"type":"record","name":"User","fields":[{"name":"id","type":"int"},{"name":"mail","type":"string"}]}';

test('a schema is registered once, whatever its spelling, and has the same id under every subject', async () => {
  const spaced = JSON.stringify(JSON.parse(user), null, 2);
  expect(await call('POST', '/subjects/users-value/versions', { schema: user })).toEqual([
    200,
    { id: 1 },
  ]);
  expect(await call('POST', '/subjects/users-value/versions', { schema: spaced })).toEqual([
    200,
    { id: 1 },
  ]);
  expect(await call('POST', '/subjects/copies-value/versions', { schema: user })).toEqual([
    200,
    { id: 1 },
  ]);
  expect(await call('GET', '/schemas/ids/1')).toEqual([200, { schema: user }]);
  expect(await call('GET', '/schemas/ids/1/versions')).toEqual([
    200,
    [
      { subject: 'users-value', version: 1 },
      { subject: 'copies-value', version: 1 },
    ],
  ]);
  expect(await call('GET', '/subjects')).toEqual([200, ['copies-value', 'users-value']]);
});

test('a new version must be able to read the one before it', async () => {
  const path = '/subjects/users-value/versions';
  const check = '/compatibility/subjects/users-value/versions/latest';
  expect(await call('POST', check, { schema: userWithMail })).toEqual([
    200,
    { is_compatible: false },
  ]);
  expect(await call('POST', check, { schema: userWithName })).toEqual([
    200,
    { is_compatible: true },
  ]);
  const [status, refusal] = await call('POST', path, { schema: userWithMail });
  expect(status).toBe(409);
  expect(refusal).toMatchObject({ error_code: 409 });
  expect((refusal as { message: string }).message).toContain(
    "{errorType:'READER_FIELD_MISSING_DEFAULT_VALUE', description:'mail', location:'/fields/1'}",
  );
  expect(await call('POST', path, { schema: userWithName })).toEqual([200, { id: 2 }]);
  expect(await call('GET', path)).toEqual([200, [1, 2]]);
  expect(await call('GET', `${path}/latest`)).toEqual([
    200,
    { subject: 'users-value', version: 2, id: 2, schema: userWithName },
  ]);
});

test('a subject can have a level of its own', async () => {
  expect(await call('GET', '/config')).toEqual([200, { compatibilityLevel: 'BACKWARD' }]);
  expect(await call('GET', '/config/users-value')).toEqual([
    404,
    {
      error_code: 40408,
      message: "Subject 'users-value' does not have subject-level compatibility configured",
    },
  ]);
  expect(await call('PUT', '/config/users-value', { compatibility: 'none' })).toEqual([
    200,
    { compatibility: 'NONE' },
  ]);
  expect(await call('POST', '/subjects/users-value/versions', { schema: userWithMail })).toEqual([
    200,
    { id: 3 },
  ]);
  expect(await call('PUT', '/config', { compatibility: 'SOME' })).toMatchObject([
    422,
    { error_code: 42203 },
  ]);
  expect(await call('DELETE', '/config/users-value')).toEqual([
    200,
    { compatibilityLevel: 'NONE' },
  ]);
  expect(await call('GET', '/config/users-value?defaultToGlobal=true')).toEqual([
    200,
    { compatibilityLevel: 'BACKWARD' },
  ]);
});

test('schemas refer to others by name', async () => {
  const event = 'syntax = "proto3";\nmessage Event { int64 at = 1; }';
  const wrapper = 'syntax = "proto3";\nimport "event.proto";\nmessage Wrapper { Event event = 1; }';
  const proto = { schemaType: 'PROTOBUF' };
  expect(await call('POST', '/subjects/event/versions', { ...proto, schema: event })).toEqual([
    200,
    { id: 4 },
  ]);
  expect(
    await call('POST', '/subjects/wrapper/versions', { ...proto, schema: wrapper }),
  ).toMatchObject([422, { error_code: 42201 }]);
  const references = [{ name: 'event.proto', subject: 'event', version: 1 }];
  expect(
    await call('POST', '/subjects/wrapper/versions', { ...proto, schema: wrapper, references }),
  ).toEqual([200, { id: 5 }]);
  expect(await call('GET', '/schemas/ids/5')).toEqual([
    200,
    { schemaType: 'PROTOBUF', references, schema: wrapper },
  ]);
  expect(await call('GET', '/subjects/event/versions/1/referencedby')).toEqual([200, [5]]);
  expect(await call('DELETE', '/subjects/event')).toEqual([
    422,
    {
      error_code: 42206,
      message:
        'One or more references exist to the schema {magic=1,keytype=SCHEMA,subject=event,version=1}.',
    },
  ]);
});

test('deleting happens in two steps, and versions go on counting after the first', async () => {
  const schema = '{"type":"string"}';
  const path = '/subjects/gone-value';
  await call('POST', `${path}/versions`, { schemaType: 'JSON', schema });
  expect(await call('DELETE', `${path}?permanent=true`)).toMatchObject([
    404,
    { error_code: 40405 },
  ]);
  expect(await call('DELETE', path)).toEqual([200, [1]]);
  expect(await call('GET', `${path}/versions`)).toMatchObject([404, { error_code: 40401 }]);
  expect(await call('GET', `${path}/versions?deleted=true`)).toEqual([200, [1]]);
  expect(await call('DELETE', path)).toMatchObject([404, { error_code: 40404 }]);
  await call('POST', `${path}/versions`, { schemaType: 'JSON', schema });
  expect(await call('GET', `${path}/versions`)).toEqual([200, [2]]);
  expect(await call('DELETE', `${path}/versions/2`)).toEqual([200, 2]);
  expect(await call('DELETE', `${path}?permanent=true`)).toEqual([200, [1, 2]]);
  expect(await call('GET', `${path}/versions?deleted=true`)).toMatchObject([
    404,
    { error_code: 40401 },
  ]);
});

test.each([
  ['GET', '/schemas/ids/99', undefined, 404, 40403],
  ['GET', '/subjects/nobody/versions', undefined, 404, 40401],
  ['GET', '/subjects/users-value/versions/77', undefined, 404, 40402],
  ['GET', '/subjects/users-value/versions/0', undefined, 422, 42202],
  ['POST', '/subjects/bad/versions', { schema: '{"type":"nonsense"}' }, 422, 42201],
  ['POST', '/subjects/bad/versions', { schema: '' }, 422, 42201],
  ['POST', '/subjects/bad/versions', { schema: user, id: 50 }, 422, 42205],
  ['POST', '/subjects/users-value', { schema: '{"type":"int"}' }, 404, 40403],
  ['PUT', '/mode', { mode: 'IMPORT' }, 422, 42205],
] as const)('%s %s is refused in Confluent’s words', async (method, path, body, status, code) => {
  expect(await call(method, path, body)).toMatchObject([status, { error_code: code }]);
});

test('a body that is no JSON is refused', async () => {
  const response = await fetch(`${server.url}/subjects/bad/versions`, {
    method: 'POST',
    body: '{',
  });
  expect(response.status).toBe(400);
  expect(response.headers.get('content-type')).toBe('application/vnd.schemaregistry.v1+json');
});

test('the mode can be read', async () => {
  expect(await call('GET', '/mode')).toEqual([200, { mode: 'READWRITE' }]);
  expect(await call('GET', '/schemas/types')).toEqual([200, ['JSON', 'PROTOBUF', 'AVRO']]);
});
