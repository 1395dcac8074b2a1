/** ksqldb-client-node 1.1.1, which has no examples: what it can do, against a server. */
import { createRequire } from 'node:module';
import { describe, expect, test } from 'vitest';
import { insertViews, pageviews, testServer } from '../server/test-server.ts';

const require = createRequire(import.meta.url);

interface QueryStream extends AsyncIterable<readonly Readonly<Record<string, unknown>>[]> {
  readonly columnNames?: readonly string[];
  readonly queryId?: string;
  readonly errorMessage?: string;
  readonly errorCode?: number;
}
interface Session {
  queryStream(request: { readonly sql: string; readonly properties?: object }): QueryStream;
  destroy(): void;
}

// Its modules of both kinds are not what their package says: only the older kind loads.
const { KsqlDbClient } = require('ksqldb-client-node') as {
  readonly KsqlDbClient: new (config: { readonly url: string }) => { session(): Session };
};

describe('ksqldb-client-node', () => {
  test('reads pull and push queries row by row', async () => {
    await using server = await testServer();
    await server.engine.execute({ sql: pageviews, properties: {}, variables: {} });
    const rows: readonly (readonly [string, string, number])[] = Array.from(
      { length: 50 },
      (_, ms) => ['ann', 'home', ms],
    );
    await insertViews(server.engine, rows);
    const session = new KsqlDbClient({ url: server.url }).session();
    const pulled: unknown[] = [];
    const pull = session.queryStream({ sql: "SELECT * FROM per_user WHERE user_id = 'ann';" });
    for await (const some of pull) pulled.push(...some);
    expect(pulled).toEqual([{ USER_ID: 'ann', N: 50 }]);
    expect(pull.columnNames).toEqual(['USER_ID', 'N']);
    const pushed: unknown[] = [];
    const properties = { 'auto.offset.reset': 'earliest' };
    const push = session.queryStream({ sql: 'SELECT ms FROM views EMIT CHANGES;', properties });
    for await (const some of push) {
      pushed.push(...some.map((row) => row['MS']));
      if (pushed.length === rows.length) break;
    }
    expect(pushed).toEqual(rows.map(([, , ms]) => ms));
    session.destroy();
  });

  test('is told what is wrong', async () => {
    await using server = await testServer();
    const session = new KsqlDbClient({ url: server.url }).session();
    const stream = session.queryStream({ sql: 'SELECT * FROM nothing EMIT CHANGES;' });
    await expect(stream[Symbol.asyncIterator]().next()).rejects.toThrow('NOTHING does not exist');
    expect(stream.errorCode).toBe(40001);
    session.destroy();
  });
});
