import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bytesOf } from '../base/bytes.ts';
import { compress, decompress } from './compression.ts';
import type { RecordData } from './log.ts';
import {
  ATTRIBUTE_APPEND_TIME,
  batchDefect,
  checkBatch,
  readBatchHeader,
  sealBatch,
  setBaseOffset,
  splitBatches,
} from './record-batch.ts';
import { encodeRecords, RecordBatchWriter } from './record-batch-writer.ts';
import { decodeRecords, RecordCursor } from './record-cursor.ts';

/** Two records as KIP-98 lays them out; the CRC was computed bit by bit by another program. */
const TWO_RECORDS =
  '0000000000000000' + // base offset
  '0000004a' + // bytes that follow
  'ffffffff' + // leader epoch
  '02' +
  'cd3be312' + // CRC-32C
  '0000' +
  '00000001' + // last offset delta
  '00000000000003e8' + // base timestamp
  '00000000000003e8' + // max timestamp
  'ffffffffffffffff' +
  'ffff' +
  'ffffffff' +
  '00000002' +
  '10000000026b027600' + // k, v
  '1e000902010104046831027804683201'; // null, null, five milliseconds earlier, headers h1: x, h2: null

const RECORDS: readonly RecordData[] = [
  { key: bytesOf('k'), value: bytesOf('v'), timestamp: 1000, headers: [] },
  {
    key: null,
    value: null,
    timestamp: 995,
    headers: [
      ['h1', bytesOf('x')],
      ['h2', null],
    ],
  },
];

const anyBytes = fc.option(fc.uint8Array({ maxLength: 300 }), { nil: null });
const anyRecord: fc.Arbitrary<RecordData> = fc.record({
  key: anyBytes,
  value: anyBytes,
  timestamp: fc.oneof(fc.constant(-1), fc.integer({ min: 0, max: 2 ** 45 })),
  headers: fc.array(fc.tuple(fc.string({ unit: 'grapheme', maxLength: 10 }), anyBytes), {
    maxLength: 3,
  }),
});

function plain(records: readonly RecordData[]): unknown {
  return records.map(({ key, value, timestamp, headers }) => ({
    key: key && [...key],
    value: value && [...value],
    timestamp,
    headers: headers.map(([name, header]) => [name, header && [...header]]),
  }));
}

test('two records are written byte for byte as KIP-98 says', () => {
  const batch = encodeRecords(RECORDS);
  expect(Buffer.from(batch.bytes).toString('hex')).toBe(TWO_RECORDS);
  expect(batch.recordCount).toBe(2);
  expect(batch.maxTimestamp).toBe(1000);
});

test('two records are read from bytes written elsewhere', () => {
  const bytes = Buffer.from(TWO_RECORDS, 'hex');
  checkBatch(bytes, 'here');
  setBaseOffset(bytes, 40);
  expect(batchDefect(bytes)).toBeNull();
  const records = decodeRecords({ bytes });
  expect(plain(records)).toEqual(plain(RECORDS));
  expect(records.map((record) => record.offset)).toEqual([40, 41]);
});

test.each(['none', 'gzip', 'zstd'] as const)('records survive a round trip, %s', (compression) => {
  fc.assert(
    fc.property(fc.array(anyRecord, { minLength: 1, maxLength: 20 }), (records) => {
      const batch = encodeRecords(records, { compression });
      expect(batchDefect(batch.bytes)).toBeNull();
      expect(batch.maxTimestamp).toBe(Math.max(...records.map((record) => record.timestamp)));
      expect(plain(decodeRecords(batch))).toEqual(plain(records));
    }),
    { numRuns: 50 },
  );
});

test('keys and values written in place give the same bytes, whatever their lengths before', () => {
  fc.assert(
    fc.property(fc.array(anyRecord, { minLength: 1, maxLength: 20 }), (records) => {
      const writer = new RecordBatchWriter(64);
      for (const { key, value, timestamp, headers } of records) {
        writer.beginRecord(timestamp);
        if (key === null) writer.writeNullKey();
        else {
          writer.beginKey();
          for (const byte of key) writer.out.writeByte(byte);
          writer.endKey();
        }
        if (value === null) writer.writeNullValue();
        else {
          writer.beginValue();
          for (const byte of value) writer.out.writeByte(byte);
          writer.endValue();
        }
        writer.endRecord(headers);
      }
      expect(writer.finish().bytes).toEqual(encodeRecords(records).bytes);
    }),
  );
});

test('a cancelled record leaves no trace', () => {
  const writer = new RecordBatchWriter();
  for (const cancelled of [5, 99_999]) {
    writer.beginRecord(cancelled);
    writer.writeKey(bytesOf('gone'));
    writer.beginValue();
    writer.out.writeText('half a value');
    writer.cancelRecord();
    const { key, value, timestamp, headers } = RECORDS[writer.recordCount]!;
    writer.append(key, value, timestamp, headers);
  }
  expect(Buffer.from(writer.finish().bytes).toString('hex')).toBe(TWO_RECORDS);
});

