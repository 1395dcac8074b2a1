import { expect, test } from 'vitest';
import { problem } from '../../base/errors.ts';
import type { Commit, Committed, Log } from '../../log/log.ts';
import { createMemoryLog } from '../../log/memory-log.ts';
import type { ProduceRecord } from '../api.ts';
import { testEngine } from '../engine.test-helper.ts';
import { LocalEngine } from '../local-engine.ts';

const record = (topic: string, key: string | null, value: string): ProduceRecord => ({
  topic,
  partition: 0,
  key: key === null ? null : Buffer.from(key),
  value: Buffer.from(value),
  timestamp: 1_000_000,
  headers: [],
});

test('a join that was held back sees its inputs in the order in which they came, however much is read at once', async () => {
  await using tested = await testEngine();
  await tested.run(`
    CREATE STREAM clicks (id STRING KEY, padding STRING) WITH (KAFKA_TOPIC='clicks', VALUE_FORMAT='JSON', PARTITIONS=1);
    CREATE TABLE users (id STRING PRIMARY KEY, name STRING) WITH (KAFKA_TOPIC='users', VALUE_FORMAT='JSON', PARTITIONS=1);
    CREATE STREAM named WITH (KAFKA_TOPIC='named') AS SELECT c.id, u.name FROM clicks c JOIN users u ON c.id = u.id;`);
  const { engine } = tested;
  await engine.produce([record('users', 'a', '{"NAME":"before"}')]);
  await engine.settle();
  await tested.run('PAUSE ALL;');
  const padding = `{"PADDING":"${'x'.repeat(1000)}"}`;
  for (let batch = 0; batch < 30; batch++)
    await engine.produce(Array.from({ length: 100 }, () => record('clicks', 'a', padding)));
  await engine.produce([record('users', 'a', '{"NAME":"after"}')]);
  await engine.produce([record('clicks', 'a', '{}')]);
  await tested.run('RESUME ALL;');
  expect(await engine.settle()).toEqual([]);
  const names = await tested.values('named');
  expect(names).toHaveLength(3001);
  expect(names.indexOf('{"NAME":"after"}')).toBe(3000);
});

/** A log in memory whose commits wait to be let through. */
class HeldLog {
  readonly log: Log = createMemoryLog();
  isHolding = false;
  readonly waiting: ((refusal: Error | null) => void)[] = [];
  #arrived: (() => void)[] = [];

  /** Resolves when `count` commits are waiting. */
  async arrived(count: number): Promise<void> {
    while (this.waiting.length < count) {
      await new Promise<void>((resolve) => {
        this.#arrived.push(resolve);
      });
    }
  }

  /** A log that is `log` but for its commits. */
  open(): Log {
    const commit = (parts: readonly Commit[]): Promise<readonly Committed[]> => this.#commit(parts);
    return new Proxy(this.log, {
      get(target, name) {
        if (name === 'commit') return commit;
        const value = Reflect.get(target, name, target) as unknown;
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
  }

  async #commit(parts: readonly Commit[]): Promise<readonly Committed[]> {
    if (this.isHolding) {
      const refusal = await new Promise<Error | null>((resolve) => {
        this.waiting.push(resolve);
        for (const wake of this.#arrived.splice(0)) wake();
      });
      if (refusal !== null) throw refusal;
    }
    return this.log.commit(parts);
  }
}

async function heldEngine(): Promise<{ readonly held: HeldLog; readonly engine: LocalEngine }> {
  const held = new HeldLog();
  const engine = await LocalEngine.open(
    held.open(),
    { directory: null, durability: 'memory', properties: { 'auto.offset.reset': 'earliest' } },
    {
      env: {
        clock: { now: () => 1_000_000 },
        timers: { after: () => ({ [Symbol.dispose]() {} }) },
        random: { next: () => 0.5 },
        logger: { error() {}, warn() {}, info() {}, debug() {} },
      },
      functions: [],
      timers: false,
      onFatal(error) {
        throw error;
      },
    },
  );
  await engine.execute({
    sql: `CREATE STREAM words (word STRING) WITH (KAFKA_TOPIC='words', VALUE_FORMAT='JSON', PARTITIONS=1);
          CREATE TABLE counts WITH (KAFKA_TOPIC='counts') AS SELECT word, COUNT(*) AS n FROM words GROUP BY word;`,
    properties: {},
    variables: {},
  });
  return { held, engine };
}

async function texts(engine: LocalEngine, topic: string): Promise<readonly string[]> {
  const records = await engine.fetch(topic, 0, 0, 1 << 20);
  return records.map(({ value }) => (value === null ? 'null' : Buffer.from(value).toString()));
}

/** Lets everything run that does not wait for a commit. */
function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(() => setImmediate(() => setImmediate(resolve)));
  });
}

/** Produces twice, the second on top of the first, whose commit is refused. */
async function refusedTogether(
  held: HeldLog,
  engine: LocalEngine,
): Promise<readonly PromiseSettledResult<unknown>[]> {
  held.isHolding = true;
  const first = engine.produce([record('words', null, '{"WORD":"a"}')]);
  await held.arrived(1);
  const second = engine.produce([record('words', null, '{"WORD":"a"}')]);
  const outcomes = Promise.allSettled([first, second]);
  await turn();
  held.isHolding = false;
  held.waiting.shift()?.(problem('log.disk-full', 'the disk is full'));
  return outcomes;
}

