/**
 * Metamorphic relations (reliability.md T47): what must not change the result does not. Each relation runs the case another way
 * and compares with a plain run: by bytes where the same log must give the same bytes, by what the topics amount to where the
 * specification promises no more.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Engine, ProduceRecord } from '../../src/engine/api.ts';
import type { LocalEngine } from '../../src/engine/local-engine.ts';
import { openLocalEngine } from '../../src/engine/open.ts';
import { ThreadEngine } from '../../src/engine/thread/thread-engine.ts';
import type { Append } from '../../src/log/log.ts';
import { encodeRecords } from '../../src/log/record-batch-writer.ts';
import { amounts, lastOfKeys, withPartitions, withVisitors } from './metamorphic-cases.ts';
import type { Case } from './model.ts';
import { printQuery, printSource } from './print.ts';
import type { Random } from './random.ts';
import { engineProperties, execute, openMemoryEngine, quietEnv, toProduce } from './run-engine.ts';
import { sourceNamed, sourcesOf } from './schema.ts';
import { rawTopics, type RawTopics } from './raw-topics.ts';
import { split } from './split.ts';

/** Records that are appended as one batch: of one partition, one after the other. */
type Batches = readonly (readonly ProduceRecord[])[];

export interface Relation {
  readonly name: string;
  /** null: it holds; else what differs. */
  check(of: Case, random: Random): Promise<string | null>;
}

function batchesOf(of: Case, random: Random | null): Batches {
  const sources = sourcesOf(of);
  const batches: ProduceRecord[][] = [];
  for (const record of of.records) {
    const produced = toProduce(record, sources);
    const open = batches.at(-1);
    const isNext = open?.[0]?.topic === produced.topic && open[0].partition === produced.partition;
    if (open !== undefined && isNext && random?.chance(0.7) === true) open.push(produced);
    else batches.push([produced]);
  }
  return batches;
}

function toAppend(batch: readonly ProduceRecord[]): Append {
  const { topic, partition } = batch[0]!;
  const { bytes, recordCount, maxTimestamp } = encodeRecords(
    batch.map(({ key, value, timestamp, headers }) => ({
      key,
      value,
      timestamp: timestamp!,
      headers,
    })),
  );
  const to = { topic, partition: partition! };
  return { to, batch: bytes, recordCount, maxTimestamp, times: null };
}

function statementsOf(of: Case): readonly string[] {
  const sources = sourcesOf(of);
  return [
    ...of.sources.map(printSource),
    ...of.queries.map((query) => printQuery(query, sourceNamed(sources, query.sink).kind)),
  ];
}

async function create(engine: Engine, of: Case): Promise<void> {
  for (const sql of statementsOf(of)) await execute(engine, sql);
}

/** The topics that are compared: those that queries read, whose log must be the same, and those that they write. */
function topicsOf(of: Case): readonly string[] {
  return [...of.sources.map((source) => source.topic), ...of.queries.map((query) => query.sink)];
}

/** One batch after the other, each processed before the next comes. */
async function plainRun(of: Case, batches: Batches): Promise<RawTopics> {
  await using engine = await openMemoryEngine();
  await create(engine, of);
  for (const batch of batches) {
    await engine.appendBatches([toAppend(batch)]);
    await engine.settle();
  }
  return await rawTopics(engine, topicsOf(of));
}

export function differenceOf(expected: RawTopics, actual: RawTopics): string | null {
  for (const [topic, records] of expected) {
    const found = actual.get(topic) ?? [];
    const at = records.findIndex((text, index) => text !== found[index]);
    if (at >= 0 || found.length !== records.length) {
      const place = at < 0 ? records.length : at;
      return `${topic} record ${place}:\n  plain ${records[place]}\n  other ${found[place]}`;
    }
  }
  return null;
}

