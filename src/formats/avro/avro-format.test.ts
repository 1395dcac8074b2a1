import { describe, expect, it } from 'vitest';
import type { Field } from '../../types/type.ts';
import type { Row, Value } from '../../types/value.ts';
import { byteWriter, writtenBytes } from '../byte-writer.ts';
import type { FormatSpec } from '../format.ts';
import type { SchemaText } from '../schema.ts';
import { TestSchemas } from '../test-schemas.test-helper.ts';
import { avroFormat, avroSchemas } from './avro-format.ts';

const plain: FormatSpec = { format: 'AVRO', properties: {}, features: [] };
const unwrapped: FormatSpec = { ...plain, features: ['UNWRAP_SINGLES'] };

function schemaText(text: string, references: Readonly<Record<string, string>> = {}): SchemaText {
  return { type: 'AVRO', text, references: new Map(Object.entries(references)) };
}

function columns(...fields: readonly (readonly [string, Field['type']['kind']])[]): Field[] {
  return fields.map(([name, kind]) => ({ name, type: { kind } }) as Field);
}

/** Reads hexadecimal bytes, which follow the frame of a schema with this text. */
function read(schema: string, hex: string, fields: readonly Field[], spec = plain): Row | null {
  const schemas = new TestSchemas();
  const id = schemas.add('t-value', 'AVRO', schema);
  const codec = avroFormat.codec({
    columns: fields,
    needed: fields.map((_, index) => index),
    spec,
    side: 'value',
    topic: 't',
    schemas,
  });
  const bytes = Uint8Array.from([0, 0, 0, 0, id, ...Buffer.from(hex.replaceAll(' ', ''), 'hex')]);
  const into: Value[] = fields.map(() => null);
  return codec.decode(bytes, 0, bytes.length, into) ? into : null;
}

/** Writes with the schema of this text, or with the columns' own; hexadecimal. */
function write(fields: readonly Field[], row: Row, spec = plain, schema?: string): string | null {
  const schemas = new TestSchemas();
  const derived = avroFormat.schemas!.derive(fields, 'value', spec);
  const id = schemas.add('t-value', 'AVRO', schema ?? derived.text);
  const named = schema === undefined ? spec : { ...spec, properties: { schemaId: id } };
  const codec = avroFormat.codec({
    columns: fields,
    needed: [],
    spec: named,
    side: 'value',
    topic: 't',
    schemas,
  });
  const out = byteWriter();
  return codec.encode(row, out) ? Buffer.from(writtenBytes(out)).toString('hex') : null;
}

describe('bytes', () => {
  it('begin with zero and the id; every field says first that it is not null', () => {
    const fields = columns(['ID', 'INTEGER'], ['NAME', 'STRING'], ['ON', 'BOOLEAN']);
    expect(write(fields, [-65, 'né', true])).toBe(
      '00 00000001 02 8101 02 06 6ec3a9 02 01'.replaceAll(' ', ''),
    );
    expect(write(fields, [null, null, null])).toBe('0000000001000000');
  });

  it('of decimals are two’s complement, as short as can be', () => {
    const fields: Field[] = [{ name: 'D', type: { kind: 'DECIMAL', precision: 6, scale: 2 } }];
    expect(write(fields, [12_80n * 10n])).toBe('0000000001 02 04 3200'.replaceAll(' ', ''));
    expect(write(fields, [-1n])).toBe('0000000001 02 02 ff'.replaceAll(' ', ''));
    expect(write(fields, [128n])).toBe('0000000001 02 04 0080'.replaceAll(' ', ''));
  });

  it('of an unwrapped NULL are none at all', () => {
    expect(write(columns(['A', 'BIGINT']), [null], unwrapped)).toBeNull();
    expect(write(columns(['A', 'BIGINT']), [300n], unwrapped)).toBe('0000000001d804');
  });

  it('of arrays and maps come in one block, and are read in several, sized or not', () => {
    const fields: Field[] = [{ name: 'A', type: { kind: 'ARRAY', element: { kind: 'INTEGER' } } }];
    expect(write(fields, [[1, 2]])).toBe('0000000001 02 04 0202 0204 00'.replaceAll(' ', ''));
    const schema =
      '{"type":"record","name":"R","fields":[{"name":"A","type":{"type":"array","items":"int"}}]}';
    // Two elements, then a block of one with its size in bytes.
    expect(read(schema, '04 02 04 01 02 06 00', fields)).toEqual([[1, 2, 3]]);
  });
});

