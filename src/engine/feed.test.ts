import { expect, test } from 'vitest';
import type { Log } from '../log/log.ts';
import { createMemoryLog } from '../log/memory-log.ts';
import { LocalEngine } from './local-engine.ts';
import { systemEnv } from './system-env.ts';

const env = systemEnv({ error() {}, warn() {}, info() {}, debug() {} });
const properties = { 'auto.offset.reset': 'earliest' };
const config = { directory: null, durability: 'memory', properties } as const;
const parts = { env, functions: [], timers: false, onFatal: () => undefined };
const session = { properties: {}, variables: {} };
const DAY_MS = 86_400_000;

/** What it holds can only be written. */
function neverRead(log: Log, topics: readonly string[]): Log {
  return new Proxy(log, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      if (name !== 'read') return member.bind(target);
      const read: Log['read'] = (of, ...rest) =>
        topics.includes(of.topic) ? new Promise(() => undefined) : target.read(of, ...rest);
      return read;
    },
  });
}

test('a query goes on when retention has removed the backlog that it had not read', async () => {
  const clock = { now: Date.now() };
  const log = createMemoryLog(() => clock.now);
  const stopped = await LocalEngine.open(neverRead(log, ['a', 'b']), config, parts);
  const topics = ['a', 'b'].map((name) => ({ name, partitions: 1, cleanup: 'delete' as const }));
  for (const topic of topics) await stopped.createTopic({ ...topic, retentionMs: DAY_MS });
  const row = (key: string, value: string, topic: string) => ({
    topic,
    partition: 0,
    key: Buffer.from(key),
    value: Buffer.from(value),
    timestamp: clock.now,
    headers: [],
  });
  await stopped.produce([row('k', '{"V":1}', 'a'), row('k', '{"W":1}', 'b')]);
  void stopped.execute({
    sql: `
      CREATE STREAM a (k STRING KEY, v INT) WITH (KAFKA_TOPIC='a', VALUE_FORMAT='JSON');
      CREATE STREAM b (k STRING KEY, w INT) WITH (KAFKA_TOPIC='b', VALUE_FORMAT='JSON');
      CREATE STREAM c AS SELECT a.k, v, w FROM a JOIN b WITHIN 1 HOUR ON a.k = b.k;`,
    ...session,
  });
  const commands = '_confluent-ksql-default__command_topic';
  await expect.poll(() => log.bounds({ topic: commands, partition: 0 }).end).toBe(3);

  clock.now += 3 * DAY_MS;
  while (await log.maintain(clock.now, 100));
  expect(log.bounds({ topic: 'a', partition: 0 }).start).toBe(1);

  const engine = await LocalEngine.open(log, config, parts);
  await engine.produce([row('k', '{"V":2}', 'a'), row('k', '{"W":3}', 'b')]);
  await engine.settle();
  const [joined] = await engine.fetch('C', 0, 0, 1000);
  expect(JSON.parse(Buffer.from(joined!.value!).toString())).toEqual({ V: 2, W: 3 });
  await engine[Symbol.asyncDispose]();
});