test('a finished writer begins the next batch afresh', () => {
  const writer = new RecordBatchWriter();
  for (let round = 0; round < 2; round++) {
    for (const { key, value, timestamp, headers } of RECORDS) {
      writer.append(key, value, timestamp, headers);
    }
    expect(Buffer.from(writer.finish().bytes).toString('hex')).toBe(TWO_RECORDS);
  }
});

test('a record copied from a cursor keeps its headers', () => {
  const cursor = new RecordCursor().reset(Buffer.from(TWO_RECORDS, 'hex'));
  const writer = new RecordBatchWriter();
  while (cursor.next()) writer.copyRecord(cursor);
  expect(Buffer.from(writer.finish().bytes).toString('hex')).toBe(TWO_RECORDS);
});

test('append time stands for the time of every record', () => {
  const bytes = Buffer.from(TWO_RECORDS, 'hex');
  bytes[22] = ATTRIBUTE_APPEND_TIME;
  bytes.writeBigInt64BE(7777n, 35);
  sealBatch(bytes);
  expect(decodeRecords({ bytes }).map((record) => record.timestamp)).toEqual([7777, 7777]);
});

describe('damage', () => {
  test('every flipped bit behind the base offset, length and leader epoch is found by the CRC', () => {
    const intact = Buffer.from(TWO_RECORDS, 'hex');
    for (let bit = 16 * 8; bit < intact.length * 8; bit++) {
      const bytes = Buffer.from(intact);
      bytes[bit >> 3]! ^= 1 << (bit & 7);
      expect(batchDefect(bytes)).not.toBeNull();
    }
  });

  test('the error names the place and both sums', () => {
    const bytes = Buffer.from(TWO_RECORDS, 'hex');
    bytes[70]! ^= 1;
    expect(() => checkBatch(bytes, 'topic "t" partition 0 offset 5')).toThrow(
      expect.objectContaining({
        code: 'log.corrupt-record',
        message: expect.stringMatching(
          /^corrupt record batch at topic "t" partition 0 offset 5: CRC cd3be312 declared, [0-9a-f]{8} computed$/,
        ),
      }),
    );
  });

  test('records that lie about lengths are refused, whatever the bytes, even when the CRC is right', () => {
    fc.assert(
      fc.property(
        fc.nat({ max: TWO_RECORDS.length / 2 - 62 }),
        fc.nat({ max: 255 }),
        fc.nat({ max: 20 }),
        (at, byte, cut) => {
          const whole = Buffer.from(TWO_RECORDS, 'hex');
          whole[61 + at] = byte;
          const bytes = whole.subarray(0, whole.length - Math.min(cut, whole.length - 61));
          sealBatch(bytes);
          try {
            for (const { key, value } of decodeRecords({ bytes })) {
              expect((key?.length ?? 0) + (value?.length ?? 0)).toBeLessThan(bytes.length);
            }
          } catch (error) {
            expect(error).toMatchObject({ code: 'log.corrupt-record' });
          }
        },
      ),
      { numRuns: 2000 },
    );
  });

  test.each([
    ['a record count beyond the bytes', 57, '7fffffff'],
    ['a negative record count', 57, 'ffffffff'],
    ['a last offset before the last record', 23, '00000000'],
    ['an old message format', 16, '01'],
  ])('%s is a defect', (_name, at, hex) => {
    const bytes = Buffer.from(TWO_RECORDS, 'hex');
    bytes.write(hex, at, 'hex');
    sealBatch(bytes);
    expect(batchDefect(bytes)).not.toBeNull();
  });

  test('content that inflates beyond its limit is refused', () => {
    const bomb = compress('gzip', new Uint8Array(8 * 1024 * 1024));
    expect(() => decompress(1, bomb)).toThrow(
      expect.objectContaining({ code: 'log.corrupt-record' }),
    );
  });

  test.each([
    [2, 'snappy'],
    [3, 'lz4'],
    [7, 'codec 7'],
  ])('codec %i is refused by its name, %s', (code, name) => {
    expect(() => decompress(code, Uint8Array.of(1, 2, 3))).toThrow(
      expect.objectContaining({
        code: 'log.unsupported-compression',
        message: `compression "${name}" is not supported`,
      }),
    );
  });
});

test('what a producer sent is cut into its batches', () => {
  const one = Buffer.from(TWO_RECORDS, 'hex');
  const header = readBatchHeader(one);
  expect(header).toMatchObject({ baseOffset: 0, lastOffset: 1, recordCount: 2, producerId: -1 });
  const both = splitBatches(Buffer.concat([one, one]), 'here');
  expect(both.map((batch) => Buffer.from(batch).toString('hex'))).toEqual([
    TWO_RECORDS,
    TWO_RECORDS,
  ]);
  expect(() => splitBatches(Buffer.concat([one, one.subarray(0, 80)]), 'here')).toThrow(
    expect.objectContaining({ code: 'log.corrupt-record' }),
  );
});
