import { describe, expect, test } from 'vitest';
import { ProblemError } from '../src/base/errors.ts';
import { substituteVariables } from './variables.ts';

/** A reference, spelt so that it does not look like a template. */
const ref = (name: string) => `$\{${name}}`;
const substitute = (sql: string, variables: Readonly<Record<string, string>>) =>
  substituteVariables(sql, new Map(Object.entries(variables)));

describe('variables are substituted', () => {
  const cases: readonly (readonly [string, Readonly<Record<string, string>>, string])[] = [
    [`DROP STREAM ${ref('s')};`, { s: 'orders' }, 'DROP STREAM orders;'],
    [`DROP STREAM ${ref('s')};`, { s: '`or ders`' }, 'DROP STREAM `or ders`;'],
    [`SELECT ${ref('c')} FROM s;`, { c: 'id' }, 'SELECT id FROM s;'],
    [`SELECT ${ref('c')} FROM s;`, { c: "'text'" }, "SELECT 'text' FROM s;"],
    [`SELECT * FROM s LIMIT ${ref('n')};`, { n: '5' }, 'SELECT * FROM s LIMIT 5;'],
    [`SELECT a + ${ref('n')} FROM s;`, { n: '-1.5' }, 'SELECT a + -1.5 FROM s;'],
    [
      `CREATE STREAM s (${ref('c')} ${ref('t')}) WITH (format=${ref('f')}, x=${ref('b')});`,
      { c: 'id', t: 'INT', f: "'JSON'", b: 'true' },
      "CREATE STREAM s (id INT) WITH (format='JSON', x=true);",
    ],
    [`SET '${ref('p')}' = 'a${ref('v')}b';`, { p: 'x.y', v: '1' }, "SET 'x.y' = 'a1b';"],
    [`DEFINE a = '${ref('b')}';`, { b: "it's" }, "DEFINE a = 'it''s';"],
    [`SELECT '${ref('a')}${ref('a')}' FROM s;`, { a: 'x' }, "SELECT 'xx' FROM s;"],
    [
      `SHOW TYPES; DROP TYPE ${ref('a')}; DROP TYPE ${ref('a')};`,
      { a: 'x' },
      'SHOW TYPES; DROP TYPE x; DROP TYPE x;',
    ],
  ];
  test.each(cases)('%s with %o', (sql, variables, result) => {
    expect(substitute(sql, variables)).toBe(result);
  });
});

describe('variables are left alone', () => {
  test('when they are not defined, names being compared as typed', () => {
    const sql = `SELECT ${ref('a')}, '${ref('b')}' FROM ${ref('A')};`;
    expect(substitute(sql, { A: 'x' })).toBe(`SELECT ${ref('a')}, '${ref('b')}' FROM x;`);
  });

  test('in comments and quoted names', () => {
    const sql = `SELECT "${ref('a')}" FROM s; -- ${ref('a')}`;
    expect(substitute(sql, { a: 'x' })).toBe(sql);
  });

  test('inside the values of others', () => {
    expect(substitute(`SELECT '${ref('a')}';`, { a: ref('b'), b: 'x' })).toBe(
      `SELECT '${ref('b')}';`,
    );
  });

  test('when escaped, losing the escape', () => {
    expect(substitute(`SELECT '$${ref('a')} ${ref('a')}' FROM s;`, { a: 'x' })).toBe(
      `SELECT '${ref('a')} x' FROM s;`,
    );
    expect(substitute(`SELECT $${ref('a')} FROM s;`, { a: 'x' })).toBe(
      `SELECT ${ref('a')} FROM s;`,
    );
  });
});

describe('a value can be one name or literal only', () => {
  const failure = (sql: string, value: string): ProblemError => {
    try {
      substitute(sql, { a: value });
    } catch (error) {
      if (error instanceof ProblemError) return error;
      throw error;
    }
    throw new Error('substituted');
  };

  test.each(['a b', "x'; DROP STREAM s; --", '@x', '5', "'x'", '', ' ', 'select', '1 -- x'])(
    'no name: %j',
    (value) => {
      expect(failure(`DROP STREAM ${ref('a')};`, value)).toMatchObject({
        code: 'parse.variable',
        message:
          "Illegal argument at Line: 1, Col: 13. Identifier names cannot start with '@' and may only" +
          ` contain alphanumeric values and '_'. Got: '${value}'`,
        span: { start: 12, end: 16 },
      });
    },
  );

  test.each(['abc', "'a' OR 'b'", '- x', '1; 2', "'a"])('no literal: %j', (value) => {
    expect(failure(`CREATE STREAM s WITH (\n x=${ref('a')});`, value).message).toBe(
      `Illegal argument at Line: 2, Col: 4. Got: '${value}'`,
    );
  });

  test('a string cannot be left from inside', () => {
    expect(substitute(`SELECT '${ref('a')}' FROM s;`, { a: "'; DROP STREAM s; --" })).toBe(
      "SELECT '''; DROP STREAM s; --' FROM s;",
    );
  });
});
