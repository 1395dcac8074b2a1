/**
 * `leat demo`: an engine on a data directory, live generators, three continuous queries and their results as they are
 * committed, with throughput and latency; then how to go on.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bytesOf } from '../base/bytes.ts';
import type { Engine, ProduceRecord, QueryStream } from '../engine/api.ts';
import { ThreadEngine } from '../engine/thread/thread-engine.ts';
import { createStatement, generators, seededRandom } from './datagen/generators.ts';
import { exitCodes, printFailure } from './exit.ts';
import { cellTexts } from './output/cells.ts';
import { onStop } from './signals.ts';

export interface DemoOptions {
  /** null: a temporary directory, removed at the end. */
  readonly data: string | null;
  readonly seconds: number;
}

const turnMs = 20;
const ordersPerTurn = 120;
const viewsPerTurn = 80;
const userCount = 50;
/** Rows shown per query and second: more cannot be read. */
const shownPerSecond = 2;

const statements = [
  createStatement(generators['orders']!, 'orders', 'orders', 2),
  createStatement(generators['users']!, 'users', 'users', 2),
  createStatement(generators['pageviews']!, 'pageviews', 'pageviews', 2),
  `CREATE STREAM IF NOT EXISTS big_orders AS
  SELECT orderid, itemid, orderunits, address->city AS city FROM orders WHERE orderunits > 9.5;`,
  `CREATE TABLE IF NOT EXISTS orders_per_city AS
  SELECT address->city AS city, COUNT(*) AS orders, SUM(orderunits) AS units
  FROM orders WINDOW TUMBLING (SIZE 5 SECONDS) GROUP BY address->city;`,
  `CREATE STREAM IF NOT EXISTS views_by_region AS
  SELECT v.userid AS userid, v.pageid AS pageid, u.regionid AS regionid, u.gender AS gender
  FROM pageviews v JOIN users u ON v.userid = u.userid;`,
];
const watched = [
  {
    name: 'big_orders',
    sql: 'SELECT orderid, itemid, orderunits, city, ROWTIME AS committed FROM big_orders EMIT CHANGES;',
  },
  {
    name: 'orders_per_city',
    sql: 'SELECT city, orders, units, ROWTIME AS committed FROM orders_per_city EMIT CHANGES;',
  },
  {
    name: 'views_by_region',
    sql: 'SELECT userid, pageid, regionid, gender, ROWTIME AS committed FROM views_by_region EMIT CHANGES;',
  },
];

