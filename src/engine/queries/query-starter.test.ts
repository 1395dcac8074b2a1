import { expect, test } from 'vitest';
import { testEngine } from '../engine.test-helper.ts';

const source = "CREATE STREAM S (N INT) WITH (KAFKA_TOPIC='s', VALUE_FORMAT='JSON', PARTITIONS=1);";
const request = (sql: string) => ({ sql, properties: {}, variables: {} });

test('as many push queries run as the configuration allows', async () => {
  await using server = await testEngine({ 'ksql.max.push.queries': '2' });
  await server.run(source);
  const start = () => server.engine.query(request('SELECT * FROM S EMIT CHANGES;'));
  const first = await start();
  await start();
  await expect(start()).rejects.toThrow('Maximum number of push queries exceeded');
  await expect(server.engine.query(request('PRINT s;'))).rejects.toThrow('Maximum number');
  await first.close();
  await start();
});

test('a push query is listed and ended by its id', async () => {
  await using server = await testEngine();
  await server.run(source);
  const stream = await server.engine.query(request('SELECT * FROM S EMIT CHANGES;'));
  const [reply] = await server.run('SHOW QUERIES;');
  expect(reply?.entity).toMatchObject({
    queries: [{ id: stream.head.queryId, queryType: 'PUSH', state: 'RUNNING:1' }],
  });
  expect(await server.engine.closeQuery(stream.head.queryId)).toBe(true);
  expect(await server.engine.closeQuery(stream.head.queryId)).toBe(false);
  expect(stream.end()).toBe('closed');
});

test('a pull query over a stream ends where the stream ends', async () => {
  await using server = await testEngine();
  await server.run(source);
  expect(await server.rows('SELECT * FROM S;')).toEqual([]);
  await server.produce('s', '{"N":1}', '{"N":2}', '{"N":3}');
  expect(await server.rows('SELECT N FROM S WHERE N > 1;')).toEqual(['[2]', '[3]']);
  expect(await server.rows('SELECT N FROM S LIMIT 1;')).toEqual(['[1]']);
});
