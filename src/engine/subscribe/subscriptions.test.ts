import { describe, expect, test } from 'vitest';
import type { LocalEngine } from '../local-engine.ts';
import { openLocalEngine } from '../open.ts';
import type { Subscription } from '../api.ts';

const views =
  "CREATE STREAM views (user STRING KEY, page STRING, ms INT) WITH (KAFKA_TOPIC='views', VALUE_FORMAT='JSON', PARTITIONS=2);" +
  'CREATE TABLE totals AS SELECT user, COUNT(*) AS n, SUM(ms) AS ms FROM views GROUP BY user;';

export async function engineWith(sql: string): Promise<LocalEngine> {
  const engine = await openLocalEngine(
    { directory: null, durability: 'memory', properties: { 'auto.offset.reset': 'earliest' } },
    { timers: false },
  );
  await engine.execute({ sql, properties: {}, variables: {} });
  return engine;
}

export const view = (engine: LocalEngine, ...rows: readonly (readonly [string, number])[]) =>
  engine
    .insertRows(
      'views',
      rows.map(([user, ms]) => JSON.stringify({ USER: user, PAGE: 'p', MS: ms })),
    )
    .then(() => engine.settle());

/** Frames so far, tokens apart. */
export class Reader {
  readonly frames: Record<string, unknown>[] = [];
  token = '';
  error: unknown = null;
  readonly done: Promise<void>;
  readonly subscription: Subscription;

  constructor(subscription: Subscription) {
    this.subscription = subscription;
    this.done = this.#run();
  }

  async #run(): Promise<void> {
    try {
      for await (const { text, token } of this.subscription) {
        const frame = JSON.parse(text) as Record<string, unknown>;
        if (token === null) this.frames.push(frame);
        else this.token = token;
      }
    } catch (error) {
      this.error = error;
    }
  }

  /** What came since the last call. */
  async take(): Promise<Record<string, unknown>[]> {
    await new Promise((resolve) => setImmediate(resolve));
    return this.frames.splice(0);
  }
}

const subscribe = async (engine: LocalEngine, sql: string, after?: string) =>
  new Reader(
    await engine.subscribe({
      sql,
      properties: {},
      variables: {},
      ...(after === undefined ? {} : { after }),
    }),
  );

describe('a subscription to a table', () => {
  test('begins with the rows there are and goes on with each change', async () => {
    await using engine = await engineWith(views);
    await view(engine, ['ann', 10], ['bob', 5]);
    const reader = await subscribe(engine, 'SELECT n, ms FROM totals EMIT CHANGES;');
    expect(await reader.take()).toMatchObject([
      {
        type: 'schema',
        table: true,
        columns: [
          { name: 'USER', type: 'STRING', key: true },
          { name: 'N', type: 'BIGINT', key: false },
          { name: 'MS', type: 'INTEGER', key: false },
        ],
      },
      {
        type: 'snapshot',
        rows: expect.arrayContaining([
          ['ann', 1, 10],
          ['bob', 1, 5],
        ]),
      },
    ]);
    await view(engine, ['ann', 1]);
    await view(engine, ['cid', 2], ['cid', 3]);
    expect(await reader.take()).toEqual([
      { type: 'upsert', rows: [['ann', 2, 11]] },
      {
        type: 'upsert',
        rows: [
          ['cid', 1, 2],
          ['cid', 2, 5],
        ],
      },
    ]);
  });
});
