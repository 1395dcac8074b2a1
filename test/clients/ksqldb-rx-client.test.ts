/** ksqldb-rx-client 1.1.1: its README imports it; here is what it can do, against a server. */
import { createRequire } from 'node:module';
import { describe, expect, test } from 'vitest';
import { insertViews, pageviews, testServer } from '../server/test-server.ts';

const require = createRequire(import.meta.url);

interface Observer {
  readonly next: (row: unknown) => void;
  readonly error: (error: unknown) => void;
  readonly complete: () => void;
}
interface RxClient {
  getInfo(): Promise<unknown>;
  getHealthcheck(): Promise<unknown>;
  listStreams(): Promise<unknown>;
  listStreamsExtended(): Promise<unknown>;
  listTables(): Promise<unknown>;
  listTablesExtended(): Promise<unknown>;
  statement(text: string): Promise<unknown>;
  queryStream(body: object): { subscribe(observer: Observer): { unsubscribe(): void } };
  close(): void;
}
const { KsqlDBClient } = require('ksqldb-rx-client') as {
  readonly KsqlDBClient: new (url: string) => RxClient;
};

/** All rows of an observable that ends. */
function collect(client: RxClient, body: object): Promise<readonly unknown[]> {
  return new Promise((resolve, reject) => {
    const rows: unknown[] = [];
    client
      .queryStream(body)
      .subscribe({ next: (row) => rows.push(row), error: reject, complete: () => resolve(rows) });
  });
}

describe('ksqldb-rx-client', () => {
  test('asks what there is', async () => {
    await using server = await testServer();
    const client = new KsqlDBClient(server.url);
    expect(await client.statement(pageviews)).toMatchObject([
      { commandStatus: { status: 'SUCCESS' } },
      { commandStatus: { status: 'SUCCESS' } },
    ]);
    expect(await client.getInfo()).toMatchObject({ KsqlServerInfo: { serverStatus: 'RUNNING' } });
    expect(await client.getHealthcheck()).toMatchObject({ isHealthy: true });
    expect(await client.listStreams()).toMatchObject({ streams: [{ name: 'VIEWS' }] });
    expect(await client.listTables()).toMatchObject({ tables: [{ name: 'PER_USER' }] });
    expect(await client.listStreamsExtended()).toMatchObject({
      sourceDescriptions: [{ name: 'VIEWS', extended: true }],
    });
    expect(await client.listTablesExtended()).toMatchObject({
      sourceDescriptions: [{ name: 'PER_USER', extended: true }],
    });
    client.close();
  });

  test('observes queries', async () => {
    await using server = await testServer();
    const client = new KsqlDBClient(server.url);
    await client.statement(pageviews);
    await insertViews(server.engine, [
      ['ann', 'home', 1],
      ['ann', 'cart', 2],
    ]);
    expect(await collect(client, { sql: "SELECT n FROM per_user WHERE user_id = 'ann';" })).toEqual(
      [{ N: 2 }],
    );
    const properties = { 'auto.offset.reset': 'earliest' };
    const sql = 'SELECT page, ms FROM views EMIT CHANGES LIMIT 2;';
    expect(await collect(client, { sql, properties })).toEqual([
      { PAGE: 'home', MS: 1 },
      { PAGE: 'cart', MS: 2 },
    ]);
    client.close();
  });
});
