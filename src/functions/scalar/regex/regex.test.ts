import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { resultOf } from '../call-in-test.ts';
import { compileRegex } from './regex.ts';

/** The first match with its groups, or null. */
function first(pattern: string, text: string): readonly (string | null)[] | null {
  const regex = compileRegex(pattern);
  const match = regex.find(text);
  if (match === null) return null;
  return Array.from({ length: regex.groupCount + 1 }, (_, index) => match.group(index));
}

describe('the syntax of regular expressions', () => {
  it.each([
    ['a|ab', 'ab', ['a']],
    ['(a*)(ab)*', 'aab', ['aa', 'aa', null]],
    ['(a+?)(a*)', 'aaa', ['aaa', 'a', 'aa']],
    ['(a|b)*', 'abc', ['ab', 'b']],
    ['(a*)*', 'b', ['', '']],
    ['(|a)*', 'aaa', ['', '']],
    ['a{2}', 'aaa', ['aa']],
    ['a{2,}', 'aaaa', ['aaaa']],
    ['a{1,2}?', 'aaa', ['a']],
    ['(?:ab)+', 'xababy', ['abab']],
    ['(?<first>a)(?<second>b)', 'ab', ['ab', 'a', 'b']],
    ['[a-c&&[^b]]+', 'bacb', ['ac']],
    ['[^a-c]', 'abcd', ['d']],
    ['[a[x-z]]+', 'byax', ['yax']],
    ['[]a]+', 'b]a', [']a']],
    ['[a\\-z]+', 'b-z', ['-z']],
    ['[a-]+', 'b-a', ['-a']],
    ['\\d+\\.\\d+', 'v12.34', ['12.34']],
    ['\\Qa.b\\E+', 'axba.bbb', ['a.bbb']],
    ['\\x41\\u0042\\x{43}\\0104', 'ABCD', ['ABCD']],
    ['(?i)aBc', 'xAbC', ['AbC']],
    ['a(?i)b', 'AB aB', ['aB']],
    ['a(?i:b)c', 'aBc', ['aBc']],
    ['(?i)ä', 'Ä', null],
    ['(?iu)ä', 'Ä', ['Ä']],
    ['(?x) a b # comment', 'ab', ['ab']],
    ['a.b', 'a\nb', null],
    ['(?s)a.b', 'a\nb', ['a\nb']],
    ['(?d)a.b', 'a\rb', ['a\rb']],
    ['.', '😀', ['😀']],
    ['^.$', '😀', ['😀']],
    ['[😀-😂]', 'x😁', ['😁']],
    ['\\ud83d\\ude00', '😀', ['😀']],
    ['\\p{Lu}\\p{IsGreek}\\p{Punct}', 'aBα!', ['Bα!']],
    ['\\P{L}', 'a1', ['1']],
    ['\\pL', '1ä', ['ä']],
    ['\\p{Alpha}+', 'ä1bc', ['bc']],
    ['\\h\\v\\S', ' \nx', [' \nx']],
    ['\\R', 'a\r\nb', ['\r\n']],
    ['\\w+', 'äb_1', ['b_1']],
    ['(?U)\\w+', ' äb', ['äb']],
  ])('%s in %j', (pattern, text, expected) => {
    expect(first(pattern, text)).toEqual(expected);
  });

  it.each([
    ['^b', 'a\nb', null],
    ['(?m)^b', 'a\nb', [2]],
    ['(?m)^', 'a\n', [0]],
    ['(?m)a$', 'a\nb', [0]],
    ['b$', 'ab\n', [1]],
    ['b$', 'ab\r\n', [1]],
    ['b\\z', 'ab\n', null],
    ['b\\Z', 'ab\u2028', [1]],
    ['$', 'a\r\n', [1]],
    ['(?d)$', 'a\r\n', [2]],
    ['\\bb', 'ab b', [3]],
    ['\\Bb', 'ab b', [1]],
    ['\\b', 'é', [0]],
  ])('%s in %j starts at %j', (pattern, text, expected) => {
    const match = compileRegex(pattern).find(text);
    expect(match === null ? null : [match.start]).toEqual(expected);
  });

  it.each([
    ['(', 'Unclosed group'],
    [')', "Unmatched closing ')'"],
    ['[a', 'Unclosed character class'],
    ['*a', "Dangling meta character '*'"],
    ['a**', "Dangling meta character '*'"],
    ['a{', 'Illegal repetition'],
    ['{1}', 'Illegal repetition'],
    ['a{3,1}', 'Illegal repetition range'],
    ['[z-a]', 'Illegal character range'],
    ['\\', 'Unexpected end of pattern'],
    ['\\y', 'Illegal/unsupported escape sequence'],
    ['\\u12', 'Illegal Unicode escape sequence'],
    ['\\p{Nonsense}', 'Unknown character property name {Nonsense}'],
    ['(?<a>x)(?<a>y)', 'is already defined'],
    ['(?z)', 'Unknown inline modifier'],
  ])('refuses %s', (pattern, reason) => {
    expect(() => compileRegex(pattern)).toThrow(reason);
    expect(() => compileRegex(pattern)).toThrow('Invalid regular expression pattern: ');
  });

  it.each(['(a)\\1', '(?=a)', '(?!a)', '(?<=a)', '(?<!a)', '(?>a)', 'a*+', '(?<n>a)\\k<n>'])(
    'refuses %s, which is not linear',
    (pattern) => {
      expect(() => compileRegex(pattern)).toThrow('REGEX_NOT_LINEAR');
    },
  );
});

