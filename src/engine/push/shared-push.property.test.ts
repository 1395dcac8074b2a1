/**
 * Readers of the same push queries who come, read, stop reading, come back and leave at random, while records come. So little may
 * wait for them that whoever stops reading soon leaves the common task. Each has to get what the log holds from where it began.
 */
import { expect, test } from 'vitest';
import { continuationToken } from './continuation-token.ts';
import type { ConsumedRecord, Engine, QueryStream } from '../api.ts';
import { engineWith } from '../subscribe/subscriptions.test-helper.ts';
import { ThreadEngine } from '../thread/thread-engine.ts';

const partitions = 3;
const SQL =
  `CREATE STREAM s (v INT, note STRING) WITH (KAFKA_TOPIC='s', VALUE_FORMAT='JSON', PARTITIONS=${partitions});` +
  "CREATE STREAM c WITH (KAFKA_TOPIC='c') AS SELECT * FROM s;";
/** Forty of them are more than a reader may let wait. */
const note = 'x'.repeat(4_000);
/** Value of the last record of each partition, which every query shows. */
const lastValue = 999_999;

interface Query {
  readonly sql: string;
  readonly shows: (v: number) => boolean;
}
const queries: readonly Query[] = [
  { sql: 'SELECT v, note FROM c', shows: () => true },
  { sql: 'SELECT v, note FROM c WHERE v % 3 <> 1', shows: (v) => v % 3 !== 1 },
];
const scalable = {
  'ksql.query.push.v2.enabled': 'true',
  'ksql.query.push.v2.continuation.tokens.enabled': 'true',
};

/** A number of its own for each seed: mulberry32. */
function randomOf(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), 1 | state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) % below;
  };
}

/** Where a reader begins: a scalable query says it in its first frame. */
type From = 'latest' | 'earliest' | readonly number[];

class Reader {
  readonly query: Query;
  readonly limit: number | null;
  readonly got: number[] = [];
  readonly done: Promise<void>;
  /** Next offsets, as frames tell them; null before the first. */
  start: readonly number[] | null = null;
  offsets: readonly number[] | null = null;
  #lasts = 0;
  readonly #stream: QueryStream;
  #paused: PromiseWithResolvers<void> | null = null;

  constructor(query: Query, limit: number | null, stream: QueryStream, from: From) {
    this.query = query;
    this.limit = limit;
    this.#stream = stream;
    if (from === 'earliest') this.start = Array.from({ length: partitions }, () => 0);
    this.done = this.#read();
  }

  get isPaused(): boolean {
    return this.#paused !== null;
  }

  pause(): void {
    this.#paused ??= Promise.withResolvers();
  }

  goOn(): void {
    this.#paused?.resolve();
    this.#paused = null;
  }

  async leave(): Promise<void> {
    await this.#stream.close();
    this.goOn();
    await this.done;
  }

  async #read(): Promise<void> {
    for await (const { rows, offsets } of this.#stream) {
      this.start ??= offsets ?? null;
      this.offsets = offsets ?? this.offsets;
      for (const row of rows) {
        const [v] = JSON.parse(row) as [number];
        this.got.push(v);
        if (v === lastValue) this.#lasts++;
      }
      if (this.#lasts === partitions) return;
      await this.#paused?.promise;
    }
  }
}

async function openReader(engine: Engine, query: Query, limit: number | null, from: From) {
  const request = {
    sql: `${query.sql} EMIT CHANGES${limit === null ? '' : ` LIMIT ${limit}`};`,
    variables: {},
    properties: { ...scalable, 'auto.offset.reset': from === 'earliest' ? from : 'latest' },
  };
  const token =
    typeof from === 'string' ? {} : { continuationToken: continuationToken(identity, from) };
  const stream = await engine.query({ ...request, ...token });
  identity = stream.head.continuation ?? identity;
  return new Reader(query, limit, stream, from);
}
/** Of the stream that is read, as heads tell it. */
let identity = '';

/** What a query from `start` on gives: records in the order of their times. */
function expected(records: readonly ConsumedRecord[], { query, limit, start }: Reader): number[] {
  if (start === null) return [];
  const values = records
    .filter(({ partition, offset }) => offset >= start[partition]!)
    .map(({ value }) => (JSON.parse(Buffer.from(value!).toString()) as { V: number }).V)
    .filter((v) => query.shows(v));
  return limit === null ? values : values.slice(0, limit);
}

