/** EARLIEST_BY_OFFSET and LATEST_BY_OFFSET depend on the rows and their order alone: not on clocks, ticks or restarts. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { LocalEngine } from '../../src/engine/local-engine.ts';
import { openLocalEngine } from '../../src/engine/open.ts';
import { earliestByOffset, latestByOffset } from '../../src/functions/aggregate/by-offset.ts';

const directory = mkdtempSync(join(tmpdir(), 'leat-by-offset-'));
afterAll(() => rmSync(directory, { recursive: true }));

const create = `
  CREATE STREAM s (k STRING KEY, v STRING) WITH (KAFKA_TOPIC='s', VALUE_FORMAT='JSON', PARTITIONS=1);
  CREATE TABLE t AS SELECT k, earliest_by_offset(v) AS e, latest_by_offset(v) AS l,
    latest_by_offset(v, 2) AS l2 FROM s WINDOW SESSION (5 MILLISECONDS) GROUP BY k;`;
/** Two sessions, the later one in time first; the last row joins them and has no value of its own. */
const rows = [
  "INSERT INTO s (ROWTIME, k, v) VALUES (20, 'a', 'first');",
  "INSERT INTO s (ROWTIME, k, v) VALUES (10, 'a', 'second');",
  "INSERT INTO s (ROWTIME, k, v) VALUES (15, 'a', NULL);",
];

async function execute(engine: LocalEngine, sql: string): Promise<void> {
  await engine.execute({ sql, properties: { 'auto.offset.reset': 'earliest' }, variables: {} });
  await engine.settle();
}

async function results(name: string, restarts: boolean): Promise<readonly string[]> {
  const config = {
    directory: join(directory, name),
    durability: 'process',
    properties: {},
  } as const;
  const open = () => openLocalEngine(config, { timers: false });
  let engine = await open();
  await execute(engine, create);
  for (const row of rows) {
    await execute(engine, row);
    if (!restarts) continue;
    await engine[Symbol.asyncDispose]();
    engine = await open();
  }
  const written = await engine.fetch('T', 0, 0, 1_000_000);
  await engine[Symbol.asyncDispose]();
  return written.map(({ value }) => (value === null ? 'null' : Buffer.from(value).toString()));
}

test('sessions that merge agree on what came first, across restarts', async () => {
  const expected = [
    '{"E":"first","L":"first","L2":["first"]}',
    '{"E":"second","L":"second","L2":["second"]}',
    'null',
    'null',
    '{"E":"first","L":"second","L2":["first","second"]}',
  ];
  expect(await results('straight', false)).toEqual(expected);
  expect(await results('restarting', true)).toEqual(expected);
});

test('accumulators are the same whatever the time', () => {
  const add = (nowMs: number): unknown =>
    [earliestByOffset, latestByOffset].map((def) => {
      const bound = def.overloads[0]!.bind(
        {
          args: [{ kind: 'STRING' }],
          result: { kind: 'STRING' },
          property: () => undefined,
          now: () => nowMs,
          random: () => 0,
        },
        [],
      );
      return bound.add(bound.add(bound.init(), 'a'), 'b');
    });
  expect(add(1)).toEqual([
    [0n, 'a'],
    [1n, 'b'],
  ]);
  expect(add(1_700_000_000_000)).toEqual(add(1));
});
