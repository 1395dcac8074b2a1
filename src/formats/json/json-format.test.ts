import { describe, expect, it } from 'vitest';
import { formatType } from '../../types/format-type.ts';
import type { Field, SqlType } from '../../types/type.ts';
import type { Row, Value } from '../../types/value.ts';
import { byteWriter, writtenBytes } from '../byte-writer.ts';
import type { Codec, CodecRequest } from '../format.ts';
import { jsonFormat } from './json-format.ts';

const STRING: SqlType = { kind: 'STRING' };
const INTEGER: SqlType = { kind: 'INTEGER' };
const BIGINT: SqlType = { kind: 'BIGINT' };
const DOUBLE: SqlType = { kind: 'DOUBLE' };
const BOOLEAN: SqlType = { kind: 'BOOLEAN' };
const decimal = (precision: number, scale: number): SqlType => ({
  kind: 'DECIMAL',
  precision,
  scale,
});
const array = (element: SqlType): SqlType => ({ kind: 'ARRAY', element });
const map = (value: SqlType): SqlType => ({ kind: 'MAP', key: STRING, value });
const struct = (fields: readonly Field[]): SqlType => ({ kind: 'STRUCT', fields });

function codec(columns: readonly Field[], options: Partial<CodecRequest> = {}): Codec {
  return jsonFormat.codec({
    columns,
    needed: columns.map((_, index) => index),
    spec: { format: 'JSON', properties: {}, features: [] },
    side: 'value',
    topic: 't',
    ...options,
  });
}

function decodeWith({ decode }: Codec, document: string | Uint8Array, width: number): Row | null {
  const bytes = typeof document === 'string' ? new TextEncoder().encode(document) : document;
  const into: Value[] = Array.from({ length: width }, () => 'untouched');
  return decode(bytes, 0, bytes.length, into) ? into : null;
}

/** Decodes an object with one column F1. */
function read(type: SqlType, document: string | Uint8Array): Value {
  return decodeWith(codec([{ name: 'F1', type }]), document, 1)![0]!;
}

/** Decodes the value of column F1. */
function readValue(type: SqlType, value: string): Value {
  return read(type, `{"F1":${value}}`);
}

function write(
  columns: readonly Field[],
  row: Row,
  options: Partial<CodecRequest> = {},
): string | null {
  const out = byteWriter(1);
  return codec(columns, options).encode(row, out)
    ? new TextDecoder().decode(writtenBytes(out))
    : null;
}

function writeValue(type: SqlType, value: Value): string {
  return write([{ name: 'F1', type }], [value])!.slice('{"F1":'.length, -1);
}

const keySide: Partial<CodecRequest> = { side: 'key' };
const unwrapped: Partial<CodecRequest> = {
  spec: { format: 'JSON', properties: {}, features: ['UNWRAP_SINGLES'] },
};

