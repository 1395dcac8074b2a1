import { describe, expect, test } from 'vitest';
import { ProblemError } from '../src/base/errors.ts';
import { parse, parseExpression, type ParseOptions } from './parse.ts';

function failure(sql: string, options?: ParseOptions): ProblemError {
  try {
    parse(sql, options);
  } catch (error) {
    if (error instanceof ProblemError) return error;
    throw error;
  }
  throw new Error(`parsed: ${sql}`);
}

describe('the second line of a syntax error', () => {
  const cases: readonly (readonly [string, string, string])[] = [
    // A reserved word where a name must stand.
    [
      'CREATE STREAM select (a INT);',
      '1:15',
      '"select" is a reserved keyword and it can\'t be used as an identifier.' +
        " You can use it as an identifier by escaping it as 'select' ",
    ],
    [
      'SELECT a AS LIMIT FROM s;',
      '1:13',
      '"LIMIT" is a reserved keyword and it can\'t be used as an identifier.' +
        " You can use it as an identifier by escaping it as 'LIMIT' ",
    ],
    [
      'TERMINATE STREAM;',
      '1:11',
      '"STREAM" is a reserved keyword and it can\'t be used as an identifier.' +
        " You can use it as an identifier by escaping it as 'STREAM' ",
    ],
    [
      "DEFINE topic = 'x';",
      '1:8',
      '"topic" is a reserved keyword and it can\'t be used as an identifier.' +
        " You can use it as an identifier by escaping it as 'topic' ",
    ],
    // Few ways on.
    ['CREATE STREAM s (k INT (KEY));', '1:25', "Expecting {'STRING', INTEGER_VALUE}"],
    ['CREATE STREAM s (k VARCHAR(STRING) (KEY));', '1:36', "Expecting {',', ')'}"],
    ['CREATE STREAM s (a INT b INT);', '1:24', "Expecting {',', ')'}"],
    ['SELECT a b c FROM s;', '1:12', "Expecting {',', 'FROM'}"],
    ['INSERT INTO s VALUES (1, 2;', '1:27', "Expecting {',', ')'}"],
    ['SELECT * FROM s LIMIT heh;', '1:23', "Syntax error at or near 'heh' at line 1:23"],
    ['SHOW TOPICS foo;', '1:13', "Expecting ';'"],
    ["SET 'a' = b;", '1:11', 'Expecting STRING'],
    ['TERMINATE;', '1:10', "Expecting {'ALL', IDENTIFIER}"],
    // No such statement.
    ['SELEC * FROM s;', '1:1', "Unknown statement 'SELEC'\nDid you mean 'SELECT'?"],
    ['descrbe s;', '1:1', "Unknown statement 'descrbe'\nDid you mean 'DESCRIBE'?"],
    ["RUN SCRIPT 'x.sql';", '1:1', "Unknown statement 'RUN'"],
    ['hello world;', '1:1', "Unknown statement 'hello'"],
    // One token is missing.
    ['SELECT COUNT(*) FROM s GROUP BY (a,(b,c));', '1:38', "missing ')' at ','"],
    ['SELECT COUNT(*) FROM s GROUP BY f3, (f2, f1);', '1:40', "missing ')' at ','"],
    ['SELECT * FROM s GROUP a;', '1:23', "missing 'BY' at 'a'"],
    // No alternative fits.
    ['ASSERT VALUES s VALUES (1);', '1:8', "Syntax error at or near 'VALUES' at line 1:8"],
    ['SELECT\n  CAST(x AS NULL) FROM s;', '2:13', "Syntax error at or near 'NULL' at line 2:13"],
    ['SELECT * FROM s ORDER BY a DESC;', '1:23', "Syntax error at or near 'BY' at line 1:23"],
    ['DROP FOO s;', '1:6', "Syntax error at or near 'FOO' at line 1:6"],
    ['SELECT a IN () FROM s;', '1:14', "Syntax error at or near ')' at line 1:14"],
    ['SELECT a = b = c FROM s;', '1:14', "Syntax error at or near '=' at line 1:14"],
    ['SELECT a+b->* FROM s;', '1:11', "Syntax error at or near '->' at line 1:11"],
    ['SELECT a ? b FROM s;', '1:10', "Syntax error at or near '?' at line 1:10"],
    // The text ends.
    [
      'CREATE STREAM s (a INT',
      '1:23',
      "Syntax error at or near \";\"\n'}', ']', or ')' is missing",
    ],
    ['SELECT * FROM s', '1:16', "Syntax error at or near \";\"\n'}', ']', or ')' is missing"],
  ];
  test.each(cases)('%s', (sql, where, reason) => {
    const error = failure(sql);
    // Wherever "Expecting" also lists a token more, the parser's words decide.
    expect(error.message).toBe(`line ${where}: Syntax Error\n${reason}`);
    expect(error.code).toBe('parse.syntax');
  });

  test('tells the line and column of a later statement', () => {
    const sql = 'SHOW TOPICS;\n\n  SHOW FOO;';
    expect(failure(sql)).toMatchObject({
      message: "line 3:8: Syntax Error\nSyntax error at or near 'FOO' at line 3:8",
      span: { start: 21, end: 24 },
    });
  });

  test('cuts long tokens', () => {
    expect(failure(`SELECT * FROM s '${'x'.repeat(100_000)}';`).message.length).toBeLessThan(300);
  });

  test('is worded for expressions by themselves too', () => {
    expect(() => parseExpression('a b')).toThrow("Syntax error at or near 'b' at line 1:3");
    expect(() => parseExpression('')).toThrow('line 1:1: Syntax Error');
  });
});

