/**
 * Clients that are cut at random moments and go on from their last token, over an engine on disk that is closed and opened again in
 * between. A client keeps what it got up to its last tick and forgets the rest, as one does that stores rows and token together.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Engine, Subscription } from '../api.ts';
import { ThreadEngine } from '../thread/thread-engine.ts';
import { engineWith, pull } from './subscriptions.test-helper.ts';

const SQL =
  "CREATE STREAM events (k STRING KEY, v INT) WITH (KAFKA_TOPIC='events', VALUE_FORMAT='JSON', PARTITIONS=3);" +
  "CREATE SOURCE TABLE users (id STRING PRIMARY KEY, v INT, age INT) WITH (KAFKA_TOPIC='users', VALUE_FORMAT='JSON', PARTITIONS=2);" +
  'CREATE TABLE counts AS SELECT k, COUNT(*) AS n FROM events GROUP BY k;' +
  'CREATE TABLE low AS SELECT k, COUNT(*) AS n FROM events GROUP BY k HAVING COUNT(*) % 3 <> 0;' +
  'CREATE TABLE hourly AS SELECT k, COUNT(*) AS n FROM events WINDOW TUMBLING (SIZE 1 HOUR) GROUP BY k;' +
  'CREATE TABLE visits AS SELECT k, COUNT(*) AS n FROM events WINDOW SESSION (20 MINUTES) GROUP BY k;';

/** What is subscribed to, and the pull query that says what must have come of it. */
const queries: readonly string[] = [
  'SELECT k, n FROM counts',
  "SELECT k, n FROM counts WHERE k = 'k3'",
  'SELECT k, n FROM counts WHERE n < 6',
  'SELECT k, n FROM low',
  'SELECT k, windowstart, windowend, n FROM hourly',
  'SELECT k, windowstart, windowend, n FROM visits',
  'SELECT id, v, age FROM users',
  'SELECT id, v, age FROM users WHERE age >= 5',
  "SELECT id, v, age FROM users WHERE id IN ('u1', 'u2') AND age < 5",
  'SELECT id, v, age FROM users WHERE age = 3',
];

const keys = 8;
const minutes = 60_000;

/** A number of its own for each seed: mulberry32. */
function randomOf(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), 1 | state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) % below;
  };
}

interface Frame {
  readonly type: string;
  readonly rows?: readonly (readonly unknown[])[];
  readonly keys?: readonly (readonly unknown[])[];
  readonly columns?: readonly { readonly key: boolean }[];
}

class Client {
  readonly #sql: string;
  #rows = new Map<string, string>();
  #token: string | null = null;
  #subscription: Subscription | null = null;
  #done: Promise<void> = Promise.resolve();
  /** Faults in what came. */
  readonly faults: string[] = [];

  constructor(sql: string) {
    this.#sql = `${sql} EMIT CHANGES;`;
  }

  get isConnected(): boolean {
    return this.#subscription !== null;
  }