describe('the limits of regular expressions', () => {
  it('keep patterns that explode when backtracking linear', () => {
    expect(first('(a+)+b', 'a'.repeat(5_000))).toBe(null);
    expect(first('(a|aa)+$', `${'a'.repeat(5_000)}b`)).toBe(null);
    expect(first(`${'a?'.repeat(100)}${'a'.repeat(100)}`, 'a'.repeat(100))).toEqual([
      'a'.repeat(100),
    ]);
  });

  it('refuse long patterns, large programs and long runs', () => {
    expect(() => compileRegex('a'.repeat(1_001))).toThrow('leat.limit.pattern.chars');
    expect(() => compileRegex('((a{100}){100}){100}')).toThrow('leat.limit.pattern.program');
    expect(() => compileRegex('(a?){900}b').find('a'.repeat(10_000))).toThrow(
      'leat.limit.pattern.steps',
    );
  });
});

/** Patterns whose loops always consume something, on which JavaScript and Java agree. */
const consuming: fc.Arbitrary<string> = fc.letrec<{ part: string; whole: string }>((tie) => ({
  part: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom('a', 'b', 'c', '.', '[ab]', '[^a]', '\\w'),
    fc.tuple(tie('part'), tie('part')).map(([x, y]) => x + y),
    fc.tuple(tie('part'), tie('part')).map(([x, y]) => `(${x}|${y})`),
    fc
      .tuple(tie('part'), fc.constantFrom('+', '+?', '{2}', '{1,2}'))
      .map(([x, q]) => `(?:${x})${q}`),
  ),
  whole: fc
    .array(
      fc
        .tuple(tie('part'), fc.constantFrom('', '*', '?', '*?', '??', '{0,2}'))
        .map(([x, q]) => `(${x})${q}`),
      { maxLength: 4 },
    )
    .map((parts) => parts.join('')),
})).whole;

describe('the matcher', () => {
  it('finds what a backtracking matcher finds', () => {
    fc.assert(
      fc.property(consuming, fc.stringMatching(/^[abc ]{0,12}$/), (pattern, text) => {
        const expected = new RegExp(pattern, 'g');
        const found = compileRegex(pattern).findAll(text);
        expect(found.map(({ start, end }) => [start, end])).toEqual(
          Array.from(text.matchAll(expected), (match) => [
            match.index,
            match.index + match[0].length,
          ]),
        );
      }),
      { numRuns: 500 },
    );
  });
});

