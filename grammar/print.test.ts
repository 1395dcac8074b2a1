import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { expression, statement, type } from './arbitrary.test-support.ts';
import { meaning, statements, testStatements } from './ast.test-support.ts';
import { parse, parseExpression, parseType } from './parse.ts';
import { printExpression } from './print-expression.ts';
import { printStatement } from './print-statement.ts';
import { printType } from './print-type.ts';

describe('printing and parsing are inverse', () => {
  test('for expressions', () => {
    fc.assert(
      fc.property(expression, (node) => {
        expect(meaning(parseExpression(printExpression(node)))).toEqual(meaning(node));
      }),
      { numRuns: 500 },
    );
  });

  test('for types', () => {
    fc.assert(
      fc.property(type, (node) => {
        expect(meaning(parseType(printType(node)))).toEqual(meaning(node));
      }),
      { numRuns: 500 },
    );
  });

  test('for statements', () => {
    fc.assert(
      fc.property(statement, (node) => {
        const parsed = parse(`${printStatement(node)};`, { testStatements: true });
        expect(meaning(parsed)).toEqual([meaning(node)]);
      }),
      { numRuns: 500 },
    );
  });

  test.each([...statements, ...testStatements])('for %s', (sql) => {
    const parsed = parse(sql, { testStatements: true });
    const printed = parsed.map((one) => `${printStatement(one)};`).join('\n');
    expect(meaning(parse(printed, { testStatements: true }))).toEqual(meaning(parsed));
  });
});

describe('expressions print as in messages', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['a+b*2', '(A + (B * 2))'],
    ['(a + b) * 2', '((A + B) * 2)'],
    ['a - b - c', '((A - B) - C)'],
    ['a || b || c', 'CONCAT(CONCAT(A, B), C)'],
    ['not a = 1 and b or c', '(((NOT (A = 1)) AND B) OR C)'],
    ['count(*)', 'COUNT(*)'],
    ['a != 1', '(A <> 1)'],
    ["a not like 'x%' escape '!'", "(NOT (A LIKE 'x%' ESCAPE '!'))"],
    ['a not between 1 and 2', '(NOT (A BETWEEN 1 AND 2))'],
    ['a not in (1, null)', '(NOT (A IN (1, null)))'],
    ['a is not null', '(A IS NOT NULL)'],
    ['a is not distinct from b', '(NOT (A IS DISTINCT FROM B))'],
    ['TRUE + 1.5', '(true + 1.5)'],
    ["map(1 := 'cat')", "MAP(1:='cat')"],
    ['struct(f0 := val1)', 'STRUCT(F0:=VAL1)'],
    ['array[1,2,3]', 'ARRAY[1, 2, 3]'],
    ["col1['foo']->bar", "COL1['foo']->BAR"],
    ['cast(t.x as varchar)', 'CAST(T.X AS STRING)'],
    ['case when a then 1 else 2 end', '(CASE WHEN A THEN 1 ELSE 2 END)'],
    ['f(x => x + 1)', 'F((X) => (X + 1))'],
    ["'it''s'", "'it''s'"],
    ['1500E0', '1.5E3'],
    ['.5', '0.5'],
    ['"size"', '`size`'],
    ['"SIZE"', '`SIZE`'],
    ['"FOO"', 'FOO'],
    ['- -5', '- -5'],
  ];
  test.each(cases)('%s', (sql, printed) => {
    expect(printExpression(parseExpression(sql))).toBe(printed);
  });
});

test('queries print one clause and one select item a line', () => {
  const [first] = parse(
    "create table output with (key_format='KAFKA') as select test.f1 as k1, count(*) total from test test " +
      'join b within 10 seconds on test.a = b.a window tumbling (size 30 seconds) where test.f1 > 1 ' +
      'group by test.f1, test.f2 having count(*) > 1 emit changes;',
  );
  expect(first && printStatement(first)).toBe(
    [
      "CREATE TABLE OUTPUT WITH (KEY_FORMAT='KAFKA') AS SELECT",
      '  TEST.F1 K1,',
      '  COUNT(*) TOTAL',
      'FROM TEST TEST',
      'INNER JOIN B WITHIN 10 SECONDS ON (TEST.A = B.A)',
      'WINDOW TUMBLING ( SIZE 30 SECONDS )',
      'WHERE (TEST.F1 > 1)',
      'GROUP BY TEST.F1, TEST.F2',
      'HAVING (COUNT(*) > 1)',
      'EMIT CHANGES',
    ].join('\n'),
  );
});
