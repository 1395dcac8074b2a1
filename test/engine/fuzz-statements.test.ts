/**
 * Ten thousand mutations of valid statements through everything a statement goes through: parsing, analysis, planning, and,
 * where they are still valid, the catalog and running queries over data.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { scan } from '../../grammar/scan.ts';
import { StatementFailure } from '../../src/engine/api.ts';
import type { LocalEngine } from '../../src/engine/local-engine.ts';
import { openLocalEngine } from '../../src/engine/open.ts';
import { systemEnv } from '../../src/engine/system-env.ts';
import { parseScriptFile } from '../scripts/script-file.ts';
import { randomFrom } from '../server/random.ts';
import { request } from './topics.ts';

const mutants = 10_000;
/** Statements that share an engine. */
const perEngine = 250;

const fixture = `
CREATE STREAM s (k STRING KEY, v INT, g STRING, w STRING, name STRING) WITH (KAFKA_TOPIC='s', VALUE_FORMAT='JSON', PARTITIONS=1);
CREATE STREAM orders (id STRING KEY, user_id STRING, item STRING, quantity INT, price DECIMAL(6, 2)) WITH (KAFKA_TOPIC='orders', VALUE_FORMAT='JSON', PARTITIONS=1);
CREATE TABLE users (id STRING PRIMARY KEY, name STRING, city STRING, age INT) WITH (KAFKA_TOPIC='users', VALUE_FORMAT='JSON', PARTITIONS=1);
CREATE STREAM n (k STRING KEY, a INT, b BIGINT, c DOUBLE, d DECIMAL(5, 2)) WITH (KAFKA_TOPIC='n', VALUE_FORMAT='JSON', PARTITIONS=1);
CREATE STREAM c (k STRING KEY, a ARRAY<INT>, m MAP<STRING, DOUBLE>, s STRUCT<x INT, y STRUCT<z STRING>>) WITH (KAFKA_TOPIC='c', VALUE_FORMAT='JSON', PARTITIONS=1);
CREATE STREAM carts (id STRING KEY, items ARRAY<STRING>, counts ARRAY<INT>) WITH (KAFKA_TOPIC='carts', VALUE_FORMAT='JSON', PARTITIONS=1);
CREATE STREAM clicks (page STRING KEY, ms INT) WITH (KAFKA_TOPIC='clicks', VALUE_FORMAT='JSON', PARTITIONS=1);
CREATE TABLE l (id STRING PRIMARY KEY, a STRING) WITH (KAFKA_TOPIC='l', VALUE_FORMAT='JSON', PARTITIONS=1);
CREATE TABLE r (id STRING PRIMARY KEY, b STRING) WITH (KAFKA_TOPIC='r', VALUE_FORMAT='JSON', PARTITIONS=1);
CREATE TABLE t AS SELECT k, COUNT(*) AS n, SUM(v) AS total FROM s GROUP BY k;
CREATE TABLE totals AS SELECT item, COUNT(*) AS orders, SUM(quantity) AS quantity FROM orders GROUP BY item;
CREATE TABLE per_second AS SELECT page, COUNT(*) AS n, SUM(ms) AS ms FROM clicks WINDOW TUMBLING (SIZE 1 SECOND) GROUP BY page;`;

const data: Readonly<Record<string, string>> = {
  s: '{"V":3,"G":"x","W":"y","NAME":"z"}',
  orders: '{"USER_ID":"u","ITEM":"apple","QUANTITY":2,"PRICE":1.25}',
  users: '{"NAME":"Ann","CITY":"Rome","AGE":30}',
  n: '{"A":-7,"B":9223372036854775807,"C":1.5,"D":2.25}',
  c: '{"A":[1,2],"M":{"p":1},"S":{"X":1,"Y":{"Z":"deep"}}}',
  carts: '{"ITEMS":["a","b"],"COUNTS":[1]}',
  clicks: '{"MS":5}',
  l: '{"A":"a"}',
  r: '{"B":"b"}',
};

function corpus(): readonly string[] {
  const directory = join(import.meta.dirname, '../scripts/cases');
  return readdirSync(directory)
    .flatMap((file) => parseScriptFile(readFileSync(join(directory, file), 'utf8')))
    .flatMap(({ commands }) => commands)
    .flatMap((command) => (command.kind === 'sql' ? [command.text] : []));
}

