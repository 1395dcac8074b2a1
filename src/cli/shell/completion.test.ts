import { describe, expect, test } from 'vitest';
import { applyCandidates, expandShortcut, nextCandidate } from './completion.ts';
import { type Editor, emptyEditor, replaceText } from './editor.ts';

const at = (shown: string): Editor => ({
  ...emptyEditor,
  text: shown.replace('|', ''),
  cursor: shown.indexOf('|'),
});
const show = ({ text, cursor }: Editor): string => `${text.slice(0, cursor)}|${text.slice(cursor)}`;

describe('candidates', () => {
  test.each([
    ['one is put in with a blank', 'SEL|', ['SELECT'], 'SELECT |'],
    ['the blank that is there is kept', 'SEL| x', ['SELECT'], 'SELECT| x'],
    ['lower case stays lower case', 'select * from ord|', ['ORDERS'], 'select * from orders |'],
    ['what all have in common is put in', 'a SHOW|', ['SHOWA1', 'SHOWA2'], 'a SHOWA|'],
    ['topics keep their case', 'print my|', ['my-Topic'], 'print my-Topic |'],
    ['quoted candidates are taken as they are', 'from m|', ['`myStream`'], 'from `myStream` |'],
    ['nothing found changes nothing', 'x|', [], 'x|'],
  ])('%s', (_, before, found, after) => {
    expect(show(applyCandidates(at(before), found).editor)).toBe(after);
  });

  test('several are offered, and Tab goes through them', () => {
    const offered = applyCandidates(at('SELECT A|'), ['AB', 'AC']);
    expect(offered.menu).toEqual({ candidates: ['AB', 'AC'], selected: null, start: 7 });
    const first = nextCandidate(
      offered.editor,
      offered.menu as NonNullable<typeof offered.menu>,
      1,
    );
    expect(show(first.editor)).toBe('SELECT AB|');
    const second = nextCandidate(first.editor, first.menu as NonNullable<typeof first.menu>, 1);
    expect(show(second.editor)).toBe('SELECT AC|');
    const around = nextCandidate(second.editor, second.menu as NonNullable<typeof second.menu>, 1);
    expect(show(around.editor)).toBe('SELECT AB|');
  });

  test('Shift-Tab begins with the last', () => {
    const { editor, menu } = applyCandidates(at('A|'), ['AB', 'AC']);
    expect(show(nextCandidate(editor, menu as NonNullable<typeof menu>, -1).editor)).toBe('AC|');
  });
});

describe('shortcuts', () => {
  test.each([
    ['ii', 'INSERT INTO | () VALUES ();'],
    ['CS', "CREATE STREAM | (  ) WITH (KAFKA_TOPIC = '', VALUE_FORMAT = 'JSON');"],
    ['ctas', 'CREATE TABLE | AS SELECT  FROM  GROUP BY  EMIT CHANGES;'],
  ])('%s', (word, skeleton) => {
    expect(show(expandShortcut(replaceText(emptyEditor, word)) as Editor)).toBe(skeleton);
  });

  test.each(['select ii|', 'i|i', 'csx|', '|'])('not in %j', (input) => {
    expect(expandShortcut(at(input))).toBeNull();
  });
});
