/** CREATE OR REPLACE … AS SELECT on a data directory: what goes on keeps its state, what is refused leaves everything as it was. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { LocalEngine } from '../../src/engine/local-engine.ts';
import { openLocalEngine } from '../../src/engine/open.ts';
import { temporaryDirectory } from '../server/directories.ts';
import { json } from './program.ts';
import type { InputRecord } from './recording.ts';
import { commandTopic, feed, pull } from './stage.ts';

let directory: ReturnType<typeof temporaryDirectory>;
let engine: LocalEngine;

const open = () =>
  openLocalEngine(
    {
      directory: directory.path,
      durability: 'process',
      properties: { 'auto.offset.reset': 'earliest' },
    },
    { timers: false },
  );

beforeEach(async () => {
  directory = temporaryDirectory();
  engine = await open();
  await run(
    `CREATE STREAM s (k STRING KEY, g STRING, v INT) WITH (KAFKA_TOPIC='s', VALUE_FORMAT='JSON', PARTITIONS=1);`,
  );
});

afterEach(async () => {
  await engine[Symbol.asyncDispose]();
  directory[Symbol.dispose]();
});

async function restart(): Promise<void> {
  await engine[Symbol.asyncDispose]();
  engine = await open();
}

async function run(sql: string): Promise<void> {
  await engine.execute({ sql, properties: {}, variables: {} });
}

async function rows(sql: string): Promise<readonly string[]> {
  return (await pull(engine, sql)).rows;
}

async function values(topic: string): Promise<readonly string[]> {
  const records = await engine.fetch(topic, 0, 0, 1 << 20);
  return records.map(({ key, value }) => `${textOf(key)} ${textOf(value)}`);
}

const textOf = (bytes: Uint8Array | null) =>
  bytes === null ? 'null' : Buffer.from(bytes).toString();

const record = (key: string, g: string, v: number): InputRecord =>
  json('s', 1_000, key, { G: g, V: v });

describe('CREATE OR REPLACE of a stream’s query', () => {
  test('goes on where the old one was, with the new expressions, also after a restart', async () => {
    await run('CREATE STREAM d AS SELECT k, v FROM s WHERE v > 1;');
    await feed(engine, [record('a', 'x', 1), record('a', 'x', 2)]);
    await run('CREATE OR REPLACE STREAM d AS SELECT k, v, v * 2 AS twice FROM s WHERE v > 0;');
    await feed(engine, [record('a', 'x', 1)]);
    await restart();
    await feed(engine, [record('b', 'y', 3)]);
    expect(await values('D')).toEqual(['a {"V":2}', 'a {"V":1,"TWICE":2}', 'b {"V":3,"TWICE":6}']);
    expect([...engine.catalog.queries.keys()]).toEqual(['CSAS_D_1']);
  });

  test('what came while nobody ran is done by the new one', async () => {
    await run('CREATE STREAM d AS SELECT k, v FROM s;');
    await feed(engine, [record('a', 'x', 1)]);
    await run('PAUSE CSAS_D_1;');
    await feed(engine, [record('a', 'x', 2)]);
    await run('CREATE OR REPLACE STREAM d AS SELECT k, v, g FROM s;');
    expect(engine.catalog.queries.get('CSAS_D_1')?.state).toBe('PAUSED');
    await restart();
    await run('RESUME CSAS_D_1;');
    await feed(engine, [record('a', 'x', 3)]);
    expect(await values('D')).toEqual(['a {"V":1}', 'a {"V":2,"G":"x"}', 'a {"V":3,"G":"x"}']);
  });
});

describe('CREATE OR REPLACE of an aggregation', () => {
  test('keeps what was counted over both a replacement and a restart', async () => {
    await run(
      'CREATE TABLE t AS SELECT g, COUNT(*) AS n, SUM(v) AS total FROM s WHERE v > 1 GROUP BY g;',
    );
    await feed(engine, [record('a', 'x', 1), record('a', 'x', 2), record('b', 'y', 3)]);
    await restart();
    await run(
      'CREATE OR REPLACE TABLE t AS SELECT g, COUNT(*) AS n, SUM(v) AS total FROM s WHERE v > 0 GROUP BY g HAVING COUNT(*) > 1;',
    );
    expect(await rows('SELECT * FROM t;')).toEqual([]);
    await feed(engine, [record('a', 'x', 1)]);
    await restart();
    expect(await rows('SELECT * FROM t;')).toEqual(['["x",2,3]']);
    await run(
      'CREATE OR REPLACE TABLE t AS SELECT g, COUNT(*) AS n, SUM(v) AS total FROM s GROUP BY g;',
    );
    await feed(engine, [record('b', 'y', -3)]);
    expect(await rows('SELECT * FROM t;')).toEqual(['["x",2,3]', '["y",2,0]']);
  });
});

describe('CREATE OR REPLACE of a table’s query', () => {
  test('finds rows that were there before, with the columns that nobody had asked for', async () => {
    await run(
      `CREATE TABLE users (id STRING PRIMARY KEY, name STRING, age INT) WITH (KAFKA_TOPIC='users', VALUE_FORMAT='JSON', PARTITIONS=1);`,
    );
    await run('CREATE TABLE names AS SELECT id, name FROM users;');
    await feed(engine, [
      json('users', 1, 'ann', { NAME: 'Ann', AGE: 30 }),
      json('users', 2, 'bob', { NAME: 'Bob', AGE: 10 }),
    ]);
    await run('CREATE OR REPLACE TABLE names AS SELECT id, name, age FROM users WHERE age > 18;');
    await feed(engine, [json('users', 3, 'cid', { NAME: 'Cid', AGE: 20 })]);
    expect(await rows('SELECT * FROM names;')).toEqual(['["ann","Ann",30]', '["cid","Cid",20]']);
    await restart();
    await feed(engine, [json('users', 4, 'ann', { NAME: 'Ann', AGE: 3 })]);
    expect(await rows('SELECT * FROM names;')).toEqual(['["cid","Cid",20]']);
  });
});

describe('a replacement that is refused', () => {
  const refusals: readonly (readonly [name: string, sql: string, message: string])[] = [
    [
      'another aggregate',
      'CREATE OR REPLACE TABLE t AS SELECT g, COUNT(*) AS n, MAX(v) AS m FROM s GROUP BY g;',
      'Plan step of type StreamAggregate must have matching',
    ],
    [
      'another grouping',
      'CREATE OR REPLACE TABLE t AS SELECT k, COUNT(*) AS n FROM s GROUP BY k;',
      'Key columns must be identical',
    ],
    [
      'a window',
      'CREATE OR REPLACE TABLE t AS SELECT g, COUNT(*) AS n FROM s WINDOW TUMBLING (SIZE 1 SECOND) GROUP BY g;',
      'Plan type StreamAggregate must be the same as StreamWindowedAggregate.',
    ],
    [
      'another type of a column',
      'CREATE OR REPLACE TABLE t AS SELECT g, CAST(COUNT(*) AS INT) AS n FROM s GROUP BY g;',
      'The following columns are changed, missing or reordered: [`N` BIGINT]',
    ],
    [
      'another source',
      'CREATE OR REPLACE TABLE t AS SELECT g, COUNT(*) AS n FROM other GROUP BY g;',
      'must have matching topicName',
    ],
    [
      'a source that is not there',
      'CREATE OR REPLACE TABLE t AS SELECT g, COUNT(*) AS n FROM none GROUP BY g;',
      'NONE does not exist',
    ],
    ['a stream for a table', 'CREATE OR REPLACE STREAM t AS SELECT k, v FROM s;', 'TABLE'],
    [
      'a text that does not parse',
      'CREATE OR REPLACE TABLE t AS SELECT g, COUNT( AS n FROM s GROUP BY g;',
      '',
    ],
  ];

  test.each(refusals)(
    'for %s leaves the old query running, also after a restart',
    async (_name, sql, message) => {
      await run(
        `CREATE STREAM other (k STRING KEY, g STRING, v INT) WITH (KAFKA_TOPIC='other', VALUE_FORMAT='JSON', PARTITIONS=1);`,
      );
      await run('CREATE TABLE t AS SELECT g, COUNT(*) AS n FROM s GROUP BY g;');
      await feed(engine, [record('a', 'x', 1)]);
      const before = {
        catalog: engine.catalog,
        commands: (await engine.fetch(commandTopic, 0, 0, 1 << 20)).length,
        topics: await engine.topics(),
      };
      await expect(run(sql)).rejects.toThrow(message);
      expect({
        catalog: engine.catalog,
        commands: (await engine.fetch(commandTopic, 0, 0, 1 << 20)).length,
        topics: await engine.topics(),
      }).toEqual(before);
      await feed(engine, [record('b', 'x', 2)]);
      await restart();
      await feed(engine, [record('c', 'x', 3)]);
      expect(await rows('SELECT * FROM t;')).toEqual(['["x",3]']);
      expect(await values('T')).toEqual(['x {"N":1}', 'x {"N":2}', 'x {"N":3}']);
    },
  );
});
