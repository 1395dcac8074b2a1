import { describe, expect, it } from 'vitest';
import type { Field, SqlType } from '../../types/type.ts';
import type { Row, Value } from '../../types/value.ts';
import { byteWriter, writtenBytes } from '../byte-writer.ts';
import type { FormatProperties, FormatSpec } from '../format.ts';
import type { SchemaText } from '../schema.ts';
import { TestSchemas } from '../test-schemas.test-helper.ts';
import { protobufFormat, protobufNosrFormat, protobufSchemas } from './protobuf-format.ts';

function specOf(properties: FormatProperties = {}): FormatSpec {
  return { format: 'PROTOBUF', properties, features: [] };
}

function schemaText(text: string, references: Readonly<Record<string, string>> = {}): SchemaText {
  return { type: 'PROTOBUF', text, references: new Map(Object.entries(references)) };
}

function proto(body: string): string {
  return `syntax = "proto3";\n${body}`;
}

function columns(...fields: readonly (readonly [string, SqlType['kind']])[]): Field[] {
  return fields.map(([name, kind]) => ({ name, type: { kind } }) as Field);
}

function array(element: SqlType): SqlType {
  return { kind: 'ARRAY', element };
}

/** Reads hexadecimal bytes behind the frame: message indexes and message. */
function read(schema: string, hex: string, fields: readonly Field[]): Row {
  const schemas = new TestSchemas();
  const id = schemas.add('t-value', 'PROTOBUF', schema);
  const codec = protobufFormat.codec({
    columns: fields,
    needed: fields.map((_, index) => index),
    spec: specOf(),
    side: 'value',
    topic: 't',
    schemas,
  });
  const bytes = Uint8Array.from([0, 0, 0, 0, id, ...Buffer.from(hex.replaceAll(' ', ''), 'hex')]);
  const into: Value[] = fields.map(() => null);
  codec.decode(bytes, 0, bytes.length, into);
  return into;
}

/** What stands behind the frame; hexadecimal. */
function write(
  fields: readonly Field[],
  row: Row,
  properties: FormatProperties = {},
  schema?: string,
): string {
  const schemas = new TestSchemas();
  const derived = protobufFormat.schemas!.derive(fields, 'value', specOf(properties));
  const id = schemas.add('t-value', 'PROTOBUF', schema ?? derived.text);
  const named = schema === undefined ? properties : { ...properties, schemaId: id };
  const request = {
    columns: fields,
    needed: [],
    spec: specOf(named),
    side: 'value',
    topic: 't',
    schemas,
  } as const;
  const out = byteWriter();
  protobufFormat.codec(request).encode(row, out);
  return Buffer.from(writtenBytes(out)).toString('hex').slice(10);
}

function compact(hex: string): string {
  return hex.replace(/\s/g, '');
}