/** Where other records or statements stand between, logical times differ. */
function withoutTimes(topics: RawTopics): RawTopics {
  const bare = (text: string): string => text.replace(/^#\d+ /, '');
  return new Map([...topics].map(([topic, records]) => [topic, records.map(bare)]));
}

/** The same batches, however many at a time, with or without a rest between. */
const deliveries: Relation = {
  name: 'deliveries',
  async check(of, random) {
    const batches = batchesOf(of, random);
    const expected = await plainRun(of, batches);
    await using engine = await openMemoryEngine();
    await create(engine, of);
    for (let at = 0; at < batches.length; ) {
      const count = random.chance(0.2) ? batches.length : random.between(1, 6);
      await engine.appendBatches(batches.slice(at, at + count).map(toAppend));
      at += count;
      if (random.chance(0.3)) await engine.settle();
    }
    await engine.settle();
    return differenceOf(expected, await rawTopics(engine, topicsOf(of)));
  },
};

/**
 * Records in larger batches: all but logical times is the same. Of a chain only the first query: records of one batch share
 * their logical time, and what follows from them is taken input by input, partition by partition.
 */
const batchSizes: Relation = {
  name: 'batch sizes',
  async check(chain, random) {
    const of = { ...chain, queries: chain.queries.slice(0, 1) };
    const expected = await plainRun(of, batchesOf(of, null));
    const actual = await plainRun(of, batchesOf(of, random));
    return differenceOf(withoutTimes(expected), withoutTimes(actual));
  },
};

/** The engine is closed and opened again anywhere, on disk. */
const restarts: Relation = {
  name: 'restarts',
  async check(of, random) {
    const batches = batchesOf(of, random);
    const expected = await plainRun(of, batches);
    const directory = mkdtempSync(join(tmpdir(), 'leat-oracle-'));
    let engine = await openDurable(directory);
    try {
      await create(engine, of);
      for (const batch of batches) {
        await engine.appendBatches([toAppend(batch)]);
        if (random.chance(0.3)) await engine.settle();
        if (!random.chance(0.25)) continue;
        await engine[Symbol.asyncDispose]();
        engine = await openDurable(directory);
      }
      const failures = await engine.settle();
      if (failures.length > 0) return failures.map(({ message }) => message).join('\n');
      return differenceOf(expected, await rawTopics(engine, topicsOf(of)));
    } finally {
      await engine[Symbol.asyncDispose]();
      rmSync(directory, { recursive: true });
    }
  },
};

function openDurable(directory: string): Promise<LocalEngine> {
  return openLocalEngine(
    { directory, durability: 'process', properties: engineProperties },
    {
      env: quietEnv(),
      timers: false,
      onFatal: (error) => {
        throw error;
      },
    },
  );
}

let thread: Promise<ThreadEngine> | null = null;

/** The engine on its own thread. One engine for all cases: starting a thread takes longer than a case. */
const threads: Relation = {
  name: 'threads',
  async check(of, random) {
    const batches = batchesOf(of, random);
    const expected = await plainRun(of, batches);
    thread ??= ThreadEngine.open(
      { directory: null, durability: 'memory', properties: engineProperties },
      {
        onFatal: (error) => {
          throw error;
        },
      },
    );
    const engine = await thread;
    try {
      await create(engine, of);
      for (const batch of batches) await engine.produce(batch);
      await engine.settle();
      const actual = await rawTopics(engine, topicsOf(of));
      return differenceOnceCompacted(of, withoutTimes(expected), withoutTimes(actual));
    } finally {
      await dropAll(engine, of);
    }
  },
};

/** The thread's upkeep may have compacted tables' topics meanwhile: what is left stands in order, and no key's last record is gone. */
function differenceOnceCompacted(of: Case, expected: RawTopics, actual: RawTopics): string | null {
  const tables = [...sourcesOf(of).values()].filter(({ kind }) => kind === 'table');
  for (const [topic, records] of expected) {
    const found = actual.get(topic) ?? [];
    if (!tables.some((table) => topic.startsWith(`${table.topic}/`))) {
      const difference = differenceOf(new Map([[topic, records]]), actual);
      if (difference !== null) return difference;
      continue;
    }
    let at = 0;
    for (const text of records) if (text === found[at]) at++;
    if (at < found.length) return `${topic}: not expected there: ${found[at]}`;
    const lost = lastOfKeys(records).find((text) => !found.includes(text));
    if (lost !== undefined) return `${topic}: missing: ${lost}`;
  }
  return null;
}

async function dropAll(engine: Engine, of: Case): Promise<void> {
  const sources = sourcesOf(of);
  for (const { name, kind } of [...sources.values()].reverse()) {
    await execute(engine, `DROP ${kind.toUpperCase()} IF EXISTS ${name} DELETE TOPIC;`);
  }
}

export async function closeThreads(): Promise<void> {
  await (await thread)?.[Symbol.asyncDispose]();
  thread = null;
}

/** Other sources, queries and records beside. */
const neighbours: Relation = {
  name: 'neighbours',
  async check(of, random) {
    const batches = batchesOf(of, null);
    const expected = await plainRun(of, batches);
    await using engine = await openMemoryEngine();
    const besides = [
      "CREATE STREAM ASIDE (K INT KEY, V INT) WITH (KAFKA_TOPIC='aside', PARTITIONS=2, KEY_FORMAT='KAFKA', VALUE_FORMAT='JSON');",
    ];
    const source = of.sources[0]!;
    const readers = [
      'CREATE TABLE ASIDE_COUNTS AS SELECT K, COUNT(*) AS N FROM ASIDE GROUP BY K;',
      `CREATE ${source.kind.toUpperCase()} ASIDE_COPY AS SELECT * FROM ${source.name};`,
    ];
    await execute(engine, besides[0]!);
    for (const sql of statementsOf(of)) {
      await execute(engine, sql);
      if (sql === printSource(source) && random.chance(0.7)) await execute(engine, readers[1]!);
    }
    if (random.chance(0.7)) await execute(engine, readers[0]!);
    for (const batch of batches) {
      if (random.chance(0.4)) await engine.appendBatches([toAppend(aside(random))]);
      await engine.appendBatches([toAppend(batch)]);
      if (random.chance(0.3)) await engine.settle();
    }
    await engine.settle();
    return differenceOf(
      withoutTimes(expected),
      withoutTimes(await rawTopics(engine, topicsOf(of))),
    );
  },
};

function aside(random: Random): readonly ProduceRecord[] {
  const key = Uint8Array.of(0, 0, 0, random.between(0, 3));
  const value = new TextEncoder().encode(`{"V":${random.between(0, 9)}}`);
  const timestamp = random.between(0, 100_000);
  return [{ topic: 'aside', partition: random.between(0, 1), key, value, timestamp, headers: [] }];
}

/** A query that reads and filters, and one that does the rest. */
const pipelines: Relation = {
  name: 'pipelines',
  async check(of, random) {
    const divided = split(of, random);
    if (divided === null) return null;
    const batches = batchesOf(of, null);
    const expected = await plainRun(of, batches);
    const actual = await plainRun(divided, batches);
    return differenceOf(withoutTimes(expected), withoutTimes(actual));
  },
};

/** Other partition counts: what the topics amount to is the same. */
const partitions: Relation = {
  name: 'partitions',
  async check(of, random) {
    const other = withPartitions(of, random);
    if (other === null) return null;
    const expected = await plainRun(of, batchesOf(of, null));
    const actual = await plainRun(other, batchesOf(other, null));
    return differenceOf(amounts(of, expected), amounts(other, actual));
  },
};

/** Rows that come and go at once were never there. */
const visitors: Relation = {
  name: 'visitors',
  async check(of, random) {
    const other = withVisitors(of, random);
    if (other === null) return null;
    const expected = await plainRun(of, batchesOf(of, null));
    const actual = await plainRun(other, batchesOf(other, null));
    return differenceOf(amounts(of, expected), amounts(other, actual));
  },
};

export const relations: readonly Relation[] = [
  deliveries,
  batchSizes,
  restarts,
  threads,
  neighbours,
  pipelines,
  partitions,
  visitors,
];