describe('reading', () => {
  it('finds fields by name, whatever their case, and steps over the others', () => {
    const schema =
      '{"type":"record","name":"R","fields":[{"name":"skip","type":{"type":"map","values":"long"}},{"name":"Id","type":"int"},{"name":"name","type":"string"}]}';
    const fields = columns(['NAME', 'STRING'], ['ID', 'BIGINT'], ['OTHER', 'DOUBLE']);
    expect(read(schema, '02 02 6b 04 00 0e 02 78', fields)).toEqual(['x', 7n, null]);
  });

  it('widens numbers and makes text of integers and booleans', () => {
    const schema =
      '{"type":"record","name":"R","fields":[{"name":"A","type":"int"},{"name":"B","type":"float"},{"name":"C","type":"long"},{"name":"D","type":"boolean"}]}';
    const fields = columns(['A', 'DOUBLE'], ['B', 'DOUBLE'], ['C', 'STRING'], ['D', 'STRING']);
    expect(read(schema, '04 0000003f 0d 01', fields)).toEqual([2, 0.5, '-7', 'true']);
  });

  it('refuses to narrow, in ksqlDB’s words', () => {
    const schema = '{"type":"record","name":"R","fields":[{"name":"A","type":"long"}]}';
    expect(() => read(schema, '02', columns(['A', 'INTEGER']))).toThrow(
      'Cannot deserialize type INT64 as type INTEGER for path: ->A',
    );
  });

  it('takes enums as text and fixed as bytes', () => {
    const schema =
      '{"type":"record","name":"R","fields":[{"name":"S","type":{"type":"enum","name":"Suit","symbols":["CLUBS","HEARTS"]}},{"name":"F","type":{"type":"fixed","name":"Two","size":2}}]}';
    expect(read(schema, '02 beef', columns(['S', 'STRING'], ['F', 'BYTES']))).toEqual([
      'HEARTS',
      Uint8Array.from([0xbe, 0xef]),
    ]);
  });

  it('makes a struct of a union of several types', () => {
    const schema =
      '{"type":"record","name":"R","fields":[{"name":"U","type":["null","int","string"]}]}';
    const type: Field['type'] = {
      kind: 'STRUCT',
      fields: columns(['INT', 'INTEGER'], ['STRING', 'STRING']),
    };
    expect(read(schema, '02 06', [{ name: 'U', type }])).toEqual([[3, null]]);
    expect(read(schema, '04 02 78', [{ name: 'U', type }])).toEqual([[null, 'x']]);
    expect(read(schema, '00', [{ name: 'U', type }])).toEqual([null]);
  });

  it('holds a record that may hold itself without going round in circles', () => {
    const schema =
      '{"type":"record","name":"Node","fields":[{"name":"V","type":"int"},{"name":"NEXT","type":["null","Node"]}]}';
    expect(read(schema, '02 02 04 02 06 00', columns(['V', 'INTEGER']))).toEqual([1]);
  });

  it('does not count for ever what takes no bytes', () => {
    const schema =
      '{"type":"record","name":"R","fields":[{"name":"N","type":{"type":"array","items":"null"}},{"name":"A","type":"int"}]}';
    const fields = columns(['A', 'INTEGER']);
    // Blocks of 60,000 nulls each.
    expect(read(schema, 'c0a907 00 02', fields)).toEqual([1]);
    expect(() => read(schema, 'c0a907 c0a907 00 02', fields)).toThrow('a block of 60000 elements');
    expect(() => read(schema, 'feffffff0f 00 02', fields)).toThrow(
      'a block of 2147483647 elements',
    );
  });

  it.each([
    ['', 'Unknown magic byte!'],
    ['0100000001', 'Unknown magic byte!'],
    ['0000000009', 'Error retrieving AVRO schema for id 9'],
    ['000000000102', 'malformed Avro payload: it ends too early'],
    ['000000000104', 'malformed Avro payload: a union has no branch 2'],
  ])('refuses %s', (hex, message) => {
    const fields = columns(['A', 'INTEGER']);
    const schemas = new TestSchemas();
    schemas.add('t-value', 'AVRO', avroFormat.schemas!.derive(fields, 'value', plain).text);
    const request = {
      columns: fields,
      needed: [0],
      spec: plain,
      side: 'value',
      topic: 't',
      schemas,
    } as const;
    const bytes = Uint8Array.from(Buffer.from(hex, 'hex'));
    expect(() => avroFormat.codec(request).decode(bytes, 0, bytes.length, [])).toThrow(message);
  });
});

