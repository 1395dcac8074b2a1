import { expect, test } from 'vitest';
import type { Env } from '../../base/env.ts';
import type { Log } from '../../log/log.ts';
import { createMemoryLog } from '../../log/memory-log.ts';
import { LocalEngine } from '../local-engine.ts';
import { systemEnv } from '../system-env.ts';

const env: Env = systemEnv({ error() {}, warn() {}, info() {}, debug() {} });
const config = { directory: null, durability: 'memory', properties: {} } as const;
const parts = { env, functions: [], timers: false, onFatal: () => undefined };

/** Ends before it deletes a topic. */
function killedAtDeletion(log: Log): Log {
  return new Proxy(log, {
    get(target, name) {
      if (name === 'deleteTopic') return () => Promise.reject(new Error('killed'));
      const member: unknown = Reflect.get(target, name);
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
}

const session = { properties: {}, variables: {} };
const names = (log: Log): readonly string[] => log.topics().map(({ name }) => name);

test('a topic whose deletion was cut short is deleted when the engine opens, and only then', async () => {
  const log = createMemoryLog();
  const killed = await LocalEngine.open(killedAtDeletion(log), config, parts);
  const sql = `CREATE STREAM s (v INT) WITH (KAFKA_TOPIC='t', VALUE_FORMAT='JSON', PARTITIONS=1);`;
  await killed.execute({ sql, ...session });
  await expect(killed.execute({ sql: 'DROP STREAM s DELETE TOPIC;', ...session })).rejects.toThrow(
    'killed',
  );
  expect(names(log)).toContain('t');

  const opened = await LocalEngine.open(log, config, parts);
  expect(names(log)).not.toContain('t');
  await opened.execute({ sql, ...session });
  const again = await LocalEngine.open(log, config, parts);
  expect(names(log)).toContain('t');
  await again[Symbol.asyncDispose]();
});
