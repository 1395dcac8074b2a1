/** What persistent queries cost that have nothing to do. */
import {
  ksql,
  processorMs,
  residentMegabytes,
  type ServerProcess,
  startServerProcess,
} from './server-process.ts';
import { median } from './rounds.ts';

export interface IdleQueryFigures {
  readonly queries: number;
  /** Megabytes per query. */
  readonly megabytesPerQuery: number;
  /** Share of one processor that the server takes while nothing happens, in percent. */
  readonly idlePercent: number;
  /** Milliseconds that one INSERT takes, without and with the queries (of another topic). */
  readonly insertMsBefore: number;
  readonly insertMsAfter: number;
}

const QUERIES = 490;
const PER_REQUEST = 70;
const IDLE_MS = 2000;
const INSERTS = 100;

export async function measureIdleQueries(): Promise<IdleQueryFigures> {
  const server = await startServerProcess('source');
  try {
    await ksql(
      server.url,
      `CREATE STREAM quiet (id BIGINT, v DOUBLE) WITH (KAFKA_TOPIC='quiet', VALUE_FORMAT='JSON', PARTITIONS=1);
       CREATE STREAM busy (id BIGINT, v DOUBLE) WITH (KAFKA_TOPIC='busy', VALUE_FORMAT='JSON', PARTITIONS=1);`,
    );
    const insertMsBefore = await insertMs(server);
    await pause(IDLE_MS);
    const before = residentMegabytes(server.pid);
    for (let first = 0; first < QUERIES; first += PER_REQUEST) {
      await ksql(
        server.url,
        Array.from({ length: PER_REQUEST }, (_, at) => {
          const number = first + at;
          return `CREATE STREAM s${number} AS SELECT id, v * ${number} AS w FROM quiet WHERE v > ${number};`;
        }).join('\n'),
      );
    }
    await pause(IDLE_MS);
    const after = residentMegabytes(server.pid);
    const usedBefore = processorMs(server.pid);
    await pause(IDLE_MS);
    const idlePercent = ((processorMs(server.pid) - usedBefore) / IDLE_MS) * 100;
    return {
      queries: QUERIES,
      megabytesPerQuery: (after - before) / QUERIES,
      idlePercent,
      insertMsBefore,
      insertMsAfter: await insertMs(server),
    };
  } finally {
    await server.stop();
  }
}

async function insertMs({ url }: ServerProcess): Promise<number> {
  const times: number[] = [];
  for (let count = 0; count < INSERTS; count++) {
    const started = performance.now();
    await ksql(url, `INSERT INTO busy (id, v) VALUES (${count}, 1.5);`);
    times.push(performance.now() - started);
  }
  return median(times.slice(INSERTS / 5));
}

function pause(durationMs: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, durationMs);
  });
}