describe('writing with a schema of somebody else’s', () => {
  const schema =
    '{"type":"record","name":"R","fields":[{"name":"id","type":"int"},{"name":"n","type":"int","default":100},{"name":"o","type":["null","string"],"default":null}]}';

  it('fills what the columns lack with defaults', () => {
    expect(write(columns(['ID', 'INTEGER']), [4], plain, schema)).toBe(
      '0000000001 08 c801 00'.replaceAll(' ', ''),
    );
  });

  it('takes the default for NULL where the field cannot be null, and refuses NULL where there is none', () => {
    const fields = columns(['ID', 'INTEGER'], ['N', 'INTEGER']);
    expect(write(fields, [4, null], plain, schema)).toBe(
      '0000000001 08 c801 00'.replaceAll(' ', ''),
    );
    expect(() => write(fields, [null, 1], plain, schema)).toThrow(
      'Invalid value: null used for required field: "id", schema type: INT',
    );
  });
});

describe('schemas', () => {
  it('name records after the path that leads to them', () => {
    const inner: Field['type'] = { kind: 'STRUCT', fields: columns(['X', 'INTEGER']) };
    const fields: Field[] = [
      { name: 'S', type: { kind: 'STRUCT', fields: [{ name: 'I', type: inner }] } },
      { name: 'M', type: { kind: 'MAP', key: { kind: 'STRING' }, value: inner } },
    ];
    const { text } = avroFormat.schemas!.derive(fields, 'value', plain);
    const found = [...text.matchAll(/"name":"(KsqlDataSourceSchema\w*)"/g)].map(([, name]) => name);
    expect(found).toEqual([
      'KsqlDataSourceSchema',
      'KsqlDataSourceSchema_S',
      'KsqlDataSourceSchema_S_I',
      'KsqlDataSourceSchema_M',
      'KsqlDataSourceSchema_M_MapValue',
    ]);
  });

  it('are kept as Avro’s Java library prints them', () => {
    const given =
      '{ "fields": [ {"type": {"type": "string", "avro.java.string": "String"}, "name": "a", "aliases": ["b"], "order": "ascending"} , {"name":"k","type":{"type":"int"}} ], "namespace": "x.y", "type": "record", "name": "R", "doc": "d" }';
    expect(avroSchemas.canonical(schemaText(given))).toBe(
      '{"type":"record","name":"R","namespace":"x.y","doc":"d","fields":[{"name":"a","type":{"type":"string","avro.java.string":"String"},"aliases":["b"]},{"name":"k","type":"int"}]}',
    );
    expect(avroSchemas.canonical(schemaText('{"type":"int"}'))).toBe('"int"');
    expect(avroSchemas.canonical(schemaText('string'))).toBe('"string"');
  });

  it('may use names that referenced schemas define', () => {
    const user =
      '{"type":"record","name":"User","namespace":"a","fields":[{"name":"id","type":"int"}]}';
    const event = '{"type":"record","name":"Event","fields":[{"name":"by","type":"a.User"}]}';
    expect(() => avroSchemas.canonical(schemaText(event))).toThrow('Undefined name: "a.User"');
    const options = { side: 'value', unwrapped: false, fullName: null, upperCase: true } as const;
    expect(avroFormat.schemas!.infer(schemaText(event, { 'a.User': user }), options)).toEqual({
      columns: [{ name: 'BY', type: { kind: 'STRUCT', fields: columns(['ID', 'INTEGER']) } }],
      fullName: 'Event',
    });
  });

  it.each([
    [
      '{"type":"record","name":"R","fields":[{"name":"1a","type":"int"}]}',
      'Illegal initial character: 1a',
    ],
    [
      '{"type":"record","name":"R","fields":[{"name":"a-b","type":"int"}]}',
      'Illegal character in: a-b',
    ],
    ['["int","int"]', 'Duplicate in union:int'],
    ['["null",["int"]]', 'Nested union'],
    [
      '{"type":"record","name":"R","fields":[{"name":"a","type":"int","default":"x"}]}',
      'Invalid default for field a: "x" not a int',
    ],
    [
      '{"type":"record","name":"R","fields":[{"name":"a","type":"int"},{"name":"a","type":"int"}]}',
      'Duplicate field a in record R',
    ],
    ['{"type":"enum","name":"E","symbols":["A","A"]}', 'Duplicate enum symbol'],
    ['[1', 'Invalid schema of type AVRO'],
    [
      `${'{"type":"array","items":'.repeat(101)}"int"${'}'.repeat(101)}`,
      'brackets nest deeper than 100',
    ],
    [`"${'x'.repeat(1_048_577)}"`, 'limit 1048576'],
    ['{"type":"record","name":"__proto__","fields":[]}', "the name '__proto__' is not allowed"],
  ])('%.60s is refused', (text, message) => {
    expect(() => avroSchemas.canonical(schemaText(text))).toThrow(message);
  });

  it('leave out what SQL has no type for', () => {
    const schema =
      '{"type":"record","name":"R","fields":[{"name":"a","type":"null"},{"name":"b","type":["null","int"]},{"name":"c","type":["null","R"]}]}';
    const options = { side: 'value', unwrapped: false, fullName: null, upperCase: false } as const;
    expect(avroFormat.schemas!.infer(schemaText(schema), options)).toEqual({
      columns: columns(['b', 'INTEGER']),
      fullName: 'R',
    });
  });

  it('that are no record need to be unwrapped', () => {
    const options = { side: 'value', fullName: null, upperCase: true } as const;
    const infer = avroFormat.schemas!.infer;
    expect(infer(schemaText('"int"'), { ...options, unwrapped: true })).toEqual({
      columns: columns(['ROWVAL', 'INTEGER']),
      fullName: null,
    });
    expect(infer(schemaText('"int"'), { ...options, unwrapped: false })).toMatchObject({
      message: expect.stringContaining("set 'WRAP_SINGLE_VALUE=false'"),
    });
  });
});

