import { describe, expect, test } from 'vitest';
import { meaning, statements, testStatements } from './ast.test-support.ts';
import type { Statement } from './ast.ts';
import { parse, parseExpression, parseSchema, parseType } from './parse.ts';
import { printType } from './print-type.ts';

const one = (sql: string): Statement => {
  const [first, ...others] = parse(sql);
  expect(others).toEqual([]);
  if (first === undefined) throw new Error('no statement');
  return first;
};
const queryOf = (sql: string) => {
  const statement = one(sql);
  if (statement.kind !== 'select') throw new Error(`not a query: ${statement.kind}`);
  return statement.query;
};
const whereOf = (condition: string) => queryOf(`SELECT * FROM s WHERE ${condition};`).where;

describe('several spellings are one tree', () => {
  test.each([
    ['a != 1', 'a <> 1'],
    ['a NOT IN (1)', 'NOT a IN (1)'],
    ["a NOT LIKE 'x'", "NOT (a LIKE 'x')"],
    ['a NOT BETWEEN 1 AND 2', 'NOT a BETWEEN 1 AND 2'],
    ['a IS NOT DISTINCT FROM b', 'NOT (a IS DISTINCT FROM b)'],
    ['a || b', 'CONCAT(a, b)'],
    ['foo', '"FOO"'],
    ['foo', '`FOO`'],
    ["DECIMAL '1.20'", '1.20'],
    ['.5', '0.5'],
    ['1.', "DECIMAL '1'"],
    ['(a)', 'a'],
    ['a + b * c', 'a + (b * c)'],
    ['a - b + c', '(a - b) + c'],
    ['a OR b AND NOT c', 'a OR (b AND (NOT c))'],
    ['- a * b', '(- a) * b'],
    ['a + b || c', '(a + b) || c'],
    ['a /* x */ + -- y\n b', 'a + b'],
    ['CAST(a AS VARCHAR(10))', 'cast(a as string)'],
    ['CAST(a AS INT ARRAY)', 'CAST(a AS ARRAY<INTEGER>)'],
    ['CAST(a AS STRUCT<>)', 'CAST(a AS STRUCT< >)'],
    ['f(x => x)', 'F((X) => X)'],
  ])('%s and %s', (left, right) => {
    expect(meaning(parseExpression(left))).toEqual(meaning(parseExpression(right)));
  });

  test.each([
    ['LIST TOPICS;', 'show topics ;'],
    ['SELECT a AS b FROM s AS t;', 'SELECT a b FROM s t;'],
    ['SELECT * FROM a INNER JOIN b ON a.x = b.x;', 'SELECT * FROM a JOIN b ON a.x = b.x;'],
    ['SELECT * FROM a LEFT OUTER JOIN b ON x;', 'SELECT * FROM a LEFT JOIN b ON x;'],
    [
      'SELECT * FROM a JOIN b WITHIN 1 DAY ON x;',
      'SELECT * FROM a JOIN b WITHIN (1 DAYS, 1 DAYS) ON x;',
    ],
    [
      'SELECT * FROM a WINDOW w TUMBLING (SIZE 1 HOUR) GROUP BY x;',
      'SELECT * FROM a WINDOW TUMBLING (SIZE 1 HOURS) GROUP BY (x);',
    ],
    ["CREATE STREAM s WITH (kafka_topic='x');", "CREATE STREAM s WITH ('KAFKA_TOPIC'='x');"],
    ['ALTER STREAM s ADD a INT;', 'ALTER STREAM s ADD COLUMN a INT;'],
    ['PRINT x SAMPLE 2;', "PRINT 'x' INTERVAL 2;"],
    ['CREATE STREAM s (a INT(STRING) KEY);', 'CREATE STREAM s (a INTEGER KEY);'],
  ])('%s and %s', (left, right) => {
    expect(meaning(parse(left))).toEqual(meaning(parse(right)));
  });
});

