import { describe, expect, it } from 'vitest';
import { callScalar, resultOf } from '../call-in-test.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('CHR', () => {
  it.each([
    ['\\u004b', 'K'],
    ['\\ud83d\\ude00', '😀'],
    ['\\u004b\\t\\101x', 'K\tAx'],
    ['75', null],
    ['\\u004', null],
    ['', null],
  ])('of %j is %j', (text, expected) => {
    expect(resultOf('CHR', ['STRING'], text)).toBe(expected);
  });

  it('gives code points beyond 16 bits as pairs, and nothing for what is none', () => {
    expect(resultOf('CHR', ['INTEGER'], 0x1f600)).toBe('😀');
    expect(resultOf('CHR', ['INTEGER'], 0x110000)).toBe(null);
    expect(resultOf('CHR', ['INTEGER'], null)).toBe(null);
    expect(() => resultOf('CHR', ['STRING'], '\\u00zz--')).toThrow('Unable to parse unicode value');
  });
});

describe('CONCAT and CONCAT_WS', () => {
  it('skip NULL', () => {
    expect(resultOf('CONCAT', ['STRING', 'STRING'], null, null)).toBe('');
    expect(resultOf('CONCAT', ['BYTES', 'BYTES'], bytes('a'), bytes('bc'))).toEqual(bytes('abc'));
    expect(resultOf('CONCAT_WS', ['STRING', 'STRING', 'STRING'], '-', null, 'b')).toBe('b');
    expect(resultOf('CONCAT_WS', ['STRING', 'STRING', 'STRING'], '-', '', 'b')).toBe('-b');
    expect(resultOf('CONCAT_WS', ['STRING', 'STRING'], null, 'b')).toBe(null);
    const types = ['BYTES', 'BYTES', 'BYTES', 'NULL', 'BYTES'];
    expect(
      resultOf('CONCAT_WS', types, bytes('a'), bytes('b'), bytes(''), null, bytes('no')),
    ).toEqual(bytes('baano'));
  });

  it('need a separator and a value', () => {
    expect(() => resultOf('CONCAT_WS', ['STRING'], '-')).toThrow(
      'Function Concat_WS expects at least two input arguments.',
    );
  });
});

describe('ELT and FIELD', () => {
  it('count from 1', () => {
    expect(resultOf('ELT', ['INTEGER', 'STRING', 'STRING'], 1, 'a', 'b')).toBe('a');
    expect(resultOf('ELT', ['INTEGER', 'STRING', 'STRING'], 0, 'a', 'b')).toBe(null);
    expect(resultOf('ELT', ['INTEGER', 'STRING'], 1, null)).toBe(null);
    expect(() => resultOf('ELT', ['INTEGER', 'STRING'], null, 'a')).toThrow('primitive NULL');
    expect(resultOf('FIELD', ['STRING', 'STRING', 'STRING'], 'b', null, 'b')).toBe(2);
    expect(resultOf('FIELD', ['STRING', 'STRING'], null, null)).toBe(0);
  });
});

describe('ENCODE', () => {
  const encode = (text: string, from: string, to: string): unknown =>
    resultOf('ENCODE', ['STRING', 'STRING', 'STRING'], text, from, to);

  it.each([
    ['4578616d706C6521', 'Example!'],
    ['0x4578616d706C6521', 'Example!'],
    ["X'4578616d706C6521'", 'Example!'],
    ['0x578616d706C6521', '\u0005xample!'],
    ['0x', ''],
    ["x''", ''],
    ['c39c', 'Ü'],
  ])('reads the hex %s', (text, expected) => {
    expect(encode(text, 'HEX', 'utf8')).toBe(expected);
  });

  it.each(['0x0x', "X'", "x'4578", "x'578616d706C6521'", '578616d706C6521', 'zz'])(
    'refuses the hex %s',
    (text) => {
      expect(() => encode(text, 'hex', 'ascii')).toThrow('Failed to decode hex');
    },
  );

  it('replaces what ascii lacks', () => {
    expect(encode('c39c62', 'hex', 'ascii')).toBe('\ufffd\ufffdb');
    expect(encode('Üb', 'ascii', 'hex')).toBe('3f62');
  });

  it('needs two different known encodings', () => {
    for (const [from, to] of [
      ['hex', 'hex'],
      ['hex', 'utf16'],
      ['null', 'utf8'],
    ] as const) {
      expect(() => encode('00', from, to)).toThrow(
        'Supported input and output encodings are: hex, utf8, ascii and base64',
      );
    }
  });
});

describe('INITCAP', () => {
  it('drops leading white space and keeps the rest', () => {
    expect(resultOf('INITCAP', ['STRING'], '  aB\t cD ')).toBe('Ab\t Cd ');
    expect(resultOf('INITCAP', ['STRING'], '')).toBe('');
    expect(resultOf('INITCAP', ['STRING'], 'some_string')).toBe('Some_string');
  });
});

