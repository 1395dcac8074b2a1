/** Subscriptions through connections that are cut at any byte: nothing is missing, nothing comes twice. */
import { env } from 'node:process';
import { describe, expect, test } from 'vitest';
import { connect } from '../../src/client/connect.ts';
import { randomFrom } from '../server/random.ts';
import { pageviews, testServer } from '../server/test-server.ts';
import { cuttingProxy } from './cutting-proxy.ts';

const seed = Number(env['SEED'] ?? Math.floor(Math.random() * 1e9));
const options = { reconnect: { firstMs: 1, maxMs: 4 } } as const;

describe.each(['http', 'websocket'] as const)(`over %s, SEED=${seed}`, (transport) => {
  test('a stream comes whole, in order and once', async () => {
    await using server = await testServer();
    await using proxy = await cuttingProxy(server.server.port, 1_500, randomFrom(seed));
    await server.engine.execute({ sql: pageviews, properties: {}, variables: {} });
    const writer = connect(server.url).insertStream('views');
    const count = 2_000;
    const written = (async () => {
      for (let ms = 0; ms < count; ) {
        const rows = Array.from({ length: 25 }, () => ({ user_id: 'u', page: 'p', ms: ms++ }));
        await writer.writeAll(rows);
      }
    })();
    const client = connect(proxy.url);
    const sql = 'SELECT ms FROM views EMIT CHANGES WITH SNAPSHOT;';
    const seen: number[] = [];
    for await (const change of client.subscribe<{ MS: number }>(sql, [], {
      ...options,
      transport,
    })) {
      proxy.storm();
      expect(change.kind).not.toBe('reset');
      if ('rows' in change) seen.push(...change.rows.map(({ MS }) => MS));
      if (seen.length >= count) break;
    }
    await written;
    expect(seen).toEqual(Array.from({ length: count }, (_, at) => at));
    expect(proxy.cuts()).toBeGreaterThan(0);
  });

  test('what is known of a table is what is in it', async () => {
    await using server = await testServer();
    const random = randomFrom(seed + 1);
    await using proxy = await cuttingProxy(server.server.port, 1_500, random);
    await server.engine.execute({ sql: pageviews, properties: {}, variables: {} });
    const direct = connect(server.url);
    const writer = direct.insertStream('views');
    const user = (): string => `user ${Math.floor(random() * 40)}`;
    await writer.writeAll(
      Array.from({ length: 40 }, () => ({ user_id: user(), page: 'p', ms: 1 })),
    );
    const client = connect(proxy.url);
    const sql = 'SELECT * FROM per_user WHERE n < 25 EMIT CHANGES WITH SNAPSHOT;';
    const known = new Map<string, bigint>();
    const subscription = client.subscribe<{ USER_ID: string; N: bigint }>(sql, [], {
      ...options,
      transport,
    });
    const changes = subscription[Symbol.asyncIterator]();
    const first = await changes.next();
    proxy.storm();
    const written = (async () => {
      for (let round = 0; round < 60; round++) {
        const rows = Array.from({ length: 20 }, () => ({ user_id: user(), page: 'p', ms: 1 }));
        await writer.writeAll(rows);
      }
      await server.engine.settle();
      proxy.calm();
      // The last change of all, which every reader that is up to date has seen.
      await writer.writeAll([{ user_id: 'last', page: 'p', ms: 1 }]);
    })();
    for (let next = first; next.done !== true; next = await changes.next()) {
      const change = next.value;
      if (change.kind === 'reset') known.clear();
      if (change.kind === 'delete')
        for (const { USER_ID } of change.keys) known.delete(USER_ID ?? '');
      if ('rows' in change) for (const { USER_ID, N } of change.rows) known.set(USER_ID, N);
      if (change.kind === 'tick' && known.has('last')) break;
    }
    await written;
    const rows = await direct
      .pull<{ USER_ID: string; N: bigint }>('SELECT * FROM per_user WHERE n < 25;')
      .all();
    expect(new Map([...known].sort())).toEqual(
      new Map(rows.map(({ USER_ID, N }) => [USER_ID, N] as const).sort()),
    );
    expect(proxy.cuts()).toBeGreaterThan(0);
  });
});
