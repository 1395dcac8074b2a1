/**
 * `node test/load/slow-readers.ts [--slow 1000] [--healthy 100] [--seconds 40] [--over query|subscribe]`: a hundred clients that read,
 * measured alone, beside a thousand that read as well, beside a thousand as they begin to leave everything with the network, and once
 * the network takes no more. All get the same rows of a kilobyte: of a stream over /ws/query, or the changes of a table over
 * /leat/v1/subscribe.
 */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { parseArgs } from 'node:util';
import { WebSocket } from 'ws';
import { RowInserts } from '../../src/client/inserter.ts';
import { percentile } from '../bench/rounds.ts';
import {
  ksql,
  residentMegabytes,
  type ServerProcess,
  startServerProcess,
} from '../bench/server-process.ts';
import { pause, settings } from './settings.ts';

const { values } = parseArgs({
  options: {
    slow: { type: 'string', default: '1000' },
    healthy: { type: 'string', default: '100' },
    seconds: { type: 'string', default: '40' },
    over: { type: 'string', default: 'query' },
  },
});
const others = Number(values.slow);
const healthy = Number(values.healthy);
const ROWS_PER_SECOND = 25;
/** Of each measurement: seconds before the first row that counts. */
const WARM_UP_SECONDS = 4;
/** More than buffers of connections grow to. */
const FILLING_BYTES = 10_000_000;
const NOTE = 'x'.repeat(1000);
const SQL =
  "CREATE STREAM events (id INT KEY, sent DOUBLE, note STRING) WITH (KAFKA_TOPIC='events', KEY_FORMAT='JSON', VALUE_FORMAT='JSON', PARTITIONS=1);" +
  'CREATE TABLE latest AS SELECT id, LATEST_BY_OFFSET(sent) AS sent, LATEST_BY_OFFSET(note) AS note FROM events GROUP BY id;';
/** A row as it was sent, in a message of either route; absent where the message holds none. */
interface Message {
  readonly row?: { readonly columns: readonly [sent: number] };
  readonly rows?: readonly (readonly [id: number, sent: number])[];
}
const PATH: string =
  values.over === 'subscribe'
    ? `/leat/v1/subscribe?sql=${encodeURIComponent('SELECT id, sent, note FROM latest EMIT CHANGES;')}`
    : `/ws/query?request=${encodeURIComponent(JSON.stringify({ ksql: 'SELECT sent, note FROM events EMIT CHANGES;' }))}`;

/** A client that reads; `times` are the milliseconds that each row was under way. */
async function reader(url: string, times: number[] | null): Promise<WebSocket> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}${PATH}`);
  await once(socket, 'message');
  socket.on('message', (data: Buffer) => {
    if (times === null) return;
    const { row, rows } = JSON.parse(data.toString()) as Message;
    if (row !== undefined) times.push(performance.now() - row.columns[0]);
    for (const [, sent] of rows ?? []) times.push(performance.now() - sent);
  });
  return socket;
}

/** A client that asks and then leaves everything with the network. */
async function sleeper(url: string): Promise<Socket> {
  const socket = connect({ port: Number(new URL(url).port), host: '127.0.0.1' });
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  socket.write(
    `GET ${PATH} HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
      'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
  );
  socket.pause();
  return socket;
}

async function inBatches(count: number, make: () => Promise<unknown>): Promise<void> {
  for (let made = 0; made < count; made += 50) {
    await Promise.all(Array.from({ length: Math.min(50, count - made) }, make));
  }
}

async function measure(
  server: ServerProcess,
  what: string,
  times: number[],
): Promise<{ readonly p50: number; readonly p99: number }> {
  const inserts = new RowInserts(server.url, 'events');
  let megabytes = 0;
  const seconds = WARM_UP_SECONDS + Number(values.seconds);
  for (let row = 0; row < seconds * ROWS_PER_SECOND; row++) {
    if (row === WARM_UP_SECONDS * ROWS_PER_SECOND) times.length = 0;
    await inserts.write([{ id: 1, sent: performance.now(), note: NOTE }]);
    megabytes = Math.max(megabytes, residentMegabytes(server.pid));
    await pause(1000 / ROWS_PER_SECOND);
  }
  await inserts.end();
  await pause(500);
  const [p50, p99] = [percentile(times, 0.5), percentile(times, 0.99)];
  const rows = times.length / healthy;
  console.log(
    `${what.padEnd(46)} p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms, ${rows.toFixed(0)} rows each, server ${megabytes.toFixed(0)} MB`,
  );
  return { p50, p99 };
}

/** Sends so many rows that networks take no more of them for clients that do not read. */
async function fillNetworks(url: string): Promise<void> {
  const inserts = new RowInserts(url, 'events');
  for (let row = 0; row < FILLING_BYTES / NOTE.length; row += 100) {
    await inserts.write(Array.from({ length: 100 }, () => ({ id: 1, sent: 0, note: NOTE })));
    await pause(50);
  }
  await inserts.end();
  await pause(2_000);
}

const server = await startServerProcess('source', settings);
try {
  await ksql(server.url, SQL);
  const times: number[] = [];
  await inBatches(healthy, () => reader(server.url, times));
  const alone = await measure(server, `${healthy} readers alone`, times);
  const crowd: WebSocket[] = [];
  await inBatches(others, async () => crowd.push(await reader(server.url, null)));
  const crowded = await measure(server, `beside ${others} more that read`, times);
  for (const socket of crowd) socket.terminate();
  await pause(1000);
  const sleepers: Socket[] = [];
  await inBatches(others, async () => sleepers.push(await sleeper(server.url)));
  await measure(server, `beside ${others} that begin not to read`, times);
  await fillNetworks(server.url);
  const beside = await measure(server, `beside ${others} that never read`, times);
  for (const socket of sleepers) socket.destroy();
  console.log(
    `p99 beside those that never read: ${(beside.p99 / alone.p99).toFixed(1)} times that alone, ` +
      `${(beside.p99 / crowded.p99).toFixed(1)} times that beside readers`,
  );
} finally {
  await server.stop();
}
process.exit();
