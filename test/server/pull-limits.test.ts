/** Limits of pull queries as clients meet them: statuses, codes, and what a client that goes leaves behind. */
import { expect, test } from 'vitest';
import { problem } from '../../src/base/errors.ts';
import { openLocalEngine } from '../../src/engine/open.ts';
import { errorReply } from '../../src/server/errors.ts';
import { startServer } from '../../src/server/start.ts';
import { post } from './test-server.ts';

const statements =
  "CREATE STREAM S (K STRING KEY, V INT) WITH (KAFKA_TOPIC='s', VALUE_FORMAT='JSON', PARTITIONS=1);" +
  'CREATE TABLE T AS SELECT K, COUNT(*) AS N FROM S GROUP BY K;';

async function serverWith(properties: Readonly<Record<string, string>>, keys: number) {
  const engine = await openLocalEngine({ directory: null, durability: 'memory', properties });
  const server = await startServer(engine, { host: '127.0.0.1', port: 0 });
  await post(`${server.url}/ksql`, { ksql: statements });
  const rows = Array.from({ length: keys }, (_, at) => JSON.stringify({ K: `k${at}`, V: 1 }));
  await engine.insertRows('S', rows);
  await engine.settle();
  return {
    ask: (sql: string) => post(`${server.url}/query-stream`, { sql }),
    url: server.url,
    async [Symbol.asyncDispose]() {
      await server.close();
      await engine[Symbol.asyncDispose]();
    },
  };
}

test.each([
  [{ 'leat.limit.pull.rows': '2' }, 413, 41310],
  [{ 'leat.limit.pull.result.rows': '2' }, 413, 41310],
  [{ 'leat.limit.pull.result.bytes': '9' }, 413, 41310],
  [{ 'ksql.query.pull.max.qps': '0' }, 429, 42900],
  [{ 'ksql.query.pull.max.hourly.bandwidth.megabytes': '0' }, 429, 42900],
] as const)('%o answers with %i', async (properties, status, code) => {
  await using server = await serverWith(properties, 3);
  await server.ask('SELECT K FROM T LIMIT 1;');
  const answer = await server.ask('SELECT K FROM T;');
  expect(answer.status).toBe(status);
  expect(JSON.parse(answer.text)).toMatchObject({ error_code: code });
});

test('one more than may run at a time is told to come back', () => {
  expect(errorReply(problem('pull.too-many', 'Host is at concurrency limit'))).toMatchObject({
    status: 429,
    body: { error_code: 42900 },
  });
});

test('one that runs when its time is over ends with the error', async () => {
  await using server = await serverWith({ 'leat.limit.pull.ms': '1' }, 60_000);
  const { text } = await server.ask('SELECT K FROM T WHERE N > 1;');
  const [, error = ''] = text.trim().split('\n');
  expect(JSON.parse(error)).toMatchObject({ error_code: 40811, code: 'pull.timeout' });
});

test('a client that goes ends its query', async () => {
  await using server = await serverWith({ 'ksql.query.pull.max.concurrent.requests': '1' }, 60_000);
  const body = JSON.stringify({ sql: 'SELECT K FROM T WHERE N > 1;' });
  const abort = new AbortController();
  const response = await fetch(`${server.url}/query-stream`, {
    method: 'POST',
    body,
    signal: abort.signal,
  });
  expect(response.status).toBe(200);
  abort.abort();
  await expect
    .poll(async () => (await server.ask('SELECT K FROM T WHERE N > 2;')).status)
    .toBe(200);
});
