import { describe, expect, test } from 'vitest';
import { highlight } from './highlight.ts';
import { layOut } from './layout.ts';
import { menuLines } from './menu.ts';

/** Rows as text, the cursor as row and column. */
function laidOut(shown: string, width: number, heightMax = 100) {
  const { rows, cursor } = layOut(shown.replace('|', ''), shown.indexOf('|'), {
    width,
    prefixWidth: 6,
    heightMax,
    styles: [],
  });
  return {
    rows: rows.map(({ prefix, runs }) => `${prefix}: ${runs.map(({ text }) => text).join('')}`),
    cursor: [cursor.row, cursor.column],
  };
}

describe('rows', () => {
  test.each([
    ['one line', 'ab|c', 20, ['first: abc'], [0, 8]],
    ['several lines', 'a\nbc|', 20, ['first: a', 'next: bc'], [1, 8]],
    ['an empty last line', 'a\n|', 20, ['first: a', 'next: '], [1, 6]],
    ['a long line wraps', 'abcdef|', 10, ['first: abcd', 'wrapped: ef'], [1, 8]],
    ['the cursor goes under a full row', 'abcd|', 10, ['first: abcd', 'wrapped: '], [1, 6]],
    ['the cursor stands before what wrapped', 'abcd|e', 10, ['first: abcd', 'wrapped: e'], [1, 6]],
    ['wide characters do not hang over', '日本語|', 11, ['first: 日本', 'wrapped: 語'], [1, 8]],
    ['an accent takes no column', 'e\u0301|', 20, ['first: e\u0301'], [0, 7]],
    ['a tab is four blanks', '\t|x', 20, ['first:     x'], [0, 10]],
    ['a control character is an escape', '\u0007|', 20, ['first: \\u0007'], [0, 12]],
    ['a narrow terminal still shows something', 'abc|', 4, ['first: ab', 'wrapped: c'], [1, 7]],
  ])('%s', (_, text, width, rows, cursor) => {
    expect(laidOut(text, width)).toEqual({ rows, cursor });
  });

  test('where there are too many, those around the cursor are shown', () => {
    const lines = Array.from({ length: 20 }, (_, at) => `line ${at}`);
    const text = (at: number) => lines.map((line, i) => (i === at ? `|${line}` : line)).join('\n');
    expect(laidOut(text(0), 20, 3).rows).toEqual(['first: line 0', 'next: line 1', 'next: line 2']);
    expect(laidOut(text(10), 20, 3)).toEqual({
      rows: ['next: line 9', 'next: line 10', 'next: line 11'],
      cursor: [1, 6],
    });
    expect(laidOut(text(19), 20, 3).cursor).toEqual([2, 6]);
  });

  test('styles end where their text ends, also across rows', () => {
    const { rows } = layOut("a 'bcd' e", 9, {
      width: 10,
      prefixWidth: 6,
      heightMax: 9,
      styles: [{ start: 2, end: 7, style: 'string' }],
    });
    expect(rows.map(({ runs }) => runs)).toEqual([
      [
        { text: 'a ', style: null },
        { text: "'b", style: 'string' },
      ],
      [
        { text: "cd'", style: 'string' },
        { text: ' ', style: null },
      ],
      [{ text: 'e', style: null }],
    ]);
  });
});

test('SQL is coloured by what it is', () => {
  const sql = "select `a`, 1.5 from b where c = 'x' -- why";
  expect(highlight(sql).map(({ start, end, style }) => [sql.slice(start, end), style])).toEqual([
    ['select', 'keyword'],
    ['`a`', 'name'],
    ['1.5', 'number'],
    ['from', 'keyword'],
    ['where', 'keyword'],
    ["'x'", 'string'],
    ['-- why', 'comment'],
  ]);
});

describe('the menu', () => {
  const candidates = ['AA', 'BB', 'CC', 'DD', 'EE', 'FF', 'GG'];
  const texts = (selected: number | null, width: number, height: number) =>
    menuLines({ candidates, selected, start: 0 }, width, height).map(({ text }) => text);

  test('stands in columns', () => {
    expect(texts(null, 12, 5)).toEqual(['AA  BB  CC', 'DD  EE  FF', 'GG']);
  });

  test('says how much does not fit', () => {
    expect(texts(null, 8, 3)).toEqual(['AA  BB', 'CC  DD', '3 more; type on or press Tab']);
  });

  test('moves so that the selected one is seen', () => {
    expect(texts(5, 8, 3)).toEqual(['CC  DD', 'EE  FF', '3 more; type on or press Tab']);
  });

  test('marks the selected one', () => {
    const [line] = menuLines({ candidates, selected: 1, start: 0 }, 12, 5);
    expect(line?.text.slice(line.highlighted.start, line.highlighted.end)).toBe('BB');
  });
});