async function allRecords(engine: Engine): Promise<readonly ConsumedRecord[]> {
  const records: ConsumedRecord[] = [];
  for (let partition = 0; partition < partitions; partition++) {
    for (let offset = 0; ; ) {
      const some = await engine.fetch('c', partition, offset, 1 << 24);
      if (some.length === 0) break;
      records.push(...some);
      offset = some.at(-1)!.offset + 1;
    }
  }
  return records.toSorted((a, b) => a.time - b.time || a.partition - b.partition);
}

async function produce(
  engine: Engine,
  values: readonly number[],
  partition: (at: number) => number,
) {
  await engine.produce(
    values.map((v, at) => ({
      topic: 's',
      partition: partition(at),
      key: null,
      value: Buffer.from(JSON.stringify({ V: v, NOTE: note })),
      timestamp: 1,
      headers: [],
    })),
  );
}

/** On the calling thread, or on its own. */
function open(isThread: boolean): Promise<Engine> {
  const properties = { 'leat.limit.push.waiting': '1' };
  const config = { directory: null, durability: 'memory', properties } as const;
  if (!isThread) return engineWith('', { config });
  const onFatal = (error: Error) => {
    throw error;
  };
  return ThreadEngine.open({ ...config, timers: false }, { onFatal });
}

async function run(seed: number): Promise<void> {
  const random = randomOf(seed);
  const engine = await open(seed % 4 === 0);
  const readers: Reader[] = [];
  const gone: Reader[] = [];
  let producing: Promise<void> = Promise.resolve();
  let v = 0;
  identity = '';
  const acts: readonly (() => Promise<void>)[] = [
    async () => {
      const values = Array.from({ length: 1 + random(20) }, () => v++);
      const to = random(partitions);
      producing = Promise.all([producing, produce(engine, values, () => to)]).then(() => {});
    },
    async () => {
      const query = queries[random(queries.length)] as Query;
      const limit = random(3) === 0 ? 1 + random(60) : null;
      const offsets = readers[random(readers.length)]?.offsets ?? null;
      const known = offsets === null || identity === '' ? 'latest' : offsets;
      const from = (['latest', 'latest', 'earliest', known] as const)[random(4)]!;
      if (readers.length < 12) readers.push(await openReader(engine, query, limit, from));
    },
    async () => readers[random(readers.length)]?.pause(),
    async () => readers[random(readers.length)]?.pause(),
    async () => readers[random(readers.length)]?.goOn(),
    async () => {
      if (random(4) > 0 || readers.length === 0) return;
      const [left] = readers.splice(random(readers.length), 1);
      await left!.leave();
      gone.push(left!);
    },
  ];
  try {
    await engine.execute({ sql: SQL, properties: {}, variables: {} });
    for (let step = 0; step < 250; step++) {
      await (random(2) === 0 ? acts[0]! : acts[random(acts.length)]!)();
      if (random(4) === 0) await producing;
    }
    await producing;
    await produce(
      engine,
      Array.from({ length: partitions }, () => lastValue),
      (at) => at,
    );
    await engine.settle();
    for (const reader of readers) reader.goOn();
    await Promise.all(readers.map(({ done }) => done));
    const records = await allRecords(engine);
    for (const reader of readers) expect(reader.got).toEqual(expected(records, reader));
    for (const reader of gone)
      expect(reader.got).toEqual(expected(records, reader).slice(0, reader.got.length));
    for (const reader of readers) await reader.leave();
    expect((await engine.metrics())['push_queries']).toBe(0);
  } catch (error) {
    throw new Error(`seed ${seed}`, { cause: error });
  } finally {
    await engine[Symbol.asyncDispose]();
  }
}

const seeds = Number(process.env['RUNS'] ?? 4);
const first = Number(process.env['SEED'] ?? Date.now() % 1_000_000);

test.each(Array.from({ length: seeds }, (_, at) => first + at))(
  'every reader gets what the log holds from where it began (seed %i)',
  run,
  60_000,
);
