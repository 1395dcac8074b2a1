/**
 * What comes out is a function of what went in: the same statements and records give the same bytes, whether the engine runs
 * through or is closed and opened in between, inline or on a thread, with its state in memory or on disk, and however records are cut
 * into requests.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import '../engine/thread-cache.ts';
import type { Engine, ProduceRecord } from '../../src/engine/api.ts';
import { openLocalEngine } from '../../src/engine/open.ts';
import { ThreadEngine } from '../../src/engine/thread/thread-engine.ts';
import { request, rowsOf, topicText } from '../engine/topics.ts';
import { temporaryDirectory } from '../server/directories.ts';

const sources: readonly string[] = [
  "CREATE STREAM a (k STRING KEY, v INT, w STRING) WITH (KAFKA_TOPIC='a', VALUE_FORMAT='JSON', PARTITIONS=1);",
  "CREATE STREAM b (k STRING KEY, x INT) WITH (KAFKA_TOPIC='b', VALUE_FORMAT='JSON', PARTITIONS=1);",
  "CREATE TABLE t (k STRING PRIMARY KEY, n STRING, m INT) WITH (KAFKA_TOPIC='t', VALUE_FORMAT='JSON', PARTITIONS=1);",
  "CREATE TABLE u (k STRING PRIMARY KEY, o STRING) WITH (KAFKA_TOPIC='u', VALUE_FORMAT='JSON', PARTITIONS=1);",
];

/** A query, the queries it reads, and whether its rows can be looked at. */
interface Query {
  readonly sql: string;
  readonly name: string;
  readonly reads: readonly number[];
  readonly isTable: boolean;
}
const queries: readonly Query[] = [
  {
    name: 'Q0',
    reads: [],
    isTable: false,
    sql: 'CREATE STREAM q0 AS SELECT k, v * 2 AS v, w FROM a WHERE v > 2;',
  },
  {
    name: 'Q1',
    reads: [0],
    isTable: true,
    sql: 'CREATE TABLE q1 AS SELECT k, COUNT(*) AS n, SUM(v) AS s FROM q0 GROUP BY k;',
  },
  {
    name: 'Q2',
    reads: [],
    isTable: true,
    sql: 'CREATE TABLE q2 AS SELECT w, COUNT(*) AS n, MAX(v) AS m FROM a WINDOW HOPPING (SIZE 10 SECONDS, ADVANCE BY 5 SECONDS, GRACE PERIOD 5 SECONDS) GROUP BY w;',
  },
  {
    name: 'Q3',
    reads: [],
    isTable: false,
    sql: 'CREATE STREAM q3 AS SELECT a.k, v, n FROM a LEFT JOIN t ON a.k = t.k;',
  },
  {
    name: 'Q4',
    reads: [],
    isTable: true,
    sql: 'CREATE TABLE q4 AS SELECT n, COUNT(*) AS c, SUM(m) AS s FROM t GROUP BY n;',
  },
  {
    name: 'Q5',
    reads: [],
    isTable: true,
    sql: 'CREATE TABLE q5 AS SELECT t.k, n, o FROM t FULL OUTER JOIN u ON t.k = u.k;'.replace(
      't.k, n',
      'ROWKEY AS k, n',
    ),
  },
  {
    name: 'Q6',
    reads: [0],
    isTable: false,
    sql: 'CREATE STREAM q6 AS SELECT q0.w, q0.v, t.m FROM q0 JOIN t ON q0.w = t.k;',
  },
  {
    name: 'Q7',
    reads: [],
    isTable: false,
    sql: 'CREATE STREAM q7 AS SELECT a.k, v, x FROM a LEFT JOIN b WITHIN 5 SECONDS GRACE PERIOD 2 SECONDS ON a.k = b.k;',
  },
  {
    name: 'Q8',
    reads: [],
    isTable: true,
    sql: 'CREATE TABLE q8 AS SELECT k, COUNT(*) AS n FROM b WINDOW SESSION (3 SECONDS, GRACE PERIOD 5 SECONDS) GROUP BY k;',
  },
  {
    name: 'Q9',
    reads: [4],
    isTable: true,
    sql: 'CREATE TABLE q9 AS SELECT n, c FROM q4 WHERE c > 1;',
  },
  {
    name: 'Q10',
    reads: [],
    isTable: true,
    sql: 'CREATE TABLE q10 AS SELECT k, COUNT(*) AS n FROM b WINDOW TUMBLING (SIZE 4 SECONDS, RETENTION 1 HOUR, GRACE PERIOD 1 SECOND) GROUP BY k EMIT FINAL;',
  },
  {
    name: 'Q11',
    reads: [],
    isTable: true,
    sql: 'CREATE TABLE q11 AS SELECT t.k, t.n, u.o FROM t JOIN u ON t.n = u.k;',
  },
];

type Op =
  | { readonly kind: 'produce'; readonly topic: string; readonly records: readonly ProduceRecord[] }
  | { readonly kind: 'create' | 'pause' | 'resume' | 'terminate'; readonly query: number }
  | { readonly kind: 'restart' };

