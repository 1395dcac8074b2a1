/** GET /metrics, read as strictly as Prometheus would. */
import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { metricTable } from '../../src/server/metrics/metric-table.ts';
import { type Family, readPrometheus, sumOf } from './prometheus-reader.ts';
import { insertViews, pageviews, post, type TestServer, testServer } from './test-server.ts';

async function scrape({ url }: TestServer): Promise<ReadonlyMap<string, Family>> {
  const response = await fetch(`${url}/metrics`);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  return readPrometheus(await response.text());
}

async function serverWith(sql: string): Promise<TestServer> {
  const server = await testServer();
  await server.engine.execute({ sql, properties: {}, variables: {} });
  return server;
}

const rows = (count: number) =>
  Array.from({ length: count }, (_, at) => [`u${at % 7}`, 'p', at] as const);

test('scrapes under load are well formed', async () => {
  await using server = await serverWith(pageviews);
  let isOver = false;
  const load = (async () => {
    while (!isOver) {
      await insertViews(server.engine, rows(200));
      await turn();
    }
  })();
  for (let at = 0; at < 20; at++) {
    const families = await scrape(server);
    expect(sumOf(families, 'leat_engine_up')).toBe(1);
  }
  isOver = true;
  await load;
});

test('what comes in is what was appended, and what goes out is in the log', async () => {
  await using server = await serverWith(pageviews);
  await insertViews(server.engine, rows(500));
  await insertViews(server.engine, rows(21));
  await server.engine.settle();
  const families = await scrape(server);
  expect(sumOf(families, 'leat_records_in_total', { topic: 'views' })).toBe(521);
  expect(sumOf(families, 'leat_records_in_total')).toBe(521);
  const written = await server.engine.fetch('PER_USER', 0, 0, 10_000_000);
  expect(sumOf(families, 'leat_records_out_total')).toBe(written.length);
  expect(sumOf(families, 'leat_records_processed_total')).toBe(521);
  expect(sumOf(families, 'leat_bytes_in_total')).toBeGreaterThan(521 * 10);
  expect(sumOf(families, 'leat_commits_total', { result: 'ok' })).toBe(
    sumOf(families, 'leat_ticks_total'),
  );
  const commits = families.get('leat_commit_seconds')?.samples ?? [];
  expect(commits.find(({ name }) => name === 'leat_commit_seconds_count')?.value).toBe(
    sumOf(families, 'leat_ticks_total'),
  );
  expect(sumOf(families, 'leat_state_rows')).toBe(7);
});

test('queries of clients are counted by kind, and those that run are shown', async () => {
  await using server = await serverWith(pageviews);
  const request = { properties: {}, variables: {} };
  await server.engine.query({ sql: "SELECT * FROM per_user WHERE user_id = 'u';", ...request });
  const push = await server.engine.query({ sql: 'SELECT * FROM views EMIT CHANGES;', ...request });
  const families = await scrape(server);
  const started = (kind: string): number => sumOf(families, 'leat_queries_started_total', { kind });
  expect([started('pull'), started('push')]).toEqual([1, 1]);
  expect(sumOf(families, 'leat_push_queries')).toBe(1);
  expect(sumOf(families, 'leat_persistent_queries')).toBe(1);
  expect(sumOf(families, 'leat_slow_consumers')).toBe(0);
  await push.close();
  expect(sumOf(await scrape(server), 'leat_push_queries')).toBe(0);
});

test('a paused query lags by what it has not read, and not once it has', async () => {
  await using server = await serverWith(pageviews);
  const query = [...server.engine.catalog.queries.keys()][0] as string;
  const execute = (sql: string) => server.engine.execute({ sql, properties: {}, variables: {} });
  await execute('PAUSE ALL;');
  await insertViews(server.engine, rows(30));
  const behind = await scrape(server);
  const labels = { query, topic: 'views', partition: '0' };
  expect(sumOf(behind, 'leat_query_lag_records', labels)).toBe(30);
  expect(sumOf(behind, 'leat_query_state', { query, state: 'paused' })).toBe(1);
  await execute('RESUME ALL;');
  await server.engine.settle();
  const after = await scrape(server);
  expect(sumOf(after, 'leat_query_lag_records', labels)).toBe(0);
  expect(after.get('leat_query_lag_seconds')?.samples).toEqual([
    { name: 'leat_query_lag_seconds', labels: { query }, value: 0 },
  ]);
  expect(sumOf(after, 'leat_query_state', { query, state: 'running' })).toBe(1);
});