describe('bytes', () => {
  it('begin with the message’s index; defaults and NULL are left out', () => {
    const fields = columns(
      ['I', 'INTEGER'],
      ['L', 'BIGINT'],
      ['D', 'DOUBLE'],
      ['B', 'BOOLEAN'],
      ['S', 'STRING'],
    );
    expect(write(fields, [150, 1n, 1, true, 'hi'])).toBe(
      compact('00 08 9601 10 01 19 000000000000f03f 20 01 2a 02 6869'),
    );
    expect(write(fields, [0, 0n, 0, false, ''])).toBe('00');
    expect(write(fields, [null, null, null, null, null])).toBe('00');
  });

  it('of negative integers take ten bytes', () => {
    expect(write(columns(['I', 'INTEGER']), [-1])).toBe(compact('00 08 ffffffffffffffffff01'));
  });

  it('of lists of numbers are packed, those of texts are not', () => {
    const fields: Field[] = [
      { name: 'A', type: array({ kind: 'INTEGER' }) },
      { name: 'T', type: array({ kind: 'STRING' }) },
    ];
    expect(
      write(fields, [
        [3, 270],
        ['a', ''],
      ]),
    ).toBe(compact('00 0a 03 03 8e02 12 01 61 12 00'));
    expect(write(fields, [[null], [null]])).toBe(compact('00 0a 01 00 12 00'));
  });

  it('of maps are entries', () => {
    const fields: Field[] = [
      { name: 'M', type: { kind: 'MAP', key: { kind: 'STRING' }, value: { kind: 'INTEGER' } } },
    ];
    expect(write(fields, [new Map([['k', 7]])])).toBe(compact('00 0a 05 0a 01 6b 10 07'));
  });

  it('of decimals and times are messages of Confluent’s and Google’s', () => {
    const fields: Field[] = [
      { name: 'DEC', type: { kind: 'DECIMAL', precision: 5, scale: 2 } },
      ...columns(['DATE', 'DATE'], ['TIME', 'TIME'], ['TS', 'TIMESTAMP']),
    ];
    expect(write(fields, [12_34n, 19_000, 3_661_001, -1])).toBe(
      compact(`00
        0a 08 0a 02 04d2 10 04 18 02
        12 07 08 e60f 10 01 18 08
        1a 0a 08 01 10 01 18 01 20 c0843d
        22 11 08 ffffffffffffffffff01 10 c08faedc03`),
    );
  });

  it('tell NULL from a default where the representation says so', () => {
    const fields = columns(['I', 'INTEGER'], ['J', 'INTEGER']);
    expect(write(fields, [0, null], { nullableRepresentation: 'OPTIONAL' })).toBe('000800');
    expect(write(fields, [0, null], { nullableRepresentation: 'WRAPPER' })).toBe('000a00');
    expect(write(fields, [5, null], { nullableRepresentation: 'WRAPPER' })).toBe('000a020805');
  });

  it('of PROTOBUF_NOSR are the bare message', () => {
    const request = {
      columns: columns(['I', 'INTEGER']),
      needed: [0],
      spec: { ...specOf(), format: 'PROTOBUF_NOSR' },
      side: 'value',
      topic: 't',
    } as const;
    const codec = protobufNosrFormat.codec(request);
    const out = byteWriter();
    codec.encode([150], out);
    expect(Buffer.from(writtenBytes(out)).toString('hex')).toBe('089601');
    const into: Value[] = [null];
    codec.decode(writtenBytes(out), 0, 3, into);
    expect(into).toEqual([150]);
  });
});

