/**
 * Ten thousand broken records of every format through running queries: each either comes out or is reported with its topic,
 * partition and offset; no query stops, and nothing but FormatErrors is behind it.
 */
import { expect, test } from 'vitest';
import type { ProduceRecord } from '../../src/engine/api.ts';
import type { LocalEngine } from '../../src/engine/local-engine.ts';
import { openLocalEngine } from '../../src/engine/open.ts';
import { systemEnv } from '../../src/engine/system-env.ts';
import { formats } from '../../src/formats/table.ts';
import { randomFrom } from '../server/random.ts';
import { recordsOf, request } from './topics.ts';

const records = 10_000;
const perRequest = 50;

/** A source of one format: its columns, and rows that give valid bytes to break. */
interface Shape {
  readonly format: string;
  readonly keyFormat: string;
  readonly key: string;
  readonly columns: readonly string[];
  /** Values of key and columns. */
  readonly rows: readonly string[];
}

const plain: readonly string[] = [
  'b BOOLEAN',
  'i INT',
  'l BIGINT',
  'd DOUBLE',
  'm DECIMAL(10, 3)',
  's STRING',
  'y BYTES',
  't TIMESTAMP',
  'a DATE',
  'e TIME',
];
const nested: readonly string[] = [
  ...plain,
  'r ARRAY<DOUBLE>',
  'p MAP<STRING, BIGINT>',
  'q STRUCT<x INT, y ARRAY<STRUCT<z STRING>>>',
];
const plainRow =
  "true, -7, 9007199254740993, 1.5E300, 12.345, 'text ü 😀', 'AAEC', '2020-01-02T03:04:05.678', '2020-01-02', '03:04:05'";
const nestedRow = `${plainRow}, ARRAY[1.5, NULL], MAP('k' := 1), STRUCT(x := 1, y := ARRAY[STRUCT(z := 'deep')])`;

const shapes: readonly Shape[] = [
  {
    format: 'JSON',
    keyFormat: 'JSON',
    key: 'k STRUCT<f INT, g STRING>',
    columns: nested,
    rows: [`STRUCT(f := 1, g := 'x'), ${nestedRow}`],
  },
  {
    format: 'DELIMITED',
    keyFormat: 'DELIMITED',
    key: 'k INT',
    columns: plain,
    rows: [
      `1, ${plainRow}`,
      "2, false, 0, 0, 0.0, 0.000, '\"', '', '1970-01-01T00:00:00', '1970-01-01', '00:00:00'",
    ],
  },
  ...['INT', 'BIGINT', 'DOUBLE', 'STRING', 'BYTES'].map((type) => ({
    format: 'KAFKA',
    keyFormat: 'KAFKA',
    key: `k ${type === 'STRING' ? 'BIGINT' : type}`,
    columns: [`v ${type}`],
    rows: [type === 'STRING' ? "1, 'text'" : type === 'BYTES' ? "'AAEC', 'AAEC'" : '1, 2'],
  })),
  { format: 'NONE', keyFormat: 'KAFKA', key: 'k INT', columns: [], rows: ['1'] },
  { format: 'AVRO', keyFormat: 'AVRO', key: 'k INT', columns: nested, rows: [`1, ${nestedRow}`] },
  {
    format: 'JSON_SR',
    keyFormat: 'JSON_SR',
    key: 'k INT',
    columns: nested,
    rows: [`1, ${nestedRow}`],
  },
  {
    format: 'PROTOBUF',
    keyFormat: 'PROTOBUF',
    key: 'k INT',
    columns: nested,
    rows: [`1, ${nestedRow}`],
  },
  {
    format: 'PROTOBUF_NOSR',
    keyFormat: 'PROTOBUF_NOSR',
    key: 'k INT',
    columns: nested,
    rows: [`1, ${nestedRow}`],
  },
];

test('every format is broken', () => {
  expect(new Set(shapes.map(({ format }) => format))).toEqual(
    new Set(formats.map(({ name }) => name)),
  );
});

const bits: readonly string[] = [
  '"',
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  '\\',
  '\\u',
  '\\ud800',
  '1e999',
  '-',
  '.',
  '0'.repeat(400),
  'null',
  '\0',
  '\u2028',
  '{"a":'.repeat(300),
  '[['.repeat(500),
  '"__proto__":1,',
  '\n',
  '\r',
  "'",
];

/** Flips, cuts, repeats and puts in bytes. */
function broken(bytes: Uint8Array, random: () => number): Uint8Array {
  let result = Buffer.from(bytes);
  const changes = 1 + Math.floor(random() * 3);
  for (let change = 0; change < changes; change++) {
    const at = Math.floor(random() * (result.length + 1));
    const kind = Math.floor(random() * 6);
    if (kind === 0 && at < result.length) result[at] = Math.floor(random() * 256);
    else if (kind === 1 && at < result.length)
      result[at] = (result[at] as number) ^ (1 << Math.floor(random() * 8));
    else if (kind === 2) result = result.subarray(0, at);
    else if (kind === 3)
      result = Buffer.concat([result.subarray(0, at), result.subarray(Math.floor(random() * at))]);
    else if (kind === 4) {
      const bit = Buffer.from(bits[Math.floor(random() * bits.length)] ?? '', 'utf8');
      result = Buffer.concat([result.subarray(0, at), bit, result.subarray(at)]);
    } else
      result = Buffer.concat([
        result.subarray(0, at),
        Buffer.from([0xff, 0x80, 0xed, 0xa0]),
        result.subarray(at),
      ]);
  }
  return result;
}

