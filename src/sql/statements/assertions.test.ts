import { describe, expect, it } from 'vitest';
import type { AssertNullValues, AssertSource, AssertValues } from '../../../grammar/ast.ts';
import { parse } from '../../../grammar/parse.ts';
import { ProblemError } from '../../base/errors.ts';
import { checkAssertedSource } from './assert-source.ts';
import { checkAssertedValues } from './assert-values.ts';
import { type DecodedRecord, decodeRecord } from './decode-record.ts';
import { effects, testContext, testSession } from './session.test-helper.ts';

const session = testSession('t');
effects(
  session,
  `CREATE STREAM s (k INT KEY, v STRING, ts STRING) WITH (KAFKA_TOPIC='t', VALUE_FORMAT='JSON', TIMESTAMP='ts', TIMESTAMP_FORMAT='yyyy');
   CREATE TABLE w (k INT PRIMARY KEY, v STRING) WITH (KAFKA_TOPIC='t', VALUE_FORMAT='JSON', WINDOW_TYPE='SESSION');`,
);
const source = session.catalog.sources.get('S');
if (source === undefined) throw new Error('S');

function values(sql: string, records: readonly DecodedRecord[], next = 0): unknown {
  const [statement] = parse(sql, { testStatements: true });
  return checkAssertedValues(
    statement as AssertValues | AssertNullValues,
    { source: source as NonNullable<typeof source>, records, next },
    testContext(session, sql),
  );
}

function properties(sql: string): string | null {
  const [statement] = parse(sql, { testStatements: true });
  return checkAssertedSource(statement as AssertSource, testContext(session, sql));
}

const record: DecodedRecord = { key: [1], value: ['x', null], timestamp: 5 };
const tombstone: DecodedRecord = { key: [1], value: null, timestamp: 6 };

describe('ASSERT VALUES', () => {
  it('compares the columns that are listed, ROWTIME among them', () => {
    expect(values('ASSERT VALUES s (k, rowtime) VALUES (1, 5);', [record])).toBe(null);
    expect(values("ASSERT VALUES s VALUES (1, 'x', NULL);", [record])).toBe(null);
  });

  it('shows what differs', () => {
    expect(values("ASSERT VALUES s (k, v) VALUES (2, 'x');", [record])).toEqual({
      message: 'Expected record does not match actual.',
      header: ['.', 'ROWTIME', 'K', 'V', 'TS'],
      rows: [
        ['EXPECTED', '', '2', 'x', ''],
        ['ACTUAL', '5', '1', 'x', 'null'],
      ],
    });
  });

  it('fails on a tombstone and when nothing is left', () => {
    expect(values('ASSERT VALUES s (k) VALUES (1);', [tombstone])).toMatchObject({
      rows: [
        ['EXPECTED', '', '1', '', ''],
        ['ACTUAL', '6', '1', '<TOMBSTONE>', '<TOMBSTONE>'],
      ],
    });
    expect(values('ASSERT VALUES s (k) VALUES (1);', [record], 1)).toEqual({
      message: 'Expected another record, but all records have already been read:',
      header: ['.', 'ROWTIME', 'K', 'V', 'TS'],
      rows: [['', '5', '1', 'x', 'null']],
    });
  });

  it('refuses columns that the source does not have', () => {
    expect(() => values('ASSERT VALUES s (x) VALUES (1);', [record])).toThrow(ProblemError);
  });
});

describe('ASSERT NULL VALUES', () => {
  it('wants a tombstone with that key', () => {
    expect(values('ASSERT NULL VALUES s (k) KEY (1);', [tombstone])).toBe(null);
    expect(values('ASSERT NULL VALUES s (k) KEY (2);', [tombstone])).not.toBe(null);
    expect(values('ASSERT NULL VALUES s (k) KEY (1);', [record])).not.toBe(null);
  });

  it('takes no value columns', () => {
    expect(() => values("ASSERT NULL VALUES s (k, v) KEY (1, 'x');", [tombstone])).toThrow(
      'Unexpected value columns specified in ASSERT NULL VALUES.',
    );
  });
});

describe('ASSERT STREAM', () => {
  const same = "KAFKA_TOPIC='t', VALUE_FORMAT='JSON', TIMESTAMP='ts', TIMESTAMP_FORMAT='yyyy'";

  it('holds when everything agrees', () => {
    expect(properties(`ASSERT STREAM s (k INT KEY, v STRING, ts STRING) WITH (${same});`)).toBe(
      null,
    );
  });

  const failures: readonly (readonly [what: string, sql: string, text: string])[] = [
    [
      'schema',
      `ASSERT STREAM s (k INT KEY, v INT, ts STRING) WITH (${same});`,
      'Expected schema does not match actual for source S.\nExpected: `K` INTEGER KEY, `V` INTEGER, `TS` STRING\nActual: `K` INTEGER KEY, `V` STRING, `TS` STRING',
    ],
    [
      'value format, also one that does not exist',
      `ASSERT STREAM s (k INT KEY, v STRING, ts STRING) WITH (${same.replace('JSON', 'AVRO')});`,
      'Expected value format does not match actual for source S.\nExpected: AVRO\nActual: JSON',
    ],
    [
      'timestamp format',
      `ASSERT STREAM s (k INT KEY, v STRING, ts STRING) WITH (${same.replace('yyyy', 'mm')});`,
      'Expected timestamp format does not match actual for source S.\nExpected: mm\nActual: yyyy',
    ],
    [
      'value serde features',
      `ASSERT TABLE w (k INT PRIMARY KEY, v STRING) WITH (KAFKA_TOPIC='t', VALUE_FORMAT='JSON', WINDOW_TYPE='SESSION', WRAP_SINGLE_VALUE=true);`,
      'Expected value serde features does not match actual for source W.\nExpected: WRAP_SINGLES\nActual: ',
    ],
    [
      'window',
      `ASSERT TABLE w (k INT PRIMARY KEY, v STRING) WITH (KAFKA_TOPIC='t', VALUE_FORMAT='JSON');`,
      'Expected window does not match actual for source W.\nExpected: \nActual: SESSION',
    ],
  ];
  it.each(failures)('tells a different %s', (_, sql, text) => {
    expect(properties(sql)).toBe(text);
  });

  it('knows only sources that exist', () => {
    expect(() => properties("ASSERT STREAM x (v INT) WITH (KAFKA_TOPIC='t');")).toThrow(
      'Unknown data source X',
    );
  });
});

describe('records', () => {
  it('decode to rows, the window of a key left aside', () => {
    const windowed = session.catalog.sources.get('W');
    if (windowed === undefined) throw new Error('W');
    const key = new Uint8Array([0, 0, 0, 7, ...new Uint8Array(16)]);
    const value = new TextEncoder().encode('{"v":"x"}');
    const data = { timestamp: 3, headers: [] };
    expect(decodeRecord(windowed, { ...data, key, value })).toEqual({
      key: [7],
      value: ['x'],
      timestamp: 3,
    });
    expect(decodeRecord(windowed, { ...data, key: null, value: null })).toEqual({
      key: [null],
      value: null,
      timestamp: 3,
    });
  });
});
