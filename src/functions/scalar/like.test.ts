import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { likeMatcher } from './like.ts';

const matches = (text: string, pattern: string, escapeCharacter: string | null = null): boolean =>
  likeMatcher(pattern, escapeCharacter)(text);

/** Tries every length of every sequence: slow, and plainly right. */
function reference(text: readonly string[], pattern: readonly string[]): boolean {
  const [operation, ...rest] = pattern;
  const [character, ...others] = text;
  if (operation === undefined) return character === undefined;
  if (operation === '%') {
    if (reference(text, rest)) return true;
    return character !== undefined && character !== '\n' && reference(others, pattern);
  }
  if (character === undefined) return false;
  const isMatch = operation === '_' ? character !== '\n' : operation === character;
  return isMatch && reference(others, rest);
}

describe('LIKE', () => {
  it('agrees with trying everything', () => {
    const texts = fc.array(fc.constantFrom('a', 'b', '\n', '😀'), { maxLength: 8 });
    const patterns = fc.array(fc.constantFrom('a', 'b', '\n', '😀', '%', '_'), { maxLength: 7 });
    fc.assert(
      fc.property(texts, patterns, (text, pattern) => {
        expect(matches(text.join(''), pattern.join(''))).toBe(reference(text, pattern));
      }),
      { numRuns: 2_000 },
    );
  });

  it.each([
    ['foo', 'foo', true],
    ['foo', 'fo', false],
    ['foo', '%', true],
    ['', '%', true],
    ['', '', true],
    ['', '_', false],
    ['foobar', 'foo%', true],
    ['foobar', '%bar', true],
    ['foobar', '%oba%', true],
    ['foobar', '%obb%', false],
    ['foobar', 'f%b%r', true],
    ['foobar', 'f%b%z', false],
    ['foo', 'f__', true],
    ['foo', 'f_', false],
    ['aab', '%ab', true],
    ['aaab', '%a_b', true],
    ['abcabd', '%ab_', true],
    ['Foo', 'foo', false],
  ])('%j against %j is %j', (text, pattern, expected) => {
    expect(matches(text, pattern)).toBe(expected);
  });

  it('lets an escape make wildcards and itself literal', () => {
    expect(matches('10%', '10\\%', '\\')).toBe(true);
    expect(matches('100', '10\\%', '\\')).toBe(false);
    expect(matches('a_b', 'a!_b', '!')).toBe(true);
    expect(matches('axb', 'a!_b', '!')).toBe(false);
    expect(matches('a!b', 'a!!b', '!')).toBe(true);
    expect(matches('100%x', '%!%_', '!')).toBe(true);
  });

  it('takes a surrogate pair as one character', () => {
    expect(matches('a😀b', 'a_b')).toBe(true);
    expect(matches('a😀b', 'a__b')).toBe(false);
    expect(matches('😀😀x', '%_x')).toBe(true);
  });

  it.each(['\n', '\r', '\u0085', '\u2028', '\u2029'])(
    'lets no wildcard match the terminator %j',
    (terminator) => {
      const text = `a${terminator}b`;
      expect(matches(text, 'a%b')).toBe(false);
      expect(matches(text, 'a_b')).toBe(false);
      expect(matches(text, 'a%')).toBe(false);
      expect(matches(text, '%b')).toBe(false);
      expect(matches(text, '%a%')).toBe(false);
      expect(matches(text, text)).toBe(true);
      expect(matches(`x${text}y`, `%${terminator}%`)).toBe(true);
      expect(matches(`${terminator}${terminator}b`, `%${terminator}%b`)).toBe(false);
    },
  );

  it('refuses wrong escapes', () => {
    expect(() => likeMatcher('a', 'xy')).toThrow('Expected single character escape but got: xy');
    expect(() => likeMatcher('a', '')).toThrow('Expected single character escape but got: ');
    expect(() => likeMatcher('a!', '!')).toThrow('LIKE pattern must not end with escape character');
  });

  it('stays linear where backtracking explodes', () => {
    expect(matches('a'.repeat(50_000), '%a%a%a%a%a%a%b')).toBe(false);
  });

  it('stops at the limits', () => {
    expect(() => likeMatcher('a'.repeat(1_001), null)).toThrow(
      'LIMIT_EXCEEDED: LIKE pattern is 1001, limit 1000 (leat.limit.pattern.chars)',
    );
    expect(() => matches('a'.repeat(50_000), `%${'a'.repeat(900)}_b`)).toThrow('LIMIT_EXCEEDED');
  });
});