describe('hints', () => {
  test.each([
    ['SELECT * FORM s;', "Did you mean 'FROM'?"],
    ['SELECT * FROM s ORDER BY a;', 'There is no ORDER BY: sort the rows where you read them.'],
    [
      'SELECT * FROM (SELECT * FROM s);',
      'There are no sub-queries: make the inner one a CREATE STREAM … AS or CREATE TABLE … AS, and read from that.',
    ],
    [
      'UPDATE s SET a = 1;',
      'A row of a table is replaced by INSERT INTO … VALUES with the same key.',
    ],
    [
      'DELETE FROM s;',
      'A row of a table goes when a record with its key and no value comes to the topic.',
    ],
    ['CREATE CONNECTOR c WITH (a = 1);', 'Connectors are not supported by this server.'],
    ['SELECT 1;', 'A query reads FROM a stream or table.'],
    ['SELECT a FORM s;', "Did you mean 'FROM'?"],
    ['SELECT * FROM s WERE a = 1;', "Did you mean 'WHERE'?"],
    ['SELECT * FROM s EMIT CHANGE;', "Did you mean 'CHANGES'?"],
    ['SELECT size FROM s;', 'size is a reserved word: as a name, write `SIZE`.'],
    ["DEFINE topic = 'x';", 'Take another name for the variable.'],
    ['SELECT ${x} FROM s;', "The variable x is not defined: DEFINE x = 'value';"],
    ["SELECT 'abc FROM s;", "What starts here with ' is never closed."],
    ['SELECT a /* b FROM s;', 'What starts here with /* is never closed.'],
    ['SELECT * FROM s', "End the statement with ';'."],
  ])('%s: %s', (sql, hint) => {
    expect(failure(sql).hint).toBe(hint);
  });
});

describe('numbers that do not fit', () => {
  test.each([
    ['SELECT k, 9223372036854775808 FROM s;', '1:12: Invalid numeric literal: 9223372036854775808'],
    ['SELECT -9223372036854775809 FROM s;', '1:9: Invalid numeric literal: -9223372036854775809'],
    [
      'SELECT 1.7976931348623159E308 FROM s;',
      '1:9: Number overflows DOUBLE: 1.7976931348623159E308',
    ],
    ["SELECT DECIMAL 'x' FROM s;", '1:9: Invalid numeric literal: x'],
    ['SELECT * FROM s LIMIT 9007199254740993;', '1:24: Invalid numeric literal: 9007199254740993'],
  ])('%s', (sql, message) => {
    expect(failure(sql)).toMatchObject({
      code: 'parse.number',
      message: `Failed to prepare statement: line ${message}`,
    });
  });

  test('a decimal has a thousand digits at most', () => {
    expect(failure("SELECT DECIMAL '1E999999999' FROM s;").code).toBe('parse.number-too-long');
  });

  test('a length of time is a safe number of milliseconds', () => {
    const sql = 'SELECT * FROM s WINDOW TUMBLING (SIZE 9007199254740991 DAYS) GROUP BY a;';
    expect(failure(sql).code).toBe('parse.duration');
  });
});