describe('literals', () => {
  test.each([
    ['2147483647', 2147483647n, 'INTEGER'],
    ['2147483648', 2147483648n, 'BIGINT'],
    ['-2147483648', -2147483648n, 'INTEGER'],
    ['-2147483649', -2147483649n, 'BIGINT'],
    ['-9223372036854775808', -9223372036854775808n, 'BIGINT'],
    ['- 7', -7n, 'INTEGER'],
    ['007', 7n, 'INTEGER'],
  ])('%s', (sql, value, type) => {
    expect(parseExpression(sql)).toMatchObject({ kind: 'integer', value, type });
  });

  test.each([
    ['1.0', '1.0'],
    ['007.50', '7.50'],
    ['-.5', '-0.5'],
    ['-0.0', '0.0'],
    ['5.', '5'],
    ["DECIMAL '12E2'", '1200'],
    ["DECIMAL '12E-3'", '0.012'],
    ["DECIMAL '-1.5e1'", '-15'],
  ])('%s is the decimal %s', (sql, text) => {
    expect(parseExpression(sql)).toMatchObject({ kind: 'decimal', text });
  });

  test.each([
    ['1E3', 1000],
    ['.5e-2', 0.005],
    ['-1.E0', -1],
  ])('%s is the double %s', (sql, value) => {
    expect(parseExpression(sql)).toMatchObject({ kind: 'double', value });
  });

  test('strings double their quotes and know no backslashes', () => {
    expect(parseExpression("'it''s \\n'")).toMatchObject({ kind: 'string', value: "it's \\n" });
  });

  test('a sign is part of a number, but not of what is in parentheses', () => {
    expect(parseExpression('-(5)')).toMatchObject({ kind: 'unary', value: { value: 5n } });
    expect(parseExpression('2 -1')).toMatchObject({ kind: 'arithmetic', right: { value: 1n } });
    expect(parseExpression('2 - -1')).toMatchObject({ right: { value: -1n } });
  });
});

describe('names', () => {
  test('are folded unless quoted', () => {
    expect(parseExpression('foo@1')).toMatchObject({ name: { name: 'FOO@1', quoted: false } });
    expect(parseExpression('`a``b`')).toMatchObject({ name: { name: 'a`b', quoted: true } });
    expect(parseExpression('"a""b"')).toMatchObject({ name: { name: 'a"b', quoted: true } });
  });

  test('may start with a digit', () => {
    expect(parseExpression('1st')).toMatchObject({ kind: 'column', name: { name: '1ST' } });
    expect(parseExpression('1e')).toMatchObject({ kind: 'column', name: { name: '1E' } });
  });

  test('may be keywords that are not reserved', () => {
    const query = queryOf('SELECT map, array, struct, key, source.emit FROM emit EMIT CHANGES;');
    expect(query.from.source).toMatchObject({ name: { name: 'EMIT' }, alias: null });
    expect(query.emit).toBe('CHANGES');
    expect(query.select).toHaveLength(5);
  });

  test('that begin a clause are aliases elsewhere', () => {
    expect(queryOf('SELECT a emit FROM s partition PARTITION BY x;')).toMatchObject({
      select: [{ alias: { name: 'EMIT' } }],
      from: { source: { alias: { name: 'PARTITION' } } },
      partitionBy: { items: [{ name: { name: 'X' } }] },
    });
  });

  test('of topics, subjects, variables and connector properties keep their case', () => {
    expect(one('PRINT myTopic;')).toMatchObject({ topic: 'myTopic' });
    expect(one('ASSERT TOPIC Foo;')).toMatchObject({ topic: 'Foo' });
    expect(one("ASSERT SCHEMA SUBJECT 'a-b';")).toMatchObject({ subject: 'a-b' });
    expect(one("DEFINE Name = 'x';")).toMatchObject({ name: 'Name' });
    expect(one("CREATE SOURCE CONNECTOR c WITH (fooBar='x');")).toMatchObject({
      properties: [{ name: 'fooBar' }],
    });
  });
});

