import { describe, expect, it } from 'vitest';
import { resultOf } from '../call-in-test.ts';
import { parseJson, quoteJson, writeJson } from './exact-json.ts';

function rewritten(text: string): string | null {
  const node = parseJson(text);
  return node === null ? null : writeJson(node);
}

describe('exact JSON', () => {
  it.each([
    ['1.23450', '1.23450'],
    ['12345678901234567890', '12345678901234567890'],
    ['-0.5e+10', '-0.5e+10'],
    [' { "a" : [ 1 , true , null ] } trailing', '{"a":[1,true,null]}'],
    ['{"a":1,"b":2,"a":3}', '{"a":3,"b":2}'],
    ['"\\u0041\\n\\/\\ud83d\\ude00"', '"A\\n/😀"'],
    ['"\\u001f"', '"\\u001F"'],
    ['[]x', '[]'],
    ['"a"b', '"a"'],
    ['', null],
    [' \n', null],
  ])('reads and writes %j', (text, expected) => {
    expect(rewritten(text)).toBe(expected);
  });

  it.each([
    'abc',
    'nul',
    'truex',
    '01',
    '1.',
    '.5',
    '-',
    '1x',
    '[1,]',
    '[1',
    '{"a"}',
    '{a:1}',
    "{'a':1}",
    '"a',
    '"\n"',
    '"\\x"',
    '"\\u12"',
    'NaN',
    '// c\n1',
  ])('refuses %j', (text) => {
    expect(() => parseJson(text)).toThrow('Invalid JSON format:');
  });

  it('limits nesting', () => {
    expect(rewritten('['.repeat(100) + ']'.repeat(100))).toBe('['.repeat(100) + ']'.repeat(100));
    expect(() => parseJson('['.repeat(101))).toThrow('LIMIT_EXCEEDED: JSON nesting is 101');
  });

  it('escapes only what must be escaped', () => {
    expect(quoteJson('"\\/\b\u0001é\u2028')).toBe('"\\"\\\\/\\b\\u0001é\u2028"');
  });
});

describe('EXTRACTJSONFIELD', () => {
  const json =
    '{"name":"cdc","@type":"UDF","n":null,"a":[1.23450,[2],"x"],"o":{"a b":{"c\\"d":true}},"x:y":0}}';
  it.each([
    ['$.name', 'cdc'],
    ['$.@type', 'UDF'],
    ['$.x:y', '0'],
    ['$.n', 'null'],
    ['$.missing', null],
    ['$.name.more', null],
    ['$.a[0]', '1.23450'],
    ['$.a[1]', '[2]'],
    ['$.a[1][0]', '2'],
    ['$.a[3]', null],
    ['$.a.0', '1.23450'],
    ['$.a[x]', null],
    ['$[name]', 'cdc'],
    ['$["o"]["a b"]["c\\"d"]', 'true'],
    ['$.o', '{"a b":{"c\\"d":true}}'],
  ])('at %s is %j', (path, expected) => {
    expect(resultOf('EXTRACTJSONFIELD', ['STRING', 'STRING'], json, path)).toBe(expected);
  });

  it.each(['$.a[-1]', 'name', '', '$..name', '$.*', '$.', '$.a[', '$.a b', '$["x]'])(
    'refuses the path %s',
    (path) => {
      expect(() => resultOf('EXTRACTJSONFIELD', ['STRING', 'STRING'], json, path)).toThrow(
        `Invalid JSON path: '${path}'`,
      );
    },
  );

  it('gives NULL for NULL and for nothing, and fails for what is no JSON', () => {
    expect(resultOf('EXTRACTJSONFIELD', ['STRING', 'STRING'], null, '$.a')).toBe(null);
    expect(resultOf('EXTRACTJSONFIELD', ['STRING', 'STRING'], '', '$.a')).toBe(null);
    expect(() => resultOf('EXTRACTJSONFIELD', ['STRING', 'STRING'], '{', '$.a')).toThrow(
      'Invalid JSON format:',
    );
  });
});

describe('IS_JSON_STRING', () => {
  it.each([
    ['1', true],
    ['null', true],
    ['"abc"', true],
    ['abc', false],
    ['', false],
    [null, false],
  ])('of %j is %j', (text, expected) => {
    expect(resultOf('IS_JSON_STRING', ['STRING'], text)).toBe(expected);
  });
});

