/** Laws of the formats with registered schemas, over generated columns and rows; two libraries judge the bytes. */
import avro from 'avsc';
import fc from 'fast-check';
import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import type { Bytes } from '../base/env.ts';
import { ProblemError } from '../base/errors.ts';
import type { Field, SqlType } from '../types/type.ts';
import type { Row, Value } from '../types/value.ts';
import { byteWriter, writtenBytes } from './byte-writer.ts';
import { type Codec, FormatError, type FormatSpec } from './format.ts';
import { formatByName, schemaTypes } from './table.ts';
import { TestSchemas } from './test-schemas.test-helper.ts';

interface Sample {
  readonly columns: readonly Field[];
  readonly row: Row;
}

const names = fc.uniqueArray(
  fc.stringMatching(/^[A-Z][A-Z0-9_]{0,8}$/).filter((name) => !name.endsWith('ENTRY')),
  { minLength: 1, maxLength: 5 },
);

function valuesOf(type: SqlType): fc.Arbitrary<Value> {
  const some = (): fc.Arbitrary<Value> => {
    switch (type.kind) {
      case 'BOOLEAN':
        return fc.boolean();
      case 'INTEGER':
        return fc.integer();
      case 'BIGINT':
        return fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
      case 'DOUBLE':
        return fc.double({ noNaN: true });
      case 'STRING':
        return fc.string({ unit: 'grapheme', maxLength: 30 });
      case 'BYTES':
        return fc.uint8Array({ maxLength: 20 }).map((bytes) => Uint8Array.from(bytes));
      case 'DATE':
        return fc.integer({ min: -700_000, max: 2_900_000 });
      case 'TIME':
        return fc.integer({ min: 0, max: 86_399_999 });
      case 'TIMESTAMP':
        return fc.integer({ min: -60_000_000_000_000, max: 200_000_000_000_000 });
      case 'DECIMAL': {
        const limit = 10n ** BigInt(type.precision) - 1n;
        return fc.bigInt({ min: -limit, max: limit });
      }
      case 'ARRAY':
        return fc.array(valuesOf(type.element), { maxLength: 3 });
      case 'MAP':
        return fc
          .array(fc.tuple(fc.string({ maxLength: 5 }), valuesOf(type.value)), { maxLength: 3 })
          .map((entries) => new Map<Value, Value>(entries));
      case 'STRUCT':
        return fc.tuple(...type.fields.map((field) => valuesOf(field.type)));
    }
  };
  return fc.oneof({ weight: 8, arbitrary: some() }, { weight: 1, arbitrary: fc.constant(null) });
}

const primitives: readonly SqlType[] = [
  { kind: 'BOOLEAN' },
  { kind: 'INTEGER' },
  { kind: 'BIGINT' },
  { kind: 'DOUBLE' },
  { kind: 'STRING' },
  { kind: 'BYTES' },
  { kind: 'DATE' },
  { kind: 'TIME' },
  { kind: 'TIMESTAMP' },
  { kind: 'DECIMAL', precision: 9, scale: 3 },
  { kind: 'DECIMAL', precision: 38, scale: 0 },
];

/** Types down to `depth`; an array in an array only where the format has it. */
function types(depth: number, nested: boolean): fc.Arbitrary<SqlType> {
  const plain = fc.constantFrom(...primitives);
  if (depth === 0) return plain;
  const inner = types(depth - 1, nested);
  const element = nested
    ? inner
    : inner.filter((type) => type.kind !== 'ARRAY' && type.kind !== 'MAP');
  return fc.oneof(
    { weight: 4, arbitrary: plain },
    { weight: 1, arbitrary: element.map((of): SqlType => ({ kind: 'ARRAY', element: of })) },
    {
      weight: 1,
      arbitrary: inner.map((value): SqlType => ({ kind: 'MAP', key: { kind: 'STRING' }, value })),
    },
    {
      weight: 1,
      arbitrary: fc.tuple(names, fc.array(inner, { minLength: 5, maxLength: 5 })).map(
        ([list, of]): SqlType => ({
          kind: 'STRUCT',
          fields: list.map((name, index) => ({ name, type: of[index]! })),
        }),
      ),
    },
  );
}

