import { describe, expect, it, test } from 'vitest';
import { parseExpression } from '../../../grammar/parse.ts';
import { createRegistry } from '../../functions/registry.ts';
import { builtinFunctions } from '../../functions/table.ts';
import type { Expression } from '../../plan/expression.ts';
import { printExpression } from '../../plan/print-expression.ts';
import { formatTypeOrNull } from '../../types/format-type.ts';
import type { SqlType } from '../../types/type.ts';
import { bindExpression } from './bind.ts';
import type { BindEnvironment } from './environment.ts';
import { bindPredicate } from './predicate.ts';
import type { ScopeColumn } from './scope.ts';

const functions = createRegistry(builtinFunctions);
const INTEGER: SqlType = { kind: 'INTEGER' };
const STRING: SqlType = { kind: 'STRING' };
const types: Readonly<Record<string, SqlType>> = {
  I: INTEGER,
  L: { kind: 'BIGINT' },
  D: { kind: 'DOUBLE' },
  N: { kind: 'DECIMAL', precision: 4, scale: 2 },
  B: { kind: 'BOOLEAN' },
  T: STRING,
  TS: { kind: 'TIMESTAMP' },
  DT: { kind: 'DATE' },
  ARR: { kind: 'ARRAY', element: INTEGER },
  M: { kind: 'MAP', key: STRING, value: INTEGER },
  ST: {
    kind: 'STRUCT',
    fields: [
      { name: 'X', type: INTEGER },
      { name: 'Y', type: STRING },
    ],
  },
};
const declared = Object.entries(types).map(
  ([name, type], index): ScopeColumn => ({
    source: 'S',
    name,
    role: 'value',
    expression: { kind: 'column', type, side: 'value', index, name },
  }),
);
const rowtime: ScopeColumn = {
  source: 'S',
  name: 'ROWTIME',
  role: 'pseudo',
  expression: { kind: 'rowtime', type: { kind: 'BIGINT' } },
};

function environment(text: string, clause: BindEnvironment['clause'] = 'SELECT'): BindEnvironment {
  return {
    scope: { columns: [...declared, rowtime], sources: ['S'], joined: false },
    clause,
    functions,
    types: new Map(),
    properties: {},
    text,
  };
}
function bind(sql: string): Expression {
  return bindExpression(parseExpression(sql), environment(sql));
}
function where(sql: string): Expression {
  return bindPredicate(parseExpression(sql), environment(sql, 'WHERE'));
}

describe('types', () => {
  test.each([
    ['I + L', 'BIGINT'],
    ['I + N', 'DECIMAL(13, 2)'],
    ['I / N', 'DECIMAL(18, 6)'],
    ['N * 2.5', 'DECIMAL(7, 3)'],
    ['D + N', 'DOUBLE'],
    ["T + 'x'", 'STRING'],
    ['-(N)', 'DECIMAL(4, 2)'],
    ['.5', 'DECIMAL(2, 1)'],
    ['0.005', 'DECIMAL(4, 3)'],
    ['9223372036854775807', 'BIGINT'],
    ['1E3', 'DOUBLE'],
    ['NULL', 'null'],
    ['ARR[1]', 'INTEGER'],
    ["M['a']", 'INTEGER'],
    ['ST->Y', 'STRING'],
    ["STRUCT(A := 1, B := 'x')", 'STRUCT<`A` INTEGER, `B` STRING>'],
    ['CAST(NULL AS DATE)', 'DATE'],
    ['CASE WHEN B THEN NULL ELSE N END', 'DECIMAL(4, 2)'],
    ['TRANSFORM(ARR, (v) => v + L)', 'ARRAY<BIGINT>'],
    ['TRANSFORM(M, (k, v) => UCASE(k), (k, v) => v + N)', 'MAP<STRING, DECIMAL(13, 2)>'],
  ])('%s is %s', (sql, type) => {
    expect(formatTypeOrNull(bind(sql).type)).toBe(type);
  });
});

describe('rewriting', () => {
  test.each([
    ["T || 'x' || 'y'", "CONCAT(CONCAT(T, 'x'), 'y')"],
    ['I BETWEEN 1 AND 5', '((I >= 1) AND (I <= 5))'],
    ['NOT (I IS DISTINCT FROM 1)', '(I IS NOT DISTINCT FROM 1)'],
    ["CASE I WHEN 1 THEN 'a' END", "CASE WHEN (I = 1) THEN 'a' END"],
    ['I IN (1, NULL, L)', '(CAST(I AS BIGINT) IN (1, L))'],
    ['I IN (NULL)', 'FALSE'],
    ["ARRAY[1, NULL, '2.5']", 'ARRAY[1.0, NULL, 2.5]'],
    ["ARRAY['a', 1]", "ARRAY['a', '1']"],
    ["MAP('a' := 1, 'b' := L)", "MAP('a':=1, 'b':=L)"],
    ['S.I + I', '(I + I)'],
    ['ARR[L]', 'ARR[CAST(L AS INTEGER)]'],
    ['TIMESTAMPADD(SECONDS, 1, TS)', "TIMESTAMPADD('SECONDS', 1, TS)"],
    ['TIMESTAMPADD(SECOND, 1, TS)', "TIMESTAMPADD('SECONDS', 1, TS)"],
  ])('%s becomes %s', (sql, text) => {
    expect(printExpression(bind(sql))).toBe(text);
  });

  it('reads a time string beside ROWTIME as a timestamp, in WHERE only', () => {
    expect(printExpression(where("ROWTIME >= '2020'"))).toBe('(ROWTIME >= 1577836800000)');
    expect(() => bind("ROWTIME >= '2020'")).toThrow(
      "Cannot compare ROWTIME (BIGINT) to '2020' (STRING) with GREATER_THAN_OR_EQUAL.",
    );
  });

  it('merges structs by field name, those of the later struct first', () => {
    const bound = bind('ARRAY[STRUCT(X := I, Y := L), STRUCT(Y := I, Z := L)]');
    expect(formatTypeOrNull(bound.type)).toBe('ARRAY<STRUCT<`Y` BIGINT, `Z` BIGINT, `X` INTEGER>>');
  });
});