describe('where the grammar needs to look ahead', () => {
  test('GROUP BY takes a list in parentheses, and expressions that start with one', () => {
    const items = (by: string) => queryOf(`SELECT * FROM s GROUP BY ${by};`).groupBy?.items;
    expect(items('(a, b)')).toHaveLength(2);
    expect(items('(a + b) * c')).toHaveLength(1);
    expect(items('(a), b')).toHaveLength(2);
    expect(items('()')).toEqual([]);
    expect(items('(a IS NULL)')).toMatchObject([{ kind: 'isNull' }]);
    expect(queryOf('SELECT * FROM s GROUP BY (a, b) HAVING c;').having).not.toBeNull();
  });

  test('`->*` expands what stands right before it', () => {
    expect(queryOf('SELECT a->b->*, (a + b)->* FROM s;').select).toMatchObject([
      { kind: 'selectStructAll', base: { kind: 'dereference' } },
      { kind: 'selectStructAll', base: { kind: 'arithmetic' } },
    ]);
    expect(() => parse('SELECT (a) + (b)->* FROM s;')).toThrow("at or near '->'");
  });

  test('arguments are lambdas, units or expressions', () => {
    expect(parseExpression('f((x, y) => x, (x), DAYS, day, x => y)')).toMatchObject({
      arguments: [
        { kind: 'lambda' },
        { kind: 'column' },
        { kind: 'intervalUnit', unit: 'DAYS' },
        { kind: 'column', name: { name: 'DAY' } },
        { kind: 'lambda' },
      ],
    });
  });

  test('words before a bracket construct', () => {
    expect(parseExpression('array[1]')).toMatchObject({ kind: 'array' });
    expect(parseExpression('`ARRAY`[1]')).toMatchObject({ kind: 'subscript' });
    expect(parseExpression('map()')).toMatchObject({ kind: 'map', entries: [] });
    expect(parseExpression('map->a')).toMatchObject({ kind: 'dereference' });
  });

  test('IF, COLUMN, FUNCTION and TABLES are names where they cannot be more', () => {
    expect(one('CREATE STREAM if (a INT);')).toMatchObject({ name: { name: 'IF' } });
    expect(one('DROP STREAM IF EXISTS if;')).toMatchObject({ ifExists: true });
    expect(one('ALTER STREAM s ADD column INT;')).toMatchObject({
      columns: [{ name: { name: 'COLUMN' } }],
    });
    expect(one('DESCRIBE function;')).toMatchObject({ kind: 'describeSource' });
    expect(one('DESCRIBE FUNCTION f;')).toMatchObject({ kind: 'describeFunction' });
    expect(one('DESCRIBE TABLES;')).toMatchObject({ kind: 'describeTables' });
    expect(one('DESCRIBE "TABLES";')).toMatchObject({ kind: 'describeSource' });
  });

  test('EXPLAIN takes a query id or a statement', () => {
    expect(one('EXPLAIN show;')).toMatchObject({ kind: 'explainQuery' });
    expect(one('EXPLAIN SHOW TOPICS;')).toMatchObject({
      kind: 'explainStatement',
      statement: { kind: 'showTopics', text: 'SHOW TOPICS' },
    });
  });
});

