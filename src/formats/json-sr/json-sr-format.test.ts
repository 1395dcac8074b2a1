import { describe, expect, it } from 'vitest';
import type { Field } from '../../types/type.ts';
import type { Value } from '../../types/value.ts';
import { byteWriter, writtenBytes } from '../byte-writer.ts';
import type { FormatSpec } from '../format.ts';
import type { SchemaText } from '../schema.ts';
import { TestSchemas } from '../test-schemas.test-helper.ts';
import { hashOrder } from './hash-order.ts';
import { jsonSchemas, jsonSrFormat } from './json-sr-format.ts';

const plain: FormatSpec = { format: 'JSON_SR', properties: {}, features: [] };

function schemaText(json: unknown, references: Readonly<Record<string, unknown>> = {}): SchemaText {
  const texts = Object.entries(references).map(([name, of]) => [name, JSON.stringify(of)] as const);
  return { type: 'JSON', text: JSON.stringify(json), references: new Map(texts) };
}

function columns(...fields: readonly (readonly [string, Field['type']['kind']])[]): Field[] {
  return fields.map(([name, kind]) => ({ name, type: { kind } }) as Field);
}

function infer(schema: SchemaText, unwrapped = false): unknown {
  return jsonSrFormat.schemas!.infer(schema, {
    side: 'value',
    unwrapped,
    fullName: null,
    upperCase: false,
  });
}

describe('payloads', () => {
  const fields = columns(['A', 'INTEGER'], ['B', 'STRING']);
  const schemas = new TestSchemas();
  schemas.add('t-value', 'JSON', jsonSrFormat.schemas!.derive(fields, 'value', plain).text);
  const request = {
    columns: fields,
    needed: [0, 1],
    spec: plain,
    side: 'value',
    topic: 't',
    schemas,
  } as const;

  it('are JSON behind zero and the id', () => {
    const out = byteWriter();
    jsonSrFormat.codec(request).encode([1, null], out);
    const bytes = Buffer.from(writtenBytes(out));
    expect([...bytes.subarray(0, 5)]).toEqual([0, 0, 0, 0, 1]);
    expect(bytes.subarray(5).toString()).toBe('{"A":1,"B":null}');
  });

  it('are read as JSON is, whatever their schema says', () => {
    const bytes = Uint8Array.from([0, 0, 0, 3, 231, ...Buffer.from('{"a":"7","b":8}')]);
    const into: Value[] = [null, null];
    expect(jsonSrFormat.codec(request).decode(bytes, 0, bytes.length, into)).toBe(true);
    expect(into).toEqual([7, '8']);
  });

  it('need the zero', () => {
    const bytes = Buffer.from('{"A":1,"B":"x"}');
    expect(() => jsonSrFormat.codec(request).decode(bytes, 0, bytes.length, [])).toThrow(
      'Unknown magic byte!',
    );
  });
});

