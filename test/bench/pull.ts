/**
 * Pull queries over HTTP: by key, beside a bare route of Fastify's in the same run; and what scans of a million rows do to rows
 * that arrive meanwhile.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { RowInserts } from '../../src/client/inserter.ts';
import type { LocalEngine } from '../../src/engine/local-engine.ts';
import { HttpLoad, type LoadFigures } from './http-load.ts';
import { openProduct } from './product.ts';
import { median, percentile, timed } from './rounds.ts';
import { ksql, processorMs, startServerProcess } from './server-process.ts';

const KEYS = 10_000;
const CONNECTIONS = 32;
const ROUNDS = 3;
const ROUND_MS = 1_500;

export interface LookupFigures {
  /** Requests a second, of those of the bare route in the same round: the median. */
  readonly share: number;
  /** The same of processor time: what a request costs the bare route, of what it costs here, all threads together. */
  readonly processorShare: number;
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
    const costs: number[] = [];
    for (let round = -1; round < ROUNDS; round++) {
      const began = [processorMs(server.pid), processorMs(bare.child.pid as number)] as const;
      const figures = [await product.full(ROUND_MS), await yardstick.full(ROUND_MS)] as const;
      if (round < 0) continue;
      rounds.push(figures);
      const [own, other] = figures;
      const ownCost = (processorMs(server.pid) - began[0]) / own.perSecond;
      costs.push((processorMs(bare.child.pid as number) - began[1]) / other.perSecond / ownCost);
    }
    const last = rounds.at(-1)!;
    return {
      share: median(rounds.map(([of, by]) => of.perSecond / by.perSecond)),
      processorShare: median(costs),
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
  readonly idle: TickFigures;
  readonly busy: TickFigures;
  /** How long a scan takes by itself. */
  readonly aloneMs: number;
  /** The slowest of the lookups that were made meanwhile. */
  readonly slowestLookupMs: number;
}

export interface TickFigures {
  readonly p99Ms: number;
  /** Of processor time of the engine's thread, which others on the machine change least. */
  readonly processorP99Ms: number;
}

export const SCANS = 50;
export const SCANNED_ROWS = 1_000_000;
const PROBES = 600;
const SCAN = 'SELECT k FROM totals WHERE total < 0;';

/** Of an inline engine: what its one thread does between a row and its acknowledgement. */
export async function measureScans(): Promise<ScanFigures> {
  const { engine, close } = await openProduct(SQL);
  try {
    for (let at = 0; at < SCANNED_ROWS; at += 5_000)
      await engine.insertRows('readings', rows(at, 5_000));
    await engine.settle();
    await probe(engine);
    const idle = await probe(engine);
    const began = performance.now();
    await answer(engine, SCAN);
    const aloneMs = performance.now() - began;
    // Most of them end with the limit of time.
    const scans = Array.from({ length: SCANS }, () => answer(engine, SCAN).catch(() => null));
    const lookups = slowest(engine);
    const busy = await probe(engine);
    const slowestLookupMs = await lookups;
    await Promise.all(scans);
    return { idle, busy, aloneMs, slowestLookupMs };
  } finally {
    await close();
  }
}

async function probe(engine: LocalEngine): Promise<TickFigures> {
  const times: number[] = [];
  const processorTimes: number[] = [];
  for (let at = 0; at < PROBES; at++) {
    const timing = await timed(async () => {
      await engine.insertRows('readings', rows(at, 1));
    });
    times.push(timing.elapsedMs);
    processorTimes.push(timing.processorMs);
    await pause();
  }
  return { p99Ms: percentile(times, 0.99), processorP99Ms: percentile(processorTimes, 0.99) };
}

async function slowest(engine: LocalEngine): Promise<number> {
  let slowestMs = 0;
  for (let at = 0; at < PROBES; at++) {
    const began = performance.now();
    await answer(engine, `SELECT k FROM totals WHERE k = 'key-${at}';`);
    slowestMs = Math.max(slowestMs, performance.now() - began);
    await pause();
  }
  return slowestMs;
}

async function answer(engine: LocalEngine, sql: string): Promise<void> {
  for await (const frame of await engine.query({ sql, properties: {}, variables: {} }))
    if (frame.rows.length === 0) throw new Error('an empty frame');
}

function rows(at: number, count: number): readonly string[] {
  return Array.from({ length: count }, (_, row) =>
    JSON.stringify({ k: `key-${at + row}`, v: 2.5 }),
  );
}

function pause(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, 2);
  });
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

async function startBare(): Promise<{ readonly url: string; readonly child: ChildProcess }> {
  const entry = fileURLToPath(new URL('./bare-route.ts', import.meta.url));
  const child = spawn(process.execPath, [entry], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [text] = (await once(child.stdout as NodeJS.ReadableStream, 'data')) as [Buffer];
  return { url: String(text).trim(), child };
}