describe('reading', () => {
  it('takes the message that the payload names', () => {
    const schema = proto('message A { int32 x = 1; } message B { message C { string x = 1; } }');
    expect(read(schema, '00 08 05', columns(['X', 'INTEGER']))).toEqual([5]);
    // Two indexes, zigzag: the first message inside the second.
    expect(read(schema, '04 02 00 0a 01 78', columns(['X', 'STRING']))).toEqual(['x']);
    expect(() => read(schema, '02 08', columns(['X', 'STRING']))).toThrow('no message 4');
  });

  it('gives defaults for what may not be absent, NULL for what may', () => {
    const schema = proto(
      'import "google/protobuf/wrappers.proto"; message M { int32 a = 1; optional int32 b = 2; google.protobuf.Int32Value c = 3; repeated int32 d = 4; M e = 5; E f = 6; enum E { NONE = 0; } }',
    );
    const fields: Field[] = [
      ...columns(['A', 'INTEGER'], ['B', 'INTEGER'], ['C', 'INTEGER']),
      { name: 'D', type: array({ kind: 'INTEGER' }) },
      { name: 'E', type: { kind: 'STRUCT', fields: columns(['A', 'INTEGER']) } },
      ...columns(['F', 'STRING'], ['G', 'STRING']),
    ];
    expect(read(schema, '00', fields)).toEqual([0, null, null, [], null, 'NONE', null]);
  });

  it('takes numbers packed and not packed, steps over unknown fields, and keeps the last of several', () => {
    const schema = proto('message M { repeated sint32 r = 1; fixed64 f = 2; }');
    const fields: Field[] = [
      { name: 'R', type: array({ kind: 'INTEGER' }) },
      { name: 'F', type: { kind: 'BIGINT' } },
    ];
    expect(
      read(
        schema,
        '00 08 03 0a 02 04 01 11 0100000000000000 7a 02 ffff 11 0200000000000000 9b 01 08 05 9c 01',
        fields,
      ),
    ).toEqual([[-2, 2, -1], 2n]);
  });

  it('makes BIGINT of unsigned integers, text of enums, a struct of a oneof', () => {
    const schema = proto(
      'message M { uint32 u = 1; E e = 2; oneof choice { int32 number = 3; string text = 4; } enum E { A = 0; B = 5; } }',
    );
    const choice: SqlType = {
      kind: 'STRUCT',
      fields: columns(['NUMBER', 'INTEGER'], ['TEXT', 'STRING']),
    };
    const fields: Field[] = [
      ...columns(['U', 'BIGINT'], ['E', 'STRING']),
      { name: 'CHOICE', type: choice },
    ];
    expect(read(schema, '00 08 ffffffff0f 10 05 22 01 78', fields)).toEqual([
      4294967295n,
      'B',
      [null, 'x'],
    ]);
  });

  it('reads maps of either kind', () => {
    const type: SqlType = { kind: 'MAP', key: { kind: 'STRING' }, value: { kind: 'INTEGER' } };
    const own = proto('message M { map<string, int32> m = 1; }');
    const connect = proto(
      'message M { repeated XEntry m = 1; message XEntry { string key = 1; int32 value = 2; } }',
    );
    for (const schema of [own, connect]) {
      expect(read(schema, '00 0a 05 0a 01 6b 10 07 0a 00', [{ name: 'M', type }])).toEqual([
        new Map<Value, Value>([
          ['k', 7],
          ['', 0],
        ]),
      ]);
    }
  });

  it.each([
    ['00 08', 'malformed Protobuf payload: it ends too early'],
    ['00 1a 05 61', 'malformed Protobuf payload: it ends too early'],
    ['00 0a 01 61', 'malformed Protobuf payload: field x has wire type 2'],
    ['00 0d 00000000', 'malformed Protobuf payload: field x has wire type 5'],
    ['00 1f', 'malformed Protobuf payload: wire type 7'],
    ['ca 01', 'malformed Protobuf payload: 101 message indexes'],
  ])('refuses %s', (hex, message) => {
    expect(() =>
      read(proto('message M { int32 x = 1; int32 y = 2; }'), hex, columns(['X', 'INTEGER'])),
    ).toThrow(message);
  });
});

describe('a DATE', () => {
  const read1 = (hex: string) =>
    read(
      protobufFormat.schemas!.derive(columns(['D', 'DATE']), 'value', specOf({})).text,
      hex,
      columns(['D', 'DATE']),
    );

  it('is a day of a month', () => {
    // 2024-02-29
    expect(read1('00 0a 07 08 e80f 10 02 18 1d')).toEqual([19_782]);
  });

  it('that is empty is NULL, as one in a list is written', () => {
    expect(read1('00 0a 00')).toEqual([null]);
    const fields: Field[] = [{ name: 'L', type: array({ kind: 'DATE' }) }];
    expect(write(fields, [[null, 1]])).toBe(compact('00 0a 00 0a 07 08 b20f 10 01 18 02'));
  });

  it.each([
    ['00 0a 07 08 e80f 10 0d 18 01', 'there is no DATE of year 2024, month 13 and day 1'],
    ['00 0a 07 08 e80f 10 02 18 1e', 'there is no DATE of year 2024, month 2 and day 30'],
    ['00 0a 05 08 e80f 10 04', 'there is no DATE of year 2024, month 4 and day 0'],
  ])('is refused where there is none: %s', (hex, message) => {
    expect(() => read1(hex)).toThrow(message);
  });
});

