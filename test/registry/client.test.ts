/**
 * Another author's client of Confluent's registry (@kafkajs/confluent-schema-registry) against ours: what it registers is there,
 * what it writes a stream reads, and what a stream writes it reads.
 */
import { COMPATIBILITY, SchemaRegistry, SchemaType } from '@kafkajs/confluent-schema-registry';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestEngine, testEngine } from '../../src/engine/engine.test-helper.ts';
import { type RunningServer, startServer } from '../../src/server/start.ts';

let tested: TestEngine;
let server: RunningServer;
let client: SchemaRegistry;

beforeAll(async () => {
  tested = await testEngine();
  server = await startServer(tested.engine, { host: '127.0.0.1', port: 0 });
  client = clientOf(server);
});
afterAll(async () => {
  await server.close();
  await tested[Symbol.asyncDispose]();
});

/** Its validator of JSON schemas refuses Confluent's own keywords (`connect.type`) unless told otherwise. */
function clientOf({ url }: RunningServer): SchemaRegistry {
  return new SchemaRegistry(
    { host: url, retry: { retries: 0 } },
    { [SchemaType.JSON]: { strict: false } },
  );
}

const avro = {
  type: SchemaType.AVRO,
  schema:
    '{"type":"record","name":"Order","namespace":"shop","fields":[{"name":"ID","type":"int"},{"name":"CITY","type":"string"}]}',
} as const;
const json = {
  type: SchemaType.JSON,
  schema:
    '{"type":"object","title":"Order","properties":{"ID":{"type":"integer","connect.type":"int32"},"CITY":{"type":"string"}}}',
} as const;
const proto = {
  type: SchemaType.PROTOBUF,
  schema:
    'syntax = "proto3";\npackage shop;\n\nmessage Order {\n  int32 ID = 1;\n  string CITY = 2;\n}\n',
} as const;

const kinds = [
  ['AVRO', avro],
  ['JSON_SR', json],
  ['PROTOBUF', proto],
] as const;

/**
 * A payload as every other client writes it: this one leaves out which message of a PROTOBUF schema follows (Confluent's wire
 * format; a zero byte for the first one), although it reads past it.
 */
async function encoded(id: number, row: object, format: string): Promise<Uint8Array> {
  const bytes = await client.encode(id, row);
  const index = format === 'PROTOBUF' ? [0] : [];
  return Uint8Array.from([...bytes.subarray(0, 5), ...index, ...bytes.subarray(5)]);
}

/** Values of a topic's records. */
async function payloads(topic: string): Promise<readonly Buffer[]> {
  const records = await tested.engine.fetch(topic, 0, 0, 1 << 20);
  return records.map(({ value }) => Buffer.from(value ?? []));
}

test.each(kinds)('%s schemas are registered once and fetched by id', async (format, schema) => {
  const subject = `${format}-registered-value`;
  const { id } = await client.register(schema, { subject });
  expect(await client.register(schema, { subject })).toEqual({ id });
  expect(await client.getLatestSchemaId(subject)).toBe(id);
  expect(await client.getRegistryId(subject, 1)).toBe(id);
  expect(await client.getRegistryIdBySchema(subject, schema)).toBe(id);
  const fresh = clientOf(server);
  const bytes = await client.encode(id, { ID: 7, CITY: 'Kraków' });
  expect({ ...(await fresh.decode(bytes)) }).toEqual({ ID: 7, CITY: 'Kraków' });
});

test.each(kinds)(
  'a stream reads the %s that the client writes, and the reverse',
  async (format, schema) => {
    const topic = `${format}-orders`;
    const { id } = await client.register(schema, { subject: `${topic}-value` });
    await tested.run(
      `CREATE STREAM "${topic}" WITH (kafka_topic='${topic}', value_format='${format}', partitions=1);
     CREATE STREAM "${topic}-copy" AS SELECT ID + 1 AS ID, CITY FROM "${topic}";`,
    );
    const value = await encoded(id, { ID: 7, CITY: 'Zürich' }, format);
    await tested.engine.produce([
      { topic, partition: 0, key: null, value, timestamp: 1, headers: [] },
    ]);
    expect(await tested.engine.settle()).toEqual([]);
    const copies = await payloads(`${topic}-copy`);
    expect(copies).toHaveLength(1);
    expect({ ...(await client.decode(copies[0] ?? Buffer.alloc(0))) }).toEqual({
      ID: 8,
      CITY: 'Zürich',
    });
  },
);

test('a version that breaks the readers of the one before is refused to the client', async () => {
  const subject = 'strict-value';
  await client.register(avro, { subject, compatibility: COMPATIBILITY.BACKWARD });
  const schema = avro.schema.replace('"CITY"', '"TOWN"');
  const refused = client.register({ ...avro, schema }, { subject });
  await expect(refused).rejects.toThrow('incompatible with an earlier schema');
});

test('the client can set the level of a subject that it begins', async () => {
  const subject = 'loose-value';
  await client.register(avro, { subject, compatibility: COMPATIBILITY.NONE });
  const level = { op: 'config', subject, fallback: false } as const;
  expect(await tested.engine.registry<'config'>(level)).toBe('NONE');
  const schema = avro.schema.replace('"CITY"', '"TOWN"');
  const { id } = await client.register(
    { ...avro, schema },
    { subject, compatibility: COMPATIBILITY.NONE },
  );
  expect(await client.getLatestSchemaId(subject)).toBe(id);
});