describe('JSON_ARRAY_CONTAINS', () => {
  it.each([
    ['[1, 2]', 'INTEGER', 2, true],
    ['[1, 2]', 'BIGINT', 2n, true],
    ['[1, 2]', 'DOUBLE', 2, false],
    ['[1, 2.0]', 'DOUBLE', 2, true],
    ['[1, 2.0]', 'INTEGER', 2, false],
    ['[1.5]', 'DECIMAL(2, 1)', 15n, false],
    ['["2"]', 'INTEGER', 2, false],
    ['["2"]', 'STRING', '2', true],
    ['[true]', 'BOOLEAN', true, true],
    ['["true"]', 'BOOLEAN', true, false],
    ['[null]', 'STRING', null, true],
    ['[1]', 'NULL', null, false],
    ['[[2]]', 'INTEGER', 2, false],
    ['{"a": 2}', 'INTEGER', 2, false],
    ['[2', 'INTEGER', 2, false],
  ])('%s of the %s %s is %j', (json, type, value, expected) => {
    expect(resultOf('JSON_ARRAY_CONTAINS', ['STRING', type], json, value)).toBe(expected);
  });

  it('fails for a NULL text', () => {
    expect(() => resultOf('JSON_ARRAY_CONTAINS', ['STRING', 'INTEGER'], null, 1)).toThrow('NULL');
  });
});

describe('functions of JSON arrays and objects', () => {
  it('look at the top level', () => {
    expect(resultOf('JSON_ARRAY_LENGTH', ['STRING'], '[1,[2,3]]')).toBe(2);
    expect(resultOf('JSON_ARRAY_LENGTH', ['STRING'], '')).toBe(null);
    expect(resultOf('JSON_ARRAY_LENGTH', ['STRING'], '"a"')).toBe(null);
    expect(resultOf('JSON_ITEMS', ['STRING'], '["a", {"b" : 1.0}]')).toEqual(['"a"', '{"b":1.0}']);
    expect(() => resultOf('JSON_ITEMS', ['STRING'], '{}')).toThrow('JSON array');
    expect(resultOf('JSON_KEYS', ['STRING'], '{"b":1,"a":{"c":1}}')).toEqual(['b', 'a']);
    expect(resultOf('JSON_KEYS', ['STRING'], '[]')).toBe(null);
    expect(() => resultOf('JSON_KEYS', ['STRING'], '{')).toThrow('Invalid JSON format:');
    expect(resultOf('JSON_RECORDS', ['STRING'], '{"a":"x","b":[1, 2],"c":null}')).toEqual(
      new Map([
        ['a', 'x'],
        ['b', '[1,2]'],
        ['c', 'null'],
      ]),
    );
    expect(resultOf('JSON_RECORDS', ['STRING'], '1')).toBe(null);
  });
});

describe('JSON_CONCAT', () => {
  it.each([
    [['{"a": {"5": 6}}', '{"a": {"3": 4}}'], '{"a":{"3":4}}'],
    [['null', 'null'], '[null,null]'],
    [['[1, 2]', '{"a": 1}', '4'], '[1,2,{"a":1},4]'],
    [['{"a":1}', '{"b":1}', '4'], '[{"a":1},{"b":1},4]'],
    [['[1, [2]]', '[[[3]], [[[4]]]]'], '[1,[2],[[3]],[[[4]]]]'],
    [['{ "a" : 1.0 }'], '{"a":1.0}'],
    [['1', ''], null],
    [['1', null], null],
  ])('of %j', (texts, expected) => {
    const types = texts.map(() => 'STRING');
    expect(resultOf('JSON_CONCAT', types, ...texts)).toBe(expected);
  });
});

describe('TO_JSON_STRING', () => {
  it.each([
    ['STRING', 'a"b', '"a\\"b"'],
    ['INTEGER', 1, '1'],
    ['BIGINT', 2n ** 60n, '1152921504606846976'],
    ['DOUBLE', 123.456, '123.456'],
    ['DOUBLE', 1, '1.0'],
    ['DOUBLE', Number.NaN, '"NaN"'],
    ['DECIMAL(10, 8)', 1n, '0.00000001'],
    ['BOOLEAN', true, 'true'],
    ['STRING', null, 'null'],
    ['DATE', 19782, '"2024-02-29"'],
    ['TIME', 60_220_000, '"16:43:40"'],
    ['TIME', 60_180_000, '"16:43"'],
    ['TIMESTAMP', 60_220_000_000, '"1971-11-28T23:46:40.000"'],
    ['BYTES', Uint8Array.of(33), '"IQ=="'],
    ['ARRAY<INTEGER>', [1, null], '[1,null]'],
    ['STRUCT<B INTEGER, A STRING>', [1, null], '{"A":null,"B":1}'],
  ])('of a %s %s is %s', (type, value, expected) => {
    expect(resultOf('TO_JSON_STRING', [type], value)).toBe(expected);
  });

  it('sorts the keys of a map', () => {
    const map = new Map([
      ['b', 1],
      ['a', 2],
    ]);
    expect(resultOf('TO_JSON_STRING', ['MAP<STRING, INTEGER>'], map)).toBe('{"a":2,"b":1}');
  });
});