function samples(nested: boolean): fc.Arbitrary<Sample> {
  return fc
    .tuple(names, fc.array(types(2, nested), { minLength: 5, maxLength: 5 }))
    .map(([list, of]) => list.map((name, index): Field => ({ name, type: of[index]! })))
    .chain((columns) =>
      fc.tuple(...columns.map((column) => valuesOf(column.type))).map((row) => ({ columns, row })),
    );
}

function specOf(format: string, properties: FormatSpec['properties'] = {}): FormatSpec {
  return { format, properties, features: [] };
}

function codecOf(columns: readonly Field[], spec: FormatSpec, needed?: readonly number[]): Codec {
  const def = formatByName(spec.format);
  const schemas = new TestSchemas();
  const derived = def.schemas?.derive(columns, 'value', spec);
  if (derived !== undefined) schemas.add('t-value', derived.type, derived.text);
  return def.codec({
    columns,
    needed: needed ?? columns.map((_, index) => index),
    spec,
    side: 'value',
    topic: 't',
    schemas,
  });
}

function encoded(codec: Codec, row: Row): Bytes {
  const out = byteWriter(1);
  expect(codec.encode(row, out)).toBe(true);
  return writtenBytes(out);
}

function decoded(codec: Codec, bytes: Bytes, width: number): Row {
  const into: Value[] = Array.from({ length: width }, () => null);
  codec.decode(bytes, 0, bytes.length, into);
  return into;
}

const protobufSpecs: readonly FormatSpec[] = [
  specOf('PROTOBUF', { nullableRepresentation: 'OPTIONAL' }),
  specOf('PROTOBUF', { nullableRepresentation: 'WRAPPER' }),
  specOf('PROTOBUF_NOSR', { nullableRepresentation: 'OPTIONAL' }),
  specOf('PROTOBUF_NOSR', { nullableRepresentation: 'WRAPPER' }),
];
const exact = [specOf('AVRO'), specOf('JSON_SR')];

/** What Protobuf makes of a row even where it tells NULL from a default: lists hold no NULL and are never NULL themselves. */
function listsFilled(type: SqlType, value: Value): Value {
  switch (type.kind) {
    case 'ARRAY':
      return ((value ?? []) as readonly Value[]).map((item) => listsFilled(type.element, item));
    case 'MAP': {
      const entries = [...((value ?? new Map()) as ReadonlyMap<Value, Value>)];
      return new Map(entries.map(([key, item]) => [key, listsFilled(type.value, item)]));
    }
    case 'STRUCT':
      if (value === null) return null;
      return type.fields.map((field, index) => listsFilled(field.type, (value as Row)[index]!));
    default:
      return value;
  }
}

function hasNullElement(type: SqlType, value: Value): boolean {
  if (value === null) return false;
  switch (type.kind) {
    case 'ARRAY':
      return (value as readonly Value[]).some(
        (item) => item === null || hasNullElement(type.element, item),
      );
    case 'MAP':
      return [...(value as ReadonlyMap<Value, Value>).values()].some((item) =>
        hasNullElement(type.value, item),
      );
    case 'STRUCT':
      return type.fields.some((field, index) => hasNullElement(field.type, (value as Row)[index]!));
    default:
      return false;
  }
}

