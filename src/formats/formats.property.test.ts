import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Bytes } from '../base/env.ts';
import type { Field, SqlType } from '../types/type.ts';
import type { Row, Value } from '../types/value.ts';
import { byteWriter, writtenBytes } from './byte-writer.ts';
import { type Codec, type CodecRequest, FormatError, type FormatProperties } from './format.ts';
import { slowDecoder } from './json/json-codec.ts';
import { formatByName } from './table.ts';

/** Columns with a row for them. */
interface Sample {
  readonly columns: readonly Field[];
  readonly row: Row;
}
interface TypedValue {
  readonly type: SqlType;
  readonly value: Value;
}

const anyText = fc.oneof(
  fc.string({ maxLength: 20 }),
  fc.string({ unit: 'grapheme', maxLength: 20 }),
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.constantFrom(
    '',
    'plain',
    '"',
    '\\',
    '\u0000',
    '\u007f',
    'é',
    '😀',
    'a\nb',
    'x'.repeat(70),
    '1',
    'true',
  ),
);
/** Texts with halves of surrogate pairs as well. */
const brokenText = fc.oneof(
  anyText,
  fc
    .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 8 })
    .map((units) => String.fromCharCode(...units)),
);

function typed(type: SqlType, values: fc.Arbitrary<Value>): fc.Arbitrary<TypedValue> {
  return fc
    .oneof({ weight: 9, arbitrary: values }, { weight: 1, arbitrary: fc.constant(null) })
    .map((value) => ({ type, value }));
}

function primitive(
  kind: Extract<SqlType, { kind: string }>['kind'],
  text: fc.Arbitrary<string>,
): fc.Arbitrary<TypedValue> {
  switch (kind) {
    case 'BOOLEAN':
      return typed({ kind }, fc.boolean());
    case 'INTEGER':
      return typed({ kind }, fc.oneof(fc.integer(), fc.integer({ min: -20, max: 20 })));
    case 'DATE':
      return typed({ kind }, fc.integer());
    case 'BIGINT':
      return typed(
        { kind },
        fc.oneof(
          fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
          fc.bigInt({ min: -1000n, max: 1000n }),
        ),
      );
    case 'DOUBLE':
      return typed(
        { kind },
        fc.oneof(
          fc.double(),
          fc.integer().map((n) => n / 100),
          fc.integer().map((n) => n / 1e6),
          fc.integer(),
        ),
      );
    case 'STRING':
      return typed({ kind }, text);
    case 'BYTES':
      return typed(
        { kind },
        fc.uint8Array({ maxLength: 20 }).map((bytes) => Uint8Array.from(bytes)),
      );
    case 'TIME':
      return typed({ kind }, fc.integer({ min: 0, max: 86_400_000 }));
    case 'TIMESTAMP':
      return typed({ kind }, fc.maxSafeInteger());
    default:
      return fc.integer({ min: 1, max: 40 }).chain((precision) =>
        fc.integer({ min: 0, max: precision }).chain((scale) => {
          const limit = 10n ** BigInt(precision) - 1n;
          return typed(
            { kind: 'DECIMAL', precision, scale },
            fc.bigInt({ min: -limit, max: limit }),
          );
        }),
      );
  }
}

const PRIMITIVES = [
  'BOOLEAN',
  'INTEGER',
  'BIGINT',
  'DOUBLE',
  'STRING',
  'BYTES',
  'DATE',
  'TIME',
  'TIMESTAMP',
  'DECIMAL',
] as const;

function anyPrimitive(text: fc.Arbitrary<string>): fc.Arbitrary<TypedValue> {
  return fc.oneof(...PRIMITIVES.map((kind) => primitive(kind, text)));
}

const names = fc.oneof(
  fc.constantFrom(
    'ID',
    'NAME',
    'A',
    'B',
    'ORDER_ID',
    'ORDER_TIME',
    'a',
    'Name',
    '__PROTO__',
    '__proto__',
    'constructor',
    'É',
    'SS',
    'ß',
    '"',
    '',
    'TOSTRING',
  ),
  fc.string({ maxLength: 12 }).map((name) => name.toUpperCase()),
  anyText,
);