describe('writing with a schema of somebody else’s', () => {
  const schema = proto(
    'package p; message A { string s = 1; } message B { uint32 u = 3; string n = 1; oneof o { int32 x = 4; string y = 5; } }',
  );

  it('names the message, and writes its fields in the order of their numbers', () => {
    const fields = columns(['U', 'BIGINT'], ['N', 'STRING']);
    expect(write(fields, [7n, 'a'], { fullSchemaName: 'B' }, schema)).toBe(
      compact('02 02 0a 01 61 18 07'),
    );
    expect(() => write(fields, [-1n, 'a'], { fullSchemaName: 'p.B' }, schema)).toThrow(
      '"U": -1 does not fit uint32',
    );
  });

  it('writes the member of a oneof that is set', () => {
    const type: SqlType = { kind: 'STRUCT', fields: columns(['X', 'INTEGER'], ['Y', 'STRING']) };
    expect(write([{ name: 'O', type }], [[null, '']], { fullSchemaName: 'B' }, schema)).toBe(
      compact('02 02 2a 00'),
    );
  });
});

describe('schemas', () => {
  it('are printed as the registry prints them', () => {
    const fields: Field[] = [
      {
        name: 'S',
        type: {
          kind: 'STRUCT',
          fields: [{ name: 'I', type: { kind: 'STRUCT', fields: columns(['X', 'INTEGER']) } }],
        },
      },
      { name: 'M', type: { kind: 'MAP', key: { kind: 'STRING' }, value: { kind: 'DATE' } } },
    ];
    expect(protobufFormat.schemas!.derive(fields, 'value', specOf()).text).toBe(`syntax = "proto3";

import "google/type/date.proto";

message ConnectDefault1 {
  ConnectDefault2 S = 1;
  repeated ConnectDefault4Entry M = 2;

  message ConnectDefault2 {
    ConnectDefault3 I = 1;
  
    message ConnectDefault3 {
      int32 X = 1;
    }
  }
  message ConnectDefault4Entry {
    string key = 1;
    google.type.Date value = 2;
  }
}
`);
  });

  it('take the name that the source gives, with its package', () => {
    const { text } = protobufFormat.schemas!.derive(
      columns(['I', 'INTEGER']),
      'value',
      specOf({ fullSchemaName: 'io.test.value' }),
    );
    expect(text).toBe(
      'syntax = "proto3";\npackage io.test;\n\nmessage value {\n  int32 I = 1;\n}\n',
    );
  });

  it('of several messages need a name', () => {
    const schema = schemaText(proto('message A { int32 a = 1; } message B { string b = 1; }'));
    const options = { side: 'key', unwrapped: false, upperCase: true } as const;
    expect(protobufFormat.schemas!.infer(schema, { ...options, fullName: null })).toMatchObject({
      message: expect.stringContaining(
        'Key schema has multiple schema definitions. Please use KEY_SCHEMA_FULL_NAME',
      ),
    });
    expect(protobufFormat.schemas!.infer(schema, { ...options, fullName: 'B' })).toEqual({
      columns: columns(['B', 'STRING']),
      fullName: 'B',
    });
  });

  it('import known files and referenced ones', () => {
    const schema = proto(
      'import "other.proto"; import "confluent/type/decimal.proto"; message A { Other o = 1; confluent.type.Decimal d = 2 [(confluent.field_meta) = { params: [{ value: "4", key: "precision" }, { value: "2", key: "scale" }] }]; }',
    );
    const references = { 'other.proto': proto('message Other { int64 x = 1; }') };
    const options = { side: 'value', unwrapped: false, upperCase: false, fullName: null } as const;
    expect(protobufFormat.schemas!.infer(schemaText(schema, references), options)).toEqual({
      columns: [
        { name: 'o', type: { kind: 'STRUCT', fields: columns(['x', 'BIGINT']) } },
        { name: 'd', type: { kind: 'DECIMAL', precision: 4, scale: 2 } },
      ],
      fullName: 'A',
    });
    expect(() => protobufSchemas.canonical(schemaText(schema))).toThrow(
      'unresolved import "other.proto"',
    );
  });

  it('are the same whatever their spacing and comments', () => {
    const a = proto('// A\nmessage A {\n  int32 a = 1; /* x */ map<string, int32> m = 2;\n}');
    const b = 'syntax="proto3"; message   A{int32 a=1;map < string,int32 > m = 2 ;}';
    expect(protobufSchemas.identity(a)).toBe(protobufSchemas.identity(b));
    expect(protobufSchemas.identity(a)).not.toBe(protobufSchemas.identity(a.replace('= 2', '= 3')));
  });

  it.each([
    ['message A { int32 a = 1 }', 'Invalid schema of type PROTOBUF'],
    ['message A { Nope a = 1; }', 'Nope'],
    [`message A {${'message A {'.repeat(101)}${'}'.repeat(102)}`, 'brackets nest deeper than 100'],
    ['message A { int32 __proto__ = 1; }', "the name '__proto__' is not allowed"],
  ])('%.40s is refused', (body, message) => {
    expect(() => protobufSchemas.canonical(schemaText(proto(body)))).toThrow(message);
  });

  it('that hold themselves give the columns that end', () => {
    const schema = schemaText(
      proto('message Node { int32 v = 1; Node next = 2; repeated Node all = 3; }'),
    );
    const options = { side: 'value', unwrapped: false, upperCase: true, fullName: null } as const;
    expect(protobufFormat.schemas!.infer(schema, options)).toEqual({
      columns: columns(['V', 'INTEGER']),
      fullName: 'Node',
    });
  });
});

