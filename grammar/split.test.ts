import { describe, expect, test } from 'vitest';
import { splitStatements } from './split.ts';

const texts = (sql: string) => splitStatements(sql).complete.map(({ text }) => text);

describe('splitting text into statements', () => {
  test('gives each with its semicolon, and what is left', () => {
    expect(splitStatements(' SHOW TOPICS;\nSELECT *\n FROM s; SELECT 1')).toMatchObject({
      complete: [
        { text: 'SHOW TOPICS;', span: { start: 1, end: 13 } },
        { text: 'SELECT *\n FROM s;', span: { start: 14, end: 31 } },
      ],
      rest: 'SELECT 1',
      restStart: 32,
    });
  });

  test('respects strings, quoted names and comments', () => {
    const sql = "SELECT 'a;''b', \";\", `;` -- ;\n /* ; */ FROM s;";
    expect(texts(sql)).toEqual([sql]);
  });

  test.each(["SELECT 'a;", 'SELECT "a;', 'SELECT `a;', 'SELECT /* a;'])(
    'waits for the end of what is not closed: %s',
    (sql) => {
      expect(splitStatements(`SHOW TYPES; ${sql}`)).toMatchObject({
        complete: [{ text: 'SHOW TYPES;' }],
        rest: sql,
      });
    },
  );

  test('leaves out empty statements and trailing comments', () => {
    expect(splitStatements(';; -- done\n')).toEqual({
      complete: [],
      rest: '',
      restStart: 11,
      restDirectives: [],
    });
  });

  test('does not mind what does not parse', () => {
    expect(texts('what ever $ 5 !;')).toEqual(['what ever $ 5 !;']);
  });

  test('gives directives to the statement they stand before', () => {
    const sql =
      '--@test: first one\nSHOW TYPES;\n--@expected.message: a: b\n--@flag\nDROP TYPE x;\n--@test: second';
    const { complete, restDirectives } = splitStatements(sql);
    expect(
      complete.map(({ directives }) => directives.map((one) => [one.type, one.contents])),
    ).toEqual([
      [['test', 'first one']],
      [
        ['expected.message', 'a: b'],
        ['flag', ''],
      ],
    ]);
    expect(restDirectives).toMatchObject([{ type: 'test', contents: 'second' }]);
  });
});
