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
import { avroDecoders } from './avro-codec.ts';
import { deriveAvro } from './derive-schema.ts';
import { generatedEncoder } from './encode-source.ts';
import { parseAvro } from './parse-schema.ts';
import { recordWriter } from './write-value.ts';

const spec = { format: 'AVRO', properties: {}, features: [] };
const stored = { ...deriveAvro(columns, 'value', spec), id: 1 };

it('encodes as the functions do that write field by field', () => {
  const schema = parseAvro(stored);
  if (schema.kind !== 'record') throw new Error('columns derive a record');
  const encode = generatedEncoder({ id: 1, schema, isRecord: true, columns });
  const write = recordWriter(schema, columns, '');
  fc.assert(
    fc.property(rows, (row) => {
      const [out, expected] = [byteWriter(1), byteWriter(1)];
      encode(row, out);
      write(expected, row);
      expect(writtenBytes(out).slice(5)).toEqual(writtenBytes(expected));
    }),
  );
});

it('decodes as they do, whatever columns are needed', () => {
  const encode = generatedEncoder({ id: 1, schema: parseAvro(stored), isRecord: true, columns });
  fc.assert(
    fc.property(rows, damages, fc.subarray(all), (row, damage, needed) => {
      const out = byteWriter(1);
      encode(row, out);
      const payload = damaged(writtenBytes(out).slice(5), damage);
      const request = { columns, needed, spec, side: 'value', topic: 't' } as const;
      const [fast, slow] = (['fast', 'slow'] as const).map((which) => {
        const into: Value[] = columns.map(() => UNTOUCHED);
        try {
          return [avroDecoders(stored, request)[which](payload, 0, payload.length, into), into];
        } catch (error) {
          if (error instanceof FormatError) return error.message;
          throw error;
        }
      });
      expect(fast).toStrictEqual(slow);
      if (damage.bytes.length > 0 || damage.length !== null) return;
      const kept = row.map((value, index) => (needed.includes(index) ? value : UNTOUCHED));
      expect(fast).toStrictEqual([true, kept]);
    }),
    { numRuns: 400 },
  );
});

it('rows of more columns than a function is generated for are read and written all the same', () => {
  const derived = { ...deriveAvro(wide, 'value', spec), id: 1 };
  const out = byteWriter(1);
  generatedEncoder({ id: 1, schema: parseAvro(derived), isRecord: true, columns: wide })(
    wideRow,
    out,
  );
  const payload = writtenBytes(out).slice(5);
  const needed = [0, 1, 149, 150, 398, 399];
  const request = { columns: wide, needed, spec, side: 'value' } as const;
  const into: Value[] = wide.map(() => UNTOUCHED);
  const { fast } = avroDecoders(derived, { ...request, topic: 't' });
  expect(fast(payload, 0, payload.length, into)).toBe(true);
  expect(into).toEqual(wideRow.map((value, i) => (needed.includes(i) ? value : UNTOUCHED)));
});
