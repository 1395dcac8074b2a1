/** The generated functions beside those that work field by field, on payloads that are whole, damaged and of other schemas. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Value } from '../../types/value.ts';
import { byteWriter, writtenBytes } from '../byte-writer.ts';
import { FormatError } from '../format.ts';
import {
  all,
  columns,
  damaged,
  damages,
  rows,
  UNTOUCHED,
  wide,
  wideRow,
} from '../generated.test-support.ts';
import { messageOfColumns } from './derive-schema.ts';
import { generatedEncoder } from './encode-source.ts';
import { parseProtobuf } from './parse-schema.ts';
import { messageDecoders } from './protobuf-codec.ts';
import { messageWriter } from './write-message.ts';

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
  const of = messageOfColumns(wide, {});
  const out = byteWriter(1);
  generatedEncoder({ message: of, columns: wide, prefix: new Uint8Array(0) })(wideRow, out);
  const payload = writtenBytes(out);
  const needed = [0, 1, 149, 150, 398, 399];
  const into: Value[] = wide.map(() => UNTOUCHED);
  const { fast } = messageDecoders({ message: of, columns: wide, needed });
  expect(fast(payload, 0, payload.length, into)).toBe(true);
  expect(into).toEqual(wideRow.map((value, i) => (needed.includes(i) ? value : UNTOUCHED)));
});
