import { describe, expect, test } from 'vitest';
import type { Field, SqlType } from '../../types/type.ts';
import { messageOf, schemaText } from './schema.ts';
import { rowWriter } from './write-row.ts';

const int: SqlType = { kind: 'INTEGER' };
const text: SqlType = { kind: 'STRING' };

function hexOf(columns: readonly Field[], row: string): string {
  return Buffer.from(rowWriter(messageOf(columns))(row)).toString('hex');
}
const one = (type: SqlType): readonly Field[] => [{ name: 'A', type }];

describe('the schema of result rows', () => {
  test('structs and maps are nested messages, numbered as columns need them', () => {
    const columns: readonly Field[] = [
      { name: 'M', type: { kind: 'MAP', key: text, value: int } },
      { name: 'S', type: { kind: 'STRUCT', fields: [{ name: 'x', type: { kind: 'BYTES' } }] } },
      { name: 'L', type: { kind: 'ARRAY', element: { kind: 'BOOLEAN' } } },
    ];
    expect(schemaText(messageOf(columns))).toBe(`syntax = "proto3";

message ConnectDefault1 {
  repeated ConnectDefault2Entry M = 1;
  ConnectDefault3 S = 2;
  repeated bool L = 3;

  message ConnectDefault2Entry {
    string key = 1;
    int32 value = 2;
  }
  message ConnectDefault3 {
    bytes x = 1;
  }
}
`);
  });
  test('decimals and dates are imported', () => {
    const columns: readonly Field[] = [
      { name: 'D', type: { kind: 'DECIMAL', precision: 4, scale: 2 } },
      { name: 'T', type: { kind: 'DATE' } },
      { name: 'E', type: { kind: 'DECIMAL', precision: 9, scale: 0 } },
    ];
    expect(schemaText(messageOf(columns))).toBe(`syntax = "proto3";

import "confluent/type/decimal.proto";
import "google/type/date.proto";

message ConnectDefault1 {
  confluent.type.Decimal D = 1;
  google.type.Date T = 2;
  confluent.type.Decimal E = 3;
}
`);
  });
  test('arrays of arrays are refused', () => {
    const nested: SqlType = { kind: 'ARRAY', element: { kind: 'ARRAY', element: int } };
    expect(() => messageOf(one(nested))).toThrow('Protobuf has no arrays of arrays');
  });
});

describe('rows as protobuf messages', () => {
  test('the example of the protobuf documentation: field 1 with 150', () => {
    expect(hexOf(one(int), '[150]')).toBe('089601');
  });
  test('and "testing" in field 2', () => {
    const columns = [
      { name: 'A', type: int },
      { name: 'B', type: text },
    ];
    expect(hexOf(columns, '[null,"testing"]')).toBe('120774657374696e67');
  });
  test('defaults and NULL are absent', () => {
    const columns = [
      { name: 'A', type: int },
      { name: 'B', type: text },
      { name: 'C', type: { kind: 'BOOLEAN' } as const },
      { name: 'D', type: { kind: 'DOUBLE' } as const },
    ];
    expect(hexOf(columns, '[0,"",false,0.0]')).toBe('');
    expect(hexOf(columns, '[null,null,null,null]')).toBe('');
  });
  test('negative numbers take the ten bytes of their 64 bits', () => {
    expect(hexOf(one(int), '[-1]')).toBe('08ffffffffffffffffff01');
  });
  test('no digit of a BIGINT is lost', () => {
    expect(hexOf(one({ kind: 'BIGINT' }), '[9007199254740993]')).toBe('088180808080808010');
  });
  test('doubles are little-endian; NaN comes as text', () => {
    expect(hexOf(one({ kind: 'DOUBLE' }), '[1.5]')).toBe('09000000000000f83f');
    expect(hexOf(one({ kind: 'DOUBLE' }), '["NaN"]')).toBe('09000000000000f87f');
  });
  test('numbers of an array are packed, texts are not', () => {
    expect(hexOf(one({ kind: 'ARRAY', element: int }), '[[3,270,86942]]')).toBe('0a06038e029ea705');
    expect(hexOf(one({ kind: 'ARRAY', element: text }), '[["a",""]]')).toBe('0a01610a00');
  });
  test('maps are entries, structs messages by field name', () => {
    expect(hexOf(one({ kind: 'MAP', key: text, value: int }), '[{"k":5}]')).toBe('0a050a016b1005');
    const fields = [
      { name: '2', type: int },
      { name: '1', type: text },
    ];
    expect(hexOf(one({ kind: 'STRUCT', fields }), '[{"2":7,"1":"x"}]')).toBe('0a0508071201' + '78');
  });
  test('a decimal is its unscaled integer with precision and scale', () => {
    const decimal: SqlType = { kind: 'DECIMAL', precision: 4, scale: 2 };
    expect(hexOf(one(decimal), '[-1.28]')).toBe('0a070a0180' + '10041802');
  });
  test('dates and timestamps are their parts, from text outside structs and from numbers inside', () => {
    expect(hexOf(one({ kind: 'DATE' }), '["2024-05-01"]')).toBe('0a0708e80f10051801');
    expect(hexOf(one({ kind: 'TIMESTAMP' }), '["1970-01-01T00:00:01.500"]')).toBe(
      '0a08080110' + '80cab5ee01',
    );
    const fields = [{ name: 'T', type: { kind: 'TIMESTAMP' } as const }];
    expect(hexOf(one({ kind: 'STRUCT', fields }), '[{"T":1500}]')).toBe(
      '0a0a0a08080110' + '80cab5ee01',
    );
  });
});
