import { expect, test } from 'vitest';
import type { Log } from '../../log/log.ts';
import { createMemoryLog } from '../../log/memory-log.ts';
import { LocalEngine } from '../local-engine.ts';
import { systemEnv } from '../system-env.ts';

const env = systemEnv({ error() {}, warn() {}, info() {}, debug() {} });
const properties = { 'auto.offset.reset': 'earliest' };
const config = { directory: null, durability: 'memory', properties } as const;
const parts = { env, functions: [], timers: false, onFatal: () => undefined };
const session = { properties: {}, variables: {} };
const DAY_MS = 86_400_000;

/** Of `topic` the first batch can be read, and no other. */
function firstBatchOnly(log: Log, topic: string): Log {
  return new Proxy(log, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      if (name !== 'read') return member.bind(target);
      const read: Log['read'] = (of, at, bytesMax) => {
        if (of.topic !== topic) return target.read(of, at, bytesMax);
        return at === 0 ? target.read(of, at, 1) : new Promise(() => undefined);
      };
      return read;
    },
  });
}

test('a query goes on when retention has removed the rest of its backlog', async () => {
  const now = Date.now();
  const clock = { now };
  const log = createMemoryLog(() => clock.now);
  const stopped = await LocalEngine.open(firstBatchOnly(log, 'a'), config, parts);
  for (const name of ['a', 'b'])
    await stopped.createTopic({ name, partitions: 1, cleanup: 'delete', retentionMs: DAY_MS });
  const produce = (engine: LocalEngine, topic: string, value: string, timestamp: number) => {
    const [key, bytes] = [Buffer.from('k'), Buffer.from(value)];
    return engine.produce([
      { topic, partition: 0, key, value: bytes, timestamp: now + timestamp, headers: [] },
    ]);
  };
  await produce(stopped, 'b', '{"W":1}', 0);
  await produce(stopped, 'a', '{"V":1}', 5);
  await produce(stopped, 'b', '{"W":2}', 10);
  await produce(stopped, 'a', '{"V":2}', 20);
  await stopped.execute({
    sql: `
      CREATE STREAM a (k STRING KEY, v INT) WITH (KAFKA_TOPIC='a', VALUE_FORMAT='JSON');
      CREATE TABLE b (k STRING PRIMARY KEY, w INT) WITH (KAFKA_TOPIC='b', VALUE_FORMAT='JSON');
      CREATE STREAM c AS SELECT a.k, v, w FROM a LEFT JOIN b ON a.k = b.k;`,
    ...session,
  });
  // The second row of b comes after the first of a, and only once the second of a is known.
  await expect.poll(() => log.bounds({ topic: 'C', partition: 0 }).end).toBe(1);

  clock.now += 3 * DAY_MS;
  while (await log.maintain(clock.now, 100));
  expect(log.bounds({ topic: 'b', partition: 0 }).start).toBe(2);

  const engine = await LocalEngine.open(log, config, parts);
  await produce(engine, 'a', '{"V":3}', 30);
  await engine.settle();
  const joined = await engine.fetch('C', 0, 1, 1000);
  expect(joined.map(({ value }) => JSON.parse(Buffer.from(value!).toString()))).toEqual([
    { V: 3, W: 1 },
  ]);
  await engine[Symbol.asyncDispose]();
});