const valid = corpus();
/** What a token is: scripts write names in lower case, keywords and functions in upper case. */
function kindOf(image: string): string {
  const first = image[0] ?? '';
  if (/['"`]/.test(first)) return first;
  if (/\d/.test(first)) return 'number';
  if (/[A-Z]/.test(first)) return 'keyword';
  if (/\w/.test(first)) return 'name';
  if (/^[-+*/%]$/.test(image)) return 'arithmetic';
  return /^[<>=!]+$/.test(image) ? 'comparison' : image;
}
/** What may stand in a token's place: names for names, texts for texts. */
const alike = new Map<string, string[]>();
for (const token of valid.flatMap((sql) => scan(sql))) {
  const words = alike.get(kindOf(token.image)) ?? [];
  words.push(token.image);
  alike.set(kindOf(token.image), words);
}
const odd = [
  '2147483648',
  '99999999999999999999',
  '1e999',
  "''",
  "'\\u0000'",
  '``',
  '__proto__',
  'constructor',
  'NULL',
  '-1',
  '0',
  'ROWTIME',
];

/** A name that nothing has yet, so that what is created does not fail for being there. */
function renamed(sql: string, number: number): string {
  return sql.replace(/^(CREATE (?:OR REPLACE )?(?:STREAM|TABLE)) \w+/, `$1 f${number}`);
}

/** Puts something alike in a token's place mostly; else drops, doubles or swaps one. */
function mutate(sql: string, random: () => number): string {
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
  const parts = scan(sql).map(({ image }) => image);
  const changes = random() < 0.6 ? 1 : 2 + Math.floor(random() * 3);
  for (let change = 0; change < changes; change++) {
    let at = Math.floor(random() * parts.length);
    // Another keyword is a syntax error mostly, which the parser's own tests look at.
    while (kindOf(parts[at] ?? '') === 'keyword' && random() < 0.8)
      at = Math.floor(random() * parts.length);
    const kind = random();
    if (kind < 0.8) parts[at] = pick(alike.get(kindOf(parts[at] ?? '')) ?? odd);
    else if (kind < 0.86) parts[at] = pick(odd);
    else if (kind < 0.9) parts.splice(at, 1);
    else if (kind < 0.95) parts.splice(at, 0, parts[at] ?? '');
    else parts.splice(at, 2, parts[at + 1] ?? '', parts[at] ?? '');
  }
  return parts.join(' ');
}

interface Tally {
  refused: number;
  accepted: number;
  readonly wrong: string[];
}

test(`${mutants} mutated statements are executed or refused at a place in their text`, async () => {
  const random = randomFrom(20_250_101);
  const tally: Tally = { refused: 0, accepted: 0, wrong: [] };
  const began = performance.now();
  for (let done = 0; done < mutants; done += perEngine) await batch(random, tally);
  console.log(
    `statements: ${tally.refused} refused and ${tally.accepted} executed in ${((performance.now() - began) / 1000).toFixed(1)} s`,
  );
  expect(tally.wrong).toEqual([]);
  expect(tally.refused + tally.accepted).toBe(mutants);
  expect(tally.accepted).toBeGreaterThan(mutants / 10);
  expect(tally.refused).toBeGreaterThan(mutants / 4);
}, 120_000);

async function batch(random: () => number, tally: Tally): Promise<void> {
  const logger = {
    warn: (event: string, fields: unknown) => {
      if ((fields as { readonly ours?: boolean }).ours === true)
        tally.wrong.push(`${event}: ${JSON.stringify(fields)}`);
    },
    error: (event: string) => void tally.wrong.push(event),
    info: () => undefined,
    debug: () => undefined,
  };
  const engine = await openLocalEngine(
    { directory: null, durability: 'memory', properties: {} },
    {
      env: systemEnv(logger),
      timers: false,
      onFatal: (error) => tally.wrong.push(`the engine stopped: ${text(error)}`),
    },
  );
  await engine.execute(request(fixture));
  let isEndless = false;
  for (let count = 0; count < perEngine; count++) {
    const sql = mutate(renamed(valid[Math.floor(random() * valid.length)] ?? '', count), random);
    const isAccepted = await one(engine, sql, tally);
    // A stream that is fed by itself never rests: such an engine gets no data any more.
    isEndless ||= isAccepted && /^INSERT INTO[^(]* SELECT /.test(sql);
    if (count % 50 === 49 && !isEndless) await feed(engine);
  }
  await engine[Symbol.asyncDispose]();
}

/** Whether it was executed. */
async function one(engine: LocalEngine, sql: string, tally: Tally): Promise<boolean> {
  const mode = {
    ...request(sql, { 'auto.offset.reset': 'earliest' }),
    variables: { source: 'orders' },
  };
  try {
    if (/^SELECT|^PRINT/.test(sql)) await (await engine.query(mode)).close();
    else await engine.execute({ ...mode, validateAll: true });
    tally.accepted++;
    return true;
  } catch (error) {
    if (!(error instanceof StatementFailure)) {
      tally.wrong.push(`${sql}\n${text(error)}`);
      return false;
    }
    tally.refused++;
    const { span } = error.data.problem;
    // A span counts in the text with its variables in place.
    const end = sql.includes('${') ? Number.POSITIVE_INFINITY : sql.length;
    if (span === undefined || span.start < 0 || span.start > span.end || span.end > end)
      tally.wrong.push(`no place in ${sql}: ${error.message} ${JSON.stringify(span)}`);
    return false;
  }
}

async function feed(engine: LocalEngine): Promise<void> {
  const topics = new Set((await engine.topics()).map(({ name }) => name));
  for (const [topic, value] of Object.entries(data)) {
    if (!topics.has(topic)) continue;
    await engine.produce([
      {
        topic,
        partition: 0,
        key: Buffer.from('k'),
        value: Buffer.from(value),
        timestamp: 1_000,
        headers: [],
      },
      { topic, partition: 0, key: Buffer.from('k'), value: null, timestamp: 2_000, headers: [] },
    ]);
  }
  await engine.settle();
}

function text(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