describe('decode after encode gives the row again', () => {
  it.each(exact.map((spec) => [spec.format, spec] as const))('for %s', (_name, spec) => {
    fc.assert(
      fc.property(samples(true), ({ columns, row }) => {
        const codec = codecOf(columns, spec);
        expect(decoded(codec, encoded(codec, row), row.length)).toEqual(row);
      }),
      { numRuns: 150 },
    );
  });

  it.each(
    protobufSpecs.map(
      (spec) => [spec.format, spec.properties.nullableRepresentation, spec] as const,
    ),
  )('for %s with %s, but that lists are never NULL', (_name, _representation, spec) => {
    fc.assert(
      fc.property(samples(false), ({ columns, row }) => {
        fc.pre(!columns.some((column, index) => hasNullElement(column.type, row[index]!)));
        const codec = codecOf(columns, spec);
        const expected = columns.map((column, index) => listsFilled(column.type, row[index]!));
        expect(decoded(codec, encoded(codec, row), row.length)).toEqual(expected);
      }),
      { numRuns: 100 },
    );
  });

  it.each(['PROTOBUF', 'PROTOBUF_NOSR'])('for %s as far as the format can tell', (format) => {
    const spec = specOf(format);
    fc.assert(
      fc.property(samples(false), ({ columns, row }) => {
        const codec = codecOf(columns, spec);
        const types = columns.map((column) => column.type);
        const stored = formatByName(format).asStored?.(types, spec);
        fc.pre(!columns.some((column, index) => hasNullMessage(column.type, row[index]!)));
        expect(decoded(codec, encoded(codec, row), row.length)).toEqual(stored!(row));
      }),
      { numRuns: 100 },
    );
  });

  it.each(
    [...exact, specOf('PROTOBUF'), specOf('PROTOBUF_NOSR')].map(
      (spec) => [spec.format, spec] as const,
    ),
  )('for %s whatever columns are needed', (_name, spec) => {
    fc.assert(
      fc.property(samples(false), fc.integer(), ({ columns, row }, mask) => {
        const needed = [...columns.keys()].filter((index) => (mask >> index) & 1);
        const all = codecOf(columns, spec);
        const bytes = encoded(all, row);
        const whole = decoded(all, bytes, row.length);
        const some = decoded(codecOf(columns, spec, needed), bytes, row.length);
        for (const index of needed) expect(some[index]).toEqual(whole[index]);
      }),
      { numRuns: 60 },
    );
  });
});

/** NULL in a list of messages is an empty message, which is not NULL. */
function hasNullMessage(type: SqlType, value: Value): boolean {
  if (value === null) return false;
  switch (type.kind) {
    case 'ARRAY':
      return (value as readonly Value[]).some(
        (item) =>
          (item === null &&
            !['BOOLEAN', 'INTEGER', 'BIGINT', 'DOUBLE', 'STRING', 'BYTES'].includes(
              type.element.kind,
            )) ||
          hasNullMessage(type.element, item),
      );
    case 'MAP':
      return [...(value as ReadonlyMap<Value, Value>).values()].some((item) =>
        hasNullMessage(type.value, item),
      );
    case 'STRUCT':
      return type.fields.some((field, index) => hasNullMessage(field.type, (value as Row)[index]!));
    default:
      return false;
  }
}

describe('schemas', () => {
  const specs = [
    specOf('AVRO'),
    specOf('JSON_SR'),
    specOf('PROTOBUF'),
    ...protobufSpecs.slice(0, 2),
  ];

  it.each(
    specs.map((spec) => [spec.format, spec.properties.nullableRepresentation ?? '', spec] as const),
  )(
    'the columns of a derived schema are the columns it was derived from: %s %s',
    (_name, _representation, spec) => {
      fc.assert(
        fc.property(samples(false), ({ columns }) => {
          // A map of lists or maps cannot be told from a list of entries.
          fc.pre(spec.format !== 'PROTOBUF' || !columns.some((column) => mapsLists(column.type)));
          const { schemas } = formatByName(spec.format);
          const derived = schemas!.derive(columns, 'value', spec);
          const options = {
            side: 'value',
            unwrapped: false,
            fullName: null,
            upperCase: true,
          } as const;
          expect(schemas!.infer(derived, options)).toMatchObject({ columns });
        }),
        { numRuns: 80 },
      );
    },
  );

  it.each(specs.map((spec) => [spec.format, spec] as const))(
    'a derived schema is kept as it is, and reads what it wrote: %s',
    (_name, spec) => {
      fc.assert(
        fc.property(samples(false), ({ columns }) => {
          const derived = formatByName(spec.format).schemas!.derive(columns, 'value', spec);
          const type = schemaTypes[derived.type];
          expect(type.canonical(derived)).toBe(derived.text);
          expect(type.incompatibilities(derived, derived)).toEqual([]);
        }),
        { numRuns: 60 },
      );
    },
  );

  it.each(specs.slice(0, 3).map((spec) => [spec.format, spec] as const))(
    'damaged texts are refused as schemas, or are others: %s',
    (_name, spec) => {
      fc.assert(
        fc.property(
          samples(false),
          fc.nat(),
          fc.string({ maxLength: 3 }),
          ({ columns }, at, put) => {
            const derived = formatByName(spec.format).schemas!.derive(columns, 'value', spec);
            const position = at % derived.text.length;
            const text = derived.text.slice(0, position) + put + derived.text.slice(position + 1);
            try {
              schemaTypes[derived.type].canonical({ ...derived, text });
            } catch (error) {
              expect(error).toBeInstanceOf(ProblemError);
            }
          },
        ),
        { numRuns: 200 },
      );
    },
  );
});