describe('what parses but is refused', () => {
  test('literals with a type other than DECIMAL', () => {
    expect(failure("SELECT DATE '2020-01-01' FROM s;").message).toBe(
      'Failed to prepare statement: Unknown type: DATE, location:Line: 1, Col: 8',
    );
  });

  test.each(['"a b"', '`ünï`', 'a@b', '``'])('a stream called %s', (name) => {
    const got = name.replace(/["`]/g, '').replace('a@b', 'A@B');
    expect(failure(`CREATE STREAM ${name} (a INT);`)).toMatchObject({
      code: 'parse.source-name',
      message:
        'Illegal argument at Line: 1, Col: 15: Source names may only contain alphanumeric values,' +
        ` '_' or '-'. Got: '${got}'`,
    });
  });

  test('AT TIME ZONE', () => {
    expect(failure("SELECT a AT TIME ZONE 'UTC' FROM s;").code).toBe('parse.unsupported');
  });
});

describe('size', () => {
  const tooLarge =
    'Statement is too large to parse. This may be caused by having too many nested expressions';
  const nested = (count: number, open: string, close: string) =>
    `SELECT ${open.repeat(count)}a${close.repeat(count)} FROM s;`;

  test.each([
    ['parentheses', 199, '(', ')'],
    ['indexes', 199, 'a[', ']'],
    ['CAST', 199, 'CAST(', ' AS INT)'],
    ['calls', 132, 'f(', ')'],
    ['CASE', 132, 'CASE WHEN TRUE THEN ', ' END'],
    ['predicates', 132, 'a IN (', ')'],
    ['constructors', 132, 'STRUCT(a := ', ')'],
    ['lambdas', 99, 'f(x => ', ')'],
  ])('nesting of %s is limited', (_, deepest, open, close) => {
    expect(parse(nested(deepest, open, close))).toHaveLength(1);
    expect(failure(nested(deepest + 2, open, close)).message).toContain(tooLarge);
    expect(failure(nested(20_000, open, close)).message).toContain(tooLarge);
  });

  test.each([
    ['types', `SELECT CAST(a AS ${'ARRAY<'.repeat(300)}INT${'>'.repeat(300)}) FROM s;`],
    ['array suffixes', `SELECT CAST(a AS INT${' ARRAY'.repeat(5_000)}) FROM s;`],
    ['NOT', `SELECT ${'NOT '.repeat(5_000)}a FROM s;`],
    ['signs', `SELECT ${'- '.repeat(5_000)}a FROM s;`],
    ['sums', `SELECT a${' + a'.repeat(5_000)} FROM s;`],
    ['conditions', `SELECT a${' AND a'.repeat(5_000)} FROM s;`],
    ['indexes in a row', `SELECT a${'[1]'.repeat(5_000)} FROM s;`],
    ['EXPLAIN', `${'EXPLAIN '.repeat(5_000)} SHOW TOPICS;`],
  ])('deep trees of %s are refused', (_, sql) => {
    const error = failure(sql);
    expect(error.message).toContain(tooLarge);
    expect(error.span).toBeDefined();
  });

  test('long lists are fine', () => {
    const items = Array.from({ length: 20_000 }, (_, index) => index).join();
    expect(
      parse(`SELECT * FROM s WHERE a IN (${items}) AND b${' AND b'.repeat(400)};`),
    ).toHaveLength(1);
  });

  test('text has a maximal length', () => {
    expect(failure(`-- ${'x'.repeat(1024 * 1024)}`).code).toBe('parse.too-large');
  });

  test('names have a maximal length', () => {
    expect(failure(`SELECT ${'x'.repeat(1_001)} FROM s;`).code).toBe('parse.name-too-long');
  });
});
