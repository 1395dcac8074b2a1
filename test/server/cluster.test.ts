/** What a server says of its cluster, where heartbeats are on (spec: api.md §11). */
import { expect, test } from 'vitest';
import { post, testServer } from './test-server.ts';

const statements =
  "CREATE STREAM S (K STRING KEY, V INT) WITH (KAFKA_TOPIC='s', VALUE_FORMAT='DELIMITED', PARTITIONS=2);" +
  'CREATE TABLE T AS SELECT K, COUNT(*) AS N FROM S GROUP BY K;' +
  'CREATE STREAM PASSED AS SELECT K, V FROM S;';
const properties = { 'ksql.heartbeat.enable': 'true', 'ksql.lag.reporting.enable': 'true' };
const store = '_confluent-ksql-default_query_CTAS_T_1#Aggregate-Aggregate-Materialize';

async function statusOf(url: string): Promise<Record<string, Record<string, unknown>>> {
  const response = await fetch(`${url}/clusterStatus`);
  const body = (await response.json()) as {
    readonly clusterStatus: Record<string, Record<string, unknown>>;
  };
  return body.clusterStatus;
}

test('the one host shows its tables and how far they are', async () => {
  await using server = await testServer({}, { properties });
  await post(`${server.url}/ksql`, { ksql: statements });
  await server.engine.produce([
    { topic: 's', partition: 1, key: null, value: Buffer.from('1'), timestamp: 1, headers: [] },
  ]);
  await server.engine.settle();
  const host = new URL(server.url).host;
  const status = await statusOf(server.url);
  expect(Object.keys(status)).toEqual([host]);
  expect(status[host]).toEqual({
    hostAlive: true,
    lastStatusUpdateMs: expect.any(Number),
    activeStandbyPerQuery: {
      CTAS_T_1: {
        activeStores: ['Aggregate-Aggregate-Materialize'],
        activePartitions: [
          { topic: 's', partition: 0 },
          { topic: 's', partition: 1 },
        ],
        standByStores: [],
        standByPartitions: [],
      },
    },
    hostStoreLags: {
      stateStoreLags: {
        [store]: {
          lagByPartition: {
            0: { currentOffsetPosition: 0, endOffsetPosition: 0, offsetLag: 0 },
            1: { currentOffsetPosition: 1, endOffsetPosition: 1, offsetLag: 0 },
          },
        },
      },
      updateTimeMs: expect.any(Number),
    },
  });
});

test('a paused table falls behind', async () => {
  await using server = await testServer({}, { properties });
  await post(`${server.url}/ksql`, { ksql: statements });
  await post(`${server.url}/ksql`, { ksql: 'PAUSE CTAS_T_1;' });
  await server.engine.produce(
    [1, 2].map((v) => ({
      topic: 's',
      partition: 0,
      key: null,
      value: Buffer.from(String(v)),
      timestamp: 1,
      headers: [],
    })),
  );
  const [own] = Object.values(await statusOf(server.url));
  expect(own).toMatchObject({
    hostStoreLags: {
      stateStoreLags: {
        [store]: {
          lagByPartition: {
            0: { currentOffsetPosition: 0, endOffsetPosition: 2, offsetLag: 2 },
          },
        },
      },
    },
  });
});

test('other hosts are shown as their heartbeats and reports say', async () => {
  await using server = await testServer({}, { properties });
  const lags = { stateStoreLags: {}, updateTimeMs: 7 };
  const heartbeat = await post(`${server.url}/heartbeat`, {
    hostInfo: 'other:8088',
    timestamp: 1714558530000,
  });
  expect([heartbeat.status, heartbeat.text]).toEqual([200, '{"isOk":true}']);
  const report = await post(`${server.url}/lag`, { ksqlHost: 'other:8088', hostStoreLags: lags });
  expect([report.status, report.text]).toEqual([200, '{"isOk":true}']);
  expect((await statusOf(server.url))['other:8088']).toMatchObject({
    activeStandbyPerQuery: {},
    hostStoreLags: lags,
  });
});

test('hosts that are none are refused, and without heartbeats nothing is served', async () => {
  await using server = await testServer({}, { properties });
  for (const body of [{}, { hostInfo: 'no port', timestamp: 1 }, { hostInfo: 'a:1' }])
    expect((await post(`${server.url}/heartbeat`, body)).status).toBe(400);
  expect((await post(`${server.url}/lag`, { ksqlHost: 'a:1' })).status).toBe(400);
  await using plain = await testServer();
  for (const path of ['/heartbeat', '/lag'])
    expect(await post(`${plain.url}${path}`, {})).toMatchObject({ status: 404, text: '' });
  expect((await fetch(`${plain.url}/clusterStatus`)).status).toBe(404);
});