function mapsLists(type: SqlType): boolean {
  switch (type.kind) {
    case 'ARRAY':
      return mapsLists(type.element);
    case 'MAP':
      return type.value.kind === 'ARRAY' || type.value.kind === 'MAP' || mapsLists(type.value);
    case 'STRUCT':
      return type.fields.some((field) => mapsLists(field.type));
    default:
      return false;
  }
}

describe('damaged payloads', () => {
  it.each(
    [...exact, specOf('PROTOBUF'), specOf('PROTOBUF_NOSR')].map(
      (spec) => [spec.format, spec] as const,
    ),
  )('are refused or read as something else, never more: %s', (_name, spec) => {
    const damage = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(samples(false), damage, fc.nat(8), ({ columns, row }, changes, cut) => {
        const codec = codecOf(columns, spec);
        const bytes = encoded(codec, row);
        for (const [at, byte] of changes) bytes[at % bytes.length] = byte;
        try {
          decoded(codec, bytes.slice(0, Math.max(0, bytes.length - cut)), row.length);
        } catch (error) {
          expect(error).toBeInstanceOf(FormatError);
        }
      }),
      { numRuns: 400 },
    );
  });
});

describe('other libraries', () => {
  it('avsc reads what AVRO writes to the last byte, and writes the same', () => {
    fc.assert(
      fc.property(samples(true), ({ columns, row }) => {
        const spec = specOf('AVRO');
        const { text } = formatByName('AVRO').schemas!.derive(columns, 'value', spec);
        const payload = Buffer.from(encoded(codecOf(columns, spec), row).subarray(5));
        const type = avro.Type.forSchema(JSON.parse(text), {
          typeHook: longHook,
          wrapUnions: true,
        });
        // Maps are arrays of entries, whose order both keep.
        expect(type.toBuffer(type.fromBuffer(payload)).equals(payload)).toBe(true);
      }),
      { numRuns: 100 },
    );
  });

  it('protobufjs reads what PROTOBUF_NOSR writes, and writes the same', () => {
    const protobuf = createRequire(import.meta.url)('protobufjs');
    fc.assert(
      fc.property(samples(false), ({ columns, row }) => {
        const types = columns.map(({ type }) => type);
        fc.pre(types.every((type) => protobufScalar(type) !== null));
        const lines = types.map(
          (type, index) => `${protobufScalar(type)} ${columns[index]!.name} = ${index + 1};`,
        );
        const { root } = protobuf.parse(`syntax = "proto3"; message M { ${lines.join(' ')} }`, {
          keepCase: true,
        });
        const message = root.lookupType('M');
        const payload = Buffer.from(encoded(codecOf(columns, specOf('PROTOBUF_NOSR')), row));
        const again = Buffer.from(message.encode(message.decode(payload)).finish());
        expect(again.equals(payload)).toBe(true);
      }),
      { numRuns: 200 },
    );
  });
});

/** avsc's own longs lose digits. */
const longType = avro.types.LongType.__with({
  fromBuffer: (bytes: Buffer) => bytes.readBigInt64LE(),
  toBuffer: (value: bigint) => {
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64LE(value);
    return bytes;
  },
  fromJSON: BigInt,
  toJSON: Number,
  isValid: (value: unknown) => typeof value === 'bigint',
  compare: (a: bigint, b: bigint) => (a < b ? -1 : a > b ? 1 : 0),
});

function longHook(schema: unknown): avro.Type | undefined {
  const type = (schema as { readonly type?: unknown }).type ?? schema;
  return type === 'long' ? longType : undefined;
}

function protobufScalar(type: SqlType): string | null {
  const scalars: Partial<Record<SqlType['kind'], string>> = {
    BOOLEAN: 'bool',
    INTEGER: 'int32',
    BIGINT: 'int64',
    DOUBLE: 'double',
    STRING: 'string',
    BYTES: 'bytes',
  };
  if (type.kind !== 'ARRAY') return scalars[type.kind] ?? null;
  const element = scalars[type.element.kind];
  return element === undefined ? null : `repeated ${element}`;
}
