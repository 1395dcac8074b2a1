import { describe, expect, it } from 'vitest';
import type { SqlType } from '../../types/type.ts';
import type { Value } from '../../types/value.ts';
import { byteWriter, writtenBytes } from '../byte-writer.ts';
import type { Codec } from '../format.ts';
import { kafkaFormat } from './kafka-format.ts';

function codec(type: SqlType): Codec {
  return kafkaFormat.codec({
    columns: [{ name: 'K', type }],
    needed: [0],
    spec: { format: 'KAFKA', properties: {}, features: [] },
    side: 'key',
    topic: 't',
  });
}

function read(type: SqlType, bytes: readonly number[]): Value {
  const into: Value[] = [null];
  expect(codec(type).decode(Uint8Array.of(9, ...bytes, 9), 1, bytes.length + 1, into)).toBe(true);
  return into[0]!;
}

function write(type: SqlType, value: Value): number[] | null {
  const out = byteWriter(1);
  return codec(type).encode([value], out) ? [...writtenBytes(out)] : null;
}

describe('KAFKA', () => {
  const values: readonly [SqlType, Value, readonly number[]][] = [
    [{ kind: 'INTEGER' }, 1, [0, 0, 0, 1]],
    [{ kind: 'INTEGER' }, -2, [0xff, 0xff, 0xff, 0xfe]],
    [{ kind: 'BIGINT' }, 258n, [0, 0, 0, 0, 0, 0, 1, 2]],
    [{ kind: 'BIGINT' }, -1n, [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]],
    [{ kind: 'BIGINT' }, 9223372036854775807n, [0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]],
    [{ kind: 'DOUBLE' }, 1.5, [0x3f, 0xf8, 0, 0, 0, 0, 0, 0]],
    [{ kind: 'STRING' }, 'aé', [0x61, 0xc3, 0xa9]],
    [{ kind: 'STRING' }, '', []],
    [{ kind: 'BYTES' }, Uint8Array.of(0, 255), [0, 255]],
  ];
  for (const [type, value, bytes] of values) {
    it(`${type.kind} is [${bytes.join(', ')}]`, () => {
      expect(write(type, value)).toEqual(bytes);
      expect(read(type, bytes)).toEqual(value);
    });
  }

  it('writes NULL as a null payload', () => {
    expect(write({ kind: 'INTEGER' }, null)).toBeNull();
  });

  it('reads bytes that do not change with the buffer', () => {
    const buffer = Uint8Array.of(1, 2);
    const into: Value[] = [null];
    codec({ kind: 'BYTES' }).decode(buffer, 0, 2, into);
    buffer[0] = 9;
    expect(into[0]).toEqual(Uint8Array.of(1, 2));
  });

  const sizes: readonly [SqlType, readonly number[], string][] = [
    [{ kind: 'INTEGER' }, [1, 2, 3], 'Size of data received by IntegerDeserializer is not 4'],
    [{ kind: 'BIGINT' }, [1, 2, 3, 4], 'Size of data received by LongDeserializer is not 8'],
    [{ kind: 'DOUBLE' }, [], 'Size of data received by DoubleDeserializer is not 8'],
    [{ kind: 'STRING' }, [0x61, 0xff], 'INVALID_TEXT: byte 1 of the payload is not valid UTF-8'],
    [
      { kind: 'STRING' },
      [0xed, 0xa0, 0x80],
      'INVALID_TEXT: byte 0 of the payload is not valid UTF-8',
    ],
    [{ kind: 'STRING' }, [0xc0, 0x80], 'INVALID_TEXT: byte 0 of the payload is not valid UTF-8'],
    [{ kind: 'STRING' }, [0xe2, 0x82], 'INVALID_TEXT: byte 0 of the payload is not valid UTF-8'],
  ];
  for (const [type, bytes, message] of sizes) {
    it(`${type.kind} of [${bytes.join(', ')}] is refused`, () => {
      expect(() => read(type, bytes)).toThrow(
        expect.objectContaining({ name: 'FormatError', message }),
      );
    });
  }

  it('refuses to write half of a surrogate pair', () => {
    expect(() => write({ kind: 'STRING' }, '\ud800')).toThrow('INVALID_TEXT');
  });

  it('has no payload where there is no column', () => {
    const none = kafkaFormat.codec({
      columns: [],
      needed: [],
      spec: { format: 'KAFKA', properties: {}, features: [] },
      side: 'key',
      topic: 't',
    });
    expect(none.decode(Uint8Array.of(1), 0, 1, [])).toBe(true);
    expect(none.encode([], byteWriter(1))).toBe(false);
  });
});

describe('what KAFKA can hold', () => {
  it('is one column of a primitive type that Kafka has a serialiser for', () => {
    expect(kafkaFormat.check([{ name: 'K', type: { kind: 'STRING' } }], 'key')).toBeNull();
    expect(kafkaFormat.check([], 'key')).toBeNull();
    expect(
      kafkaFormat.check([{ name: 'K', type: { kind: 'DECIMAL', precision: 4, scale: 2 } }], 'key')
        ?.message,
    ).toBe("The 'KAFKA' format does not support type 'DECIMAL'");
    expect(kafkaFormat.check([{ name: 'K', type: { kind: 'BOOLEAN' } }], 'value')?.message).toBe(
      "The 'KAFKA' format does not support type 'BOOLEAN'",
    );
  });

  it('is not several columns', () => {
    const columns = [
      { name: 'A', type: { kind: 'INTEGER' } },
      { name: 'B', type: { kind: 'STRING' } },
    ] as const;
    expect(kafkaFormat.check(columns, 'value')?.message).toBe(
      "The 'KAFKA' format only supports a single field. Got: [`A` INTEGER, `B` STRING]",
    );
    expect(kafkaFormat.check(columns, 'key')?.message).toBe(
      "The 'KAFKA' format only supports a single field. Got: [`A` INTEGER KEY, `B` STRING KEY]",
    );
  });
});
