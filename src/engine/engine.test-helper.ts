/** Engines in memory for tests: a clock that stands where it is put unless somebody polls. */
import type { Env } from '../base/env.ts';
import type { StatementReply } from './api.ts';
import type { LocalEngine } from './local-engine.ts';
import { openLocalEngine } from './open.ts';

/** Waits up to here are over at once, and the clock has moved on; longer ones never are. */
const pollMsMax = 1_000;

export interface TestEngine extends AsyncDisposable {
  readonly engine: LocalEngine;
  /** Milliseconds that the engine's clock shows. */
  time: number;
  run(
    sql: string,
    properties?: Readonly<Record<string, string>>,
  ): Promise<readonly StatementReply[]>;
  /** Rows of a query that comes to an end, as JSON texts. */
  rows(sql: string): Promise<readonly string[]>;
  /** Texts as records without keys, in partition 0. */
  produce(topic: string, ...values: readonly string[]): Promise<void>;
  /** Values of a topic's partition 0. */
  values(topic: string): Promise<readonly string[]>;
}

export async function testEngine(
  properties: Readonly<Record<string, string>> = {},
): Promise<TestEngine> {
  const silent = { error() {}, warn() {}, info() {}, debug() {} };
  const clock = { time: 1_000_000 };
  const pass = (delayMs: number, run: () => void): void => {
    clock.time += delayMs;
    run();
  };
  const env: Env = {
    clock: { now: () => clock.time },
    timers: {
      after(delayMs, run) {
        const timer = delayMs > pollMsMax ? null : setImmediate(pass, delayMs, run);
        return { [Symbol.dispose]: () => timer !== null && clearImmediate(timer) };
      },
    },
    random: { next: () => 0.5 },
    logger: silent,
  };
  const engine = await openLocalEngine(
    {
      directory: null,
      durability: 'memory',
      properties: { 'auto.offset.reset': 'earliest', ...properties },
    },
    { env, timers: false },
  );
  return {
    engine,
    get time() {
      return clock.time;
    },
    set time(value) {
      clock.time = value;
    },
    run: (sql, overrides = {}) => engine.execute({ sql, properties: overrides, variables: {} }),
    async rows(sql) {
      const stream = await engine.query({ sql, properties: {}, variables: {} });
      const rows: string[] = [];
      for await (const frame of stream) rows.push(...frame.rows);
      return rows;
    },
    async produce(topic, ...values) {
      await engine.produce(
        values.map((value) => ({
          topic,
          partition: 0,
          key: null,
          value: Buffer.from(value),
          timestamp: clock.time,
          headers: [],
        })),
      );
      await engine.settle();
    },
    async values(topic) {
      const records = await engine.fetch(topic, 0, 0, 1 << 20);
      return records.map(({ value }) => (value === null ? 'null' : Buffer.from(value).toString()));
    },
    async [Symbol.asyncDispose]() {
      await engine[Symbol.asyncDispose]();
    },
  };
}
