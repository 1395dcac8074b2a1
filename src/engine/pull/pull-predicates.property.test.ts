/**
 * Whatever a WHERE clause says of keys and windows, and however rows are found: the rows are those of the whole table for which it
 * holds. The oracle evaluates the same conditions over the whole table in plain JavaScript.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { StatementFailure } from '../api.ts';
import { testEngine, type TestEngine } from '../engine.test-helper.ts';

/** A row by the names of its columns, and whether a condition holds for it. */
type Cells = Readonly<Record<string, string | number>>;
interface Condition {
  readonly sql: string;
  readonly holds: (cells: Cells) => boolean;
}

const comparisons = {
  '=': (a: Cell, b: Cell) => a === b,
  '<>': (a: Cell, b: Cell) => a !== b,
  '<': (a: Cell, b: Cell) => a < b,
  '<=': (a: Cell, b: Cell) => a <= b,
  '>': (a: Cell, b: Cell) => a > b,
  '>=': (a: Cell, b: Cell) => a >= b,
} as const;
type Cell = string | number;
const operators = Object.keys(comparisons) as (keyof typeof comparisons)[];
const flipped = { '=': '=', '<>': '<>', '<': '>', '<=': '>=', '>': '<', '>=': '<=' } as const;

const literal = (value: Cell): string => (typeof value === 'string' ? `'${value}'` : String(value));
/** The same value as an expression that must be evaluated to be known. */
const computed = (value: Cell): string =>
  typeof value === 'string' ? `CONCAT('${value}', '')` : `${value - 1} + 1`;

function atom(column: string, values: fc.Arbitrary<Cell>): fc.Arbitrary<Condition> {
  const operator = fc.constantFrom(...operators);
  const text = fc.constantFrom(literal, literal, computed);
  const compared = fc
    .tuple(operator, values, text, fc.boolean())
    .map(([name, value, write, isFlipped]): Condition => {
      const sql = isFlipped
        ? `${write(value)} ${flipped[name]} ${column}`
        : `${column} ${name} ${write(value)}`;
      return { sql, holds: (cells) => comparisons[name](cells[column]!, value) };
    });
  const among = fc.tuple(fc.array(values, { minLength: 1, maxLength: 4 }), fc.boolean()).map(
    ([list, isNot]): Condition => ({
      sql: `${column} ${isNot ? 'NOT ' : ''}IN (${list.map(literal).join(', ')})`,
      holds: (cells) => list.includes(cells[column]!) !== isNot,
    }),
  );
  const between = fc.tuple(values, values, fc.boolean()).map(
    ([low, high, isNot]): Condition => ({
      sql: `${column} ${isNot ? 'NOT ' : ''}BETWEEN ${literal(low)} AND ${literal(high)}`,
      holds: (cells) => (cells[column]! >= low && cells[column]! <= high) !== isNot,
    }),
  );
  return fc.oneof({ weight: 3, arbitrary: compared }, among, between);
}

function conditions(atoms: fc.Arbitrary<Condition>): fc.Arbitrary<Condition> {
  const { tree } = fc.letrec<{ tree: Condition }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      { weight: 3, arbitrary: atoms },
      fc.tuple(tie('tree'), tie('tree')).map(([a, b]) => ({
        sql: `(${a.sql} AND ${b.sql})`,
        holds: (cells: Cells) => a.holds(cells) && b.holds(cells),
      })),
      fc.tuple(tie('tree'), tie('tree')).map(([a, b]) => ({
        sql: `(${a.sql} OR ${b.sql})`,
        holds: (cells: Cells) => a.holds(cells) || b.holds(cells),
      })),
      tie('tree').map((a) => ({ sql: `NOT (${a.sql})`, holds: (cells: Cells) => !a.holds(cells) })),
    ),
  }));
  return tree;
}

