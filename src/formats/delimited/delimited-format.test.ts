import { describe, expect, it } from 'vitest';
import type { Field, SqlType } from '../../types/type.ts';
import type { Row, Value } from '../../types/value.ts';
import { byteWriter, writtenBytes } from '../byte-writer.ts';
import type { Codec } from '../format.ts';
import { delimitedFormat } from './delimited-format.ts';

function codec(types: readonly SqlType[], delimiter?: string): Codec {
  const columns: readonly Field[] = types.map((type, index) => ({ name: `F${index}`, type }));
  return delimitedFormat.codec({
    columns,
    needed: columns.map((_, index) => index),
    spec: {
      format: 'DELIMITED',
      properties: delimiter === undefined ? {} : { delimiter },
      features: [],
    },
    side: 'value',
    topic: 'the topic',
  });
}

function read(types: readonly SqlType[], text: string, delimiter?: string): Row {
  const into: Value[] = types.map(() => 'untouched');
  const bytes = new TextEncoder().encode(text);
  expect(codec(types, delimiter).decode(bytes, 0, bytes.length, into)).toBe(true);
  return into;
}

function write(types: readonly SqlType[], row: Row, delimiter?: string): string | null {
  const out = byteWriter(1);
  return codec(types, delimiter).encode(row, out)
    ? new TextDecoder().decode(writtenBytes(out))
    : null;
}

const STRING: SqlType = { kind: 'STRING' };
const INTEGER: SqlType = { kind: 'INTEGER' };
const DECIMAL: SqlType = { kind: 'DECIMAL', precision: 6, scale: 4 };

describe('reading', () => {
  const rows: readonly [readonly SqlType[], string, Row][] = [
    [[{ kind: 'BIGINT' }, STRING, INTEGER], '0,zero,-0', [0n, 'zero', 0]],
    [[INTEGER], '"22"', [22]],
    [[DECIMAL], '"12.0"', [120000n]],
    [[STRING, STRING], '"a,""b""\n",c', ['a,"b"\n', 'c']],
    [[STRING, STRING], 'a"b,"c" ', ['a"b', 'c']],
    [[STRING, STRING], ' a , b ', [' a ', ' b ']],
    [[STRING, INTEGER, STRING], ',,', [null, null, null]],
    [[STRING, STRING], '"",x', [null, 'x']],
    [[STRING, STRING], '\r\na,b\r\nc,d', ['a', 'b']],
    [
      [{ kind: 'BOOLEAN' }, { kind: 'BOOLEAN' }, { kind: 'BOOLEAN' }],
      'TRUE,yes,false',
      [true, false, false],
    ],
    [[{ kind: 'DOUBLE' }, { kind: 'DOUBLE' }], '4.9E-324,NaN', [5e-324, Number.NaN]],
    [
      [{ kind: 'DATE' }, { kind: 'TIME' }, { kind: 'TIMESTAMP' }],
      '-10,86400000,1700000000000',
      [-10, 86_400_000, 1_700_000_000_000],
    ],
    [[{ kind: 'BYTES' }], 'IQ==', [Uint8Array.of(0x21)]],
  ];
  for (const [types, text, row] of rows) {
    it(JSON.stringify(text), () => {
      expect(read(types, text)).toEqual(row);
    });
  }

  const refusals: readonly [readonly SqlType[], string, string][] = [
    [
      [STRING, STRING],
      'a',
      'Column count mismatch on deserialization. topic: the topic, expected: 2, got: 1',
    ],
    [
      [STRING],
      'a,b',
      'Column count mismatch on deserialization. topic: the topic, expected: 1, got: 2',
    ],
    [[STRING], '', 'No fields in record'],
    [[INTEGER], ' 1', 'For input string: " 1", column: `F0`'],
    [[STRING, { kind: 'BIGINT' }], 'a,1.5', 'For input string: "1.5", column: `F1`'],
    [[{ kind: 'DOUBLE' }], '1e400', 'For input string: "1e400", column: `F0`'],
    [
      [DECIMAL],
      '1.23456',
      "Cannot fit decimal '1.23456' into DECIMAL(6, 4) without rounding. (Requires 6,5), column: `F0`",
    ],
    [[DECIMAL], '-', 'For input string: "-", column: `F0`'],
    [
      [{ kind: 'TIME' }],
      '-1',
      'Time values must use number of milliseconds greater than 0 and less than 86400000., column: `F0`',
    ],
    [[STRING], '"a', '(startline 1) EOF reached before encapsulated token finished'],
    [[STRING], '"a"b', '(line 1) invalid char between encapsulated token and delimiter'],
  ];
  for (const [types, text, message] of refusals) {
    it(`${JSON.stringify(text)} is refused`, () => {
      expect(() => read(types, text)).toThrow(
        expect.objectContaining({ name: 'FormatError', message }),
      );
    });
  }

  it('takes other delimiters', () => {
    expect(read([INTEGER, STRING], '1\tzero', 'TAB')).toEqual([1, 'zero']);
    expect(read([INTEGER, STRING], '1 zero', 'SPACE')).toEqual([1, 'zero']);
    expect(read([INTEGER, STRING], '1;a,b', ';')).toEqual([1, 'a,b']);
  });

  it('leaves columns that are not needed as they are, and still refuses bad ones', () => {
    const columns = [
      { name: 'A', type: INTEGER },
      { name: 'B', type: STRING },
    ];
    const { decode } = delimitedFormat.codec({
      columns,
      needed: [1],
      spec: { format: 'DELIMITED', properties: {}, features: [] },
      side: 'value',
      topic: 't',
    });
    const into: Value[] = ['untouched', null];
    decode(Buffer.from('1,x'), 0, 3, into);
    expect(into).toEqual(['untouched', 'x']);
    expect(() => decode(Buffer.from('a,x'), 0, 3, into)).toThrow(
      'For input string: "a", column: `A`',
    );
  });

  it('refuses invalid UTF-8', () => {
    expect(() => codec([STRING]).decode(Uint8Array.of(0x61, 0xff), 0, 2, [null])).toThrow(
      'INVALID_TEXT',
    );
  });
});

