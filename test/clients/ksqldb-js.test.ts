/** ksqldb-js 1.1.2: the examples of its README, against a server. */
import { createRequire } from 'node:module';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type TestServer, testServer } from '../server/test-server.ts';

/** It brings no types: what is used here of it. */
interface KsqlDb {
  pull(query: string): Promise<readonly unknown[]>;
  push(query: string, callback: (chunk: string) => void): Promise<string>;
  terminate(queryId: string): Promise<Readonly<Record<string, unknown>>>;
  ksql(query: string): Promise<Readonly<Record<string, unknown>>>;
  insertStream(stream: string, rows: readonly object[]): Promise<readonly unknown[]>;
  createStream(
    name: string,
    columns: readonly string[],
    topic: string,
    format: string,
    partitions: number,
  ): Promise<Answer>;
  createTableAs(
    name: string,
    source: string,
    select: readonly string[],
    properties: object,
    conditions: object,
  ): Promise<Answer>;
  createStreamAs(
    name: string,
    select: readonly string[],
    source: string,
    properties: object,
    conditions: string,
  ): Promise<unknown>;
  pullFromTo(
    stream: string,
    zone: string,
    from: readonly string[],
    to?: readonly string[],
  ): Promise<readonly (readonly unknown[])[]>;
  inspectQueryStatus(commandId: string): Promise<Answer>;
  inspectServerInfo(): Promise<Answer>;
  inspectServerHealth(): Promise<Answer>;
  inspectClusterStatus(): Promise<Answer>;
  isValidProperty(name: string): Promise<Answer>;
  terminateCluster(topics: readonly string[]): Promise<Answer>;
}
interface Answer {
  readonly status: number;
  readonly data: unknown;
}

const require = createRequire(import.meta.url);
const ClientOf = require('ksqldb-js') as new (config: { readonly ksqldbURL: string }) => KsqlDb;
const QueryBuilder = require('ksqldb-js/ksqldb/queryBuilder.js') as new () => {
  build(query: string, ...parameters: readonly unknown[]): string;
};

let server: TestServer;
let client: KsqlDb;
const people = [
  { name: 'jack', email: '123@mail.com', age: 25 },
  { name: 'john', email: '456@mail.com', age: 20 },
];

beforeEach(async () => {
  server = await testServer();
  client = new ClientOf({ ksqldbURL: server.url });
  await client.createStream(
    'testStream',
    ['name VARCHAR', 'email varchar', 'age INTEGER'],
    'testTopic',
    'json',
    1,
  );
});

afterEach(() => server[Symbol.asyncDispose]());

describe('ksqldb-js', () => {
  test('creates, lists and drops streams', async () => {
    expect(await client.ksql('LIST STREAMS;')).toMatchObject({
      streams: [{ name: 'TESTSTREAM', topic: 'testTopic' }],
    });
    expect(await client.ksql('DROP STREAM IF EXISTS testStream;')).toMatchObject({
      commandStatus: { status: 'SUCCESS' },
    });
    await expect(client.ksql('SELECT 1;')).rejects.toThrow();
  });

  test('inserts rows, each acknowledged, and pulls them', async () => {
    expect(await client.insertStream('testStream', people)).toEqual([
      { status: 'ok', seq: 0 },
      { status: 'ok', seq: 1 },
    ]);
    expect(await client.pull('SELECT * FROM testStream;')).toBeTruthy();
    const many = Array.from({ length: 500 }, (_, age) => ({ name: 'n', email: 'e', age }));
    expect((await client.insertStream('testStream', many)).length).toBe(500);
  });

  test('builds queries of parameters', async () => {
    await client.insertStream('testStream', people);
    await client.createTableAs(
      'testTable',
      'testStream',
      ['name', 'LATEST_BY_OFFSET(age) AS recentAge'],
      { topic: 'newTestTopic' },
      { WHERE: 'age >= 21', GROUP_BY: 'name' },
    );
    await server.engine.settle();
    const query = new QueryBuilder().build(
      'SELECT * FROM testTable WHERE name = ? AND recentAge > ?;',
      'jack',
      21,
    );
    expect(rowsOf(await client.pull(query))).toEqual([['jack', 25]]);
  });

  test('pushes chunk by chunk, until the query is terminated', async () => {
    const chunks: unknown[] = [];
    const queryId = await client.push('SELECT * FROM testStream EMIT CHANGES;', (chunk) =>
      chunks.push(JSON.parse(chunk)),
    );
    await client.insertStream('testStream', people);
    await expect.poll(() => chunks.length).toBe(3);
    expect(chunks).toEqual([
      expect.objectContaining({ queryId, columnNames: ['NAME', 'EMAIL', 'AGE'] }),
      ['jack', '123@mail.com', 25],
      ['john', '456@mail.com', 20],
    ]);
    expect(await client.terminate(queryId)).toMatchObject({ wasTerminated: true });
    const metrics = async () => (await server.engine.metrics())['push_queries'];
    await expect.poll(metrics).toBe(0);
  });

  test('makes streams of streams, and looks into a span of time', async () => {
    await client.createStreamAs(
      'older',
      ['name', 'age'],
      'testStream',
      { kafka_topic: 'olderTopic', value_format: 'json', partitions: 1 },
      'age > 20',
    );
    await client.insertStream('testStream', people);
    await server.engine.settle();
    const found = await client.pullFromTo('older', 'America/Los_Angeles', [
      '2022-01-01',
      '00',
      '00',
      '00',
    ]);
    expect(found.map(([name, age]) => [name, age])).toEqual([['jack', 25]]);
  });

  test('inspects the server', async () => {
    expect((await client.inspectQueryStatus('stream/`TESTSTREAM`/create')).data).toMatchObject({
      status: 'SUCCESS',
    });
    expect((await client.inspectServerInfo()).data).toMatchObject({
      KsqlServerInfo: { serverStatus: 'RUNNING' },
    });
    expect((await client.inspectServerHealth()).data).toMatchObject({ isHealthy: true });
    await expect(client.inspectClusterStatus()).rejects.toMatchObject({
      response: { status: 404 },
    });
    expect((await client.isValidProperty('auto.offset.reset')).data).toBe(true);
    await expect(client.isValidProperty('ksql.service.id')).rejects.toThrow();
  });

  test('terminates the cluster, with topics', async () => {
    const { status, data } = await client.terminateCluster(['testTopic']);
    expect([status, data]).toMatchObject([200, [{ commandStatus: { status: 'SUCCESS' } }]]);
  });
});

/** Its answers are the text of lines, or what axios made of it. */
function rowsOf(data: unknown): readonly unknown[] {
  if (typeof data !== 'string') return (data as readonly unknown[]).slice(1);
  return data
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => JSON.parse(line) as unknown);
}