  get rows(): readonly string[] {
    return [...this.#rows.values()].sort();
  }

  async connect(engine: Engine): Promise<void> {
    const request = { sql: this.#sql, properties: {}, variables: {} };
    const after = this.#token === null ? {} : { after: this.#token };
    this.#subscription = await engine.subscribe({ ...request, ...after });
    this.#done = this.#read(this.#subscription);
  }

  async cut(): Promise<void> {
    await this.#subscription?.close();
    await this.#done;
    this.#subscription = null;
  }

  async #read(subscription: Subscription): Promise<void> {
    const rows = new Map(this.#rows);
    let keyAt: readonly number[] = [];
    let isCaughtUp = false;
    for await (const { text, token } of subscription) {
      const frame = JSON.parse(text) as Frame;
      if (frame.type === 'schema')
        keyAt = (frame.columns ?? []).flatMap(({ key }, at) => (key ? [at] : []));
      for (const row of frame.rows ?? []) {
        const key = JSON.stringify(keyAt.map((at) => row[at]));
        const old = rows.get(key);
        if (old !== undefined) this.#compare(JSON.parse(old) as unknown[], row, isCaughtUp);
        rows.set(key, JSON.stringify(row));
      }
      for (const key of frame.keys ?? []) rows.delete(JSON.stringify(key));
      if (token === null) continue;
      isCaughtUp = true;
      this.#rows = new Map(rows);
      this.#token = token;
    }
  }

  /** Counts and versions only grow; a count that is followed from change to change grows by one. */
  #compare(old: readonly unknown[], row: readonly unknown[], isCaughtUp: boolean): void {
    const isCount = !this.#sql.includes('users');
    const at = isCount ? row.length - 1 : 1;
    const [before, after] = [old[at] as number, row[at] as number];
    const isRight = isCount && isCaughtUp ? after === before + 1 : after > before;
    const isDropped = this.#sql.includes('low') && after > before;
    if (!isRight && !isDropped) this.faults.push(`${this.#sql}: ${String(old)} → ${String(row)}`);
  }
}

async function act(engine: Engine, random: (below: number) => number, v: number) {
  const count = 1 + random(4);
  if (random(2) === 0) {
    const records = Array.from({ length: count }, () => ({
      topic: 'events',
      partition: null,
      key: Buffer.from(`k${random(keys)}`),
      value: Buffer.from('{"V":1}'),
      timestamp: random(12) * 15 * minutes,
      headers: [],
    }));
    await engine.produce(records);
    return;
  }
  const records = Array.from({ length: count }, (_, at) => ({
    topic: 'users',
    partition: null,
    key: Buffer.from(`u${random(keys)}`),
    value: random(4) === 0 ? null : Buffer.from(`{"V":${v + at},"AGE":${random(10)}}`),
    timestamp: 1,
    headers: [],
  }));
  await engine.produce(records);
}

async function agrees(engine: Engine, clients: readonly Client[]): Promise<void> {
  await engine.settle();
  for (const client of clients) if (!client.isConnected) await client.connect(engine);
  for (const [at, sql] of queries.entries()) {
    const expected = (await pull(engine, `${sql};`)).map((row) => JSON.stringify(JSON.parse(row)));
    for (const client of clients.filter((_, index) => index % queries.length === at)) {
      // What was committed may still be on its way from the other thread.
      for (let turn = 0; turn < 20 && client.rows.join() !== expected.join(); turn++)
        await engine.settle();
      expect(client.rows, sql).toEqual(expected);
    }
  }
}

/** On the calling thread, or on its own. */
async function open(directory: string, isThread: boolean): Promise<Engine> {
  const config = { directory, durability: 'process' } as const;
  if (!isThread) return engineWith('', { config });
  const onFatal = (error: Error) => {
    throw error;
  };
  const properties = { 'auto.offset.reset': 'earliest' };
  return ThreadEngine.open({ ...config, properties, timers: false }, { onFatal });
}

async function run(seed: number): Promise<void> {
  const random = randomOf(seed);
  const directory = await mkdtemp(join(tmpdir(), 'leat-resume-'));
  const clients = [...queries, ...queries].map((sql) => new Client(sql));
  const isThread = seed % 4 === 0;
  let engine = await open(directory, isThread);
  await engine.execute({ sql: SQL, properties: {}, variables: {} });
  try {
    for (let step = 1; step <= 120; step++) {
      const acted = act(engine, random, step * 10);
      const client = clients[random(clients.length)] as Client;
      // While it is under way: what it changes is in no client's hands yet, or half.
      if (random(2) === 0) await acted;
      if (client.isConnected) await client.cut();
      else await client.connect(engine);
      await acted;
      if (random(25) === 0) {
        for (const connected of clients) await connected.cut();
        await engine[Symbol.asyncDispose]();
        engine = await open(directory, isThread);
      }
      if (step % 40 === 0) await agrees(engine, clients);
    }
    for (const client of clients) await client.cut();
    expect(clients.flatMap(({ faults }) => faults)).toEqual([]);
  } catch (error) {
    throw new Error(`seed ${seed}`, { cause: error });
  } finally {
    await engine[Symbol.asyncDispose]();
    await rm(directory, { recursive: true });
  }
}

const seeds = Number(process.env['RUNS'] ?? 4);
const first = Number(process.env['SEED'] ?? Date.now() % 1_000_000);

test.each(Array.from({ length: seeds }, (_, at) => first + at))(
  'every client ends with the rows there are, and saw each of its changes once (seed %i)',
  run,
  60_000,
);
