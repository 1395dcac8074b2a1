/** The generated functions beside those that work field by field, on payloads that are whole, damaged and of other schemas. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Bytes } from '../../base/env.ts';
import type { Field } from '../../types/type.ts';
import type { Value } from '../../types/value.ts';
import { byteWriter, writtenBytes } from '../byte-writer.ts';
import { FormatError } from '../format.ts';
import { messageOfColumns } from './derive-schema.ts';
import { generatedEncoder } from './encode-source.ts';
import { parseProtobuf } from './parse-schema.ts';
import { messageDecoders } from './protobuf-codec.ts';
import { messageWriter } from './write-message.ts';

const position: Field[] = [
  { name: 'LAT', type: { kind: 'DOUBLE' } },
  { name: 'LONG', type: { kind: 'BIGINT' } },
];
const columns: readonly Field[] = [
  { name: 'A', type: { kind: 'BIGINT' } },
  { name: 'B', type: { kind: 'STRING' } },
  { name: 'C', type: { kind: 'INTEGER' } },
  { name: 'D', type: { kind: 'TIMESTAMP' } },
  { name: 'E', type: { kind: 'ARRAY', element: { kind: 'STRING' } } },
  { name: 'F', type: { kind: 'STRUCT', fields: position } },
  { name: 'G', type: { kind: 'MAP', key: { kind: 'STRING' }, value: { kind: 'INTEGER' } } },
  { name: 'H', type: { kind: 'BOOLEAN' } },
  { name: 'I', type: { kind: 'BYTES' } },
  { name: 'J', type: { kind: 'ARRAY', element: { kind: 'STRUCT', fields: position } } },
  { name: 'K', type: { kind: 'DECIMAL', precision: 38, scale: 2 } },
  { name: 'L', type: { kind: 'DATE' } },
  { name: 'M', type: { kind: 'TIME' } },
];
const all = columns.map((_, index) => index);
const message = messageOfColumns(columns, { nullableRepresentation: 'OPTIONAL' });
const plain = messageOfColumns(columns, {});
const wrapped = messageOfColumns(columns, { nullableRepresentation: 'WRAPPER' });

/** As others might have written it. */
const other = parseProtobuf({
  type: 'PROTOBUF',
  text: `syntax = "proto3"; message Other {
    bytes I = 1; string b = 2; optional sint64 A = 9; sfixed32 C = 300; repeated string E = 5; Place F = 6;
    map<string, sint32> G = 7; bool H = 8; repeated Place J = 10; repeated fixed64 gone = 11;
    message Place { float LAT = 1; optional sfixed64 LONG = 2; } }`,
  references: new Map(),
}).messages[0]!;
const messages = [
  ['no NULLs', plain],
  ['OPTIONAL', message],
  ['WRAPPER', wrapped],
  ['another schema', other],
] as const;

const UNTOUCHED = 'untouched';

const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
const orNull = (value: fc.Arbitrary<Value>): fc.Arbitrary<Value> => fc.option(value, { freq: 6 });
const place = orNull(fc.tuple(orNull(fc.double({ noNaN: true })), orNull(int64)));
const rows: fc.Arbitrary<Value[]> = fc.tuple(
  orNull(int64),
  orNull(fc.string({ unit: 'grapheme', maxLength: 40 })),
  orNull(fc.integer()),
  orNull(fc.integer({ min: -(2 ** 50), max: 2 ** 50 })),
  orNull(fc.array(orNull(fc.string()), { maxLength: 4 })),
  place,
  orNull(
    fc
      .array(fc.tuple(fc.string(), orNull(fc.integer())), { maxLength: 3 })
      .map((list) => new Map(list)),
  ),
  orNull(fc.boolean()),
  orNull(fc.uint8Array({ maxLength: 9 })),
  orNull(fc.array(place, { maxLength: 3 })),
  orNull(fc.bigInt({ min: -(10n ** 38n) + 1n, max: 10n ** 38n - 1n })),
  orNull(fc.integer({ min: -800_000, max: 3_000_000 })),
  orNull(fc.integer({ min: 0, max: 86_400_000 })),
);

/** Some bytes replaced, the end cut off or more added. */
const damages = fc.record({
  bytes: fc.array(fc.tuple(fc.nat(200), fc.nat(255)), { maxLength: 3 }),
  length: fc.option(fc.nat(200), { freq: 3 }),
});

function damaged(
  payload: Bytes,
  { bytes, length }: typeof damages extends fc.Arbitrary<infer T> ? T : never,
): Bytes {
  const result = payload.slice(0, length ?? payload.length);
  for (const [at, byte] of bytes) if (at < result.length) result[at] = byte;
  return result;
}

it.each(messages)('encodes as the functions do that write field by field: %s', (_name, of) => {
  const encode = generatedEncoder({ message: of, columns, prefix: Uint8Array.of(7) });
  const write = messageWriter(of, columns, '');
  fc.assert(
    fc.property(rows, (row) => {
      const [out, expected] = [byteWriter(1), byteWriter(1)];
      encode(row, out);
      write(expected, row);
      expect(writtenBytes(out).slice(1)).toEqual(writtenBytes(expected));
    }),
  );
});

it.each(messages)('decodes as they do, whatever columns are needed: %s', (_name, of) => {
  const encode = generatedEncoder({ message: of, columns, prefix: new Uint8Array(0) });
  fc.assert(
    fc.property(rows, damages, fc.subarray(all), (row, damage, needed) => {
      const out = byteWriter(1);
      encode(row, out);
      const payload = damaged(writtenBytes(out), damage);
      const [fast, slow] = (['fast', 'slow'] as const).map((which) => {
        const into: Value[] = columns.map(() => UNTOUCHED);
        try {
          const decode = messageDecoders({ message: of, columns, needed })[which];
          return [decode(payload, 0, payload.length, into), into];
        } catch (error) {
          if (error instanceof FormatError) return error.message;
          throw error;
        }
      });
      expect(fast).toStrictEqual(slow);
    }),
    { numRuns: 200 },
  );
});

it('messages of more fields than a function is generated for are read and written all the same', () => {
  const kinds = ['BIGINT', 'STRING', 'DOUBLE', 'INTEGER'] as const;
  const wide = Array.from({ length: 400 }, (_, i): Field => {
    return { name: `C${i}`, type: { kind: kinds[i % 4]! } };
  });
  const row = wide.map((_, i) => [BigInt(i) ** 5n, `text ${i}`, i / 3, -i][i % 4]!);
  const of = messageOfColumns(wide, {});
  const out = byteWriter(1);
  generatedEncoder({ message: of, columns: wide, prefix: new Uint8Array(0) })(row, out);
  const payload = writtenBytes(out);
  const needed = [0, 1, 149, 150, 398, 399];
  const into: Value[] = wide.map(() => UNTOUCHED);
  const { fast } = messageDecoders({ message: of, columns: wide, needed });
  expect(fast(payload, 0, payload.length, into)).toBe(true);
  expect(into).toEqual(row.map((value, i) => (needed.includes(i) ? value : UNTOUCHED)));
});