describe('INSTR', () => {
  const types = ['STRING', 'STRING', 'INTEGER', 'INTEGER'];
  it.each([
    ['corporate floor', 'or', 3, 1, 5],
    ['corporate floor', 'or', 3, 2, 14],
    ['corporate floor', 'or', 3, 3, 0],
    ['corporate floor', 'or', -3, 1, 5],
    ['corporate floor', 'or', -3, 2, 2],
    ['corporate floor', 'or', -3, 3, 0],
    ['corporate floor', 'or', -2, 1, 14],
    ['corporate floor', 'or', 15, 1, 0],
    ['corporate floor', 'or', 16, 1, 0],
    ['corporate floor', 'or', -16, 1, 0],
    ['corporate floor', 'or', 0, 1, 2],
    ['aaaa', 'aa', 1, 3, 3],
    ['aaaa', 'aa', -1, 3, 1],
    ['aaaa', 'aa', 1, 4, 0],
    ['aaaa', 'aa', 1, 0, 0],
    ['abc', '', 1, 5, 0],
    ['', 'a', 1, 1, 0],
  ])('of %j, %j, %d, %d is %d', (text, part, position, occurrence, expected) => {
    expect(resultOf('INSTR', types, text, part, position, occurrence)).toBe(expected);
  });

  it('finds nothing in and of NULL', () => {
    expect(resultOf('INSTR', ['STRING', 'STRING'], null, 'a')).toBe(0);
    expect(resultOf('INSTR', ['STRING', 'STRING'], 'a', null)).toBe(0);
  });
});

describe('LEN, LCASE, UCASE and TRIM', () => {
  it('count UTF-16 code units and bytes', () => {
    expect(resultOf('LEN', ['STRING'], 'a😀')).toBe(3);
    expect(resultOf('LEN', ['BYTES'], bytes('ü'))).toBe(2);
    expect(resultOf('LEN', ['STRING'], null)).toBe(null);
    expect(resultOf('UCASE', ['STRING'], 'straße')).toBe('STRASSE');
    expect(resultOf('TRIM', ['STRING'], '\u0000 \t a\u00a0 \n')).toBe('a\u00a0');
  });
});

describe('LPAD and RPAD', () => {
  const types = ['STRING', 'INTEGER', 'STRING'];
  it.each([
    ['foo', 7, 'Bar', 'BarBfoo', 'fooBarB'],
    ['foo', 2, 'Bar', 'fo', 'fo'],
    ['foo', 0, 'Bar', '', ''],
    ['', 4, 'Bar', 'BarB', 'BarB'],
    ['foo', -1, 'Bar', null, null],
    ['foo', 5, '', null, null],
    ['foo', 5, null, null, null],
    [null, 5, 'x', null, null],
  ])('pad %j to %d with %j', (text, size, pad, left, right) => {
    expect(resultOf('LPAD', types, text, size, pad)).toBe(left);
    expect(resultOf('RPAD', types, text, size, pad)).toBe(right);
  });

  it('pad bytes', () => {
    const byteTypes = ['BYTES', 'INTEGER', 'BYTES'];
    expect(resultOf('RPAD', byteTypes, bytes('yes'), 8, bytes('no'))).toEqual(bytes('yesnonon'));
    expect(resultOf('LPAD', byteTypes, bytes('yes'), 8, bytes('no'))).toEqual(bytes('nononyes'));
    expect(resultOf('LPAD', byteTypes, bytes('yes'), 2, bytes('no'))).toEqual(bytes('ye'));
    expect(resultOf('LPAD', byteTypes, bytes('yes'), 4, bytes(''))).toBe(null);
  });

  it('stop at the limit', () => {
    expect(() => resultOf('LPAD', types, 'a', 2_000_000_000, 'b')).toThrow('LIMIT_EXCEEDED');
  });
});

describe('the MASK functions', () => {
  const long = ['STRING', 'STRING', 'STRING', 'STRING', 'STRING'];

  it('mask each UTF-16 code unit by its class', () => {
    expect(resultOf('MASK', ['STRING'], 'AbÄß1٣ 😀')).toBe('XxXxnn---');
    expect(resultOf('MASK', ['STRING'], null)).toBe(null);
    expect(resultOf('MASK', long, 'Ab1-', 'Q', null, '9', '*')).toBe('Qb9*');
  });

  it('refuse masks of more or less than one character', () => {
    expect(() => resultOf('MASK', long, 'a', 'QQ', 'q', '9', '*')).toThrow(
      "Invalid mask character. Must be only single character, but was 'QQ'",
    );
    expect(() => resultOf('MASK', long, 'a', '', 'q', '9', '*')).toThrow("but was ''");
  });

  it('mask parts', () => {
    const partial = (name: string, count: number): unknown =>
      resultOf(name, ['STRING', 'INTEGER'], 'Ab1-', count);
    expect(partial('MASK_LEFT', 2)).toBe('Xx1-');
    expect(partial('MASK_LEFT', 9)).toBe('Xxn-');
    expect(partial('MASK_RIGHT', 2)).toBe('Abn-');
    expect(partial('MASK_RIGHT', 9)).toBe('Xxn-');
    expect(partial('MASK_KEEP_LEFT', 1)).toBe('Axn-');
    expect(partial('MASK_KEEP_LEFT', 9)).toBe('Ab1-');
    expect(partial('MASK_KEEP_RIGHT', 2)).toBe('Xx1-');
    expect(partial('MASK_KEEP_RIGHT', 0)).toBe('Xxn-');
    expect(() => partial('MASK_KEEP_RIGHT', -1)).toThrow(
      'function mask_keep_right requires a non-negative number of characters to mask or skip',
    );
  });
});