describe('statements', () => {
  test.each([...statements])('%s', (sql) => {
    const statement = one(sql);
    expect(statement.text).toBe(sql);
    expect(statement.span).toEqual({ start: 0, end: sql.length });
  });

  test.each([...testStatements])('only with testStatements: %s', (sql) => {
    expect(parse(sql, { testStatements: true })).toHaveLength(1);
    expect(() => parse(sql)).toThrow('Syntax Error');
  });

  test('keep their exact text and place', () => {
    const sql = '-- first\n SHOW  TYPES ; ;\n/* second */ list topics;\n-- end';
    expect(parse(sql).map(({ kind, text, span }) => [kind, text, span.start])).toEqual([
      ['showTypes', 'SHOW  TYPES ;', 10],
      ['showTopics', 'list topics;', 39],
    ]);
    expect(parse(' -- nothing\n')).toEqual([]);
  });

  test('spans point at what was written', () => {
    const sql = 'SELECT (a + b) * c FROM s WHERE NOT x = 1;';
    const { select, where } = queryOf(sql);
    const [item] = select;
    if (item?.kind !== 'selectExpression' || item.expression.kind !== 'arithmetic') {
      throw new Error('not a product');
    }
    const text = ({ start, end }: { start: number; end: number }) => sql.slice(start, end);
    expect(text(item.expression.span)).toBe('(a + b) * c');
    expect(text(item.expression.left.span)).toBe('a + b');
    expect(where && text(where.span)).toBe('NOT x = 1');
  });

  test('variables are put in first', () => {
    const variables = new Map([['name', 'orders']]);
    expect(parse('DROP STREAM ${name};', { variables })).toMatchObject([
      { name: { name: 'ORDERS' } },
    ]);
  });

  test('conditions bind as in SQL', () => {
    expect(whereOf('a = 1 OR b = 2 AND c = 3')).toMatchObject({
      operator: 'OR',
      right: { operator: 'AND' },
    });
    expect(whereOf('a AND b OR c')).toMatchObject({ operator: 'OR', left: { operator: 'AND' } });
    expect(whereOf('a OR b OR c')).toMatchObject({ left: { operator: 'OR' } });
  });
});

describe('types and schemas', () => {
  test.each([
    ['int', 'INTEGER'],
    ['"bigint"', 'BIGINT'],
    ['varchar(20)', 'STRING'],
    ['decimal(4,2)', 'DECIMAL(4, 2)'],
    ['map<string, array<double>>', 'MAP<STRING, ARRAY<DOUBLE>>'],
    ['struct<a int, "b" address>', 'STRUCT<A INTEGER, `b` ADDRESS>'],
    ['struct< >', 'STRUCT< >'],
    ['int array array', 'ARRAY<ARRAY<INTEGER>>'],
  ])('%s is %s', (sql, printed) => {
    expect(printType(parseType(sql))).toBe(printed);
  });

  test('a column list needs no parentheses', () => {
    expect(parseSchema("ID BIGINT KEY, NAME STRING, H BYTES HEADER(' x ')")).toMatchObject([
      { name: { name: 'ID' }, type: { name: 'BIGINT' }, constraint: { kind: 'key' } },
      { name: { name: 'NAME' }, constraint: null },
      { name: { name: 'H' }, constraint: { kind: 'header', key: 'x' } },
    ]);
  });
});

describe('where the changes of a SELECT begin', () => {
  test('nowhere, unless it is written', () => {
    expect(queryOf('SELECT * FROM t EMIT CHANGES;').start).toBeUndefined();
    expect(queryOf('SELECT * FROM t EMIT FINAL;').start).toBeUndefined();
  });

  test('WITH SNAPSHOT and AFTER a token, before LIMIT', () => {
    expect(queryOf('SELECT * FROM t EMIT CHANGES WITH SNAPSHOT LIMIT 2;')).toMatchObject({
      emit: 'CHANGES',
      start: { kind: 'snapshot' },
      limit: 2,
    });
    expect(queryOf("SELECT * FROM t emit changes after '1.a.b';").start).toMatchObject({
      kind: 'after',
      token: '1.a.b',
    });
  });

  test('the words are names everywhere else', () => {
    expect(
      queryOf('SELECT snapshot, after AS after FROM snapshot after EMIT CHANGES;'),
    ).toMatchObject({
      from: { source: { name: { name: 'SNAPSHOT' }, alias: { name: 'AFTER' } } },
    });
  });

  test.each([
    'SELECT * FROM t WITH SNAPSHOT;',
    'SELECT * FROM t EMIT FINAL WITH SNAPSHOT;',
    'SELECT * FROM t EMIT CHANGES AFTER 7;',
    "SELECT * FROM t EMIT CHANGES WITH SNAPSHOT AFTER 'x';",
  ])('%s is refused', (sql) => {
    expect(() => parse(sql)).toThrow('Syntax Error');
  });
});
