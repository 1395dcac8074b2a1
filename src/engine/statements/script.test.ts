import { expect, test } from 'vitest';
import { ProblemError } from '../../base/errors.ts';
import { parseScript, statementAt } from './script.ts';

const none: ReadonlyMap<string, string> = new Map();

function texts(sql: string, variables = none): readonly string[] {
  return parseScript(sql, variables).map(({ text }) => text);
}

function problemOf(sql: string, variables = none): ProblemError {
  try {
    parseScript(sql, variables);
  } catch (error) {
    if (error instanceof ProblemError) return error;
  }
  throw new Error('nothing was refused');
}

test('a DEFINE changes what follows it, an UNDEFINE ends that', () => {
  const sql = "DESCRIBE ${s}; DEFINE s = 'B'; DESCRIBE ${s};";
  expect(texts(sql, new Map([['s', 'A']]))).toEqual([
    'DESCRIBE A;',
    "DEFINE s = 'B';",
    'DESCRIBE B;',
  ]);
  const undefine = "DEFINE s = 'B'; UNDEFINE s; DESCRIBE ${s};";
  expect(problemOf(undefine).hint).toContain('The variable s is not defined');
});

test('spans and lines count from the start of the whole text, also behind variables', () => {
  const [, described] = parseScript("DEFINE s = 'ORDERS';\nDESCRIBE ${s};", none);
  expect(described?.ast.span).toEqual({ start: 21, end: 37 });
  expect(described?.script.slice(21, 37)).toBe('DESCRIBE ORDERS;');
  const sql = "DEFINE s = 'A';\nDESCRIBE ${s};\nDESCRIBE ${s} ONCE;";
  expect(problemOf(sql).message).toMatch(/^line 3:12: /);
});

test('a value that does not fit is reported where its variable stands', () => {
  const sql = "DEFINE n = '1; DROP STREAM S';\nSELECT * FROM S LIMIT ${n};";
  expect(problemOf(sql).span).toEqual({ start: 53, end: 57 });
});

test('variables stay as they are where substitution is off', () => {
  const options = { substitute: false, testStatements: false };
  expect(parseScript("DEFINE a = '${b}';", none, options).map(({ text }) => text)).toEqual([
    "DEFINE a = '${b}';",
  ]);
});

test('the statement at a place', () => {
  const sql = 'SHOW STREAMS; -- all\nSHOW TABLES;SHOW TOPICS';
  expect(statementAt(sql, 0)).toBe('SHOW STREAMS;');
  expect(statementAt(sql, 26)).toBe('SHOW TABLES;');
  expect(statementAt(sql, 33)).toBe('SHOW TOPICS');
  expect(statementAt(sql, sql.length)).toBe('SHOW TOPICS');
  expect(statementAt('  ', 1)).toBeNull();
});