async function check(
  server: TestEngine,
  columns: readonly string[],
  condition: Condition,
): Promise<void> {
  const select = `SELECT ${columns.join(', ')} FROM T`;
  const all = await server.rows(`${select};`);
  let found: readonly string[];
  try {
    found = await server.rows(`${select} WHERE ${condition.sql};`);
  } catch (error) {
    // ksqlDB refuses some combinations of bounds (spec: semantics.md §12.3).
    const code = error instanceof StatementFailure ? error.data.problem.code : '';
    if (code === 'pull.window-bounds') return;
    throw error;
  }
  const expected = all.filter((row) => {
    const cells = JSON.parse(row) as Cell[];
    return condition.holds(Object.fromEntries(columns.map((name, at) => [name, cells[at]!])));
  });
  expect([condition.sql, found.toSorted()]).toEqual([condition.sql, expected.toSorted()]);
}

const names = fc.constantFrom('a', 'b', 'c', 'd', 'nobody');
const numbers = fc.integer({ min: -1, max: 5 });

test('of a table with a key of text', async () => {
  await using server = await testEngine();
  await server.run(
    "CREATE STREAM S (K STRING KEY, V INT) WITH (KAFKA_TOPIC='s', VALUE_FORMAT='JSON', PARTITIONS=3);" +
      'CREATE TABLE T AS SELECT K, COUNT(*) AS N FROM S GROUP BY K;',
  );
  await server.engine.insertRows(
    'S',
    [...'abcdabcaba'].map((key) => JSON.stringify({ K: key, V: 1 })),
  );
  const atoms = fc.oneof(atom('K', names), atom('K', names), atom('N', numbers));
  await fc.assert(
    fc.asyncProperty(conditions(atoms), (condition) => check(server, ['K', 'N'], condition)),
    { numRuns: 300 },
  );
});

test('of a table with a key of two columns', async () => {
  await using server = await testEngine();
  await server.run(
    "CREATE STREAM S (A INT, B STRING) WITH (KAFKA_TOPIC='s', VALUE_FORMAT='JSON', PARTITIONS=1);" +
      "CREATE TABLE T WITH (KEY_FORMAT='JSON') AS SELECT A, B, COUNT(*) AS N FROM S GROUP BY A, B;",
  );
  const rows = [0, 1, 2, 3].flatMap((a) => ['a', 'b'].map((b) => JSON.stringify({ A: a, B: b })));
  await server.produce('s', ...rows, ...rows.slice(0, 3));
  const atoms = fc.oneof(atom('A', numbers), atom('B', names), atom('N', numbers));
  await fc.assert(
    fc.asyncProperty(conditions(atoms), (condition) => check(server, ['A', 'B', 'N'], condition)),
    { numRuns: 300 },
  );
});

test('of a table by windows', async () => {
  await using server = await testEngine();
  await server.run(
    "CREATE STREAM S (K INT, TS BIGINT) WITH (KAFKA_TOPIC='s', VALUE_FORMAT='JSON', PARTITIONS=1, TIMESTAMP='TS');" +
      "CREATE TABLE T WITH (KEY_FORMAT='JSON') AS SELECT K, COUNT(*) AS N FROM S " +
      'WINDOW HOPPING (SIZE 4 SECONDS, ADVANCE BY 2 SECONDS) GROUP BY K;',
  );
  const rows = [0, 1, 2].flatMap((k) =>
    [0, 1, 2, 3, 4].map((at) => JSON.stringify({ K: k, TS: (at + 1) * 1500 })),
  );
  await server.produce('s', ...rows);
  const times = fc.integer({ min: 0, max: 10 }).map((at) => at * 1000);
  const atoms = fc.oneof(
    atom('K', numbers),
    atom('WINDOWSTART', times),
    atom('WINDOWEND', times),
    atom('N', numbers),
  );
  const columns = ['K', 'WINDOWSTART', 'WINDOWEND', 'N'];
  await fc.assert(
    fc.asyncProperty(conditions(atoms), (condition) => check(server, columns, condition)),
    { numRuns: 300 },
  );
});
