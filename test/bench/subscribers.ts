/**
 * Ten thousand WebSockets, each subscribed to a key of its own, at a real server in a process of its own: what they take of its
 * memory, and how long a change takes from its row's acknowledgement being asked for to the subscriber.
 */
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { RowInserts } from '../../src/client/inserter.ts';
import { percentile } from './rounds.ts';
import { ksql, processorMs, residentMegabytes, startServerProcess } from './server-process.ts';

export interface SubscriberFigures {
  readonly subscribers: number;
  /** Megabytes of the server before and with them, and after every one had several changes. */
  readonly before: number;
  readonly connected: number;
  readonly after: number;
  /** Milliseconds until all had connected and had their row. */
  readonly connectMs: number;
  /** From sending a row to its one subscriber, one row at a time. */
  readonly p50: number;
  readonly p99: number;
  /** Milliseconds from sending a row for everybody until everybody has it, and the server's processor time for it. */
  readonly everybodyMs: number;
  readonly everybodyProcessorMs: number;
  /** Frames that came to somebody whom they did not concern, and changes that never came. */
  readonly astray: number;
  readonly missing: number;
}

const SUBSCRIBERS = Number(process.env['SUBSCRIBERS'] ?? 10_000);
const AT_A_TIME = 100;
const PROBES = 300;
const ROUNDS = 3;

const SQL = `
CREATE STREAM changes (id INT KEY, sent DOUBLE, note STRING) WITH (KAFKA_TOPIC='changes', KEY_FORMAT='JSON', VALUE_FORMAT='JSON', PARTITIONS=1);
CREATE TABLE state AS SELECT id, LATEST_BY_OFFSET(sent) AS sent, LATEST_BY_OFFSET(note) AS note FROM changes GROUP BY id;`;

interface Client {
  readonly socket: WebSocket;
  rows: number;
  astray: number;
}

export async function measureSubscribers(): Promise<SubscriberFigures> {
  const server = await startServerProcess('source', [
    'leat.limit.connections.per.ip=30000',
    'leat.limit.ws.connections=20000',
  ]);
  try {
    await ksql(server.url, SQL);
    const inserts = new RowInserts(server.url, 'changes');
    const everybody = () =>
      Array.from({ length: SUBSCRIBERS }, (_, id) => ({ id, sent: performance.now(), note: 'x' }));
    await inserts.write(everybody());
    const before = residentMegabytes(server.pid);
    const began = performance.now();
    const times: number[] = [];
    const clients: Client[] = [];
    for (let id = 0; id < SUBSCRIBERS; id += AT_A_TIME) {
      const some = Array.from({ length: Math.min(AT_A_TIME, SUBSCRIBERS - id) }, (_, at) =>
        connect(server.url, id + at, times),
      );
      clients.push(...(await Promise.all(some)));
    }
    const connectMs = performance.now() - began;
    const connected = residentMegabytes(server.pid);
    times.length = 0;
    for (let probe = 0; probe < PROBES; probe++) {
      await inserts.write([
        { id: (probe * 7919) % SUBSCRIBERS, sent: performance.now(), note: 'y' },
      ]);
      while (times.length <= probe) await pause(1);
    }
    const sorted = times.toSorted((a, b) => a - b);
    const usedBefore = processorMs(server.pid);
    const roundMs: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      times.length = 0;
      const sent = performance.now();
      await inserts.write(everybody());
      while (times.length < SUBSCRIBERS) await pause(1);
      roundMs.push(performance.now() - sent);
    }
    const everybodyProcessorMs = (processorMs(server.pid) - usedBefore) / ROUNDS;
    const after = residentMegabytes(server.pid);
    await inserts.end();
    const rows = clients.reduce((sum, client) => sum + client.rows, 0);
    for (const { socket } of clients) socket.terminate();
    return {
      subscribers: SUBSCRIBERS,
      before,
      connected,
      after,
      connectMs,
      p50: percentile(sorted, 0.5),
      p99: percentile(sorted, 0.99),
      everybodyMs: percentile(
        roundMs.toSorted((a, b) => a - b),
        0.5,
      ),
      everybodyProcessorMs,
      astray: clients.reduce((sum, client) => sum + client.astray, 0),
      missing: SUBSCRIBERS * (1 + ROUNDS) + PROBES - rows,
    };
  } finally {
    await server.stop();
  }
}

/** Resolves when it has its row. */
async function connect(url: string, id: number, times: number[]): Promise<Client> {
  const sql = `SELECT * FROM state WHERE id = ${id} EMIT CHANGES;`;
  const socket = new WebSocket(`${url.replace('http', 'ws')}/leat/v1/subscribe`, {
    perMessageDeflate: false,
  });
  await once(socket, 'open');
  socket.send(JSON.stringify({ sql }));
  const client: Client = { socket, rows: 0, astray: 0 };
  await new Promise<void>((resolve, reject) => {
    socket.on('close', () => reject(new Error('closed')));
    socket.on('message', (data) => {
      const frame = JSON.parse(String(data)) as {
        readonly type: string;
        readonly rows?: readonly (readonly [id: number, sent: number])[];
      };
      for (const [own, sent] of frame.rows ?? []) {
        client.rows++;
        if (own !== id) client.astray++;
        times.push(performance.now() - sent);
      }
      if (frame.type === 'tick') resolve();
      else if (frame.type === 'error') reject(new Error(String(data)));
    });
  });
  return client;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