describe('writing', () => {
  const texts: readonly [readonly SqlType[], Row, string][] = [
    [[{ kind: 'BIGINT' }, STRING, INTEGER], [100n, 'x y', -1], '100,x y,-1'],
    [[INTEGER, STRING], [-10, 'a'], '"-10",a'],
    [[STRING, STRING], ['é', 'é'], '"é",é'],
    [[STRING, STRING, STRING], ['a', ' b', 'c '], 'a," b","c "'],
    [[STRING, STRING, STRING], ['!', '#', '$'], '"!","#",$'],
    [[STRING, STRING], ['a,b', 'c"d'], '"a,b","c""d"'],
    [[STRING, STRING], ['a\nb', ''], '"a\nb",'],
    [[STRING, STRING], ['', ''], '"",'],
    [[STRING, STRING], [null, null], ','],
    [[DECIMAL, { kind: 'DECIMAL', precision: 3, scale: 0 }], [120000n, 7n], '12.0000,7'],
    [[{ kind: 'DOUBLE' }, { kind: 'DOUBLE' }], [1, 5e-324], '1.0,4.9E-324'],
    [[{ kind: 'BOOLEAN' }, { kind: 'BYTES' }], [true, Uint8Array.of(0x21)], 'true,IQ=='],
    [[{ kind: 'DATE' }, { kind: 'TIME' }, { kind: 'TIMESTAMP' }], [1, 2, 3], '1,2,3'],
  ];
  for (const [types, row, text] of texts) {
    it(JSON.stringify(text), () => {
      expect(write(types, row)).toBe(text);
    });
  }

  it('quotes what holds the delimiter', () => {
    expect(write([STRING, STRING], ['a,b', 'c;d'], ';')).toBe('a,b;"c;d"');
    expect(write([STRING, STRING], ['a b', 'c'], 'SPACE')).toBe('"a b" c');
  });

  it('a single NULL is a null payload', () => {
    expect(write([STRING], [null])).toBeNull();
  });
});

describe('what DELIMITED can hold', () => {
  it('is everything but containers', () => {
    expect(delimitedFormat.check([{ name: 'K', type: DECIMAL }], 'key')).toBeNull();
    const containers: readonly SqlType[] = [
      { kind: 'ARRAY', element: INTEGER },
      { kind: 'MAP', key: STRING, value: INTEGER },
      { kind: 'STRUCT', fields: [] },
    ];
    expect(
      containers.map((type) => delimitedFormat.check([{ name: 'K', type }], 'key')?.message),
    ).toEqual([
      "The 'DELIMITED' format does not support type 'ARRAY', column: `K`",
      "The 'DELIMITED' format does not support type 'MAP', column: `K`",
      "The 'DELIMITED' format does not support type 'STRUCT', column: `K`",
    ]);
  });
});
