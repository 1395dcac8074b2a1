import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseExactly, quoteNumbers } from './exact-json.ts';

describe('numbers of JSON texts', () => {
  test.each([
    ['[1]', '["1"]'],
    ['[-1.50e+3,{"a":0}]', '["-1.50e+3",{"a":"0"}]'],
    ['["1","a\\"2","\\\\",3]', '["1","a\\"2","\\\\","3"]'],
    ['{"12":"34","\\\\\\"5":6}', '{"12":"34","\\\\\\"5":"6"}'],
    ['[true,null,-]', '[true,null,-]'],
    ['["open 1', '["open 1'],
  ])('%s is read as %s', (text, quoted) => {
    expect(quoteNumbers(text)).toBe(quoted);
  });

  test('keep their digits where they have more than a double', () => {
    expect(parseExactly('[9007199254740993,1]', 'digits')).toEqual(['9007199254740993', '1']);
    expect(parseExactly('[900719925474099,1.50]', 'digits')).toEqual([900_719_925_474_099, 1.5]);
  });

  test('keep their zeros where they are decimals', () => {
    expect(parseExactly('[1.50,2]', 'text')).toEqual(['1.50', '2']);
    expect(parseExactly('[1,2]', 'text')).toEqual([1, 2]);
  });

  test('are doubles where nothing can be lost', () => {
    expect(parseExactly('[9007199254740993]', 'none')).toEqual([2 ** 53]);
  });

  test('a long text without an end is refused, not searched for ever', () => {
    const text = `["${'\\\\'.repeat(200_000)}`;
    expect(() => parseExactly(`${text}1234567890123456`, 'digits')).toThrow(SyntaxError);
  });

  test('are those that the platform reads, by its own account of their text', () => {
    const value = fc.jsonValue({ maxDepth: 4 });
    fc.assert(
      fc.property(value, (json) => {
        const text = JSON.stringify(json);
        expect(JSON.parse(quoteNumbers(text))).toEqual(JSON.parse(text, sourceOfNumbers));
      }),
      { numRuns: 2_000 },
    );
  });
});

function sourceOfNumbers(_: string, value: unknown, context?: { readonly source?: string }) {
  return typeof value === 'number' ? context?.source : value;
}