const names = fc.constantFrom('x', 'y', 'z');
const number = fc.integer({ min: 0, max: 9 });
const values: Readonly<Record<string, fc.Arbitrary<object | null>>> = {
  a: fc.option(fc.record({ V: fc.option(number), W: fc.option(names) }), { freq: 12 }),
  b: fc.option(fc.record({ X: number }), { freq: 12 }),
  t: fc.option(fc.record({ N: fc.option(names), M: number }), { freq: 3 }),
  u: fc.option(fc.record({ O: names }), { freq: 3 }),
};
const produce = fc.constantFrom('a', 'b', 't', 'u').chain((topic) =>
  fc
    .array(
      fc.record({
        key: fc.option(names, { freq: 15 }),
        value: values[topic] as fc.Arbitrary<object | null>,
        timestamp: fc.integer({ min: 0, max: 40_000 }),
      }),
      { minLength: 1, maxLength: 6 },
    )
    .map(
      (rows): Op => ({
        kind: 'produce',
        topic,
        records: rows.map(({ key, value, timestamp }) => ({
          topic,
          partition: null,
          key: key === null ? null : Buffer.from(key),
          value: value === null ? null : Buffer.from(JSON.stringify(value)),
          timestamp,
          headers: [],
        })),
      }),
    ),
);
const op: fc.Arbitrary<Op> = fc.oneof(
  { weight: 6, arbitrary: produce },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constantFrom('create', 'create', 'create', 'pause', 'resume', 'terminate'),
      query: fc.nat({ max: queries.length - 1 }),
    }) as fc.Arbitrary<Op>,
  },
  { weight: 2, arbitrary: fc.constant<Op>({ kind: 'restart' }) },
);
const program = fc.array(op, { minLength: 5, maxLength: 40 });

/** How the same operations are carried out. */
interface Way {
  readonly open: () => Promise<Engine>;
  readonly restarts: boolean;
  /** Every record is a request of its own. */
  readonly isCut: boolean;
  /** Everything that follows from a request is waited for before the next. */
  readonly settles: boolean;
}

const local = (directory: string | null, properties: Readonly<Record<string, string>> = {}) =>
  openLocalEngine(
    { directory, durability: directory === null ? 'memory' : 'process', properties },
    { timers: false },
  );
const through: Way = { open: () => local(null), restarts: false, isCut: false, settles: true };

/** What the log and the tables hold at the end. */
async function outcome(ops: readonly Op[], way: Way): Promise<unknown> {
  let engine = await way.open();
  const running = new Map<number, string>();
  for (const sql of sources) await engine.execute(request(sql));
  try {
    for (const step of ops) {
      if (step.kind === 'produce') {
        const requests = way.isCut ? step.records.map((record) => [record]) : [step.records];
        for (const records of requests) await engine.produce(records);
        if (way.settles) await engine.settle();
      } else if (step.kind === 'restart') {
        if (!way.restarts) continue;
        await engine[Symbol.asyncDispose]();
        engine = await way.open();
      } else await manage(engine, step, running);
    }
    // What still waits is carried through.
    for (const id of running.values()) await engine.execute(request(`RESUME ${id};`));
    return await observe(engine, running);
  } finally {
    await engine[Symbol.asyncDispose]();
  }
}

/** Statements about queries are given when these have processed what is there: where a query stands is then the same. */
async function manage(
  engine: Engine,
  { kind, query }: Extract<Op, { readonly query: number }>,
  running: Map<number, string>,
): Promise<void> {
  await engine.settle();
  const { sql, reads, name } = queries[query] as Query;
  const id = running.get(query);
  if (kind === 'create') {
    const isThere = (await engine.describe()).sources.some((source) => source.name === name);
    const canRead = reads.every((read) => running.has(read));
    if (isThere || !canRead) return;
    const [reply] = await engine.execute(request(sql, { 'auto.offset.reset': 'earliest' }));
    const status = reply?.entity?.['commandStatus'] as { readonly queryId: string };
    running.set(query, status.queryId);
  } else if (id !== undefined) {
    await engine.execute(request(`${kind.toUpperCase()} ${id};`));
    if (kind === 'terminate') running.delete(query);
  }
}

async function observe(engine: Engine, running: ReadonlyMap<number, string>): Promise<unknown> {
  const failures = await engine.settle();
  const topics: Record<string, unknown> = {};
  for (const { name } of queries) topics[name] = await topicText(engine, name);
  const rows: Record<string, unknown> = {};
  for (const query of running.keys()) {
    const { name, isTable } = queries[query] as Query;
    if (isTable) rows[name] = await rowsOf(engine, `SELECT * FROM ${name};`);
  }
  return { failures, topics, rows };
}

test('an engine that is closed and opened again gives what one gives that runs through', async () => {
  await fc.assert(
    fc.asyncProperty(program, async (ops) => {
      using directory = temporaryDirectory();
      const way = {
        open: () => local(directory.path),
        restarts: true,
        isCut: false,
        settles: false,
      };
      expect(await outcome(ops, way)).toEqual(await outcome(ops, through));
    }),
    { numRuns: 60 },
  );
}, 60_000);

test('an engine that may keep next to no state in memory gives what one gives that keeps all', async () => {
  await fc.assert(
    fc.asyncProperty(program, async (ops) => {
      using directory = temporaryDirectory();
      const way = {
        open: () => local(directory.path, { 'leat.limit.state.memory': '1' }),
        restarts: true,
        isCut: true,
        settles: false,
      };
      expect(await outcome(ops, way)).toEqual(await outcome(ops, through));
    }),
    { numRuns: 25 },
  );
}, 60_000);

test('records give the same one by one and many at a time', async () => {
  await fc.assert(
    fc.asyncProperty(program, async (ops) => {
      const way = { ...through, isCut: true, settles: false };
      expect(await outcome(ops, way)).toEqual(await outcome(ops, through));
    }),
    { numRuns: 80 },
  );
}, 60_000);

test('an engine on a thread gives what one gives inline', async () => {
  const open = () =>
    ThreadEngine.open(
      { directory: null, durability: 'memory', properties: {}, timers: false },
      {
        onFatal(error) {
          throw error;
        },
      },
    );
  await fc.assert(
    fc.asyncProperty(program, async (ops) => {
      const way = { open, restarts: false, isCut: false, settles: false };
      expect(await outcome(ops, way)).toEqual(await outcome(ops, through));
    }),
    { numRuns: 8 },
  );
}, 60_000);
