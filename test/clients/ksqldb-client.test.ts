/** ksqldb-client 1.0.5: the examples of its README, against a server. */
import { createRequire } from 'node:module';
import type { default as KsqldbClientOf } from 'ksqldb-client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type TestServer, testServer } from '../server/test-server.ts';

const require = createRequire(import.meta.url);

type Client = InstanceType<(typeof KsqldbClientOf)['default']>;
// What its types call a default export is all that it exports.
const KsqldbClient = require('ksqldb-client') as new (options: object) => Client;

let server: TestServer;
let client: Client;

beforeAll(async () => {
  server = await testServer();
  client = new KsqldbClient({ host: 'http://127.0.0.1', port: server.server.port });
  await client.connect();
  await client.executeStatement(
    "CREATE STREAM streamName (field STRING KEY, other BIGINT) WITH (kafka_topic='topic', value_format='JSON', partitions=1);",
  );
  await client.executeStatement(
    'CREATE TABLE words AS SELECT field AS word, COUNT(*) AS n FROM streamName GROUP BY field;',
  );
});

afterAll(async () => {
  await client.disconnect();
  await server[Symbol.asyncDispose]();
});

describe('ksqldb-client', () => {
  test('lists streams, tables, topics and queries', async () => {
    expect((await client.listStreams()).map(({ name }) => name)).toEqual(['STREAMNAME']);
    expect((await client.listTables()).map(({ name }) => name)).toEqual(['WORDS']);
    expect((await client.listTopics()).map(({ name }) => name)).toEqual(['WORDS', 'topic']);
    expect((await client.listQueries()).map(({ id }) => id)).toEqual(['CTAS_WORDS_1']);
  });

  test('describes a source', async () => {
    const description = await client.describeSource('streamName');
    expect([description.name, description.type]).toEqual(['STREAMNAME', 'STREAM']);
  });

  test('inserts, and pulls what became of it', async () => {
    for (const field of ['tree', 'tree', 'wind']) {
      const { data, status, error } = await client.insertInto('streamName', { field, other: 1 });
      expect([status, error, data?.rows]).toEqual([200, undefined, [{ status: 'ok', seq: 0 }]]);
    }
    await server.engine.settle();
    const sessionVariables = { TABLE_NAME: 'words', FIRST_WORD: 'tree', SECOND_WORD: 'wind' };
    const { data, status, error } = await client.query(
      "SELECT * FROM ${TABLE_NAME} WHERE WORD in ('${FIRST_WORD}', '${SECOND_WORD}');",
      { sessionVariables },
    );
    expect([status, error]).toEqual([200, undefined]);
    expect(data?.metadata?.columnNames).toEqual(['WORD', 'N']);
    expect(data?.rows).toEqual([
      { WORD: 'tree', N: 2 },
      { WORD: 'wind', N: 1 },
    ]);
  });

  test('pushes to its callback until the query is terminated', async () => {
    const received: unknown[] = [];
    let queryId: string | undefined;
    const ended = client.streamQuery(
      'SELECT * FROM ${TABLE_NAME} EMIT CHANGES;',
      ({ metadata, rows }) => {
        queryId = metadata?.queryId ?? queryId;
        received.push(...(rows ?? []));
      },
      { sessionVariables: { TABLE_NAME: 'streamName' } },
    );
    // Rows of one commit, each of which must come in a piece of its own.
    const values = Array.from({ length: 100 }, (_, other) => ({ field: 'f', other }));
    await server.engine.insertRows(
      'streamName',
      values.map((row) => JSON.stringify(row)),
    );
    const after = () => received.slice(-100);
    await expect.poll(after).toEqual(values.map(({ other }) => ({ FIELD: 'f', OTHER: other })));
    const { error } = await client.terminatePushQuery(String(queryId));
    expect(error).toBeUndefined();
    expect(await ended).toMatchObject({ status: 200 });
  });

  test('is told what is wrong, with a status', async () => {
    const { status, error } = await client.query('SELECT *;');
    expect([status, error]).toMatchObject([400, { error_code: 40001 }]);
    const unknown = await client.query('SELECT * FROM nothing WHERE word = 1;');
    expect([unknown.status, unknown.error?.message]).toEqual([
      400,
      expect.stringContaining('NOTHING does not exist'),
    ]);
    const inserted = await client.insertInto('streamName', { field: 'x', other: 'y' });
    expect(inserted.error).toMatchObject({ status: 'error', seq: 0, error_code: 40000 });
  });
});
