/** Subscribers whose sockets are never read. More is sent than loopback's own buffers hold, which is several megabytes. */
import { once } from 'node:events';
import { connect as connectHttp2 } from 'node:http2';
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { WebSocket } from 'ws';
import type { LocalEngine } from '../../src/engine/local-engine.ts';
import { type Frame, overWebSocket, Subscriber } from './subscribers.ts';
import { testServer } from './test-server.ts';

const keys = 20;
const rowBytes = 10_000;
const rounds = 80;
const sleepers = 20;

const sql = 'SELECT * FROM state EMIT CHANGES;';

async function withState(engine: LocalEngine): Promise<void> {
  await engine.execute({
    sql:
      "CREATE STREAM changes (id INT KEY, n INT, note STRING) WITH (KAFKA_TOPIC='changes', KEY_FORMAT='JSON', VALUE_FORMAT='JSON', PARTITIONS=1);" +
      'CREATE TABLE state AS SELECT id, LATEST_BY_OFFSET(n) AS n, LATEST_BY_OFFSET(note) AS note FROM changes GROUP BY id;',
    properties: {},
    variables: {},
  });
}

/** A commit that changes rows `0` to `count`. */
async function change(engine: LocalEngine, count: number, n: number): Promise<void> {
  const note = 'x'.repeat(rowBytes);
  const rows = Array.from({ length: count }, (_, id) =>
    JSON.stringify({ ID: id, N: n, NOTE: note }),
  );
  await engine.insertRows('changes', rows);
  await engine.settle();
}

/** A socket that is not read once it has its first frame; `read` gives all that came, in the end. */
async function sleeper(url: string) {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/leat/v1/subscribe`);
  socket.on('error', () => undefined);
  await once(socket, 'open');
  socket.send(JSON.stringify({ sql }));
  await once(socket, 'message');
  const subscriber = new Subscriber(() => socket.terminate());
  socket.on('message', (data) => subscriber.take(JSON.parse(String(data)) as Frame));
  socket.on('close', () => subscriber.end());
  socket.pause();
  return { socket, subscriber };
}

const numbers = ({ rows }: Subscriber) => [...rows.values()].map((row) => row[1]);

test('whoever does not read delays nobody, takes bounded memory, and then gets the rows as they are', async () => {
  await using server = await testServer();
  await withState(server.engine);
  const asleep = await Promise.all(Array.from({ length: sleepers }, () => sleeper(server.url)));
  const healthy = overWebSocket(server.url, { sql });
  await healthy.until(({ token }) => token !== null);
  await change(server.engine, keys, 0);
  const before = process.memoryUsage().rss;
  for (let round = 1; round <= rounds; round++) {
    await change(server.engine, keys, round);
    await healthy.until((reader) => numbers(reader).every((n) => n === round));
  }
  // 16 MB of rows for each of twenty.
  expect(process.memoryUsage().rss - before).toBeLessThan(300e6);
  expect(healthy.history).toHaveLength(keys * (rounds + 1));
  for (const { socket, subscriber } of asleep) {
    // The schema came before it fell asleep.
    subscriber.take({ type: 'schema', columns: [{ name: 'ID', key: true }] });
    socket.resume();
    await subscriber.until((reader) => numbers(reader).filter((n) => n === rounds).length === keys);
    expect(subscriber.history.length).toBeLessThan(keys * rounds);
    subscriber.close();
  }
  healthy.close();
}, 60_000);

test('whose rows are too many to wait for it is closed, and goes on from its last token', async () => {
  await using server = await testServer();
  await withState(server.engine);
  await change(server.engine, 5, 0);
  const { socket, subscriber } = await sleeper(server.url);
  // A megabyte waits for it at most, behind what the network holds.
  for (let round = 1; round <= 8; round++) await change(server.engine, 200, round);
  subscriber.take({ type: 'schema', columns: [{ name: 'ID', key: true }] });
  socket.resume();
  const [code] = await once(socket, 'close');
  expect(code).toBe(4008);
  const end = subscriber.frames.at(-1);
  expect(end).toMatchObject({ type: 'error', error_code: 42900, code: 'SLOW_CONSUMER' });
  expect(end?.token).toBe(subscriber.token);
  const resumed = overWebSocket(server.url, { sql, after: end?.token as string });
  await resumed.until(({ token }) => token !== null);
  const all = new Map([...subscriber.rows, ...resumed.rows]);
  expect([...all.values()].map((row) => row[1])).toEqual(Array.from({ length: 200 }, () => 8));
  resumed.close();
}, 60_000);

/** Nobody is subscribed any more. */
const isFree = async ({ engine }: { readonly engine: LocalEngine }) =>
  expect.poll(async () => (await engine.metrics())['push_queries'], { timeout: 20_000 }).toBe(0);

test.each([['a WebSocket'], ['HTTP/1.1'], ['HTTP/2']])(
  'whoever takes no byte of a snapshot over %s is closed',
  async (how) => {
    await using server = await testServer({}, { stalledMs: 300 });
    await withState(server.engine);
    // 10 MB.
    await change(server.engine, 1_000, 0);
    const body = JSON.stringify({ sql });
    if (how === 'a WebSocket') {
      const { socket, subscriber } = await sleeper(server.url);
      await isFree(server);
      socket.resume();
      await subscriber.ended();
      expect(subscriber.frames.at(-1)).toMatchObject({ type: 'error', code: 'SLOW_CONSUMER' });
    } else if (how === 'HTTP/1.1') {
      const socket = connect(server.server.port, '127.0.0.1');
      socket.on('error', () => undefined);
      socket.write(
        `POST /leat/v1/subscribe HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
      );
      await once(socket, 'readable');
      await isFree(server);
      socket.destroy();
    } else {
      const session = connectHttp2(server.url);
      session.on('error', () => undefined);
      const stream = session.request({ ':method': 'POST', ':path': '/leat/v1/subscribe' });
      stream.on('error', () => undefined);
      stream.end(body);
      await once(stream, 'response');
      await isFree(server);
      session.destroy();
    }
  },
  60_000,
);