describe('MD5', () => {
  it.each([
    ['r1', '7c92cf1eee8d99cc85f8355a3d6e4b86'],
    [' ', '7215ee9c7d9dc229d2921a40e899ec5f'],
  ])('of %j', (text, expected) => {
    expect(resultOf('MD5', ['STRING'], text)).toBe(expected);
  });
});

describe('REPLACE', () => {
  const types = ['STRING', 'STRING', 'STRING'];
  it('is literal', () => {
    expect(resultOf('REPLACE', types, 'a.b.c', '.', '$&')).toBe('a$&b$&c');
    expect(resultOf('REPLACE', types, '', '', '-')).toBe('-');
    expect(resultOf('REPLACE', types, 'aaa', 'aa', 'b')).toBe('ba');
    expect(resultOf('REPLACE', types, 'a', null, 'b')).toBe(null);
    expect(() => resultOf('REPLACE', types, 'a'.repeat(10_000), 'a', 'b'.repeat(10_000))).toThrow(
      'LIMIT_EXCEEDED',
    );
  });
});

describe('SPLIT', () => {
  it.each([
    ['..a..', '.', ['', '', 'a', '', '']],
    ['', '.', ['']],
    ['abc', '', ['a', 'b', 'c']],
    ['', '', ['']],
    ['a--b-c', '--', ['a', 'b-c']],
  ])('splits %j at %j', (text, delimiter, expected) => {
    expect(resultOf('SPLIT', ['STRING', 'STRING'], text, delimiter)).toEqual(expected);
    expect(resultOf('SPLIT', ['BYTES', 'BYTES'], bytes(text), bytes(delimiter))).toEqual(
      expected.map(bytes),
    );
  });
});

describe('SPLIT_TO_MAP', () => {
  const types = ['STRING', 'STRING', 'STRING'];
  it.each([
    ['a=1;b=2;a=3', { a: '3', b: '2' }],
    ['a=1=2;;b;=x', { a: '1', '': 'x' }],
    ['', {}],
  ])('splits %j', (text, expected) => {
    expect(resultOf('SPLIT_TO_MAP', types, text, ';', '=')).toEqual(
      new Map(Object.entries(expected)),
    );
  });

  it('needs two different delimiters', () => {
    expect(resultOf('SPLIT_TO_MAP', types, 'a=1', '', '=')).toBe(null);
    expect(resultOf('SPLIT_TO_MAP', types, 'a=1', '=', '=')).toBe(null);
    expect(resultOf('SPLIT_TO_MAP', types, 'a=1', ';', null)).toBe(null);
  });
});

describe('SUBSTRING', () => {
  it.each([
    [1, null, 'stream'],
    [0, null, 'stream'],
    [3, 2, 're'],
    [3, 99, 'ream'],
    [-3, null, 'eam'],
    [-99, 2, 'st'],
    [7, null, ''],
    [99, 1, ''],
    [2, -1, ''],
    [2, 0, ''],
  ])('from %d of length %j is %j', (position, length, expected) => {
    const given = length === null ? [position] : [position, length];
    const types = given.map(() => 'INTEGER');
    expect(resultOf('SUBSTRING', ['STRING', ...types], 'stream', ...given)).toBe(expected);
    expect(resultOf('SUBSTRING', ['BYTES', ...types], bytes('stream'), ...given)).toEqual(
      bytes(expected),
    );
  });

  it('gives NULL for any NULL', () => {
    expect(resultOf('SUBSTRING', ['STRING', 'INTEGER', 'INTEGER'], 'a', 1, null)).toBe(null);
  });
});

describe('UUID', () => {
  it('is random in version 4', () => {
    const value = callScalar('UUID', [], [], { random: () => 0.999 }).value;
    expect(value).toBe('ffffffff-ffff-4fff-bfff-ffffffffffff');
  });

  it('needs sixteen bytes', () => {
    expect(resultOf('UUID', ['BYTES'], new Uint8Array(15))).toBe(null);
    expect(resultOf('UUID', ['BYTES'], new Uint8Array(16))).toBe(
      '00000000-0000-0000-0000-000000000000',
    );
  });
});