/** A value and its type, with containers down to `depth`. */
function anyValue(depth: number): fc.Arbitrary<TypedValue> {
  if (depth === 0) return anyPrimitive(brokenText);
  const inner = anyValue(depth - 1);
  return fc.oneof(
    { weight: 5, arbitrary: anyPrimitive(brokenText) },
    {
      weight: 1,
      arbitrary: inner.chain(({ type, value }) =>
        typed(
          { kind: 'ARRAY', element: type },
          fc.integer({ min: 0, max: 3 }).map((count) => Array.from({ length: count }, () => value)),
        ),
      ),
    },
    {
      weight: 1,
      arbitrary: inner.chain(({ type, value }) =>
        typed(
          { kind: 'MAP', key: { kind: 'STRING' }, value: type },
          fc
            .array(brokenText, { maxLength: 3 })
            .map((keys) => new Map<Value, Value>(keys.map((key) => [key, value]))),
        ),
      ),
    },
    {
      weight: 1,
      arbitrary: sample(inner, 0, 4).chain(({ columns, row }) =>
        typed({ kind: 'STRUCT', fields: columns }, fc.constant(row)),
      ),
    },
  );
}

function sample(
  values: fc.Arbitrary<TypedValue>,
  minLength: number,
  maxLength: number,
): fc.Arbitrary<Sample> {
  return fc
    .uniqueArray(fc.tuple(names, values), { minLength, maxLength, selector: ([name]) => name })
    .map((pairs) => ({
      columns: pairs.map(([name, { type }]) => ({ name, type })),
      row: pairs.map(([, { value }]) => value),
    }));
}

function codec(
  format: string,
  columns: readonly Field[],
  options: Partial<CodecRequest> & { readonly properties?: FormatProperties } = {},
): Codec {
  return formatByName(format).codec({
    columns,
    needed: options.needed ?? columns.map((_, index) => index),
    spec: options.spec ?? { format, properties: options.properties ?? {}, features: [] },
    side: options.side ?? 'value',
    topic: 't',
  });
}

function encoded({ encode }: Pick<Codec, 'encode'>, row: Row): Bytes | null {
  const out = byteWriter(1);
  return encode(row, out) ? writtenBytes(out) : null;
}

/** What decoding says: the needed values, null for a null row, or the error's text. Anything but a FormatError is thrown on. */
function outcome<T>(decode: () => T): T | string {
  try {
    return decode();
  } catch (error) {
    if (error instanceof FormatError) return error.message;
    throw error;
  }
}

/** Decodes a payload that stands between other bytes. */
function decodeAmong(
  codec: Codec,
  payload: Bytes,
  before: string,
  behind: string,
  width: number,
): Row | null {
  const prefix = Buffer.from(before);
  const bytes = Uint8Array.from(Buffer.concat([prefix, payload, Buffer.from(behind)]));
  const into: Value[] = Array.from({ length: width }, () => null);
  return codec.decode(bytes, prefix.length, prefix.length + payload.length, into) ? into : null;
}

const surroundings = fc.constantFrom<[string, string]>(
  ['', ''],
  ['{"A":1}', '}'],
  ['1', ',"ID":7}'],
  ['"', '"}'],
  [' ', '5'],
  ['x', ' '],
);

const jsonSample = sample(anyValue(2), 0, 8);

