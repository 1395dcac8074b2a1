import { describe, expect, test } from 'vitest';
import { bytesOf } from '../../base/bytes.ts';
import { TestSchemas } from '../../formats/test-schemas.test-helper.ts';
import type { LogRecord } from '../../log/log.ts';
import { RecordPrinter } from './record-printer.ts';

function record(
  key: Uint8Array | null,
  value: string | null,
  timestamp = 1_714_559_730_123,
): LogRecord {
  return { key, value: value === null ? null : bytesOf(value), timestamp, headers: [], offset: 0 };
}

describe('PRINT', () => {
  test('announces formats before the first record and prints it', () => {
    expect(new RecordPrinter().lines(record(bytesOf('alice'), '{"A":1}'), 3)).toEqual([
      'Key format: KAFKA_STRING',
      'Value format: JSON or KAFKA_STRING',
      'rowtime: 2024/05/01 10:35:30.123 Z, key: alice, value: {"A":1}, partition: 3',
    ]);
  });

  test('announces again when a record rules a format out', () => {
    const printer = new RecordPrinter();
    printer.lines(record(null, '{"A":1}'), 0);
    expect(printer.lines(record(null, 'plain'), 0)).toEqual([
      'Value format: KAFKA_STRING',
      'rowtime: 2024/05/01 10:35:30.123 Z, key: <null>, value: plain, partition: 0',
    ]);
  });

  test('recognises windowed keys', () => {
    const key = new Uint8Array([...bytesOf('bob'), 0, 0, 0, 0, 0, 0, 3, 232]);
    const lines = new RecordPrinter().lines(record(key, null, -1), 0);
    expect(lines[0]).toContain('TUMBLING(KAFKA_STRING)');
    expect(lines.at(-1)).toBe('rowtime: N/A, key: [bob@1000/-], value: <null>, partition: 0');
  });

  test('records that name a registered schema are printed as what it says', () => {
    const schemas = new TestSchemas();
    const avro = '{"type":"record","name":"R","fields":[{"name":"id","type":"int"}]}';
    const proto = 'syntax = "proto3"; message M { string s = 1; }';
    schemas.add('v', 'AVRO', avro);
    schemas.add('k', 'PROTOBUF', proto);
    schemas.add('j', 'JSON', '{"type":"integer"}');
    const of = (...bytes: readonly number[]) => Uint8Array.from(bytes);
    const printer = new RecordPrinter(schemas);
    const first = {
      ...record(of(0, 0, 0, 0, 2, 0, 10, 10, ...bytesOf('abcdefghij')), null),
      value: of(0, 0, 0, 0, 1, 6),
    };
    expect(printer.lines(first, 0)).toEqual([
      'Key format: PROTOBUF or KAFKA_STRING',
      'Value format: AVRO or KAFKA_STRING',
      'rowtime: 2024/05/01 10:35:30.123 Z, key: {"s":"abcdefghij"}, value: {"id":3}, partition: 0',
    ]);
    const json = { ...record(null, null), value: of(0, 0, 0, 0, 3, 52, 50) };
    expect(new RecordPrinter(schemas).lines(json, 0).slice(1)).toEqual([
      'Value format: JSON_SR or KAFKA_STRING',
      'rowtime: 2024/05/01 10:35:30.123 Z, key: <null>, value: 42, partition: 0',
    ]);
    expect(new RecordPrinter().lines(first, 0)[1]).not.toContain('AVRO');
  });

  test('bytes that are no text are printed as hex', () => {
    expect(
      new RecordPrinter()
        .lines({ ...record(null, null), value: new Uint8Array([0xff, 0xfe, 1]) }, 0)
        .at(-1),
    ).toContain('value: fffe01');
  });
});