describe('finding the columns', () => {
  const columns: readonly Field[] = [
    { name: 'ID', type: INTEGER },
    { name: 'NAME', type: STRING },
  ];
  const rows: readonly [string, Row][] = [
    ['{"ID":1,"NAME":"x"}', [1, 'x']],
    ['{"NAME":"x","ID":1}', [1, 'x']],
    [' {\n\t"ID" : 1 ,\r\n "NAME" : "x" } ', [1, 'x']],
    ['{"id":1,"Name":"x"}', [1, 'x']],
    ['{"id":2,"ID":1}', [1, null]],
    ['{"ID":1,"id":2}', [1, null]],
    ['{"id":1,"Id":2}', [2, null]],
    ['{"ID":1,"ID":2}', [2, null]],
    ['{"ID":null,"id":2}', [null, null]],
    ['{"other":{"ID":5,"a":[1,"]",{}]},"ID":1}', [1, null]],
    ['{"I\\u0044":1}', [1, null]],
    ['{"ıd":1}', [1, null]],
    ['{"IDX":1,"I":2,"XID":3,"":4}', [null, null]],
    ['{}', [null, null]],
  ];
  it.each(rows)('%s', (document, row) => {
    expect(decodeWith(codec(columns), document, 2)).toEqual(row);
  });

  it('takes names that objects inherit for plain names', () => {
    const odd = ['__proto__', 'constructor', 'toString', 'É', 'a"b'].map((name) => ({
      name,
      type: INTEGER,
    }));
    const row = decodeWith(
      codec(odd),
      '{"toString":3,"__proto__":1,"é":4,"constructor":2,"a\\"b":5}',
      5,
    );
    expect(row).toEqual([1, 2, 3, 4, 5]);
  });

  it('gives a property that two columns match to both, and each its exact one', () => {
    const twins = [
      { name: 'A', type: INTEGER },
      { name: 'a', type: INTEGER },
    ];
    expect(decodeWith(codec(twins), '{"a":1}', 2)).toEqual([1, 1]);
    expect(decodeWith(codec(twins), '{"a":1,"A":2}', 2)).toEqual([2, 1]);
  });

  it('matches a column with small letters by its exact name only', () => {
    const small = [{ name: 'id', type: INTEGER }];
    expect(decodeWith(codec(small), '{"ID":1}', 1)).toEqual([null]);
    expect(decodeWith(codec(small), '{"id":1}', 1)).toEqual([1]);
  });

  it('finds one among a hundred columns', () => {
    const many = Array.from({ length: 100 }, (_, i) => ({ name: `COLUMN_${i}`, type: INTEGER }));
    const row = decodeWith(
      codec(many, { needed: [7, 99] }),
      '{"column_99":1,"COLUMN_7":2,"COLUMN_8":3}',
      100,
    )!;
    expect([row[7], row[8], row[99]]).toEqual([2, 'untouched', 1]);
  });

  it('leaves columns that are not needed as they are', () => {
    expect(decodeWith(codec(columns, { needed: [1] }), '{"ID":1,"NAME":"x"}', 2)).toEqual([
      'untouched',
      'x',
    ]);
  });

  it('refuses bad values of columns that are not needed', () => {
    expect(() => decodeWith(codec(columns, { needed: [1] }), '{"ID":"abc","NAME":"x"}', 2)).toThrow(
      "Can't coerce string to type. targetType: INTEGER, path: $.ID",
    );
  });
});

describe('documents', () => {
  it('null is a null row', () => {
    expect(decodeWith(codec([{ name: 'A', type: INTEGER }]), ' null ', 1)).toBeNull();
  });

  it('a byte order mark is skipped', () => {
    expect(read(INTEGER, '\ufeff{"F1":1}')).toBe(1);
  });

  it('what follows an object is ignored', () => {
    expect(read(INTEGER, '{"F1":1}{"F1":2')).toBe(1);
  });

  const refusals: readonly [string, string][] = [
    ['', "Can't convert type. sourceType: MissingNode, requiredType: STRUCT<F1 INT>, path: $"],
    ['true', "Can't convert type. sourceType: BooleanNode, requiredType: STRUCT<F1 INT>, path: $"],
    ['[1]', "Can't convert type. sourceType: ArrayNode, requiredType: STRUCT<F1 INT>, path: $"],
    ['{"F1":1', "malformed JSON at byte 7: expected ',' or '}' in an object"],
    ['{"F1":1,}', 'malformed JSON at byte 8: expected a property name in double quotes'],
    ["{'F1':1}", 'malformed JSON at byte 1: expected a property name in double quotes'],
    ['{"F1" 1}', "malformed JSON at byte 6: expected ':' after a property name"],
    ['{"F1":01}', 'malformed JSON at byte 6: expected a value'],
    ['{"F1":+1}', 'malformed JSON at byte 6: expected a value'],
    ['{"F1":.5}', 'malformed JSON at byte 6: expected a value'],
    ['{"F1":1.}', 'malformed JSON at byte 6: expected a value'],
    ['{"F1":1e}', 'malformed JSON at byte 6: expected a value'],
    ['{"F1":NaN}', 'malformed JSON at byte 6: expected a value'],
    ['{"F1":nul}', 'malformed JSON at byte 6: expected null'],
    ['{"F1":1,"x":tru}', 'malformed JSON at byte 12: expected true'],
    [
      '{"F1":1,"x":"a\nb"}',
      'malformed JSON at byte 14: a control character in a string must be escaped',
    ],
    ['{"F1":1,"x":"\\x"}', 'malformed JSON at byte 14: unknown escape in a string'],
    [
      '{"F1":1,"x":"\\u12g4"}',
      'malformed JSON at byte 14: \\u must be followed by four hexadecimal digits',
    ],
    ['{"F1":1,"x":"abc', 'malformed JSON at byte 16: a string is not closed'],
    ['nullx', 'malformed JSON at byte 4: a value runs into what follows'],
  ];
  it.each(refusals)('%j is refused', (document, message) => {
    expect(() => read(INTEGER, document)).toThrow(
      expect.objectContaining({ name: 'FormatError', message }),
    );
  });

  it('invalid UTF-8 is refused where it stands', () => {
    const document = Uint8Array.from([...Buffer.from('{"F1":"a'), 0xff, ...Buffer.from('"}')]);
    expect(() => read(STRING, document)).toThrow('malformed JSON at byte 8: invalid UTF-8');
  });

  it('may nest a hundred levels and no more', () => {
    const nested = (levels: number): string =>
      `{"x":${'['.repeat(levels - 1)}${']'.repeat(levels - 1)},"F1":1}`;
    expect(read(INTEGER, nested(100))).toBe(1);
    expect(() => read(INTEGER, nested(101))).toThrow('LIMIT_EXCEEDED: nesting of a JSON document');
  });

  it('of a hundred thousand brackets is refused without exhausting the stack', () => {
    expect(() => read(STRING, `{"F1":${'['.repeat(100_000)}`)).toThrow('leat.limit.format.depth');
  });
});

