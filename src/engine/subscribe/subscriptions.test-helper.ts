/** Engines with a table to subscribe to, and subscribers that write down what they get. */
import type { Engine, Subscription } from '../api.ts';
import type { EngineConfig, EngineParts } from '../config.ts';
import type { LocalEngine } from '../local-engine.ts';
import { openLocalEngine } from '../open.ts';
import { systemEnv } from '../system-env.ts';

const silent = {
  error() {},
  warn() {},
  info() {},
  debug() {},
};

/** A table of counts and sums by user, over a stream of page views in two partitions. */
export const totals: string =
  "CREATE STREAM views (user STRING KEY, page STRING, ms INT) WITH (KAFKA_TOPIC='views', VALUE_FORMAT='JSON', PARTITIONS=2);" +
  'CREATE TABLE totals AS SELECT user, COUNT(*) AS n, SUM(ms) AS ms FROM views GROUP BY user;';

/** Reads streams from their beginning. */
export async function engineWith(
  sql: string,
  options: { readonly config?: Partial<EngineConfig>; readonly parts?: Partial<EngineParts> } = {},
): Promise<LocalEngine> {
  const engine = await openLocalEngine(
    {
      directory: null,
      durability: 'memory',
      ...options.config,
      properties: { 'auto.offset.reset': 'earliest', ...options.config?.properties },
    },
    { env: { ...systemEnv(), logger: silent }, timers: false, ...options.parts },
  );
  if (sql !== '') await engine.execute({ sql, properties: {}, variables: {} });
  return engine;
}

/** One commit for all of them. */
export async function view(
  engine: LocalEngine,
  ...rows: readonly (readonly [user: string, ms: number])[]
): Promise<void> {
  const texts = rows.map(([user, ms]) => JSON.stringify({ USER: user, PAGE: 'p', MS: ms }));
  await engine.insertRows('views', texts);
  await engine.settle();
}

type Frame = Readonly<Record<string, unknown>>;

export class Reader {
  readonly subscription: Subscription;
  token = '';
  error: unknown = null;
  readonly ended: Promise<void>;
  #frames: Frame[] = [];

  constructor(subscription: Subscription) {
    this.subscription = subscription;
    this.ended = this.#read();
  }

  /** Frames since the last call, without ticks. */
  async take(): Promise<readonly Frame[]> {
    await new Promise((resolve) => setImmediate(resolve));
    const frames = this.#frames;
    this.#frames = [];
    return frames;
  }

  async #read(): Promise<void> {
    try {
      for await (const { text, token } of this.subscription) {
        if (token === null) this.#frames.push(JSON.parse(text) as Frame);
        else this.token = token;
      }
    } catch (error) {
      this.error = error;
    }
  }
}

export async function subscribe(engine: LocalEngine, sql: string, after?: string): Promise<Reader> {
  const request = { sql, properties: {}, variables: {} };
  return new Reader(await engine.subscribe(after === undefined ? request : { ...request, after }));
}

/** What a SELECT without EMIT answers, as JSON texts, sorted. */
export async function pull(engine: Engine, sql: string): Promise<readonly string[]> {
  const rows: string[] = [];
  const stream = await engine.query({ sql, properties: {}, variables: {} });
  for await (const frame of stream) rows.push(...frame.rows);
  return rows.sort();
}