describe('REGEXP_EXTRACT and REGEXP_EXTRACT_ALL', () => {
  const types = ['STRING', 'STRING', 'INTEGER'];
  it('give groups', () => {
    expect(resultOf('REGEXP_EXTRACT', types, '(a)|(b)', 'b', 1)).toBe(null);
    expect(resultOf('REGEXP_EXTRACT', types, '(a)', 'a', 2)).toBe(null);
    expect(resultOf('REGEXP_EXTRACT', types, '(a)', null, 1)).toBe(null);
    expect(() => resultOf('REGEXP_EXTRACT', types, '(a)', 'a', -1)).toThrow('No group -1');
    expect(resultOf('REGEXP_EXTRACT_ALL', types, '(\\w+) (\\w*)', 'a b c ', 2)).toEqual(['b', '']);
    expect(resultOf('REGEXP_EXTRACT_ALL', types, '(a)|(b)', 'ab', 1)).toEqual(['a', null]);
    expect(resultOf('REGEXP_EXTRACT_ALL', types, 'a', 'a', 1)).toBe(null);
    expect(resultOf('REGEXP_EXTRACT_ALL', ['STRING', 'STRING'], 'x*', 'axb')).toEqual([
      '',
      'x',
      '',
      '',
    ]);
    expect(() => resultOf('REGEXP_EXTRACT_ALL', ['STRING', 'STRING'], '(', 'a')).toThrow(
      'Invalid regular expression pattern: (',
    );
  });
});

describe('REGEXP_REPLACE', () => {
  const replaced = (input: string, pattern: string, replacement: string): unknown =>
    resultOf('REGEXP_REPLACE', ['STRING', 'STRING', 'STRING'], input, pattern, replacement);
  it('knows groups and escapes in the replacement', () => {
    expect(replaced('ab', '(a)(b)', '$2$1')).toBe('ba');
    expect(replaced('ab', '(a)b', '[$12]')).toBe('[a2]');
    expect(replaced('ab', '(?<x>a)', '<$'.concat('{x}>'))).toBe('<a>b');
    expect(replaced('ab', '(x)?a', '[$1]')).toBe('[]b');
    expect(replaced('ab', 'a', '\\$1\\\\')).toBe('$1\\b');
    expect(replaced('ab', '', '-')).toBe('-a-b-');
    expect(replaced('😀', '', '-')).toBe('-😀-');
  });

  it('refuses references to nothing', () => {
    expect(() => replaced('a', 'a', '$')).toThrow('Illegal group reference');
    expect(() => replaced('a', 'a', '$1')).toThrow('No group 1');
    expect(() => replaced('a', 'a', '$'.concat('{x}'))).toThrow('No group with name {x}');
    expect(() => replaced('a', 'a', '\\')).toThrow('character to be escaped is missing');
    expect(replaced('b', 'a', '$')).toBe('b');
  });
});

describe('REGEXP_SPLIT_TO_ARRAY', () => {
  it.each([
    ['-a--b-', '-', ['', 'a', '', 'b', '']],
    ['', '-', ['']],
    ['abc', '', ['a', 'b', 'c']],
    ['abc', 'x*', ['a', 'b', 'c']],
    ['axxb', 'x*', ['a', '', 'b']],
    ['a--', '-*', ['a']],
    ['', '', ['']],
    ['ab cd', '\\b', ['ab', ' ', 'cd']],
    ['a1b22c', '\\d+', ['a', 'b', 'c']],
  ])('splits %j at %s', (input, pattern, expected) => {
    expect(resultOf('REGEXP_SPLIT_TO_ARRAY', ['STRING', 'STRING'], input, pattern)).toEqual(
      expected,
    );
  });
});