interface Report {
  readonly query: string;
  readonly type: number;
  readonly topic: string | null;
  readonly partition: number;
  readonly offset: number;
}

class Fuzz {
  readonly engine: LocalEngine;
  readonly reports: Report[];
  readonly wrong: string[];

  constructor(engine: LocalEngine, reports: Report[], wrong: string[]) {
    this.engine = engine;
    this.reports = reports;
    this.wrong = wrong;
  }

  static async open(): Promise<Fuzz> {
    const reports: Report[] = [];
    const wrong: string[] = [];
    const logger = {
      error: (event: string) => void wrong.push(event),
      warn: (event: string, fields: unknown) =>
        void wrong.push(`${event} ${JSON.stringify(fields)}`),
      info: () => undefined,
      debug: (event: string, fields: unknown) => {
        if (event === 'processing-error') reports.push(fields as Report);
      },
    };
    const onFatal = (error: unknown) => void wrong.push(`the engine stopped: ${error}`);
    const engine = await openLocalEngine(
      { directory: null, durability: 'memory', properties: {} },
      { env: systemEnv(logger), timers: false, onFatal },
    );
    return new Fuzz(engine, reports, wrong);
  }

  /** A stream, a table over the same topic, and queries over both. */
  async define(
    shape: Shape,
    at: number,
  ): Promise<{ readonly topic: string; readonly passed: string; readonly query: string }> {
    const { format, keyFormat, key, columns } = shape;
    const names = columns.map((column) => `, ${column.split(' ')[0]}`).join('');
    const list = columns.map((column) => `, ${column}`).join('');
    const formatsOf = `KEY_FORMAT='${keyFormat}', VALUE_FORMAT='${format}'`;
    const topic = `t${at}`;
    const replies = await this.engine.execute(
      request(`
        CREATE STREAM s${at} (${key} KEY${list}) WITH (KAFKA_TOPIC='${topic}', ${formatsOf}, PARTITIONS=1);
        CREATE STREAM passed${at} WITH (FORMAT='JSON') AS SELECT k${names}, ROWOFFSET AS o FROM s${at};
        ${format === 'KAFKA' ? '' : `CREATE TABLE counted${at} WITH (FORMAT='JSON') AS SELECT k, COUNT(*) AS n FROM s${at} GROUP BY k;`}
        ${
          columns.length === 0
            ? ''
            : `CREATE TABLE u${at} (${key} PRIMARY KEY${list}) WITH (KAFKA_TOPIC='${topic}', ${formatsOf});
               CREATE TABLE kept${at} WITH (FORMAT='JSON') AS SELECT * FROM u${at} WHERE ${columns[0]?.split(' ')[0]} IS NOT NULL;`
        }`),
    );
    const passing = replies[1]?.entity?.['commandStatus'] as
      | { readonly queryId: string }
      | undefined;
    const query = passing?.queryId ?? '';
    for (const row of shape.rows)
      await this.engine.execute(request(`INSERT INTO s${at} VALUES (${row});`));
    return { topic, passed: `PASSED${at}`, query };
  }
}

test(`${records} broken records come out or are reported where they stand`, async () => {
  const random = randomFrom(20_250_102);
  const began = performance.now();
  const fuzz = await Fuzz.open();
  let passed = 0;
  let reported = 0;
  for (const [at, shape] of shapes.entries()) {
    const { topic, passed: sink, query } = await fuzz.define(shape, at);
    const valid = await recordsOf(fuzz.engine, topic, 0);
    expect(valid).toHaveLength(shape.rows.length);
    const count = Math.ceil(records / shapes.length / perRequest) * perRequest;
    for (let done = 0; done < count; done += perRequest) {
      const batch = Array.from({ length: perRequest }, (): ProduceRecord => {
        const of = valid[Math.floor(random() * valid.length)] as (typeof valid)[number];
        const side = random();
        return {
          topic,
          partition: 0,
          key: side < 0.3 && of.key !== null ? broken(of.key, random) : of.key,
          value: side > 0.2 ? broken(of.value ?? new Uint8Array(), random) : of.value,
          timestamp: Math.floor(random() * 2_000_000_000),
          headers: [],
        };
      });
      await fuzz.engine.produce(batch);
    }
    expect(await fuzz.engine.settle()).toEqual([]);
    const outputs = await recordsOf(fuzz.engine, sink, 0);
    const offsets = outputs.map(({ value }) =>
      value === null ? null : JSON.parse(Buffer.from(value).toString()).O,
    );
    const skipped = fuzz.reports
      .filter((report) => report.query === query && report.type === 0)
      .map(({ offset }) => offset);
    // A value of JSON null is a row without value, which says nothing of where it came from.
    const nulls = offsets.filter((offset) => offset === null).length;
    const seen = [...offsets.filter((offset) => offset !== null), ...skipped].sort((a, b) => a - b);
    expect(new Set(seen).size, shape.format).toBe(seen.length);
    expect(seen.length + nulls, shape.format).toBe(count + shape.rows.length);
    passed += outputs.length;
    reported += skipped.length;
  }
  const misplaced = fuzz.reports.filter(
    ({ topic, partition, offset }) =>
      topic === null || partition !== 0 || !(offset >= 0 && offset < records),
  );
  await fuzz.engine[Symbol.asyncDispose]();
  console.log(
    `records: ${passed} came out and ${reported} were reported in ${((performance.now() - began) / 1000).toFixed(1)} s`,
  );
  expect(fuzz.wrong).toEqual([]);
  expect(misplaced).toEqual([]);
  expect(reported).toBeGreaterThan(records / 4);
  expect(passed).toBeGreaterThan(records / 10);
}, 120_000);
