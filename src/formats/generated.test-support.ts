/** Rows of every type and damages to what they become, for formats that have generated functions beside slower ones. */
import fc from 'fast-check';
import type { Bytes } from '../base/env.ts';
import type { Field } from '../types/type.ts';
import type { Value } from '../types/value.ts';

const position: Field[] = [
  { name: 'LAT', type: { kind: 'DOUBLE' } },
  { name: 'LONG', type: { kind: 'BIGINT' } },
];
export const columns: readonly Field[] = [
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
export const all: number[] = columns.map((_, index) => index);
/** What stands in a place that nobody read. */
export const UNTOUCHED = 'untouched';

const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
const orNull = (value: fc.Arbitrary<Value>): fc.Arbitrary<Value> => fc.option(value, { freq: 6 });
const place = orNull(fc.tuple(orNull(fc.double({ noNaN: true })), orNull(int64)));
export const rows: fc.Arbitrary<Value[]> = fc.tuple(
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

interface Damage {
  readonly bytes: readonly (readonly [at: number, byte: number])[];
  readonly length: number | null;
}

/** Some bytes replaced, or the end cut off. */
export const damages: fc.Arbitrary<Damage> = fc.record({
  bytes: fc.array(fc.tuple(fc.nat(200), fc.nat(255)), { maxLength: 3 }),
  length: fc.option(fc.nat(200), { freq: 3 }),
});

export function damaged(payload: Bytes, { bytes, length }: Damage): Bytes {
  const result = payload.slice(0, length ?? payload.length);
  for (const [at, byte] of bytes) if (at < result.length) result[at] = byte;
  return result;
}

const kinds = ['BIGINT', 'STRING', 'DOUBLE', 'INTEGER'] as const;
/** More columns than a function is generated for, and a row of them. */
export const wide: readonly Field[] = Array.from({ length: 400 }, (_, i): Field => {
  return { name: `C${i}`, type: { kind: kinds[i % 4]! } };
});
export const wideRow: readonly Value[] = wide.map(
  (_, i) => [BigInt(i) ** 5n, `text ${i}`, i / 3, -i][i % 4]!,
);