test('what was computed on top of a refused commit is refused as well, and leaves no trace', async () => {
  const { held, engine } = await heldEngine();
  const outcomes = await refusedTogether(held, engine);
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  await engine.produce([record('words', null, '{"WORD":"a"}')]);
  await engine.settle();
  expect(await texts(engine, 'words')).toEqual(['{"WORD":"a"}']);
  expect(await texts(engine, 'counts')).toEqual(['{"N":1}']);
  await engine[Symbol.asyncDispose]();
});

test('rows leave with the commit of their own tick, not with the one before it', async () => {
  const { held, engine } = await heldEngine();
  const stream = await engine.query({
    sql: 'SELECT word FROM words EMIT CHANGES;',
    properties: {},
    variables: {},
  });
  const rows: string[] = [];
  const reading = (async () => {
    for await (const frame of stream) rows.push(...frame.rows);
  })();
  held.isHolding = true;
  const first = engine.produce([record('words', null, '{"WORD":"a"}')]);
  await held.arrived(1);
  const second = engine.produce([record('words', null, '{"WORD":"b"}')]);
  await turn();
  expect(rows).toEqual([]);
  held.waiting.shift()?.(null);
  await first;
  await held.arrived(1);
  await turn();
  expect(rows).toEqual(['["a"]']);
  held.waiting.shift()?.(null);
  await second;
  await turn();
  expect(rows).toEqual(['["a"]', '["b"]']);
  held.isHolding = false;
  await stream.close();
  await reading;
  await engine[Symbol.asyncDispose]();
});

test('producers are acknowledged with the offsets that commits under way leave them', async () => {
  const { held, engine } = await heldEngine();
  held.isHolding = true;
  const first = engine.produce([record('words', null, '1'), record('words', null, '2')]);
  await held.arrived(1);
  const second = engine.produce([record('words', null, '3')]);
  await turn();
  held.isHolding = false;
  held.waiting.shift()?.(null);
  expect(await first).toEqual([
    { partition: 0, offset: 0 },
    { partition: 0, offset: 1 },
  ]);
  expect(await second).toEqual([{ partition: 0, offset: 2 }]);
  await engine[Symbol.asyncDispose]();
});

/** What a subscriber to the counts gets: changes and tokens in order. */
async function followed(engine: LocalEngine): Promise<{
  readonly texts: string[];
  readonly tokens: string[];
}> {
  const sql = 'SELECT n FROM counts EMIT CHANGES;';
  const subscription = await engine.subscribe({ sql, properties: {}, variables: {} });
  const got = { texts: [] as string[], tokens: [] as string[] };
  const read = async () => {
    for await (const { text, token } of subscription)
      if (token !== null) got.tokens.push(token);
      else if (text.startsWith('{"type":"upsert"')) got.texts.push(text);
  };
  void read();
  await turn();
  return got;
}

test('subscribers hear nothing of a refused commit, nor of what was computed on top of it', async () => {
  const { held, engine } = await heldEngine();
  const got = await followed(engine);
  await refusedTogether(held, engine);
  await engine.settle();
  await turn();
  expect(got.texts).toEqual([]);
  expect(got.tokens).toHaveLength(1);
  await engine.produce([record('words', null, '{"WORD":"a"}')]);
  await engine.settle();
  await turn();
  expect(got.texts).toEqual(['{"type":"upsert","rows":[["a",1]]}']);
  await engine[Symbol.asyncDispose]();
});

test('a stream’s subscriber hears nothing of a refused commit, and gets what is committed in its place', async () => {
  const { held, engine } = await heldEngine();
  const sql = 'SELECT word FROM words EMIT CHANGES;';
  const subscription = await engine.subscribe({ sql, properties: {}, variables: {} });
  const rows: string[] = [];
  const reading = (async () => {
    for await (const { text } of subscription) if (text.includes('"insert"')) rows.push(text);
  })();
  await engine.produce([record('words', null, '{"WORD":"a"}')]);
  held.isHolding = true;
  const refused = Promise.allSettled([engine.produce([record('words', null, '{"WORD":"b"}')])]);
  await held.arrived(1);
  held.isHolding = false;
  held.waiting.shift()?.(problem('log.disk-full', 'the disk is full'));
  expect((await refused)[0].status).toBe('rejected');
  await turn();
  await engine.produce([record('words', null, '{"WORD":"c"}')]);
  await engine.settle();
  await turn();
  expect(rows).toEqual(['{"type":"insert","rows":[["a"]]}', '{"type":"insert","rows":[["c"]]}']);
  await subscription.close();
  await reading;
  await engine[Symbol.asyncDispose]();
});

test('a change leaves with the commit of its own tick, and its token leads no further', async () => {
  const { held, engine } = await heldEngine();
  const got = await followed(engine);
  held.isHolding = true;
  const first = engine.produce([record('words', null, '{"WORD":"a"}')]);
  await held.arrived(1);
  const second = engine.produce([record('words', null, '{"WORD":"a"}')]);
  await turn();
  expect(got.texts).toEqual([]);
  held.waiting.shift()?.(null);
  await first;
  await held.arrived(1);
  await turn();
  expect(got.texts).toEqual(['{"type":"upsert","rows":[["a",1]]}']);
  const token = got.tokens.at(-1) ?? '';
  held.isHolding = false;
  held.waiting.shift()?.(null);
  await second;
  await engine.settle();
  const sql = 'SELECT n FROM counts EMIT CHANGES;';
  const resumed = await engine.subscribe({ sql, properties: {}, variables: {}, after: token });
  const frames: string[] = [];
  for await (const frame of resumed) {
    if (frame.token !== null) break;
    frames.push(frame.text);
  }
  expect(frames.slice(1)).toEqual(['{"type":"upsert","rows":[["a",2]]}']);
  await engine[Symbol.asyncDispose]();
});
