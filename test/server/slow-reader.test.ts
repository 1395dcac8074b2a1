/** Clients that do not read. More is sent than loopback's own buffers hold, which is several megabytes. */
import { once } from 'node:events';
import { connect as connectHttp2 } from 'node:http2';
import { connect, type Socket } from 'node:net';
import { expect, test } from 'vitest';
import { openSocket, type TestServer, testServer } from './test-server.ts';

const rowBytes = 20_000;
const rowCount = 2_000;
const select = 'SELECT v FROM s EMIT CHANGES;';

/** 40 MB of rows. */
async function filled(stalledMs: number): Promise<TestServer> {
  const server = await testServer({}, { stalledMs });
  const sql =
    "CREATE STREAM s (v STRING) WITH (KAFKA_TOPIC='s', VALUE_FORMAT='JSON', PARTITIONS=1);";
  await server.engine.execute({ sql, properties: {}, variables: {} });
  const value = Buffer.from(JSON.stringify({ V: 'x'.repeat(rowBytes) }));
  const record = { topic: 's', partition: 0, key: null, value, timestamp: 1, headers: [] };
  for (let done = 0; done < rowCount; done += 100)
    await server.engine.produce(Array.from({ length: 100 }, () => record));
  return server;
}

/** Waits until the query has gone, and gives how many of the rows it had looked at. */
async function rowsProcessed({ engine }: TestServer): Promise<number> {
  await expect
    .poll(async () => (await engine.metrics())['push_queries'], { timeout: 20_000 })
    .toBe(0);
  return (await engine.metrics())['records_processed_total'] ?? 0;
}

/** Rows wait in the log: what the query took is what buffers hold, of the engine (4 MiB) and of the network. */
const processedMax = rowCount * 0.75;

test('a WebSocket client that does not read stops its query, and is told why when it is closed', async () => {
  await using server = await filled(300);
  const socket = openSocket(server.url, { ksql: select });
  await once(socket, 'message');
  socket.pause();
  expect(await rowsProcessed(server)).toBeLessThan(processedMax);
  const frames: string[] = [];
  socket.on('message', (data) => frames.push(String(data).slice(0, 200)));
  socket.resume();
  const [code, reason] = await once(socket, 'close');
  expect(code).toBe(4008);
  expect(String(reason)).toContain('the reader took nothing for 0.3 s');
  expect(JSON.parse(frames.at(-1) ?? '').error).toContain('the reader took nothing for 0.3 s');
}, 30_000);

async function readAll(socket: Socket): Promise<string> {
  let text = '';
  for await (const chunk of socket) text = (text + String(chunk)).slice(-2_000);
  return text;
}

test('so does a client of HTTP/1.1', async () => {
  await using server = await filled(300);
  const socket = connect(server.server.port, '127.0.0.1');
  const body = JSON.stringify({ ksql: select });
  socket.write(
    `POST /query HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  );
  await once(socket, 'readable');
  expect(await rowsProcessed(server)).toBeLessThan(processedMax);
  expect(await readAll(socket)).toMatch(
    /"errorMessage":.*"error_code":42900.*the reader took nothing for 0\.3 s/,
  );
}, 30_000);

test('so does a client of HTTP/2', async () => {
  await using server = await filled(300);
  const session = connectHttp2(server.url);
  const stream = session.request({ ':method': 'POST', ':path': '/query-stream' });
  stream.end(JSON.stringify({ sql: select }));
  await once(stream, 'response');
  expect(await rowsProcessed(server)).toBeLessThan(processedMax);
  let text = '';
  stream.on('data', (chunk) => {
    text = (text + String(chunk)).slice(-2_000);
  });
  await once(stream, 'end').catch(() => undefined);
  expect(text).toMatch(/"error_code":42900/);
  session.destroy();
}, 30_000);

test('a client that reads again in time goes on where it was, and others never notice', async () => {
  await using server = await filled(60_000);
  const slow = openSocket(server.url, { ksql: `SELECT v FROM s EMIT CHANGES LIMIT ${rowCount};` });
  let slowFrames = 0;
  slow.on('message', () => {
    slowFrames++;
  });
  await once(slow, 'message');
  slow.pause();
  const fast = openSocket(server.url, {
    ksql: `SELECT LEN(v) AS v FROM s EMIT CHANGES LIMIT ${rowCount};`,
  });
  let fastFrames = 0;
  fast.on('message', () => {
    fastFrames++;
  });
  await once(fast, 'close');
  // The schema, the rows and why it ended.
  expect(fastFrames).toBe(rowCount + 2);
  slow.resume();
  const [code] = await once(slow, 'close');
  expect([code, slowFrames]).toEqual([1000, rowCount + 2]);
}, 30_000);
