import { describe, expect, test } from 'vitest';
import { cutToWidth, displayWidth, graphemes, padToWidth } from './display-width.ts';

describe('the width of text', () => {
  test.each([
    ['plain', 'abc', 3],
    ['East Asian characters', '日本', 4],
    ['full-width letters', 'ＡＢ', 4],
    ['half-width katakana', 'ｱｲ', 2],
    ['Hangul', '한국', 4],
    ['an emoji', '😀', 2],
    ['a family joined into one emoji', '👨‍👩‍👧', 2],
    ['a flag', '🇩🇪', 2],
    ['a heart that is an emoji by its selector', '❤️', 2],
    ['an accent that combines', 'e\u0301', 1],
    ['a zero-width space', '\u200b', 0],
    ['a digit', '7', 1],
  ])('%s', (_, text, width) => {
    expect(displayWidth(text)).toBe(width);
  });
});

test('a cursor steps over what is drawn as one', () => {
  expect(graphemes('ae\u0301👨‍👩‍👧日')).toEqual(['a', 'e\u0301', '👨‍👩‍👧', '日']);
});

describe('cutting to a width', () => {
  test.each([
    ['abcdef', 4, ['abcd', 'ef']],
    ['日本語', 4, ['日本', '語']],
    ['日本語', 3, ['日', '本', '語']],
    ['日', 1, ['日']],
    ['', 4, ['']],
  ])('%s at %i', (text, width, pieces) => {
    expect(cutToWidth(text, width)).toEqual(pieces);
  });
});

test('padding counts columns, not characters', () => {
  expect(padToWidth('日本', 6)).toBe('日本  ');
  expect(padToWidth('abcdef', 3)).toBe('abcdef');
});