describe('schemas', () => {
  it('let every field be null, and say what Connect makes of it', () => {
    const fields: Field[] = [
      { name: 'D', type: { kind: 'DECIMAL', precision: 4, scale: 2 } },
      { name: 'M', type: { kind: 'MAP', key: { kind: 'STRING' }, value: { kind: 'BYTES' } } },
    ];
    const derived = jsonSrFormat.schemas!.derive(fields, 'value', plain);
    expect(JSON.parse(derived.text)).toEqual({
      type: 'object',
      properties: {
        D: {
          'connect.index': 0,
          oneOf: [
            { type: 'null' },
            {
              type: 'number',
              title: 'org.apache.kafka.connect.data.Decimal',
              'connect.version': 1,
              'connect.type': 'bytes',
              'connect.parameters': { scale: '2', 'connect.decimal.precision': '4' },
            },
          ],
        },
        M: {
          'connect.index': 1,
          oneOf: [
            { type: 'null' },
            {
              type: 'object',
              'connect.type': 'map',
              additionalProperties: {
                oneOf: [{ type: 'null' }, { type: 'string', 'connect.type': 'bytes' }],
              },
            },
          ],
        },
      },
    });
  });

  it('of a single key may be null as a whole', () => {
    expect(jsonSrFormat.schemas!.derive(columns(['K', 'STRING']), 'key', plain).text).toBe(
      '{"oneOf":[{"type":"null"},{"type":"string"}]}',
    );
  });

  it('give columns in the order of connect.index, or in that of a Java hash map', () => {
    const indexed = {
      type: 'object',
      properties: {
        b: { type: 'string', 'connect.index': 1 },
        a: { type: 'boolean', 'connect.index': 0 },
      },
    };
    expect(infer(schemaText(indexed))).toMatchObject({
      columns: columns(['a', 'BOOLEAN'], ['b', 'STRING']),
    });
    const plainObject = {
      properties: { ID: { type: 'number' }, NAME: { type: 'string' }, VALUE: { type: 'integer' } },
    };
    expect(infer(schemaText(plainObject))).toMatchObject({
      columns: columns(['ID', 'DOUBLE'], ['VALUE', 'BIGINT'], ['NAME', 'STRING']),
    });
    // HashMap: "foo" is in bucket 7 of 16, "ID" in 11.
    expect(hashOrder(['ID', 'foo'])).toEqual(['foo', 'ID']);
  });

  it('may refer to their own parts and to other schemas', () => {
    const schema = {
      type: 'object',
      properties: {
        own: { $ref: '#/definitions/part', 'connect.index': 0 },
        other: { $ref: 'other.json#/definitions/x~1y', 'connect.index': 1 },
      },
      definitions: { part: { type: ['null', 'integer'], 'connect.type': 'int32' } },
    };
    const other = { definitions: { 'x/y': { type: 'boolean' } } };
    expect(infer(schemaText(schema, { 'other.json': other }))).toMatchObject({
      columns: columns(['own', 'INTEGER'], ['other', 'BOOLEAN']),
    });
    expect(infer(schemaText(schema))).toMatchObject({
      message: expect.stringContaining('unresolved reference other.json'),
    });
  });

  it('that are no object need to be unwrapped', () => {
    expect(infer(schemaText({ type: 'integer' }), true)).toMatchObject({
      columns: columns(['ROWVAL', 'BIGINT']),
    });
    expect(infer(schemaText({ type: 'integer' }))).toMatchObject({ code: 'schema.anonymous' });
  });

  it('that go round in circles are refused, or end', () => {
    expect(infer(schemaText({ $ref: '#' }))).toMatchObject({ code: 'schema.unsupported' });
    const node = { type: 'object', properties: { v: { type: 'string' }, next: { $ref: '#' } } };
    expect(infer(schemaText(node))).toMatchObject({ columns: columns(['v', 'STRING']) });
  });

  it('with allOf are refused, wherever it is', () => {
    const part = { type: 'object', properties: { a: { type: 'string' } } };
    const refusal = {
      code: 'schema.unsupported',
      message: 'JSON schemas with allOf cannot be read as columns',
    };
    expect(infer(schemaText({ allOf: [part, part] }))).toMatchObject(refusal);
    expect(
      infer(schemaText({ properties: { x: { oneOf: [{ type: 'null' }, { allOf: [part] }] } } })),
    ).toMatchObject(refusal);
  });

  it('with fields of several alternatives give columns for the others', () => {
    const schema = {
      type: 'object',
      properties: {
        a: { oneOf: [{ type: 'null' }, { type: 'string' }, { type: 'integer' }] },
        b: { type: 'string' },
      },
    };
    expect(infer(schemaText(schema))).toMatchObject({ columns: columns(['b', 'STRING']) });
  });

  it('with a part that cannot be read are refused', () => {
    const schema = { properties: { a: { oneOf: [{ type: 'null' }, 7] }, b: { type: 'string' } } };
    expect(infer(schemaText(schema))).toMatchObject({
      code: 'schema.unsupported',
      message: expect.stringContaining('Invalid schema of type JSON'),
    });
  });

  it.each(['{', '3', '[]', '{"properties":{"a":7}}'])('%s is none', (text) => {
    const check = () => {
      jsonSchemas.canonical({ type: 'JSON', text, references: new Map() });
      const found = infer({ type: 'JSON', text, references: new Map() });
      if ('code' in (found as object)) throw new Error((found as { message: string }).message);
    };
    expect(check).toThrow('Invalid schema of type JSON');
  });

  it('keep the digits of numbers', () => {
    const text = '{"type":"number","maximum":1.0,"minimum":-12345678901234567890}';
    expect(jsonSchemas.canonical({ type: 'JSON', text, references: new Map() })).toBe(text);
  });
});

describe('compatibility', () => {
  const object = (properties: unknown, rest: Readonly<Record<string, unknown>> = {}): SchemaText =>
    schemaText({ type: 'object', properties, ...rest });

  it.each([
    [object({ a: { type: 'number' } }), object({ a: { type: 'integer' } })],
    [
      object({ a: { oneOf: [{ type: 'null' }, { type: 'string' }] } }),
      object({ a: { type: 'string' } }),
    ],
    [object({ a: { type: 'string' } }), object({ a: { type: 'string' }, b: { type: 'string' } })],
    [schemaText({}), object({ a: { type: 'string' } })],
  ])('%# the one can read the other', (reader, writer) => {
    expect(jsonSchemas.incompatibilities(reader, writer)).toEqual([]);
  });

  it.each([
    [object({ a: { type: 'integer' } }), object({ a: { type: 'number' } }), 'TYPE_CHANGED'],
    [
      object({ a: { type: 'string' } }),
      object({ a: { oneOf: [{ type: 'null' }, { type: 'string' }] } }),
      'NULL_REMOVED',
    ],
    [
      object({ a: { type: 'string' } }, { required: ['a'] }),
      object({ a: { type: 'string' } }),
      'REQUIRED_ATTRIBUTE_ADDED',
    ],
    [
      object({}, { additionalProperties: false }),
      object({ a: { type: 'string' } }),
      'PROPERTY_REMOVED_FROM_CLOSED_CONTENT_MODEL',
    ],
    [
      schemaText({ type: 'string', enum: ['a'] }),
      schemaText({ type: 'string', enum: ['a', 'b'] }),
      'ENUM_ARRAY_NARROWED',
    ],
  ])('%# the one cannot read the other', (reader, writer, reason) => {
    expect(jsonSchemas.incompatibilities(reader, writer).join()).toContain(reason);
  });
});