export async function demo(options: DemoOptions): Promise<number> {
  const directory = options.data ?? mkdtempSync(join(tmpdir(), 'leat-demo-'));
  let status: number = exitCodes.clean;
  const engine = await ThreadEngine.open(
    { directory, durability: 'power', properties: {} },
    {
      onFatal(error) {
        printFailure(error);
        status = exitCodes.failed;
      },
    },
  );
  try {
    await new Demo(engine, options.seconds).run();
  } finally {
    await engine[Symbol.asyncDispose]();
    if (options.data === null) rmSync(directory, { recursive: true, force: true });
  }
  print(goOn(options.data));
  return status;
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

function goOn(data: string | null): string {
  const directory = data ?? 'demo-data';
  const keep =
    data === null
      ? `  npx leat demo --data ${directory}     once more, and keep what it makes\n`
      : '';
  return `\nGo on:\n${keep}  npx leat sql --data ${directory}      ask it: SELECT * FROM orders_per_city WHERE city = 'City_1';\n  npx leat serve --data ${directory}    serve it to HTTP and WebSocket clients\n  npx leat --help\n`;
}

class Demo {
  readonly #engine: Engine;
  readonly #seconds: number;
  readonly #random = seededRandom(42);
  readonly #streams: QueryStream[] = [];
  #latencies: number[] = [];
  #sent = 0;
  #received = 0;
  #orders = 0;

  constructor(engine: Engine, seconds: number) {
    this.#engine = engine;
    this.#seconds = seconds;
  }

  async run(): Promise<void> {
    for (const sql of statements) {
      print(sql);
      await this.#engine.execute({ sql, properties: {}, variables: {} });
    }
    print('');
    await this.#engine.produce(
      Array.from({ length: userCount }, () => this.#record('users', 'users')),
    );
    const readers: Promise<void>[] = [];
    for (const { name, sql } of watched) {
      const stream = await this.#engine.query({ sql, properties: {}, variables: {} });
      this.#streams.push(stream);
      readers.push(this.#read(name, stream));
    }
    await this.#produce();
    await this.#engine.settle();
    await Promise.all(this.#streams.map((stream) => stream.close()));
    await Promise.all(readers);
    print(
      `\n${this.#sent.toLocaleString('en')} records in, every one durable before it was acknowledged; ${this.#received.toLocaleString('en')} result rows out.`,
    );
  }

  /** Generates at a steady pace until the time is over or somebody interrupts, and says every second how it goes. */
  async #produce(): Promise<void> {
    let stopped = false;
    const signals = onStop(() => {
      stopped = true;
    });
    const started = performance.now();
    let reported = 0;
    let lastSent = 0;
    while (!stopped && performance.now() - started < this.#seconds * 1000) {
      const records = [
        ...Array.from({ length: ordersPerTurn }, () => this.#record('orders', 'orders')),
        ...Array.from({ length: viewsPerTurn }, () => this.#record('pageviews', 'pageviews')),
      ];
      await this.#engine.produce(records);
      this.#sent += records.length;
      const seconds = Math.floor((performance.now() - started) / 1000);
      if (seconds > reported) {
        reported = seconds;
        print(this.#report(seconds, this.#sent - lastSent));
        lastSent = this.#sent;
      }
      await new Promise((resolve) => setTimeout(resolve, turnMs));
    }
    signals[Symbol.dispose]();
  }

  #report(seconds: number, sent: number): string {
    const sorted = this.#latencies.sort((a, b) => a - b);
    const at = (share: number) =>
      sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
    this.#latencies = [];
    return `${String(seconds).padStart(3)} s  ${sent.toLocaleString('en')} records/s in, ${sorted.length.toLocaleString('en')} rows/s out, produce to row p50 ${at(0.5)} ms, p99 ${at(0.99)} ms`;
  }

  #record(kind: string, topic: string): ProduceRecord {
    const generator = generators[kind]!;
    const now = Date.now();
    const { [generator.key]: key, ...value } = generator.next(this.#orders++, this.#random, now);
    return {
      topic,
      partition: null,
      key: keyBytes(key),
      value: bytesOf(JSON.stringify(value)),
      timestamp: now,
      headers: [],
    };
  }

  async #read(name: string, stream: QueryStream): Promise<void> {
    const columns = stream.head.columns.map((column) => column.name.toLowerCase()).slice(0, -1);
    let second = 0;
    let shown = 0;
    for await (const { rows } of stream) {
      const now = Date.now();
      if (Math.floor(now / 1000) !== second) {
        second = Math.floor(now / 1000);
        shown = 0;
      }
      for (const row of rows) {
        const cells = cellTexts(row);
        this.#received++;
        this.#latencies.push(now - Number(cells.at(-1)));
        if (shown++ < shownPerSecond)
          print(
            `  ${name.padEnd(16)} ${columns.map((column, at) => `${column}=${short(cells[at] ?? '')}`).join('  ')}`,
          );
      }
    }
  }
}

function short(cell: string): string {
  return /^\d+\.\d{3,}$/.test(cell) ? Number(cell).toFixed(2) : cell;
}

/** Keys in the KAFKA format: a 32-bit integer, a 64-bit one or text. */
function keyBytes(key: unknown): Uint8Array {
  if (typeof key === 'string') return bytesOf(key);
  const isTime = (key as number) > 0x7fffffff;
  const bytes = new Uint8Array(isTime ? 8 : 4);
  const view = new DataView(bytes.buffer);
  if (isTime) view.setBigInt64(0, BigInt(key as number));
  else view.setInt32(0, key as number);
  return bytes;
}
