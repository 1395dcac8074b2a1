/** What the kill loop runs: sources, queries over them, rows, and a replay of it all by an engine in memory. */
import type { ConsumedRecord, Engine } from '../../src/engine/api.ts';
import type { LocalEngine } from '../../src/engine/local-engine.ts';
import { RecordBatchWriter } from '../../src/log/record-batch-writer.ts';
import { recordsOf, request } from '../engine/topics.ts';

const sourceTopics: readonly string[] = ['events', 'users'];

/** Eight queries: stateless, two kinds of windows' worth of state, joins of both kinds, and queries over queries. */
const statements: readonly string[] = [
  `CREATE STREAM events (k STRING KEY, writer INT, seq BIGINT, v INT, ts BIGINT)
     WITH (KAFKA_TOPIC='events', VALUE_FORMAT='JSON', TIMESTAMP='ts');`,
  `CREATE TABLE users (id STRING PRIMARY KEY, name STRING, seq BIGINT)
     WITH (KAFKA_TOPIC='users', VALUE_FORMAT='JSON');`,
  `CREATE STREAM big AS SELECT k, writer, seq, v * 2 AS twice FROM events WHERE v > 50;`,
  `CREATE TABLE per_second AS SELECT k, COUNT(*) AS n, SUM(v) AS total FROM events
     WINDOW TUMBLING (SIZE 1 SECOND, GRACE PERIOD 10 SECONDS) GROUP BY k;`,
  `CREATE STREAM named AS SELECT e.k, u.name, u.seq AS user_seq, e.seq FROM events e LEFT JOIN users u ON e.k = u.id;`,
  `CREATE TABLE by_name AS SELECT name, COUNT(*) AS n, SUM(seq) AS seqs FROM users GROUP BY name;`,
  `CREATE TABLE big_totals AS SELECT k, COUNT(*) AS n, SUM(twice) AS total, LATEST_BY_OFFSET(seq) AS latest FROM big GROUP BY k;`,
  `CREATE STREAM by_writer AS SELECT writer, k, seq FROM events PARTITION BY writer;`,
  `CREATE TABLE per_writer AS SELECT writer, COUNT(*) AS n, MAX(seq) AS latest FROM by_writer GROUP BY writer;`,
  `CREATE TABLE joined AS SELECT t.k, t.n, u.name FROM big_totals t JOIN users u ON t.k = u.id;`,
];

/** What the queries write. */
export const derivedTopics: readonly string[] = [
  'BIG',
  'PER_SECOND',
  'NAMED',
  'BY_NAME',
  'BIG_TOTALS',
  'BY_WRITER',
  'PER_WRITER',
  'JOINED',
];
/** Those whose rows can be looked at. */
export const tables: readonly string[] = [
  'PER_SECOND',
  'BY_NAME',
  'BIG_TOTALS',
  'PER_WRITER',
  'JOINED',
];

/** Sources are kept whole, so that everything can be computed again; what the queries write is compacted where it is a table. */
export async function define(engine: LocalEngine): Promise<void> {
  for (const name of sourceTopics)
    await engine.createTopic({ name, partitions: 2, cleanup: 'delete', retentionMs: null });
  for (const sql of statements) await engine.execute(request(sql));
}

const keys = 20;
// Recent, or retention would take what is written.
const firstTime = Date.now() - 6 * 3_600_000;

/** Event time moves on by a few milliseconds a row; some rows are late, a few too late to count. */
export function eventRow(writer: number, seq: number, random: () => number): object {
  const late = random() < 0.1 ? random() * 20_000 : 0;
  return {
    K: `k${Math.floor(random() * keys)}`,
    WRITER: writer,
    SEQ: seq,
    V: Math.floor(random() * 100),
    TS: Math.floor(firstTime + seq * 5 - late),
  };
}

export function userRow(seq: number, random: () => number): object {
  return {
    ID: `k${Math.floor(random() * keys * 1.5)}`,
    NAME: `name ${Math.floor(random() * 5)}`,
    SEQ: seq,
  };
}

/** Defines everything in `fresh` and appends the source records of `from` to it, in the same order and batches. */
export async function replay(from: Engine, fresh: LocalEngine): Promise<void> {
  await define(fresh);
  const records: (ConsumedRecord & { readonly topic: string })[] = [];
  for (const topic of sourceTopics) {
    for (const partition of [0, 1]) {
      for (const record of await recordsOf(from, topic, partition))
        records.push({ ...record, topic });
    }
  }
  // Records of one logical time came as one batch.
  records.sort((a, b) => a.time - b.time || a.offset - b.offset);
  for (let at = 0; at < records.length; ) {
    const appends = [];
    for (let count = 0; count < 100 && at < records.length; count++) {
      const { topic, partition, time } = records[at] as (typeof records)[number];
      const writer = new RecordBatchWriter();
      for (; records[at]?.time === time; at++) {
        const { key, value, timestamp, headers } = records[at] as (typeof records)[number];
        writer.append(key, value, timestamp, headers);
      }
      const { bytes, recordCount, maxTimestamp } = writer.finish();
      appends.push({
        to: { topic, partition },
        batch: bytes,
        recordCount,
        maxTimestamp,
        times: null,
      });
    }
    await fresh.appendBatches(appends);
  }
  await fresh.settle();
}
