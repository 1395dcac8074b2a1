import { describe, expect, it, test } from 'vitest';
import { createRegistry } from '../../functions/registry.ts';
import { builtinFunctions } from '../../functions/table.ts';
import { printExpression } from '../../plan/print-expression.ts';
import { run, testWorld } from './catalog.test-helper.ts';
import type { PullEffect } from './pull.ts';

const functions = createRegistry(builtinFunctions);
const SOURCES = `
  CREATE STREAM S (ID INT KEY, NAME STRING) WITH (KAFKA_TOPIC='s');
  CREATE TABLE RAW (ID INT PRIMARY KEY, NAME STRING) WITH (KAFKA_TOPIC='raw');
  CREATE TABLE T AS SELECT ID, COUNT(*) AS N FROM S GROUP BY ID;
  CREATE TABLE NAMES AS SELECT NAME, COUNT(*) AS N FROM S GROUP BY NAME;
  CREATE TABLE TWO AS SELECT ID, NAME, COUNT(*) AS N FROM S GROUP BY ID, NAME;
  CREATE TABLE W AS SELECT ID, COUNT(*) AS N FROM S WINDOW TUMBLING (SIZE 1 SECOND) GROUP BY ID;
`;
const NO_SCANS = { 'ksql.query.pull.table.scan.enabled': 'false' };

function pulled(sql: string, properties: Record<string, string> = {}): PullEffect {
  const world = testWorld(functions, { properties });
  run(world, SOURCES);
  const effect = run(world, sql);
  if (effect?.kind !== 'pull') throw new Error('not a pull query');
  return effect;
}
function table(
  sql: string,
  properties?: Record<string, string>,
): Extract<PullEffect['plan'], { kind: 'table' }> {
  const { plan } = pulled(sql, properties);
  if (plan.kind !== 'table') throw new Error('not over a table');
  return plan;
}

describe('keys', () => {
  test.each([
    ['SELECT * FROM T WHERE ID = 10;', [[10]]],
    ['SELECT * FROM T WHERE 10 = ID AND N > 1;', [[10]]],
    ['SELECT * FROM T WHERE ID = 5 + 5;', [[10]]],
    ['SELECT * FROM T WHERE ID IN (1, 2, 1) AND N > 1;', [[1], [2]]],
    ['SELECT * FROM T WHERE ID = 1 OR ID = 2;', [[1], [2]]],
    ["SELECT * FROM NAMES WHERE NAME = CONCAT('a', 'b');", [['ab']]],
    [
      "SELECT * FROM TWO WHERE ID IN (1, 2) AND NAME = 'x';",
      [
        [1, 'x'],
        [2, 'x'],
      ],
    ],
    ['SELECT * FROM T WHERE ID > 1;', null],
    ['SELECT * FROM T WHERE ID = N;', null],
    ['SELECT * FROM T WHERE ID = 1 OR N = 2;', null],
    ['SELECT * FROM T;', null],
    ['SELECT * FROM TWO WHERE ID = 1;', null],
  ])('%s', (sql, lookups) => {
    expect(table(sql).lookups).toEqual(lookups);
  });

  it('evaluates the whole condition over what is found', () => {
    const { predicate } = table('SELECT * FROM T WHERE ID IN (1, 2) AND N > 1;');
    expect(predicate && printExpression(predicate)).toBe('((ID IN (1, 2)) AND (N > 1))');
  });

  it('needs no scan for a range of a text key', () => {
    expect(table("SELECT * FROM NAMES WHERE NAME < 'b';", NO_SCANS).lookups).toBeNull();
  });
});

describe('windows', () => {
  const most = Number.MAX_SAFE_INTEGER;
  test.each([
    ['WINDOWSTART = 1000', { startMin: 1000, startMax: 1000, endMin: 0, endMax: most }],
    [
      'WINDOWSTART > 1000 AND WINDOWEND <= 5000',
      { startMin: 1001, startMax: most, endMin: 0, endMax: 5000 },
    ],
    [
      '1000 <= WINDOWSTART AND WINDOWSTART < 2000',
      { startMin: 1000, startMax: 1999, endMin: 0, endMax: most },
    ],
    [
      "WINDOWSTART BETWEEN 10 AND '1970-01-02'",
      { startMin: 10, startMax: 86_400_000, endMin: 0, endMax: most },
    ],
    ['N > 1', null],
  ])('%s', (condition, window) => {
    expect(table(`SELECT * FROM W WHERE ID = 1 AND ${condition};`).window).toEqual(window);
  });

  it('covers the windows of every alternative', () => {
    const sql =
      'SELECT * FROM W WHERE (ID = 1 AND WINDOWSTART = 5) OR (ID = 2 AND WINDOWSTART = 9);';
    expect(table(sql).window).toMatchObject({ startMin: 5, startMax: 9 });
  });
});

describe('columns', () => {
  it('marks key columns and window bounds', () => {
    const { columns } = pulled('SELECT *, ROWTIME FROM W;');
    expect(columns.map(({ name, role }) => `${name} ${role}`)).toEqual([
      'ID key',
      'WINDOWSTART key',
      'WINDOWEND key',
      'N value',
      'ROWTIME value',
    ]);
  });

  it('reads a stream to its end', () => {
    const { plan, columns } = pulled('SELECT NAME, ID FROM S WHERE ID > 1 LIMIT 2;');
    expect(plan).toMatchObject({ kind: 'stream', limit: 2 });
    expect(columns.map(({ role }) => role)).toEqual(['value', 'value']);
  });
});

