import { expect, test } from 'vitest';
import type { Expression } from '../../plan/expression.ts';
import type { SqlType } from '../../types/type.ts';
import type { Row, Value } from '../../types/value.ts';
import { functions } from '../scenario.test-helper.ts';
import { compileExpression, compilePredicate, compileRow } from './compile.ts';
import type { CompileContext } from './expression.ts';

const INTEGER: SqlType = { kind: 'INTEGER' };
const STRING: SqlType = { kind: 'STRING' };
const BOOLEAN: SqlType = { kind: 'BOOLEAN' };

function context(
  reports: string[] = [],
  properties: Readonly<Record<string, string>> = {},
): CompileContext {
  return {
    functions,
    properties,
    now: () => 0,
    random: () => 0,
    onError: (message) => reports.push(message),
  };
}

const a: Expression = { kind: 'column', type: INTEGER, side: 'value', index: 0, name: 'A' };
const text: Expression = { kind: 'column', type: STRING, side: 'value', index: 1, name: 'T' };
const one: Expression = { kind: 'literal', type: INTEGER, value: 1 };
const sum: Expression = { kind: 'arithmetic', type: INTEGER, op: '+', left: a, right: one };

function evaluate(expression: Expression, row: Row): Value {
  return compileExpression(expression, context())(null, row, 0);
}

test('arithmetic with NULL fails the whole expression, also below IS NULL', () => {
  const isNull: Expression = { kind: 'is-null', type: BOOLEAN, operand: sum, negated: false };
  expect(evaluate(isNull, [1, null])).toBe(false);
  expect(() => evaluate(isNull, [null, null])).toThrow();
});

test('a failing column is NULL and reported with its text; its neighbours stand', () => {
  const reports: string[] = [];
  const row = compileRow(
    [
      { name: 'X', expression: sum, text: '(A + 1)' },
      { name: 'T', expression: text, text: 'T' },
    ],
    context(reports),
  );
  expect(row(null, [null, 'x'], 0)).toEqual([null, 'x']);
  expect(reports).toEqual([
    'Error computing expression (A + 1) for column X with index 0: NULL operand',
  ]);
});

test('a failing cast inside a call is NULL for that argument only', () => {
  const cast: Expression = { kind: 'cast', type: INTEGER, operand: text };
  const coalesce: Expression = {
    kind: 'call',
    type: INTEGER,
    name: 'COALESCE',
    signature: signatureOf('COALESCE'),
    args: [cast, one],
  };
  expect(evaluate(coalesce, [0, 'seven'])).toBe(1);
  expect(evaluate(coalesce, [0, '7'])).toBe(7);
});

function signatureOf(name: string): string {
  return functions.get(name)!.overloads[0]!.signature;
}

test('a failing argument that is arithmetic fails the call', () => {
  const coalesce: Expression = {
    kind: 'call',
    type: INTEGER,
    name: 'COALESCE',
    signature: signatureOf('COALESCE'),
    args: [sum, one],
  };
  expect(() => evaluate(coalesce, [null, null])).toThrow('NULL operand');
});

test('comparisons with NULL are false, and so negation is true', () => {
  const equal: Expression = { kind: 'comparison', type: BOOLEAN, op: 'EQUAL', left: a, right: one };
  expect(evaluate(equal, [null, null])).toBe(false);
  expect(evaluate({ kind: 'not', type: BOOLEAN, operand: equal }, [null, null])).toBe(true);
  const notEqual: Expression = { ...equal, op: 'NOT_EQUAL' };
  expect(evaluate(notEqual, [null, null])).toBe(false);
});

test('a predicate that fails is false and reported', () => {
  const reports: string[] = [];
  const predicate = compilePredicate(
    { kind: 'comparison', type: BOOLEAN, op: 'GREATER_THAN', left: sum, right: one },
    context(reports),
    '((A + 1) > 1)',
  );
  expect(predicate(null, [1, null], 0)).toBe(true);
  expect(predicate(null, [null, null], 0)).toBe(false);
  expect(reports).toEqual(['Error evaluating predicate ((A + 1) > 1): NULL operand']);
});

