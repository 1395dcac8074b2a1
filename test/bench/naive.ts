/**
 * The yardstick: stream processing as it is first written. SQLite with WAL and synchronous=FULL, a row per record, JSON.parse,
 * JSON.stringify, and one transaction per batch that holds results, state and position.
 */
import { join } from 'node:path';
import { rmSync } from 'node:fs';
import Database from 'better-sqlite3';
import { makeDirectory } from './directory.ts';
import { orderText, orderTime } from './orders.ts';
import { type Contestant, timed } from './rounds.ts';

/** What a tick of the product takes: a megabyte of orders. */
const RECORDS_PER_COMMIT = 10_000;

export interface Order {
  readonly order_id: number;
  readonly customer: string;
  readonly region: string;
  readonly amount: number;
  readonly ordered_at: number;
}
export interface NaiveRow {
  readonly timestamp: number;
  readonly key: string | null;
  readonly value: string;
}
export type Emit = (key: string | null, value: string) => void;

export interface NaiveOptions {
  /** What the round of this number reads; put into the log outside the time. */
  readonly input: (round: number) => readonly NaiveRow[];
  /** One record; `emit` writes a row of the result. */
  readonly process: (order: Order, emit: Emit, row: NaiveRow) => void;
  /** State to be written with the commit: upserts of the keys changed since the last. */
  readonly takeState?: () => Iterable<readonly [key: string, value: string]>;
}

export function naiveContestant(options: NaiveOptions): Contestant {
  const directory = makeDirectory();
  const database = new Database(join(directory, 'naive.db'));
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = FULL');
  database.exec(`
    CREATE TABLE log (
      topic TEXT NOT NULL, partition INTEGER NOT NULL, offset INTEGER NOT NULL, timestamp INTEGER NOT NULL,
      key TEXT, value TEXT, PRIMARY KEY (topic, partition, offset)
    ) WITHOUT ROWID;
    CREATE TABLE state (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE position (topic TEXT PRIMARY KEY, next INTEGER NOT NULL) WITHOUT ROWID;
  `);
  const insert = database.prepare('INSERT INTO log VALUES (?, 0, ?, ?, ?, ?)');
  const select = database.prepare(
    "SELECT timestamp, key, value FROM log WHERE topic = 'orders' AND partition = 0 AND offset >= ? ORDER BY offset LIMIT ?",
  );
  const upsert = database.prepare('INSERT OR REPLACE INTO state (key, value) VALUES (?, ?)');
  const move = database.prepare("INSERT OR REPLACE INTO position VALUES ('orders', ?)");
  let timestamp = 0;
  let written = 0;
  const emit: Emit = (key, value) => void insert.run('results', written++, timestamp, key, value);
  let end = 0;
  let next = 0;
  let round = 0;
  const load = database.transaction((rows: readonly NaiveRow[]) => {
    for (const row of rows) insert.run('orders', end++, row.timestamp, row.key, row.value);
  });
  const step = database.transaction(() => {
    const rows = select.all(next, RECORDS_PER_COMMIT) as NaiveRow[];
    for (const row of rows) {
      timestamp = row.timestamp;
      options.process(JSON.parse(row.value) as Order, emit, row);
    }
    for (const [key, value] of options.takeState?.() ?? []) upsert.run(key, value);
    next += rows.length;
    move.run(next);
  });
  return {
    async round() {
      load(options.input(round++));
      return timed(() => {
        while (next < end) step();
      });
    },
    async close() {
      database.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** The orders from `first` on. */
export function naiveOrders(first: number, count: number, customers: number): NaiveRow[] {
  return Array.from({ length: count }, (_, at) => ({
    timestamp: orderTime(first + at),
    key: null,
    value: orderText(first + at, customers),
  }));
}