describe('decode after encode gives the row again', () => {
  it('for JSON', () => {
    fc.assert(
      fc.property(jsonSample, surroundings, ({ columns, row }, [before, behind]) => {
        const json = codec('JSON', columns);
        const payload = encoded(json, row);
        expect(decodeAmong(json, payload!, before, behind, columns.length)).toEqual(row);
      }),
      { numRuns: 300 },
    );
  });

  it('for JSON with single unwrapped values', () => {
    fc.assert(
      fc.property(anyValue(2), names, ({ type, value }, name) => {
        const json = codec('JSON', [{ name, type }], { side: 'key' });
        const payload = encoded(json, [value]);
        if (value === null) expect(payload).toBeNull();
        else expect(decodeAmong(json, payload!, '', '', 1)).toEqual([value]);
      }),
      { numRuns: 200 },
    );
  });

  it('for JSON with more columns than one function takes', () => {
    fc.assert(
      fc.property(
        fc.array(anyPrimitive(brokenText), { minLength: 151, maxLength: 200 }),
        (values) => {
          const columns = values.map(({ type }, index) => ({ name: `C${index}`, type }));
          const row = values.map(({ value }) => value);
          const json = codec('JSON', columns);
          expect(decodeAmong(json, encoded(json, row)!, '', '', columns.length)).toEqual(row);
        },
      ),
      { numRuns: 10 },
    );
  });

  it('for DELIMITED, where empty text is NULL', () => {
    const delimiters = fc.constantFrom(',', ';', '|', 'TAB', 'SPACE', 'a', '0', '-', '€', '#');
    fc.assert(
      fc.property(
        sample(anyPrimitive(anyText), 1, 6),
        delimiters,
        ({ columns, row }, delimiter) => {
          const wellFormed = row.map((value) =>
            typeof value === 'string' ? value.toWellFormed() : value,
          );
          const delimited = codec('DELIMITED', columns, { properties: { delimiter } });
          const payload = encoded(delimited, wellFormed);
          const expected = wellFormed.map((value) =>
            value === '' || (value instanceof Uint8Array && value.length === 0) ? null : value,
          );
          if (payload === null) expect(row).toEqual([null]);
          else expect(decodeAmong(delimited, payload, '', '', columns.length)).toEqual(expected);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('for KAFKA', () => {
    const kinds = ['INTEGER', 'BIGINT', 'DOUBLE', 'STRING', 'BYTES'] as const;
    const values = fc.oneof(
      ...kinds.map((kind) =>
        primitive(
          kind,
          anyText.map((text) => text.toWellFormed()),
        ),
      ),
    );
    fc.assert(
      fc.property(values, ({ type, value }) => {
        const kafka = codec('KAFKA', [{ name: 'A', type }]);
        const payload = encoded(kafka, [value]);
        if (value === null) expect(payload).toBeNull();
        else expect(decodeAmong(kafka, payload!, 'ab', 'c', 1)).toEqual([value]);
      }),
      { numRuns: 200 },
    );
  });
});

/** A change of some bytes, as a fault in a producer or on the way would make it. */
const mutation = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  remove: fc.integer({ min: 0, max: 3 }),
  insert: fc.oneof(
    fc.constantFrom(
      '',
      '"',
      '\\',
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      ' ',
      '\n',
      '-',
      '0',
      '1',
      '.',
      'e5',
      'null',
      'true',
      '"1"',
      '1.5',
      '\\u00e9',
      '\\ud800',
      'é',
      '[[[[',
      '"ID":1,',
      '"id":"2",',
      '\u0000',
    ),
    fc.string({ maxLength: 3 }),
  ),
});
type Mutation = typeof mutation extends fc.Arbitrary<infer T> ? T : never;

function mutate(payload: Bytes, mutations: readonly Mutation[]): Bytes {
  let bytes = Buffer.from(payload);
  for (const { at, remove, insert } of mutations) {
    const position = Math.floor(at * (bytes.length + 1));
    bytes = Buffer.concat([
      bytes.subarray(0, position),
      Buffer.from(insert),
      bytes.subarray(position + remove),
    ]);
  }
  return Uint8Array.from(bytes);
}

describe('the fast JSON decoder', () => {
  const mutations = fc.array(fc.array(mutation, { minLength: 0, maxLength: 3 }), {
    minLength: 30,
    maxLength: 30,
  });

  it('agrees with the slow one on 10,000 damaged documents, whatever columns are needed', () => {
    fc.assert(
      fc.property(
        jsonSample,
        mutations,
        surroundings,
        fc.infiniteStream(fc.boolean()),
        ({ columns, row }, changes, [before, behind], isNeeded) => {
          const payload = encoded(codec('JSON', columns), row)!;
          const needed = columns.flatMap((_, index) => (isNeeded.next().value ? [index] : []));
          const fast = codec('JSON', columns, { needed });
          const slow = slowDecoder(columns, true);
          for (const change of changes) {
            const damaged = mutate(payload, change);
            const expected = outcome(() => {
              const all = slow(damaged, 0, damaged.length);
              return all === null
                ? null
                : all.map((value, index) => (needed.includes(index) ? value : null));
            });
            const actual = outcome(() =>
              decodeAmong(fast, damaged, before, behind, columns.length),
            );
            expect(actual).toEqual(expected);
          }
        },
      ),
      { numRuns: 340 },
    );
  });

  it('agrees with the slow one on documents whose values are of other types than the columns', () => {
    const documents = fc.uniqueArray(fc.tuple(names, fc.jsonValue({ maxDepth: 3 })), {
      maxLength: 6,
      selector: ([name]) => name,
    });
    const spacing = fc.constantFrom('', ' ', '\n\t');
    fc.assert(
      fc.property(jsonSample, documents, spacing, ({ columns }, properties, space) => {
        const present = columns
          .slice(0, 3)
          .map(({ name }, index): [string, unknown] => [
            index === 1 ? name.toLowerCase() : name,
            properties[index]?.[1] ?? null,
          ]);
        const members = [...properties, ...present].map(
          ([name, value]) =>
            `${space}${JSON.stringify(name)}${space}:${space}${JSON.stringify(value)}`,
        );
        const document = Uint8Array.from(
          Buffer.from(`${space}{${members.join(`${space},`)}${space}}`),
        );
        const slow = slowDecoder(columns, true);
        const fast = codec('JSON', columns);
        expect(outcome(() => decodeAmong(fast, document, '', '}', columns.length))).toEqual(
          outcome(() => slow(document, 0, document.length)),
        );
      }),
      { numRuns: 1000 },
    );
  });

  it('agrees with the slow one on damaged single values', () => {
    fc.assert(
      fc.property(
        anyValue(2),
        mutations,
        surroundings,
        ({ type, value }, changes, [before, behind]) => {
          const columns = [{ name: 'K', type }];
          const fast = codec('JSON', columns, { side: 'key' });
          const slow = slowDecoder(columns, false);
          const payload = encoded(fast, [value]) ?? Uint8Array.from(Buffer.from('null'));
          for (const change of changes) {
            const damaged = mutate(payload, change);
            expect(outcome(() => decodeAmong(fast, damaged, before, behind, 1))).toEqual(
              outcome(() => slow(damaged, 0, damaged.length)),
            );
          }
        },
      ),
      { numRuns: 100 },
    );
  });
});

/** Decodes all columns and encodes them again, in one function; with ranges where `copying`. */
function passThrough(
  columns: readonly Field[],
  copying: boolean,
): (payload: Bytes) => Bytes | null {
  const { constants, decode, encode } = codec('JSON', columns).source!;
  const slots = columns.map((_, i) => `s${i}`);
  const ranges = copying ? columns.map((_, i) => ({ start: `a${i}`, end: `e${i}` })) : undefined;
  const run = new Function(
    'k',
    `return (bytes, start, end, out) => {
let present${slots.map((_, i) => `, s${i}, a${i}, e${i}`).join('')};
${decode(slots, 'k', 'present', ranges)}
if (present) ${encode(slots, 'k', undefined, ranges)}
return present;
};`,
  )(constants);
  return (payload) => {
    const out = byteWriter(1);
    return run(payload, 0, payload.length, out) ? writtenBytes(out) : null;
  };
}

it('copying values as JSON bytes gives what reading and writing them gives', () => {
  const mutations = fc.array(fc.array(mutation, { maxLength: 2 }), {
    minLength: 10,
    maxLength: 10,
  });
  fc.assert(
    fc.property(sample(anyValue(1), 1, 6), mutations, ({ columns, row }, changes) => {
      const payload = encoded(codec('JSON', columns), row)!;
      const copied = passThrough(columns, true);
      const rewritten = passThrough(columns, false);
      for (const change of changes) {
        const damaged = mutate(payload, change);
        const text = (run: typeof copied): string | null => {
          const bytes = outcome(() => run(damaged));
          return bytes instanceof Uint8Array ? Buffer.from(bytes).toString() : bytes;
        };
        expect(text(copied)).toBe(text(rewritten));
      }
    }),
    { numRuns: 200 },
  );
});

describe('damaged payloads', () => {
  const mutations = fc.array(fc.array(mutation, { minLength: 1, maxLength: 4 }), {
    minLength: 30,
    maxLength: 30,
  });
  const cases: readonly [string, fc.Arbitrary<Sample>][] = [
    ['DELIMITED', sample(anyPrimitive(anyText.map((text) => text.toWellFormed())), 1, 6)],
    [
      'KAFKA',
      sample(
        fc.oneof(
          primitive('BIGINT', anyText),
          primitive(
            'STRING',
            anyText.map((text) => text.toWellFormed()),
          ),
          primitive('DOUBLE', anyText),
        ),
        1,
        1,
      ),
    ],
  ];
  it.each(cases)('give a row or a FormatError in %s', (format, samples) => {
    fc.assert(
      fc.property(samples, mutations, ({ columns, row }, changes) => {
        const { encode } = codec(format, columns);
        const decoder = codec(format, columns);
        const payload = encoded({ encode }, row) ?? new Uint8Array(0);
        for (const change of changes) {
          const result = outcome(() =>
            decodeAmong(decoder, mutate(payload, change), '', '', columns.length),
          );
          expect(
            result === null || typeof result === 'string' || result.length === columns.length,
          ).toBe(true);
        }
      }),
      { numRuns: 170 },
    );
  });
});