describe('compatibility', () => {
  const message = (body: string): SchemaText => schemaText(proto(`message M { ${body} }`));

  it.each([
    ['int32 a = 1; string b = 2;', 'int32 a = 1;'],
    ['int32 a = 1;', 'int32 a = 1; string b = 2;'],
    ['int64 renamed = 1;', 'int32 a = 1;'],
    ['bytes a = 1;', 'string a = 1;'],
    ['oneof o { int32 a = 1; }', 'int32 a = 1;'],
  ])('%s can read %s', (reader, writer) => {
    expect(protobufSchemas.incompatibilities(message(reader), message(writer))).toEqual([]);
  });

  it.each([
    ['string a = 1;', 'int32 a = 1;', 'FIELD_SCALAR_KIND_CHANGED'],
    ['M a = 1;', 'int32 a = 1;', 'FIELD_KIND_CHANGED'],
    ['repeated int32 a = 1;', 'int32 a = 1;', 'FIELD_NUMERIC_LABEL_CHANGED'],
    [
      'oneof o { int32 a = 1; int32 b = 2; }',
      'int32 a = 1; int32 b = 2;',
      'MULTIPLE_FIELDS_MOVED_TO_ONEOF',
    ],
    ['oneof o { int32 b = 2; }', 'oneof o { int32 a = 1; int32 b = 2; }', 'ONEOF_FIELD_REMOVED'],
  ])('%s cannot read %s', (reader, writer, reason) => {
    expect(protobufSchemas.incompatibilities(message(reader), message(writer)).join()).toContain(
      reason,
    );
  });

  it('a message may not go', () => {
    expect(
      protobufSchemas
        .incompatibilities(message(''), schemaText(proto('message M {} message N {}')))
        .join(),
    ).toContain('MESSAGE_REMOVED');
  });
});

describe('columns', () => {
  it('of lists of lists cannot be written', () => {
    const nested: Field[] = [{ name: 'K', type: array(array({ kind: 'INTEGER' })) }];
    expect(protobufFormat.check(nested, 'value')?.message).toBe(
      'PROTOBUF format does not support ARRAYs of ARRAYs or MAPs, column: `K`',
    );
  });
});
