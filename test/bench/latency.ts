/**
 * From producing a row to receiving it over a WebSocket, with a real server and a real client. A probe carries the time at which
 * it was sent; the subscriber takes probes only. Load is rows of the same stream on a connection of their own, which a
 * persistent query aggregates.
 */
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { RowInserts } from '../../src/client/inserter.ts';
import { percentile } from './rounds.ts';
import { ksql, type ServerProcess, startServerProcess } from './server-process.ts';

export interface LatencyFigures {
  readonly load: 'idle' | 'loaded';
  /** Rows a second that the load brought, as acknowledged. */
  readonly rowsPerSecond: number;
  readonly p50: number;
  readonly p99: number;
}

const PROBES = 400;
const WARM_UP_PROBES = 100;
const PROBE_INTERVAL_MS = 10;
const LOAD_ROWS = 200;
const LOAD_INTERVAL_MS = 10;

const SQL = `
CREATE STREAM events (id BIGINT, sent DOUBLE, note STRING) WITH (KAFKA_TOPIC='events', VALUE_FORMAT='JSON', PARTITIONS=1);
CREATE TABLE notes AS SELECT note, COUNT(*) AS events FROM events WHERE id >= 0 GROUP BY note;`;

export async function measureLatency(): Promise<readonly LatencyFigures[]> {
  const server = await startServerProcess('source');
  try {
    await ksql(server.url, SQL);
    const probes = new RowInserts(server.url, 'events');
    const arrived = await subscribe(server);
    const idle = await probe(probes, arrived);
    const load = new Load(server);
    const loaded = await probe(probes, arrived);
    const rowsPerSecond = await load.end();
    await probes.end();
    arrived.close();
    return [
      { load: 'idle', rowsPerSecond: 0, ...idle },
      { load: 'loaded', rowsPerSecond, ...loaded },
    ];
  } finally {
    await server.stop();
  }
}

interface Subscriber {
  /** Milliseconds each probe was under way. */
  readonly times: number[];
  close(): void;
}

async function subscribe({ url }: ServerProcess): Promise<Subscriber> {
  const request = JSON.stringify({ ksql: 'SELECT sent FROM events WHERE id < 0 EMIT CHANGES;' });
  const socket = new WebSocket(
    `${url.replace('http', 'ws')}/ws/query?request=${encodeURIComponent(request)}`,
  );
  await once(socket, 'message');
  const times: number[] = [];
  socket.on('message', (data) => {
    const { row } = JSON.parse(String(data)) as { readonly row?: { readonly columns: number[] } };
    if (row !== undefined) times.push(performance.now() - row.columns[0]!);
  });
  return { times, close: () => socket.close() };
}

async function probe(
  inserts: RowInserts,
  { times }: Subscriber,
): Promise<{ readonly p50: number; readonly p99: number }> {
  times.length = 0;
  for (let count = 0; count < WARM_UP_PROBES + PROBES; count++) {
    await inserts.write([{ id: -1, sent: performance.now(), note: 'probe' }]);
    await pause(PROBE_INTERVAL_MS);
  }
  while (times.length < WARM_UP_PROBES + PROBES) await pause(1);
  const counted = times.slice(WARM_UP_PROBES);
  return { p50: percentile(counted, 0.5), p99: percentile(counted, 0.99) };
}

/** Rows that come all the time. */
class Load {
  readonly #inserts: RowInserts;
  readonly #started = performance.now();
  readonly #done: Promise<void>;
  #isEnding = false;

  constructor({ url }: ServerProcess) {
    this.#inserts = new RowInserts(url, 'events');
    this.#done = this.#run();
  }

  async #run(): Promise<void> {
    for (let id = 0; !this.#isEnding; id += LOAD_ROWS) {
      const rows = Array.from({ length: LOAD_ROWS }, (_, at) => ({
        id: id + at,
        sent: 0,
        note: `note-${at}`,
      }));
      await this.#inserts.write(rows);
      await pause(LOAD_INTERVAL_MS);
    }
  }

  /** Stops; rows a second that were acknowledged. */
  async end(): Promise<number> {
    const rate = (this.#inserts.acknowledged * 1000) / (performance.now() - this.#started);
    this.#isEnding = true;
    await this.#done;
    await this.#inserts.end();
    return rate;
  }
}

function pause(durationMs: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, durationMs);
  });
}