describe('compatibility', () => {
  const record = (fields: string, name = 'R'): SchemaText =>
    schemaText(`{"type":"record","name":"${name}","fields":[${fields}]}`);
  const a = '{"name":"a","type":"int"}';

  it.each([
    [record(a), record(`${a},{"name":"b","type":"int"}`)],
    [record(`${a},{"name":"b","type":"int","default":1}`), record(a)],
    [record('{"name":"a","type":"double"}'), record(a)],
    [record('{"name":"a","type":["null","int"]}'), record(a)],
    [record('{"name":"z","aliases":["a"],"type":"int"}'), record(a)],
    [
      schemaText('{"type":"record","name":"N","fields":[{"name":"n","type":["null","N"]}]}'),
      schemaText('{"type":"record","name":"N","fields":[{"name":"n","type":["null","N"]}]}'),
    ],
  ])('%# the one can read the other', (reader, writer) => {
    expect(avroSchemas.incompatibilities(reader, writer)).toEqual([]);
  });

  it.each([
    [record(`${a},{"name":"b","type":"int"}`), record(a), 'READER_FIELD_MISSING_DEFAULT_VALUE'],
    [record(a), record('{"name":"a","type":"long"}'), 'TYPE_MISMATCH'],
    [record(a), record('{"name":"a","type":["null","int"]}'), 'TYPE_MISMATCH'],
    [
      record('{"name":"a","type":["null","int"]}'),
      record('{"name":"a","type":"string"}'),
      'MISSING_UNION_BRANCH',
    ],
    [record(a, 'X'), record(a), 'NAME_MISMATCH'],
    [
      schemaText('{"type":"enum","name":"E","symbols":["A"]}'),
      schemaText('{"type":"enum","name":"E","symbols":["A","B"]}'),
      'MISSING_ENUM_SYMBOLS',
    ],
    [
      schemaText('{"type":"fixed","name":"F","size":2}'),
      schemaText('{"type":"fixed","name":"F","size":3}'),
      'FIXED_SIZE_MISMATCH',
    ],
  ])('%# the one cannot read the other', (reader, writer, reason) => {
    expect(avroSchemas.incompatibilities(reader, writer).join()).toContain(reason);
  });
});
