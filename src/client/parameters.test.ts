/** What a parameter becomes is judged by the language's own scanner and parser. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Expression } from '../../grammar/ast.ts';
import { parse } from '../../grammar/parse.ts';
import { substituteVariables } from '../../grammar/variables.ts';
import { decimal, literal, type Parameter } from './literal.ts';
import { withParameters } from './parameters.ts';

const options = { substitutes: true };
const bind = (sql: string, ...parameters: Parameter[]) => withParameters(sql, parameters, options);
const refused = expect.objectContaining({ code: 'client.bad-parameter' });

/** What a statement compares, after a server with a variable of every name that is tried has put it together. */
function compared(sql: string): Expression {
  const known = new Map(['x', 'a', 'name', '1'].map((name) => [name, "gone' OR 'a' = 'a"]));
  const statements = parse(substituteVariables(sql, known));
  expect(statements.length).toBe(1);
  const [statement] = statements;
  if (statement?.kind !== 'select') throw new Error(`a ${statement?.kind} came of it`);
  const { where } = statement.query as unknown as { readonly where: Expression };
  expect(where.kind).toBe('comparison');
  return (where as unknown as { readonly right: Expression }).right;
}

/** Pieces of which injections are made. */
const hostile = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        ...[
          "'",
          "''",
          '"',
          '`',
          '\\',
          "\\'",
          '--',
          '/*',
          '*/',
          ';',
          '?',
          '${x}',
          '$${x}',
          '${',
          '$',
          '}',
        ],
        ...[
          "' OR 'a' = 'a",
          "'; DROP TABLE t; --",
          '\n',
          '\r',
          '\0',
          '\u2028',
          '\ud800',
          '\uffff',
          '\u02bc',
          '%27',
        ],
      ),
      fc.string({ unit: 'binary', maxLength: 5 }),
    ),
    { maxLength: 8 },
  )
  .map((pieces) => pieces.join(''));

describe('text as a parameter', () => {
  test('is one string of exactly that value, ten thousand times', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const right = compared(bind('SELECT * FROM t WHERE k=?EMIT CHANGES;', text));
        expect(right).toMatchObject({ kind: 'string', value: text });
      }),
      { numRuns: 10_000 },
    );
  });

  test('is so as well where the server replaces no variables', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const sql = withParameters('SELECT * FROM t WHERE k = ?;', [text], { substitutes: false });
        const [statement] = parse(sql) as unknown as readonly [
          { readonly query: { readonly where: { readonly right: Expression } } },
        ];
        expect(statement.query.where.right).toMatchObject({ kind: 'string', value: text });
      }),
      { numRuns: 1_000 },
    );
  });

  test('stays apart from its neighbours', () => {
    fc.assert(
      fc.property(hostile, hostile, (one, other) => {
        const sql = bind("INSERT INTO t VALUES ('a',?,?,'b');", one, other);
        const [statement] = parse(substituteVariables(sql, new Map([['x', 'gone']])));
        const { values } = statement as unknown as { readonly values: readonly Expression[] };
        expect(values.map((value) => (value as { readonly value?: unknown }).value)).toEqual([
          'a',
          one,
          other,
          'b',
        ]);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('literals', () => {
  test.each<[Parameter, string]>([
    [null, 'NULL'],
    [true, 'TRUE'],
    [7, '7'],
    [-7, '-7'],
    [1.5, '1.5E0'],
    [1e21, '1E21'],
    [5e-324, '5E-324'],
    [2 ** 60, '1.152921504606847E18'],
    [-0, '-0E0'],
    [Number.NaN, "CAST('NaN' AS DOUBLE)"],
    [-(2n ** 63n), '-9223372036854775808'],
    ["it's", "'it''s'"],
    ['${x} $${y} ${ z }', "'$${x} $$${y} ${ z }'"],
    [decimal('-19.90'), '-19.90'],
    [decimal('19'), '19.'],
    [new Uint8Array([1, 2, 255]), "TO_BYTES('AQL/', 'base64')"],
    [new Date(Date.UTC(2024, 4, 1, 10, 15, 30, 7)), "'2024-05-01T10:15:30.007'"],
    [['a', null], "ARRAY['a', NULL]"],
    [new Map([['a', 1]]), "MAP('a' := 1)"],
    [{ 'a`b': 1n, c: { d: 'x' } }, "STRUCT(`a``b` := 1, `c` := STRUCT(`d` := 'x'))"],
  ])('%o is %s', (value, text) => {
    expect(literal(value, options)).toBe(text);
    expect(parse(`SELECT ${text} FROM s EMIT CHANGES;`).length).toBe(1);
  });

  test('numbers come back as they were', () => {
    const number = fc.double({ noNaN: true, noDefaultInfinity: true });
    fc.assert(
      fc.property(number, (value) => {
        expect(Number(literal(value, options))).toBe(value);
      }),
    );
  });

  test.each<[string, unknown]>([
    ['an integer beyond 64 bits', 2n ** 63n],
    ['an empty array', []],
    ['an empty map', new Map()],
    ['nothing', undefined],
    ['a function', () => 1],
    ['an object of a class', new URL('http://localhost')],
    ['a date that is none', new Date(Number.NaN)],
    ['a date far off', new Date(8.64e15)],
    ['a field that names a variable', { '${x}': 1 }],
  ])('%s is refused', (_, value) => {
    expect(() => literal(value as Parameter, options)).toThrow(refused);
  });

  test.each(['1e5', '', '.', "1' OR", '1.2.3', ' 1', '--1'])('%o is no decimal', (text) => {
    expect(() => decimal(text)).toThrow(refused);
  });
});

describe('question marks', () => {
  test('in strings, names and comments are no parameters', () => {
    const sql = `SELECT '?', 'it''s ?', "a?", \`b?\` -- ?\n/* ? */ FROM s WHERE k = ?;`;
    expect(bind(sql, 1)).toBe(sql.replace('k = ?', 'k =  1 '));
  });

  test('a minus sign before one makes no comment of it', () => {
    expect(bind('SELECT 1-? FROM s EMIT CHANGES;', -1)).toBe('SELECT 1- -1  FROM s EMIT CHANGES;');
  });

  test.each([
    ['too many', 'SELECT ? FROM s;', [1, 2]],
    ['too few', 'SELECT ?, ? FROM s;', [1]],
    ['in a string without an end', "SELECT 'x ?", [1]],
    ['in a comment without an end', 'SELECT /* ?', [1]],
    ['after a name without an end', 'SELECT ? `x', [1]],
  ])('%s parameters are refused', (_, sql, parameters) => {
    expect(() => bind(sql, ...parameters)).toThrow(refused);
  });
});
