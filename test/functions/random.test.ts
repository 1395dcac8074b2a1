/** RANDOM() and UUID() of a stored query depend on its seed and the record, not on when or in what company it is processed. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { LocalEngine } from '../../src/engine/local-engine.ts';
import { openLocalEngine } from '../../src/engine/open.ts';
import { systemEnv } from '../../src/engine/system-env.ts';

const directory = mkdtempSync(join(tmpdir(), 'leat-random-'));
afterAll(() => rmSync(directory, { recursive: true }));

const create = `
  CREATE STREAM s (k INT KEY, v INT) WITH (KAFKA_TOPIC='s', VALUE_FORMAT='JSON', PARTITIONS=2);
  CREATE STREAM drawn AS SELECT k, random() AS r, uuid() AS u, random() AS r2 FROM s WHERE random() < 0.8;`;
const inserts = Array.from({ length: 12 }, (_, k) => `INSERT INTO s (k, v) VALUES (${k}, ${k});`);

async function execute(engine: LocalEngine, sql: string): Promise<void> {
  await engine.execute({ sql, properties: { 'auto.offset.reset': 'earliest' }, variables: {} });
  await engine.settle();
}

/** What the query wrote, per partition, when the inserts come in so many at a time, with a restart between. */
async function written(name: string, atOnce: number, seed: number): Promise<readonly string[]> {
  const config = {
    directory: join(directory, name),
    durability: 'process',
    properties: {},
  } as const;
  const env = { ...systemEnv(), random: { next: () => seed } };
  const open = () => openLocalEngine(config, { timers: false, env });
  let engine = await open();
  await execute(engine, create);
  for (let at = 0; at < inserts.length; at += atOnce) {
    await execute(engine, inserts.slice(at, at + atOnce).join(' '));
    await engine[Symbol.asyncDispose]();
    engine = await open();
  }
  const records = [
    ...(await engine.fetch('DRAWN', 0, 0, 1e6)),
    ...(await engine.fetch('DRAWN', 1, 0, 1e6)),
  ];
  await engine[Symbol.asyncDispose]();
  return records.map(({ value }) => Buffer.from(value ?? []).toString());
}

test('a query draws the same whatever the ticks and restarts, another one draws other numbers', async () => {
  const one = await written('one', 1, 0.25);
  expect(one.length).toBeGreaterThan(3);
  expect(new Set(one).size).toBe(one.length);
  expect(await written('all', 12, 0.25)).toEqual(one);
  expect(await written('other', 12, 0.75)).not.toEqual(one);
});
