/** Subscriptions of the typed client against a server, which is also stopped and started again. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Change, connect, type Subscription } from '../../src/client/connect.ts';
import { openLocalEngine } from '../../src/engine/open.ts';
import { systemEnv, systemLogger } from '../../src/engine/system-env.ts';
import { startServer } from '../../src/server/start.ts';
import { insertViews, pageviews, type TestServer, testServer } from '../server/test-server.ts';

interface Row {
  readonly USER_ID: string;
  readonly N: bigint;
}
type Transport = 'http' | 'websocket';

const all = 'SELECT * FROM per_user EMIT CHANGES WITH SNAPSHOT;';

/** What a reader knows: the changes folded into a map. */
class Known {
  readonly rows = new Map<string, bigint>();
  readonly kinds = new Set<string>();

  take(change: Change<Row>): void {
    this.kinds.add(change.kind);
    switch (change.kind) {
      case 'reset':
        this.rows.clear();
        break;
      case 'delete':
        for (const key of change.keys) this.rows.delete(key.USER_ID as string);
        break;
      case 'tick':
        break;
      default:
        for (const { USER_ID, N } of change.rows) this.rows.set(USER_ID, N);
    }
  }

  /** Reads until it has ticked and knows just this. */
  async until(changes: AsyncIterator<Change<Row>>, rows: Readonly<Record<string, bigint>>) {
    const isThere = (): boolean =>
      this.rows.size === Object.keys(rows).length &&
      Object.entries(rows).every(([user, n]) => this.rows.get(user) === n);
    for (let isTicked = false; !isTicked || !isThere(); ) {
      const next = await changes.next();
      if (next.done === true) throw new Error('the subscription has ended');
      this.take(next.value);
      isTicked = next.value.kind === 'tick';
    }
  }
}

const changesOf = (subscription: Subscription<Row>): AsyncIterator<Change<Row>> =>
  subscription[Symbol.asyncIterator]();

describe.each<Transport>(['http', 'websocket'])('over %s', (transport) => {
  test('a table: what is there, what changes, and what goes', async () => {
    await using server = await testServer();
    await server.engine.execute({ sql: pageviews, properties: {}, variables: {} });
    await insertViews(server.engine, [
      ['ann', 'home', 1],
      ['bob', 'home', 1],
    ]);
    await server.engine.settle();
    const client = connect(server.url);
    const few = client.subscribe<Row>(
      'SELECT user_id, n FROM per_user WHERE n < ? EMIT CHANGES WITH SNAPSHOT;',
      [3n],
      { transport },
    );
    const changes = changesOf(few);
    const known = new Known();
    await known.until(changes, { ann: 1n, bob: 1n });
    await insertViews(server.engine, [['ann', 'cart', 1]]);
    await known.until(changes, { ann: 2n, bob: 1n });
    await insertViews(server.engine, [['ann', 'paid', 1]]);
    await known.until(changes, { bob: 1n });
    expect([...known.kinds].sort()).toEqual(['delete', 'snapshot', 'tick', 'upsert']);
    few.close();
    expect((await changes.next()).done).toBe(true);
    await expect.poll(async () => (await server.engine.metrics())['push_queries']).toBe(0);
  });

  test('a stream: rows as they are committed', async () => {
    await using server = await testServer();
    await server.engine.execute({ sql: pageviews, properties: {}, variables: {} });
    await insertViews(server.engine, [['ann', 'home', 1]]);
    const sql = 'SELECT page, ms FROM views EMIT CHANGES WITH SNAPSHOT LIMIT 2;';
    const rows: unknown[] = [];
    const client = connect(server.url);
    for await (const change of client.subscribe(sql, [], { transport })) {
      if ('rows' in change) rows.push(...change.rows);
      if (rows.length === 1 && change.kind === 'tick')
        await insertViews(server.engine, [['bob', 'cart', 2]]);
    }
    expect(rows).toEqual([
      { PAGE: 'home', MS: 1 },
      { PAGE: 'cart', MS: 2 },
    ]);
  });

  test('a server that is stopped and started again: what changed since, and nothing else', async () => {
    await using restarting = await restartingServer();
    await restarting.start();
    const client = connect(restarting.url());
    await client.execute(pageviews);
    const insert = (user_id: string) =>
      client.insertStream('views').writeAll([{ user_id, page: 'home', ms: 1 }]);
    await insert('ann');
    await insert('bob');
    const reconnect = { firstMs: 5, maxMs: 20 };
    const subscription = client.subscribe<Row>(all, [], { transport, reconnect });
    const changes = changesOf(subscription);
    const known = new Known();
    await known.until(changes, { ann: 1n, bob: 1n });
    known.kinds.clear();
    const next = known.until(changes, { ann: 1n, bob: 2n, cid: 1n });
    await restarting.stop();
    await restarting.start();
    // Connections that are kept alive may be of the server before.
    await expect.poll(() => client.info().catch(() => null)).not.toBeNull();
    await insert('bob');
    await insert('cid');
    await next;
    expect([...known.kinds].sort()).toEqual(['tick', 'upsert']);
    // What is kept of it is enough for another to go on.
    const { token } = subscription;
    subscription.close();
    await insert('ann');
    const later = client.subscribe<Row>(all, [], { transport, after: String(token) });
    await known.until(changesOf(later), { ann: 2n, bob: 2n, cid: 1n });
    expect(known.kinds.has('snapshot')).toBe(false);
    later.close();
  });

  test('a token of a table that was made anew: from the start, after a reset', async () => {
    await using server = await testServer();
    const make = (sql: string) => server.engine.execute({ sql, properties: {}, variables: {} });
    await make(pageviews);
    await insertViews(server.engine, [['ann', 'home', 1]]);
    const client = connect(server.url);
    const first = client.subscribe<Row>(all, [], { transport });
    await new Known().until(changesOf(first), { ann: 1n });
    first[Symbol.dispose]();
    await make(
      'DROP TABLE per_user DELETE TOPIC; CREATE TABLE per_user AS SELECT user_id, COUNT(*) * 10 AS n FROM views GROUP BY user_id;',
    );
    const second = client.subscribe<Row>(all, [], { transport, after: String(first.token) });
    const known = new Known();
    await known.until(changesOf(second), { ann: 10n });
    expect(known.kinds.has('reset')).toBe(true);
    second.close();
  });
});

interface RestartingServer extends AsyncDisposable {
  url(): string;
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** On one directory and, after the first start, one port. */
async function restartingServer(): Promise<RestartingServer> {
  const directory = await mkdtemp(join(tmpdir(), 'leat-client-'));
  let running: Pick<TestServer, 'engine' | 'server'> | null = null;
  let port = 0;
  const stop = async (): Promise<void> => {
    await running?.server.close();
    await running?.engine[Symbol.asyncDispose]();
    running = null;
  };
  return {
    url: () => `http://127.0.0.1:${port}`,
    async start() {
      const engine = await openLocalEngine(
        { directory, durability: 'process', properties: { 'auto.offset.reset': 'earliest' } },
        { env: systemEnv(systemLogger()), timers: false },
      );
      const server = await startServer(engine, { host: '127.0.0.1', port });
      port = server.port;
      running = { engine, server };
    },
    stop,
    async [Symbol.asyncDispose]() {
      await stop();
      await rm(directory, { recursive: true });
    },
  };
}
