import { describe, expect, test } from 'vitest';
import { formatParameters, formatParameterType, parseSignature } from './signature.ts';

describe('signatures', () => {
  test('columns, initial arguments, variadics and primitives are told apart', () => {
    expect(parseSignature('(BIGINT value!, STRING... texts; INT a, INTEGER b) -> BIGINT')).toEqual({
      parameters: [
        { type: { kind: 'BIGINT' }, name: 'value', variadic: false, primitive: true },
        { type: { kind: 'STRING' }, name: 'texts', variadic: true, primitive: false },
        { type: { kind: 'INTEGER' }, name: 'a', variadic: false, primitive: false },
        { type: { kind: 'INTEGER' }, name: 'b', variadic: false, primitive: false },
      ],
      columnCount: 2,
      variadicIndex: 1,
      result: { kind: 'BIGINT' },
    });
  });

  test('a function may have no parameters', () => {
    expect(parseSignature('() -> DOUBLE')).toEqual({
      parameters: [],
      columnCount: 0,
      variadicIndex: -1,
      result: { kind: 'DOUBLE' },
    });
  });

  test('an aggregate may have initial arguments only after its columns', () => {
    const { parameters, columnCount } = parseSignature('(T value; INTEGER k) -> ARRAY<T>');
    expect(parameters.length).toBe(2);
    expect(columnCount).toBe(1);
  });

  test.each([
    ['(MAP<K, V> m, LAMBDA(K, V) R f) -> ARRAY<R>', 'MAP<K, V> m, LAMBDA (K, V) => R f'],
    ['(DECIMAL d, DECIMAL(4, 2) e...) -> INTEGER', 'DECIMAL d, DECIMAL(4, 2)... e'],
    ['(UNIT, ANY... rest) -> STRUCT<A STRING, B ARRAY<DECIMAL>>', 'INTERVALUNIT, ANY... rest'],
    ['(STRUCT<A VARCHAR>, STRUCT<>) -> BOOLEAN', 'STRUCT<A STRING>, STRUCT<>'],
  ])('%s prints its parameters', (text, parameters) => {
    expect(formatParameters(parseSignature(text))).toBe(parameters);
  });

  test('the result prints too', () => {
    const { result } = parseSignature('(T a) -> STRUCT<A T, B DECIMAL(3, 1)>');
    expect(formatParameterType(result)).toBe('STRUCT<A T, B DECIMAL(3, 1)>');
  });

  test.each([
    '(STRING) STRING',
    '(STRING -> STRING',
    '(STRNG) -> STRING',
    '(STRING) -> STRING STRING',
    '(STRING..., INTEGER...) -> STRING',
    '(STRING) -> T',
    '(STRING #) -> STRING',
    '(ARRAY<STRING) -> STRING',
    '(STRING,) -> STRING',
  ])('%s is refused', (text) => {
    expect(() => parseSignature(text)).toThrow('in the signature');
  });
});