test('lambdas see their inputs, the row and the lambdas around them', () => {
  const array: SqlType = { kind: 'ARRAY', element: INTEGER };
  const x: Expression = { kind: 'param', type: INTEGER, name: 'X' };
  const transform: Expression = {
    kind: 'call',
    type: array,
    name: 'TRANSFORM',
    signature: functions
      .get('TRANSFORM')!
      .overloads.find(({ signature }) => signature.startsWith('(ARRAY'))!.signature,
    args: [
      { kind: 'column', type: array, side: 'value', index: 1, name: 'L' },
      {
        kind: 'lambda',
        type: INTEGER,
        params: [{ name: 'X', type: INTEGER }],
        body: { kind: 'arithmetic', type: INTEGER, op: '*', left: x, right: a },
      },
    ],
  };
  expect(evaluate(transform, [10, [1, 2, 3]])).toEqual([10, 20, 30]);
  expect(() => evaluate(transform, [10, [1, null]])).toThrow('NULL operand');
});

test('names and texts of users are never part of the generated code', () => {
  const hostile = ['__proto__', '"];k=0//', "'", '\\', '$', '{1}', '*/', '\u2028', '\0', '\ud800'];
  for (const name of hostile) {
    const column: Expression = { kind: 'column', type: STRING, side: 'value', index: 0, name };
    const equal: Expression = {
      kind: 'comparison',
      type: BOOLEAN,
      op: 'EQUAL',
      left: column,
      right: { kind: 'literal', type: STRING, value: name },
    };
    expect(evaluate(equal, [name])).toBe(true);
    expect(evaluate(equal, ['other'])).toBe(false);
  }
});

test('a predicate that is NULL without failing is false and reported too', () => {
  const reports: string[] = [];
  const cast: Expression = { kind: 'cast', type: BOOLEAN, operand: text };
  const predicate = compilePredicate(cast, context(reports), 'CAST(T AS BOOLEAN)');
  expect(predicate(null, [null, 'yes'], 0)).toBe(true);
  expect(predicate(null, [null, null], 0)).toBe(false);
  expect(reports).toEqual(['Error evaluating predicate CAST(T AS BOOLEAN): NULL operand']);
});

test('a LIKE pattern that ends in its escape fails the evaluation, not the query', () => {
  const like: Expression = {
    kind: 'like',
    type: BOOLEAN,
    operand: text,
    pattern: { kind: 'literal', type: STRING, value: 'a!' },
    escape: '!',
  };
  expect(() => evaluate(like, [1, 'a'])).toThrow('LIKE pattern must not end with escape character');
});

test('an array compared with one of text may hold no date, which fails alone in a constructor', () => {
  const dates: SqlType = { kind: 'ARRAY', element: { kind: 'DATE' } };
  const texts: SqlType = { kind: 'ARRAY', element: STRING };
  const equal: Expression = {
    kind: 'comparison',
    type: BOOLEAN,
    op: 'EQUAL',
    left: { kind: 'column', type: dates, side: 'value', index: 0, name: 'D' },
    right: { kind: 'column', type: texts, side: 'value', index: 1, name: 'T' },
  };
  const type: SqlType = { kind: 'ARRAY', element: BOOLEAN };
  const list: Expression = { kind: 'array', type, elements: [equal] };
  expect(evaluate(list, [[0], ['1970-01-01']])).toEqual([true]);
  expect(evaluate(list, [[0], ['never']])).toEqual([null]);
});

test('with ksql.nested.error.set.null off, a failing part fails the whole', () => {
  const cast: Expression = { kind: 'cast', type: INTEGER, operand: text };
  const type: SqlType = { kind: 'ARRAY', element: INTEGER };
  const list: Expression = { kind: 'array', type, elements: [cast, one] };
  const off = context([], { 'ksql.nested.error.set.null': 'false' });
  expect(evaluate(list, [0, 'x'])).toEqual([null, 1]);
  expect(compileExpression(list, off)(null, [0, '7'], 0)).toEqual([7, 1]);
  expect(() => compileExpression(list, off)(null, [0, 'x'], 0)).toThrow('For input string: "x"');
});

test('one array stands for all values of a variadic parameter', () => {
  const texts: SqlType = { kind: 'ARRAY', element: STRING };
  const list: Expression = { kind: 'column', type: texts, side: 'value', index: 0, name: 'L' };
  const call = (name: string): Expression => ({
    kind: 'call',
    type: STRING,
    name,
    signature: signatureOf(name),
    args: [list],
  });
  expect(evaluate(call('CONCAT'), [['a', null, 'b']])).toBe('ab');
  expect(evaluate(call('CONCAT'), [null])).toBe('');
  expect(evaluate(call('JSON_CONCAT'), [['[1]', '[2]']])).toBe('[1,2]');
  expect(evaluate(call('JSON_CONCAT'), [['[1]', null]])).toBeNull();
});
