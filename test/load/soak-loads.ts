/** What the soak test asks of a server, each kind as a loop that goes on until it is told to stop. */
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { RowInserts } from '../../src/client/inserter.ts';
import { ksql } from '../bench/server-process.ts';
import { pause } from './settings.ts';

export const KEYS = 1_000;
export const SQL = `
CREATE STREAM events (id INT KEY, sent DOUBLE, note STRING) WITH (KAFKA_TOPIC='events', KEY_FORMAT='JSON', VALUE_FORMAT='JSON', PARTITIONS=4);
CREATE TABLE state AS SELECT id, COUNT(*) AS n, LATEST_BY_OFFSET(sent) AS sent FROM events GROUP BY id;`;

export interface SoakContext {
  readonly url: string;
  /** Tells how long something of a kind took. */
  readonly took: (kind: string, ms: number) => void;
  readonly isOver: () => boolean;
}
type Load = (context: SoakContext) => Promise<void>;

export async function inserts({ url, took, isOver }: SoakContext): Promise<void> {
  while (!isOver()) {
    const rows = new RowInserts(url, 'events');
    for (let batch = 0; batch < 200 && !isOver(); batch++) {
      const sent = performance.now();
      await rows.write(
        Array.from({ length: 20 }, () => ({ id: randomKey(), sent, note: 'x'.repeat(200) })),
      );
      while (rows.acknowledged < (batch + 1) * 20) await pause(1);
      took('insert of 20 rows', performance.now() - sent);
      await pause(25);
    }
    await rows.end();
  }
}

async function ask({ url }: SoakContext, sql: string): Promise<string> {
  const body = JSON.stringify({ sql, properties: {} });
  const response = await fetch(`${url}/query-stream`, { method: 'POST', body });
  const text = await response.text();
  if (!response.ok) throw new Error(text);
  return text;
}

export const lookups: Load = (context) =>
  repeat(context, 'pull by key', 5, () =>
    ask(context, `SELECT * FROM state WHERE id = ${randomKey()};`),
  );

export const scans: Load = (context) =>
  repeat(context, 'pull by scan', 250, () =>
    ask(context, `SELECT id, n FROM state WHERE n > ${randomKey()} LIMIT 100;`),
  );

export const scrapes: Load = (context) =>
  repeat(context, 'scrape', 1_000, async () => {
    await (await fetch(`${context.url}/metrics`)).text();
  });

let statement = 0;
export const statements: Load = (context) =>
  repeat(context, 'CREATE and DROP', 500, async () => {
    const name = `S${++statement}`;
    await ksql(context.url, `CREATE STREAM ${name} AS SELECT id, note FROM events WHERE id < 10;`);
    await ksql(context.url, `DROP STREAM ${name} DELETE TOPIC;`);
  });

/** Readers of one query who come and go; some of them leave everything with the network. */
export const pushReaders: Load = (context) =>
  readWhile(context, 'row to a push reader', () => {
    const request = { ksql: 'SELECT sent, note FROM events EMIT CHANGES;' };
    return `/ws/query?request=${encodeURIComponent(JSON.stringify(request))}`;
  });

export const subscribers: Load = (context) =>
  readWhile(context, 'change to a subscriber', () => {
    const sql = `SELECT id, sent FROM state WHERE id = ${randomKey()} EMIT CHANGES;`;
    return `/leat/v1/subscribe?sql=${encodeURIComponent(sql)}`;
  });

async function repeat(
  { took, isOver }: SoakContext,
  kind: string,
  pauseMs: number,
  act: () => Promise<unknown>,
): Promise<void> {
  while (!isOver()) {
    const began = performance.now();
    await act();
    took(kind, performance.now() - began);
    await pause(pauseMs);
  }
}

async function readWhile(context: SoakContext, kind: string, path: () => string): Promise<void> {
  const { url, took, isOver } = context;
  while (!isOver()) {
    const socket = new WebSocket(url.replace('http', 'ws') + path(), { perMessageDeflate: false });
    const began = performance.now();
    await once(socket, 'message');
    took('first answer to a WebSocket', performance.now() - began);
    socket.on('message', (data: Buffer) => {
      // What was there before it came is no change.
      for (const sent of sentIn(String(data)))
        if (sent > began) took(kind, performance.now() - sent);
    });
    if (Math.random() < 0.2) socket.removeAllListeners('message').pause();
    const untilMs = performance.now() + Math.random() * 5_000;
    while (performance.now() < untilMs && !isOver()) await pause(100);
    if (Math.random() < 0.5) socket.terminate();
    else socket.close();
    if (socket.isPaused) socket.terminate();
  }
}

function sentIn(message: string): readonly number[] {
  const { row, type, rows } = JSON.parse(message) as {
    readonly row?: { readonly columns: readonly [sent: number] };
    readonly type?: string;
    readonly rows?: readonly (readonly [id: number, sent: number])[];
  };
  if (row !== undefined) return [row.columns[0]];
  return type === 'upsert' ? (rows ?? []).map(([, sent]) => sent) : [];
}

function randomKey(): number {
  return Math.floor(Math.random() * KEYS);
}
