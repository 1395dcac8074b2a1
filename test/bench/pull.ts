/**
 * Pull queries over HTTP: by key, beside a bare route of Fastify's in the same run; and what scans of a million rows do to rows
 * that arrive meanwhile.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { RowInserts } from '../../src/client/inserter.ts';
import { HttpLoad, type LoadFigures } from './http-load.ts';
import { median, percentile } from './rounds.ts';
import { ksql, startServerProcess } from './server-process.ts';

const KEYS = 10_000;
const CONNECTIONS = 32;
const ROUNDS = 3;
const ROUND_MS = 1_500;

export interface LookupFigures {
  /** Requests a second, of those of the bare route in the same round: the median. */
  readonly share: number;
  readonly product: LoadFigures;
  readonly bare: LoadFigures;
  /** At half of what each can take. */
  readonly productHalf: LoadFigures;
  readonly bareHalf: LoadFigures;
}

const SQL = `
CREATE STREAM readings (k STRING KEY, v DOUBLE) WITH (KAFKA_TOPIC='readings', VALUE_FORMAT='JSON', PARTITIONS=1);
CREATE TABLE totals AS SELECT k, COUNT(*) AS n, SUM(v) AS total FROM readings GROUP BY k;`;

export async function measureLookups(): Promise<LookupFigures> {
  const server = await startServerProcess('source');
  const bare = await startBare();
  const keys = Array.from({ length: KEYS }, (_, at) => `key-${(at * 7919) % KEYS}`);
  const product = new HttpLoad({
    url: server.url,
    path: '/query-stream',
    connections: CONNECTIONS,
    bodies: keys.map((key) =>
      JSON.stringify({ sql: `SELECT k, n, total FROM totals WHERE k = '${key}';`, properties: {} }),
    ),
    expected: '["key-',
  });
  const yardstick = new HttpLoad({
    url: bare.url,
    path: '/lookup',
    connections: CONNECTIONS,
    bodies: keys.map((key) => JSON.stringify({ key })),
    expected: '["key-',
  });
  try {
    await ksql(server.url, SQL);
    await fill(server.url, KEYS);
    await product.open();
    await yardstick.open();
    const rounds: (readonly [LoadFigures, LoadFigures])[] = [];
    for (let round = -1; round < ROUNDS; round++) {
      const figures = [await product.full(ROUND_MS), await yardstick.full(ROUND_MS)] as const;
      if (round >= 0) rounds.push(figures);
    }
    const last = rounds.at(-1)!;
    return {
      share: median(rounds.map(([of, by]) => of.perSecond / by.perSecond)),
      product: last[0],
      bare: last[1],
      productHalf: await product.paced(last[0].perSecond / 2, ROUND_MS),
      bareHalf: await yardstick.paced(last[1].perSecond / 2, ROUND_MS),
    };
  } finally {
    product.close();
    yardstick.close();
    await server.stop();
    bare.child.kill();
  }
}

export interface ScanFigures {
  /** From inserting a row to its acknowledgement, without and with scans under way. */
  readonly idleP99Ms: number;
  readonly busyP99Ms: number;
  readonly scans: number;
  /** Rows that each scan looked at. */
  readonly rows: number;
  /** Scans that ended with their rows, the others having met the limit of time. */
  readonly ended: number;
  readonly slowestLookupMs: number;
}

const SCANS = 50;
const SCANNED_ROWS = 1_000_000;
const PROBES = 500;

export async function measureScans(): Promise<ScanFigures> {
  const server = await startServerProcess('source');
  try {
    await ksql(server.url, SQL);
    await fill(server.url, SCANNED_ROWS);
    await count(server.url, 'SELECT n FROM totals WHERE n > 1;');
    const inserts = new RowInserts(server.url, 'readings');
    await probe(inserts);
    const idle = await probe(inserts);
    const scans = Array.from({ length: SCANS }, () =>
      count(server.url, 'SELECT k FROM totals WHERE total < 0;'),
    );
    let slowestLookupMs = 0;
    const lookups = (async () => {
      for (let at = 0; at < 100; at++) {
        const began = performance.now();
        await count(server.url, `SELECT k FROM totals WHERE k = 'key-${at}';`);
        slowestLookupMs = Math.max(slowestLookupMs, performance.now() - began);
      }
    })();
    const busy = await probe(inserts);
    await lookups;
    const ends = await Promise.all(scans);
    await inserts.end();
    return {
      idleP99Ms: idle,
      busyP99Ms: busy,
      scans: SCANS,
      rows: SCANNED_ROWS,
      ended: ends.filter((answer) => !answer.includes('LIMIT_EXCEEDED')).length,
      slowestLookupMs,
    };
  } finally {
    await server.stop();
  }
}

async function probe(inserts: RowInserts): Promise<number> {
  const times: number[] = [];
  for (let at = 0; at < PROBES; at++) {
    const began = performance.now();
    await inserts.write([{ k: `key-${at}`, v: 1 }]);
    times.push(performance.now() - began);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  return percentile(times, 0.99);
}

async function fill(url: string, keys: number): Promise<void> {
  const inserts = new RowInserts(url, 'readings');
  for (let at = 0; at < keys; at += 2_000) {
    await inserts.write(
      Array.from({ length: Math.min(2_000, keys - at) }, (_, row) => ({
        k: `key-${at + row}`,
        v: 2.5,
      })),
    );
  }
  await inserts.end();
}

async function count(url: string, sql: string): Promise<string> {
  const response = await fetch(`${url}/query-stream`, {
    method: 'POST',
    body: JSON.stringify({ sql, properties: {} }),
  });
  return response.text();
}

async function startBare(): Promise<{ readonly url: string; readonly child: ChildProcess }> {
  const entry = fileURLToPath(new URL('./bare-route.ts', import.meta.url));
  const child = spawn(process.execPath, [entry], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [text] = (await once(child.stdout as NodeJS.ReadableStream, 'data')) as [Buffer];
  return { url: String(text).trim(), child };
}