describe('values', () => {
  const values: readonly [SqlType, string, Value][] = [
    [BOOLEAN, 'true', true],
    [BOOLEAN, 'false', false],
    [INTEGER, '-2147483648', -2147483648],
    [INTEGER, '1.9', 1],
    [INTEGER, '-1.9', -1],
    [INTEGER, '1e3', 1000],
    [INTEGER, '-0', 0],
    [INTEGER, '"12"', 12],
    [INTEGER, '"+012"', 12],
    [BIGINT, '9223372036854775807', 9223372036854775807n],
    [BIGINT, '-9223372036854775808', -9223372036854775808n],
    [BIGINT, '9007199254740993', 9007199254740993n],
    [BIGINT, '"9007199254740993"', 9007199254740993n],
    [BIGINT, '1234567890123456.7', 1234567890123456n],
    [DOUBLE, '1', 1],
    [DOUBLE, '0.1', 0.1],
    [DOUBLE, '-0.0', -0],
    [DOUBLE, '1.7976931348623157E308', 1.7976931348623157e308],
    [DOUBLE, '4.9E-324', 5e-324],
    [DOUBLE, '3.141592653589793', Math.PI],
    [DOUBLE, '0.30000000000000004', 0.30000000000000004],
    [DOUBLE, '123456789012345678901234567890', 1.2345678901234568e29],
    [DOUBLE, '"1.5"', 1.5],
    [DOUBLE, '" 1e3 "', 1000],
    [DOUBLE, '"NaN"', Number.NaN],
    [DOUBLE, '"-Infinity"', Number.NEGATIVE_INFINITY],
    [decimal(4, 2), '1', 100n],
    [decimal(4, 2), '1.5', 150n],
    [decimal(4, 2), '-99.99', -9999n],
    [decimal(4, 2), '1.500', 150n],
    [decimal(4, 2), '1e1', 1000n],
    [decimal(4, 2), '"1.25"', 125n],
    [
      decimal(38, 10),
      '1234567890123456789012345678.0123456789',
      12345678901234567890123456780123456789n,
    ],
    [STRING, '"a\\"b\\\\c\\/\\b\\f\\n\\r\\t\\u00e9\\ud83d\\ude00é😀"', 'a"b\\c/\b\f\n\r\té😀é😀'],
    [STRING, '"\\ud800"', '\ud800'],
    [
      STRING,
      `"${'long '.repeat(20)}\\n${'é'.repeat(30)}"`,
      `${'long '.repeat(20)}\n${'é'.repeat(30)}`,
    ],
    [STRING, `"${'x'.repeat(30)}\\ud83d\\ude00"`, `${'x'.repeat(30)}😀`],
    [STRING, '12', '12'],
    [STRING, '-0', '0'],
    [STRING, '1.10', '1.10'],
    [STRING, '1e10', '1E+10'],
    [STRING, '0.0000001', '1E-7'],
    [STRING, 'true', 'true'],
    [
      STRING,
      '{"b":1.50,"a":[ "x", null, {"d":1,"c":"\\n"} ]}',
      '{"a":["x",null,{"c":"\\n","d":1}],"b":1.50}',
    ],
    [STRING, '[1, "b", null, {"a": "c"}, [true]]', '[1, b, null, {"a":"c"}, [true]]'],
    [{ kind: 'BYTES' }, '"AQID/w=="', Uint8Array.of(1, 2, 3, 255)],
    [{ kind: 'DATE' }, '-1', -1],
    [{ kind: 'TIME' }, '86400000', 86_400_000],
    [{ kind: 'TIMESTAMP' }, '1700000000000', 1_700_000_000_000],
    [{ kind: 'TIMESTAMP' }, '"1700000000000"', 1_700_000_000_000],
    [array(INTEGER), '[1, null ,"2"]', [1, null, 2]],
    [array(array(STRING)), '[[],["a",1]]', [[], ['a', '1']]],
    [
      map(INTEGER),
      '{"a":1,"":null,"__proto__":3}',
      new Map<Value, Value>([
        ['a', 1],
        ['', null],
        ['__proto__', 3],
      ]),
    ],
    [
      struct([
        { name: 'A', type: INTEGER },
        { name: 'B', type: STRING },
      ]),
      '{"b":"x","C":1}',
      [null, 'x'],
    ],
    [struct([{ name: 'A', type: INTEGER }]), '{"a":1,"A":2}', [2]],
    [INTEGER, 'null', null],
  ];
  for (const [type, text, expected] of values) {
    it(`${formatType(type)} from ${text}`, () => {
      expect(readValue(type, text)).toEqual(expected);
    });
  }

  const refusals: readonly [SqlType, string, string][] = [
    [
      BOOLEAN,
      '"true"',
      "Can't convert type. sourceType: TextNode, requiredType: BOOLEAN, path: $.F1",
    ],
    [BOOLEAN, '1', "Can't convert type. sourceType: IntNode, requiredType: BOOLEAN, path: $.F1"],
    [
      INTEGER,
      'true',
      "Can't convert type. sourceType: BooleanNode, requiredType: INTEGER, path: $.F1",
    ],
    [INTEGER, '"1.5"', "Can't coerce string to type. targetType: INTEGER, path: $.F1"],
    [INTEGER, '" 1"', "Can't coerce string to type. targetType: INTEGER, path: $.F1"],
    [
      INTEGER,
      '2147483648',
      "Can't convert type. sourceType: LongNode, requiredType: INTEGER, the number is out of range, path: $.F1",
    ],
    [
      BIGINT,
      '9223372036854775808',
      "Can't convert type. sourceType: BigIntegerNode, requiredType: BIGINT, the number is out of range, path: $.F1",
    ],
    [
      BIGINT,
      '1e400000000',
      "Can't convert type. sourceType: DecimalNode, requiredType: BIGINT, the number is out of range, path: $.F1",
    ],
    [
      DOUBLE,
      '1e400',
      "Can't convert type. sourceType: DecimalNode, requiredType: DOUBLE, the number is out of range, path: $.F1",
    ],
    [DOUBLE, '"x"', "Can't coerce string to type. targetType: DOUBLE, path: $.F1"],
    [
      decimal(4, 2),
      '1.234',
      "Cannot fit decimal '1.234' into DECIMAL(4, 2) without rounding. (Requires 4,3), path: $.F1",
    ],
    [
      decimal(4, 2),
      '"123"',
      "Cannot fit decimal '123' into DECIMAL(4, 2) without rounding. (Requires 3,0), path: $.F1",
    ],
    [
      decimal(4, 2),
      'false',
      "Can't convert type. sourceType: BooleanNode, requiredType: DECIMAL, path: $.F1",
    ],
    [{ kind: 'BYTES' }, '"%"', 'Value is not a valid Base64 encoded string, path: $.F1'],
    [
      { kind: 'TIME' },
      '86400001',
      'Time values must use number of milliseconds greater than 0 and less than 86400000., path: $.F1',
    ],
    [
      array(INTEGER),
      '{}',
      "Can't convert type. sourceType: ObjectNode, requiredType: ARRAY<INT>, path: $.F1",
    ],
    [
      array(INTEGER),
      '[0,"not"]',
      "Can't coerce string to type. targetType: INTEGER, path: $.F1[1]",
    ],
    [
      map(STRING),
      '[]',
      "Can't convert type. sourceType: ArrayNode, requiredType: MAP<VARCHAR, VARCHAR>, path: $.F1",
    ],
    [
      map(INTEGER),
      '{"a":1,"b":true}',
      "Can't convert type. sourceType: BooleanNode, requiredType: INTEGER, path: $.F1.b.value",
    ],
    [
      struct([{ name: 'A', type: array(BOOLEAN) }]),
      '{"a":[true,0]}',
      "Can't convert type. sourceType: IntNode, requiredType: BOOLEAN, path: $.F1.A[1]",
    ],
  ];
  for (const [type, text, message] of refusals) {
    it(`${formatType(type)} from ${text} is refused`, () => {
      expect(() => readValue(type, text)).toThrow(
        expect.objectContaining({ name: 'FormatError', message }),
      );
    });
  }

  it('a number of a million digits is refused rather than built', () => {
    expect(() => readValue(BIGINT, '1'.repeat(1_000_000))).toThrow('the number is out of range');
  });
});

