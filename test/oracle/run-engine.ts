/** Runs cases in a real engine: statements, records, and what stands in the topics when all is at rest. */
import type { Engine, ProduceRecord } from '../../src/engine/api.ts';
import type { Env } from '../../src/base/env.ts';
import { openLocalEngine } from '../../src/engine/open.ts';
import { decodeRecord, decodeRow, encode } from './codec.ts';
import { BIGINT, type Case, type InputRecord, type Source, type TopicRecord } from './model.ts';
import { printQuery, printSource } from './print.ts';
import type { Random } from './random.ts';
import { sourceNamed, type SourceMap, sourcesOf } from './schema.ts';

const fetchBytes = 1 << 30;

/** Nothing depends on the clock or on chance; nothing is logged. */
export function quietEnv(): Env {
  const silent = (): void => {};
  return {
    clock: { now: () => 0 },
    timers: { after: () => ({ [Symbol.dispose]: silent }) },
    random: { next: () => 0.5 },
    logger: { error: silent, warn: silent, info: silent, debug: silent },
  };
}

/** `LEAT_ORACLE_MEMORY=1`: engines may have so many bytes of state in memory. */
const { LEAT_ORACLE_MEMORY: memory } = process.env;

export const engineProperties: Readonly<Record<string, string>> = {
  'auto.offset.reset': 'earliest',
  ...(memory === undefined ? {} : { 'leat.limit.state.memory': memory }),
};

export function openMemoryEngine(): ReturnType<typeof openLocalEngine> {
  return openLocalEngine(
    { directory: null, durability: 'memory', properties: engineProperties },
    {
      env: quietEnv(),
      timers: false,
      onFatal: (error) => {
        throw error;
      },
    },
  );
}

export function toProduce(record: InputRecord, sources: SourceMap): ProduceRecord {
  const source = sourceNamed(sources, record.source);
  return {
    topic: source.topic,
    partition: record.partition,
    key: record.key === null ? null : encode(source.keyFormat, source.key, record.key, 'key'),
    value:
      record.value === null
        ? null
        : encode(source.valueFormat, source.value, record.value, 'value'),
    timestamp: record.timestamp,
    headers: [],
  };
}

export type PulledRow = Pick<TopicRecord, 'key' | 'window' | 'value'>;

/** A case's outcome: every topic decoded, and each query's backlog. */
export interface Outcome {
  /** In order of time, partition and offset. */
  readonly topics: ReadonlyMap<string, readonly TopicRecord[]>;
  /** By sink, by topic: where the partitions ended when the query was created. */
  readonly backlogs: ReadonlyMap<string, ReadonlyMap<string, readonly number[]>>;
  /** By sink, for tables: what a pull query over all of it answers. */
  readonly pulled: ReadonlyMap<string, readonly PulledRow[]>;
  /** Why queries stopped. */
  readonly failures: readonly string[];
}

export async function execute(engine: Engine, sql: string): Promise<void> {
  await engine.execute({ sql, properties: {}, variables: {} });
}

/** Creates everything and produces the records; with `random`, some of them in one go. */
export async function runCase(engine: Engine, of: Case, random: Random | null): Promise<Outcome> {
  const sources = sourcesOf(of);
  for (const source of of.sources) await execute(engine, printSource(source));
  await produce(engine, of.records.slice(0, of.backlog), sources, random);
  const backlogs = new Map<string, ReadonlyMap<string, readonly number[]>>();
  for (const query of of.queries) {
    await engine.settle();
    const inputs = [query.source, ...query.joins.map((join) => join.source)];
    const ends = new Map<string, readonly number[]>();
    for (const name of inputs) {
      const source = sourceNamed(sources, name);
      ends.set(source.topic, await endsOf(engine, source));
    }
    backlogs.set(query.sink, ends);
    await execute(engine, printQuery(query, sourceNamed(sources, query.sink).kind));
  }
  await produce(engine, of.records.slice(of.backlog), sources, random);
  const failures = await engine.settle();
  const pulled = await pullAll(engine, of);
  return {
    pulled,
    topics: await readTopics(engine, [...sources.values()]),
    backlogs,
    failures: failures.map(
      ({ queryId, message, causes }) => `${queryId}: ${message} ${causes.join('; ')}`,
    ),
  };
}

/** What pull queries over the tables that queries make answer. */
export async function pullAll(engine: Engine, of: Case): Promise<Outcome['pulled']> {
  const sources = sourcesOf(of);
  const pulled = new Map<string, readonly PulledRow[]>();
  for (const { sink } of of.queries) {
    const source = sourceNamed(sources, sink);
    if (source.kind === 'table') pulled.set(sink, await pull(engine, source));
  }
  return pulled;
}

/** SELECT * FROM a table. */
async function pull(engine: Engine, source: Source): Promise<readonly PulledRow[]> {
  const sql = `SELECT * FROM ${source.name};`;
  const stream = await engine.query({ sql, properties: {}, variables: {} });
  const bounds = source.window === null ? [] : [BIGINT, BIGINT];
  const types = [
    ...source.key.map(({ type }) => type),
    ...bounds,
    ...source.value.map(({ type }) => type),
  ];
  const rows: PulledRow[] = [];
  for await (const frame of stream) {
    for (const text of frame.rows) {
      const row = decodeRow(types, text);
      const key = row.splice(0, source.key.length);
      const [start, end] = row.splice(0, bounds.length);
      const window = bounds.length === 0 ? null : { start: Number(start), end: Number(end) };
      rows.push({ key, window, value: row });
    }
  }
  return rows;
}

async function endsOf(engine: Engine, source: Source): Promise<readonly number[]> {
  const ends: number[] = [];
  for (let partition = 0; partition < source.partitions; partition++) {
    const records = await engine.fetch(source.topic, partition, 0, fetchBytes);
    ends.push((records.at(-1)?.offset ?? -1) + 1);
  }
  return ends;
}

export async function produce(
  engine: Engine,
  records: readonly InputRecord[],
  sources: SourceMap,
  random: Random | null,
): Promise<void> {
  let pending: Promise<unknown>[] = [];
  for (const record of records) {
    pending.push(engine.produce([toProduce(record, sources)]));
    if (random?.chance(0.5) === true) continue;
    await Promise.all(pending);
    pending = [];
  }
  await Promise.all(pending);
}

export async function readTopics(
  engine: Engine,
  sources: readonly Source[],
): Promise<Map<string, readonly TopicRecord[]>> {
  const topics = new Map<string, readonly TopicRecord[]>();
  for (const source of sources) {
    const records: TopicRecord[] = [];
    for (let partition = 0; partition < source.partitions; partition++) {
      for (let offset = 0; ; ) {
        const fetched = await engine.fetch(source.topic, partition, offset, fetchBytes);
        if (fetched.length === 0) break;
        for (const record of fetched) records.push(decodeRecord(source, record));
        offset = (fetched.at(-1)?.offset ?? 0) + 1;
      }
    }
    records.sort((a, b) => a.time - b.time || a.partition - b.partition || a.offset - b.offset);
    topics.set(source.topic, records);
  }
  return topics;
}