describe('refusals', () => {
  test.each([
    [
      'SELECT * FROM RAW;',
      "The `RAW` table isn't queryable. To derive a queryable table, you can do 'CREATE TABLE QUERYABLE_RAW AS SELECT * FROM RAW'.",
    ],
    [
      'SELECT * FROM T JOIN W ON T.ID = W.ID;',
      "Pull queries don't support JOIN clauses. See https://cnfl.io/queries for more info.\nAdd EMIT CHANGES if you intended to issue a push query.",
    ],
    ['SELECT ID, COUNT(*) FROM T GROUP BY ID;', "Pull queries don't support GROUP BY clauses."],
    ['SELECT * FROM S PARTITION BY NAME;', "Pull queries don't support PARTITION BY clauses."],
    ['SELECT * FROM T HAVING N > 1;', "Pull queries don't support HAVING clauses."],
    [
      'SELECT * FROM S WINDOW TUMBLING (SIZE 1 SECOND);',
      "Pull queries don't support WINDOW clauses.",
    ],
    [
      'SELECT ROWOFFSET, ROWPARTITION FROM S;',
      "Pull queries don't support the following columns in SELECT clauses: `ROWOFFSET`, `ROWPARTITION`",
    ],
    [
      'SELECT * FROM S WHERE ROWOFFSET > 1;',
      "Pull queries don't support the following columns in WHERE clauses: `ROWOFFSET`",
    ],
    [
      "SELECT * FROM T WHERE ID = '10';",
      "Error in WHERE expression: Cannot compare ID (INTEGER) to '10' (STRING) with EQUAL.\nStatement: (ID = '10')",
    ],
    [
      'SELECT * FROM T WHERE ID = NULL;',
      "Error in WHERE expression: Comparison with NULL not supported: INTEGER = NULL\nUse 'IS NULL' or 'IS NOT NULL' instead.\nStatement: (ID = null)",
    ],
    [
      "SELECT * FROM T WHERE ID IN ('10', 8);",
      "'10' can not be converted to the type of the key column: ID INTEGER KEY",
    ],
    [
      'SELECT * FROM T WHERE ID = CAST(NULL AS INT);',
      'Primary key columns can not be NULL: (ID = CAST(null AS INTEGER))',
    ],
    [
      "SELECT * FROM NAMES WHERE NAME BETWEEN 1 AND 'b';",
      'Invalid expression: Cannot compare NAME (STRING) to 1 (INTEGER) with GREATER_THAN_OR_EQUAL',
    ],
    [
      'SELECT * FROM T WHERE ID = 1 AND WINDOWEND = 1;',
      "WHERE column 'WINDOWEND' cannot be resolved",
    ],
    [
      'SELECT * FROM W WHERE ID = 1 AND WINDOWSTART > 1 AND WINDOWSTART >= 2;',
      'Duplicate WINDOWSTART bounds on: GREATER_THAN',
    ],
    [
      'SELECT * FROM W WHERE ID = 1 AND WINDOWEND = 1 AND WINDOWEND >= 2;',
      '`(WINDOWEND = 1)` cannot be combined with other WINDOWEND bounds',
    ],
    [
      'SELECT * FROM W WHERE ID = 1 AND WINDOWSTART > 1.5;',
      'Window bounds must resolve to an INT, BIGINT, or STRING containing a datetime.',
    ],
    ['SELECT COUNT(*) FROM S;', "Pull queries don't support aggregate functions such as COUNT."],
  ])('%s', (sql, message) => {
    expect(() => pulled(sql)).toThrow(message);
  });

  test.each([
    [
      'SELECT * FROM T;',
      'Missing WHERE clause. See https://cnfl.io/queries for more info.\nPull queries require a WHERE clause that:',
    ],
    ['SELECT * FROM T WHERE N = 100;', 'WHERE clause missing key column for disjunct: (N = 100)'],
    [
      'SELECT * FROM T WHERE ID <> 1;',
      "Bound on key columns '[`ID` INTEGER KEY]' must currently be '='. ",
    ],
    [
      'SELECT * FROM T WHERE ID = N - 1;',
      'A comparison must be between a key column and a resolvable expression.',
    ],
    ['SELECT * FROM T WHERE ID + 1 = 2;', 'A comparison must directly reference a key column'],
    [
      'SELECT * FROM T WHERE 0 < ID AND ID < 9;',
      'A comparison condition on the key column cannot be combined with other comparisons such as an IN predicate',
    ],
    ['SELECT * FROM T WHERE ID > 9;', 'Query requires table scan to be enabled'],
    [
      "SELECT * FROM NAMES WHERE NAME < 'a' OR NAME > 'b';",
      'Query requires table scan to be enabled',
    ],
    [
      'SELECT * FROM TWO WHERE ID = 1;',
      'Multi-column sources must specify every key in the WHERE clause. Specified: [ID] Expected: [`ID` INTEGER KEY, `NAME` STRING KEY]',
    ],
    ["SELECT * FROM T WHERE '1' LIKE '1';", 'Like condition must be between strings'],
  ])('without table scans: %s', (sql, message) => {
    expect(() => pulled(sql, NO_SCANS)).toThrow(message);
  });

  it('refuses what is switched off', () => {
    expect(() => pulled('SELECT * FROM T;', { 'ksql.pull.queries.enable': 'false' })).toThrow(
      'Pull queries are disabled. See https://cnfl.io/queries for more info.\nAdd EMIT CHANGES if you intended to issue a push query.\nPlease set ksql.pull.queries.enable=true to enable this feature.',
    );
    expect(() =>
      pulled('SELECT * FROM T LIMIT 1;', { 'ksql.query.pull.limit.clause.enabled': 'false' }),
    ).toThrow('LIMIT clause in pull queries is currently disabled.');
  });
});