describe('single values', () => {
  const column = (type: SqlType): readonly Field[] => [{ name: 'K', type }];

  it('stand alone in keys and in values declared so', () => {
    expect(decodeWith(codec(column(INTEGER), keySide), '33', 1)).toEqual([33]);
    expect(decodeWith(codec(column(array(DOUBLE)), unwrapped), ' [10.1]', 1)).toEqual([[10.1]]);
    expect(write(column(BIGINT), [998877665544332211n], keySide)).toBe('998877665544332211');
    expect(write(column(struct([{ name: 'F1', type: STRING }])), [['bar']], unwrapped)).toBe(
      '{"F1":"bar"}',
    );
  });

  it('that are NULL are null payloads', () => {
    expect(write(column(BOOLEAN), [null], unwrapped)).toBeNull();
    expect(decodeWith(codec(column(BOOLEAN), unwrapped), 'null', 1)).toBeNull();
  });

  it('that are numbers must end before what follows', () => {
    expect(decodeWith(codec(column(INTEGER), keySide), '33 44', 1)).toEqual([33]);
    expect(() => decodeWith(codec(column(INTEGER), keySide), '33]', 1)).toThrow(
      'malformed JSON at byte 2',
    );
  });

  it('name the root in errors', () => {
    expect(() => decodeWith(codec(column(BOOLEAN), keySide), '"x"', 1)).toThrow(
      "Can't convert type. sourceType: TextNode, requiredType: BOOLEAN, path: $",
    );
  });

  it('are objects where values are wrapped or keys have several columns', () => {
    expect(write(column(INTEGER), [1])).toBe('{"K":1}');
    expect(write([...column(INTEGER), { name: 'L', type: STRING }], [1, 'x'], keySide)).toBe(
      '{"K":1,"L":"x"}',
    );
  });
});

