import { describe, expect, test } from 'vitest';
import { bytesOf } from '../base/bytes.ts';
import type { LogRecord } from '../log/log.ts';
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

  test('bytes that are no text are printed as hex', () => {
    expect(
      new RecordPrinter()
        .lines({ ...record(null, null), value: new Uint8Array([0xff, 0xfe, 1]) }, 0)
        .at(-1),
    ).toContain('value: fffe01');
  });
});