describe('refusals', () => {
  test.each([
    ['I + T', 'Error processing expression: (I + T). Unsupported arithmetic types. INTEGER STRING'],
    [
      'ARR * NULL',
      'Error processing expression: (ARR * null). Arithmetic on types ARRAY<INTEGER> and null are not supported.',
    ],
    ["I = '1'", "Cannot compare I (INTEGER) to '1' (STRING) with EQUAL."],
    ['B < TRUE', 'Cannot compare B (BOOLEAN) to true (BOOLEAN) with LESS_THAN.'],
    ['I = NULL', "Comparison with NULL not supported: INTEGER = NULL\nUse 'IS NULL' or"],
    ["B IN (TRUE, 'x')", 'Invalid Predicate: invalid input syntax for type BOOLEAN: "x".'],
    [
      'I IN (1, T)',
      'Invalid Predicate: operator does not exist: INTEGER = STRING (T)\nHint: You might need to add explicit type casts.',
    ],
    ["ARRAY[1, 'a']", 'invalid input syntax for type INTEGER: "a".'],
    ['ARRAY[NULL]', 'Cannot construct an array with all NULL elements'],
    ['MAP(NULL := 1)', 'Cannot construct a map with all NULL keys'],
    ['STRUCT(A := 1, A := 2)', "Duplicate field names found in STRUCT: 'A'"],
    ['STRUCT(A := NULL)', "Can't infer a type of null."],
    ['ST->Z', "Could not find field 'Z' in 'ST'."],
    ['M[1]', 'Map key must be STRING, but 1 is INTEGER.'],
    ["CASE WHEN B THEN 1 WHEN B THEN 'x' END", "THEN expression ''x'' has type: STRING."],
    ["CASE WHEN B THEN 1 ELSE 'x' END", 'Type for the default clause should be the same'],
    ['CASE WHEN I THEN 1 END', "WHEN operand type should be boolean.\nType for 'I' is INTEGER"],
    ['CASE WHEN B THEN NULL END', 'Invalid Case expression. All case branches have NULL type'],
    ['CAST(B AS INT)', 'Invalid Select: Cast of BOOLEAN to INTEGER is not supported'],
    ['CAST(I AS NOSUCH)', 'Cannot resolve unknown type: NOSUCH'],
    ['CAST(I AS DECIMAL(1, 2))', 'DECIMAL precision must be >= scale: DECIMAL(1,2)'],
    ["T LIKE 'a' ESCAPE 'ab'", 'Expected single character escape but got: ab'],
    [
      "I LIKE 'a'",
      'The column type for Like condition must be VARCHAR. The column type is INTEGER',
    ],
    ['I + NOPE', "Line: 1, Col: 5: SELECT column 'NOPE' cannot be resolved."],
    ['X.I', "'X' is not a valid stream/table name or alias."],
    ['S.NOPE', "SELECT column 'S.NOPE' cannot be resolved."],
    ['NOSUCH(I)', "Can't find any functions with the name 'NOSUCH'"],
    ['TRANSFORM(ARR, (i) => i)', "Lambda function argument can't be a column name: I"],
    [
      'TRANSFORM(ARR, v => REDUCE(ARR, 0, (v, w) => v + w))',
      'Reusing lambda arguments in nested lambda is not allowed',
    ],
  ])('%s', (sql, message) => {
    expect(() => bind(sql)).toThrow(message);
  });

  test.each([
    [
      'I + 1',
      'Type error in WHERE expression: Should evaluate to boolean but is (I + 1) (INTEGER) instead.',
    ],
    [
      "I = 'x'",
      "Error in WHERE expression: Cannot compare I (INTEGER) to 'x' (STRING) with EQUAL.",
    ],
    ['NOPE = 1', "Line: 1, Col: 1: WHERE column 'NOPE' cannot be resolved."],
    ["ROWTIME > 'x'", "Failed to parse timestamp 'x'"],
  ])('WHERE %s', (sql, message) => {
    expect(() => where(sql)).toThrow(message);
  });

  it('refuses a name that several sources have', () => {
    const other = declared.map((column) => ({ ...column, source: 'R' }));
    const scope = { columns: [...declared, ...other], sources: ['S', 'R'], joined: true };
    expect(() => bindExpression(parseExpression('I'), { ...environment('I'), scope })).toThrow(
      "Line: 1, Col: 1: Column 'I' is ambiguous. Could be R.I or S.I.",
    );
  });
});