describe('writing', () => {
  const texts: readonly [SqlType, Value, string][] = [
    [BOOLEAN, true, 'true'],
    [BOOLEAN, false, 'false'],
    [INTEGER, -2147483648, '-2147483648'],
    [INTEGER, 0, '0'],
    [BIGINT, -9223372036854775808n, '-9223372036854775808'],
    [BIGINT, 9007199254740993n, '9007199254740993'],
    [DOUBLE, 1, '1.0'],
    [DOUBLE, 0, '0.0'],
    [DOUBLE, -0, '-0.0'],
    [DOUBLE, 1.1, '1.1'],
    [DOUBLE, -12.34, '-12.34'],
    [DOUBLE, 0.001, '0.001'],
    [DOUBLE, 0.0001, '1.0E-4'],
    [DOUBLE, 0.30000000000000004, '0.30000000000000004'],
    [DOUBLE, 9999999.5, '9999999.5'],
    [DOUBLE, 1e7, '1.0E7'],
    [DOUBLE, 12345678, '1.2345678E7'],
    [DOUBLE, -1e10, '-1.0E10'],
    [DOUBLE, 1.7976931348623157e308, '1.7976931348623157E308'],
    [DOUBLE, 5e-324, '4.9E-324'],
    [DOUBLE, Number.NaN, '"NaN"'],
    [DOUBLE, Number.NEGATIVE_INFINITY, '"-Infinity"'],
    [decimal(6, 4), 120000n, '12.0000'],
    [decimal(4, 2), -5n, '-0.05'],
    [
      STRING,
      'a"b\\c/\b\f\n\r\t\u0000\u001f\u007f\u2028é😀',
      '"a\\"b\\\\c/\\b\\f\\n\\r\\t\\u0000\\u001F\u007f\u2028é😀"',
    ],
    [STRING, '\ud800x', '"\\uD800x"'],
    [{ kind: 'BYTES' }, Uint8Array.of(1, 2, 3, 255), '"AQID/w=="'],
    [{ kind: 'DATE' }, 19000, '19000'],
    [{ kind: 'TIME' }, 86_399_999, '86399999'],
    [{ kind: 'TIMESTAMP' }, -1_700_000_000_000, '-1700000000000'],
    [array(INTEGER), [1, null, 3], '[1,null,3]'],
    [array(INTEGER), [], '[]'],
    [
      map(decimal(3, 1)),
      new Map([
        ['a', 15n],
        ['"', 20n],
      ]),
      '{"a":1.5,"\\"":2.0}',
    ],
    [map(STRING), new Map(), '{}'],
    [
      struct([
        { name: 'A', type: INTEGER },
        { name: 'b', type: array(STRING) },
      ]),
      [null, ['x']],
      '{"A":null,"b":["x"]}',
    ],
    [struct([]), [], '{}'],
    [STRING, null, 'null'],
  ];
  for (const [type, value, text] of texts) {
    it(`${formatType(type)} as ${text}`, () => {
      expect(writeValue(type, value)).toBe(text);
    });
  }

  it('keeps the order of the columns and includes NULL', () => {
    const columns = [
      { name: 'B', type: STRING },
      { name: 'A', type: INTEGER },
    ];
    expect(write(columns, [null, 1])).toBe('{"B":null,"A":1}');
  });

  it('escapes names', () => {
    expect(
      write(
        [
          { name: 'a"é', type: INTEGER },
          { name: 'x'.repeat(60), type: INTEGER },
        ],
        [1, 2],
      ),
    ).toBe(`{"a\\"é":1,"${'x'.repeat(60)}":2}`);
  });

  it('writes texts longer than what room is made for at once', () => {
    const text = `${'x'.repeat(5000)}"${'é'.repeat(3000)}\u0000\ud800😀`;
    expect(writeValue(STRING, text)).toBe(
      `"${'x'.repeat(5000)}\\"${'é'.repeat(3000)}\\u0000\\uD800😀"`,
    );
    expect(readValue(STRING, writeValue(STRING, text))).toBe(text);
  });

  it('writes an empty object where there are no columns', () => {
    expect(write([], [])).toBe('{}');
  });
});

describe('what JSON can hold', () => {
  it('is everything but maps whose keys are not STRING', () => {
    const intKeys: SqlType = { kind: 'MAP', key: INTEGER, value: DOUBLE };
    expect(jsonFormat.check([{ name: 'M', type: map(DOUBLE) }], 'value')).toBeNull();
    expect(
      jsonFormat.check(
        [{ name: 'S', type: struct([{ name: 'M', type: array(intKeys) }]) }],
        'value',
      ),
    ).toEqual({
      code: 'format.map-key',
      message: 'JSON only supports MAP types with STRING keys',
    });
  });
});