test('records of closed windows are counted', async () => {
  await using server = await serverWith(
    "CREATE STREAM s (k STRING KEY, v INT) WITH (KAFKA_TOPIC='s', VALUE_FORMAT='JSON', PARTITIONS=1);" +
      'CREATE TABLE w AS SELECT k, COUNT(*) AS n FROM s WINDOW TUMBLING (SIZE 1 SECOND, GRACE PERIOD 0 SECONDS) GROUP BY k;' +
      'CREATE TABLE q AS SELECT k, COUNT(*) AS n FROM s WINDOW SESSION (1 SECOND, GRACE PERIOD 0 SECONDS) GROUP BY k;',
  );
  const at = (timestamp: number) => ({
    topic: 's',
    partition: 0,
    key: Buffer.from('a'),
    value: Buffer.from('{"V":1}'),
    timestamp,
    headers: [],
  });
  await server.engine.produce([at(1_000), at(60_000), at(1_500), at(2_500), at(60_001)]);
  await server.engine.settle();
  const families = await scrape(server);
  expect(sumOf(families, 'leat_late_records_dropped_total', { query: 'CTAS_W_1' })).toBe(2);
  expect(sumOf(families, 'leat_late_records_dropped_total', { query: 'CTAS_Q_2' })).toBe(2);
});

test('requests are counted by route, method and status; errors by code; limits by key', async () => {
  await using server = await testServer({}, {});
  await fetch(`${server.url}/info`);
  await fetch(`${server.url}/status/stream/NOTHING/create`);
  await fetch(`${server.url}/nowhere/at/all`);
  const list = Array.from({ length: 10_001 }, (_, at) => at).join(',');
  await post(`${server.url}/ksql`, {
    ksql: `CREATE STREAM s (v INT) WITH (KAFKA_TOPIC='s', VALUE_FORMAT='JSON', PARTITIONS=1); CREATE STREAM t AS SELECT v FROM s WHERE v IN (${list});`,
  });
  const families = await scrape(server);
  const count = (route: string, code: string): number =>
    sumOf(families, 'leat_requests_total', { route, code });
  expect(count('/info', '200')).toBe(1);
  expect(count('/status/:type/:entity/:action', '404')).toBe(1);
  expect(count('other', '404')).toBe(1);
  expect(count('/ksql', '400')).toBe(1);
  expect(sumOf(families, 'leat_errors_total', { code: 'server.not-found' })).toBe(1);
  expect(sumOf(families, 'leat_limit_hits_total', { limit: 'leat.limit.sql.in' })).toBe(1);
  expect(families.get('leat_request_seconds')?.type).toBe('histogram');
  expect(sumOf(families, 'leat_connections')).toBeGreaterThan(0);
});

test('everything that is shown is described, as what it is', async () => {
  await using server = await serverWith(pageviews);
  await insertViews(server.engine, rows(3));
  const families = await scrape(server);
  const described = new Set(Object.keys(metricTable).map((name) => `leat_${name}`));
  expect([...families.keys()].filter((name) => !described.has(name))).toEqual([]);
  const wrong = Object.entries(metricTable).filter(
    ([name, [type]]) => name.endsWith('_total') !== (type === 'counter'),
  );
  expect(wrong).toEqual([]);
  expect(sumOf(families, 'leat_process_resident_memory_bytes')).toBeGreaterThan(10_000_000);
});

test('an engine that does not answer is told, and the rest all the same', async () => {
  await using server = await testServer();
  Object.defineProperty(server.engine, 'metrics', {
    value: () => Promise.reject(new Error('gone')),
  });
  const families = await scrape(server);
  expect(sumOf(families, 'leat_engine_up')).toBe(0);
  expect(families.has('leat_requests_total') || families.has('leat_build_info')).toBe(true);
});
