import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sqlLengthMax } from '../../../grammar/limits.ts';
import { graphemes } from '../output/display-width.ts';
import {
  type Editor,
  edits,
  emptyEditor,
  insert,
  lineDown,
  lineUp,
  replaceText,
} from './editor.ts';

/** `|` is the cursor. */
const at = (shown: string): Editor => ({
  ...emptyEditor,
  text: shown.replace('|', ''),
  cursor: shown.indexOf('|'),
});
const show = ({ text, cursor }: Editor): string => `${text.slice(0, cursor)}|${text.slice(cursor)}`;

describe('chords', () => {
  test.each([
    ['left', 'ab|', 'a|b'],
    ['left', '|ab', '|ab'],
    ['left', 'a\n|b', 'a|\nb'],
    ['left', '日本|', '日|本'],
    ['left', 'a👨‍👩‍👧|', 'a|👨‍👩‍👧'],
    ['right', '|ab', 'a|b'],
    ['right', 'ab|', 'ab|'],
    ['right', '|e\u0301x', 'e\u0301|x'],
    ['right', 'a|\nb', 'a\n|b'],
    ['backspace', 'ab|c', 'a|c'],
    ['backspace', '|ab', '|ab'],
    ['backspace', 'a😀|', 'a|'],
    ['backspace', 'a\n|b', 'a|b'],
    ['delete', 'a|bc', 'a|c'],
    ['delete', 'ab|', 'ab|'],
    ['delete', '|🇩🇪x', '|x'],
    ['ctrl-d', 'a|bc', 'a|c'],
    ['home', 'a\nbc|d', 'a\n|bcd'],
    ['end', 'a|b\ncd', 'ab|\ncd'],
    ['ctrl-a', 'abc|', '|abc'],
    ['ctrl-e', '|abc', 'abc|'],
    ['ctrl-home', 'a\nb|', '|a\nb'],
    ['ctrl-end', '|a\nb', 'a\nb|'],
    ['alt-b', 'select foo_1, |', 'select |foo_1, '],
    ['alt-b', 'über|', '|über'],
    ['ctrl-left', '|', '|'],
    ['alt-f', 'a|b, cd', 'ab|, cd'],
    ['ctrl-right', 'ab|, cd x', 'ab, cd| x'],
    ['ctrl-k', 'a|bc\nd', 'a|\nd'],
    ['ctrl-k', 'abc|\nd', 'abc|d'],
    ['ctrl-k', 'abc|', 'abc|'],
    ['ctrl-u', 'x\nab|c', 'x\n|c'],
    ['ctrl-w', "select 'a.b'  |x", 'select |x'],
    ['alt-backspace', 'where a.b|', 'where a.|'],
    ['alt-d', '|  foo bar', '| bar'],
    ['ctrl-t', 'ab|', 'ba|'],
    ['ctrl-t', 'a|bc', 'ba|c'],
    ['ctrl-t', '|ab', '|ab'],
    ['alt-enter', 'a|b', 'a\n|b'],
  ])('%s: %j becomes %j', (chord, before, after) => {
    expect(show(edits[chord]?.(at(before)) as Editor)).toBe(after);
  });
});

describe('moving between lines', () => {
  test.each([
    ['the same column', 'abcd\nxy|z', 'ab|cd\nxyz'],
    ['the end of a shorter line', 'a\nxyz|', 'a|\nxyz'],
    ['columns, not characters', '日本語\nabcd|', '日本|語\nabcd'],
    ['not into the middle of a wide character', '日本語\nabc|', '日|本語\nabc'],
  ])('up to %s', (_, before, after) => {
    expect(show(lineUp(at(before)) as Editor)).toBe(after);
  });

  test('the column is remembered over a short line', () => {
    const middle = lineDown(at('abcd|\nx\nabcdef')) as Editor;
    expect(show(middle)).toBe('abcd\nx|\nabcdef');
    expect(show(lineDown(middle) as Editor)).toBe('abcd\nx\nabcd|ef');
  });

  test('there is nothing above the first line and below the last', () => {
    expect(lineUp(at('ab|\nc'))).toBeNull();
    expect(lineDown(at('ab\nc|'))).toBeNull();
  });
});

test('what was killed can be put back', () => {
  const killed = edits['ctrl-w']?.(at('select foo|')) as Editor;
  expect(show(edits['ctrl-y']?.(replaceText(killed, 'from ')) as Editor)).toBe('from foo|');
});

test('text that would be longer than SQL may be is left out', () => {
  const full = replaceText(emptyEditor, 'x'.repeat(sqlLengthMax - 1));
  expect(insert(full, 'abc').text.length).toBe(sqlLengthMax);
});

test('the cursor is always between what is drawn as one', () => {
  const character = fc.constantFrom('a', ' ', '\n', '日', '😀', 'e\u0301', '👨‍👩‍👧', '_', "'");
  const chords = fc.constantFrom(...Object.keys(edits));
  fc.assert(
    fc.property(fc.array(fc.oneof(character, chords), { maxLength: 60 }), (keys) => {
      let editor = emptyEditor;
      for (const key of keys) editor = edits[key]?.(editor) ?? insert(editor, key);
      const places = [0];
      for (const part of editor.text.split(/(\n)/).flatMap(graphemes))
        places.push((places.at(-1) as number) + part.length);
      expect(places).toContain(editor.cursor);
    }),
    { numRuns: 500 },
  );
});
