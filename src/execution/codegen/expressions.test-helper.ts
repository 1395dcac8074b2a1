/** Random typed expressions over one fixed row shape, and random rows. */
import fc from 'fast-check';
import type { Expression } from '../../plan/expression.ts';
import { arithmeticResultType } from '../../types/numeric-types.ts';
import type { Field, SqlType } from '../../types/type.ts';
import type { Row, Value } from '../../types/value.ts';

const kinds = ['BOOLEAN', 'INTEGER', 'BIGINT', 'DOUBLE', 'STRING', 'TIMESTAMP'] as const;
const decimal: SqlType = { kind: 'DECIMAL', precision: 6, scale: 2 };
const array: SqlType = { kind: 'ARRAY', element: { kind: 'INTEGER' } };
const struct: SqlType = {
  kind: 'STRUCT',
  fields: [
    { name: 'A', type: { kind: 'INTEGER' } },
    { name: 'B', type: { kind: 'STRING' } },
  ],
};
const map: SqlType = { kind: 'MAP', key: { kind: 'STRING' }, value: { kind: 'BIGINT' } };

export const columns: readonly Field[] = [
  ...kinds.map((kind): Field => ({ name: kind, type: { kind } })),
  ...kinds.map((kind): Field => ({ name: `${kind}_2`, type: { kind } })),
  { name: 'DECIMAL', type: decimal },
  { name: 'ARRAY', type: array },
  { name: 'STRUCT', type: struct },
  { name: 'MAP', type: map },
];

function valuesOf(type: SqlType): fc.Arbitrary<Value> {
  switch (type.kind) {
    case 'BOOLEAN':
      return fc.boolean();
    case 'INTEGER':
      return fc.oneof(fc.integer(), fc.integer({ min: -3, max: 3 }));
    case 'BIGINT':
      return fc.oneof(
        fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
        fc.bigInt({ min: -3n, max: 3n }),
      );
    case 'DOUBLE':
      return fc.oneof(fc.double(), fc.integer({ min: -3, max: 3 }));
    case 'STRING':
      return fc.constantFrom(
        '',
        'a',
        'abc',
        '12',
        ' 7 ',
        '1.5',
        '2020-01-01',
        'trüe',
        "'; k0=",
        '\u2028',
      );
    case 'TIMESTAMP':
      return fc.integer({ min: 0, max: 4_000_000_000 });
    case 'DECIMAL':
      return fc.bigInt({ min: -999_999n, max: 999_999n });
    case 'ARRAY':
      return fc.array(nullable(type.element), { maxLength: 3 });
    case 'MAP':
      return fc
        .array(fc.tuple(fc.constantFrom('a', 'b', '__proto__'), nullable(type.value)), {
          maxLength: 3,
        })
        .map((entries) => new Map(entries));
    case 'STRUCT':
      return fc.tuple(...type.fields.map((field) => nullable(field.type)));
    default:
      throw new Error(`no values of ${type.kind}`);
  }
}

function nullable(type: SqlType): fc.Arbitrary<Value> {
  return fc.oneof(
    { weight: 1, arbitrary: fc.constant(null) },
    { weight: 4, arbitrary: valuesOf(type) },
  );
}

export const rows: fc.Arbitrary<Row> = fc.tuple(...columns.map((column) => nullable(column.type)));

function column(index: number, type: SqlType): Expression {
  return { kind: 'column', type, side: 'value', index, name: columns[index]!.name };
}

function sameKind(a: SqlType, b: SqlType): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function leaf(type: SqlType): fc.Arbitrary<Expression> {
  const indexes = columns.flatMap((field, index) => (sameKind(field.type, type) ? [index] : []));
  const found = fc.constantFrom(...indexes).map((index) => column(index, columns[index]!.type));
  if (['ARRAY', 'MAP', 'STRUCT', 'TIMESTAMP'].includes(type.kind)) return found;
  const literal = valuesOf(type).map((value): Expression => {
    const text = typeof value === 'bigint' ? String(value) : (value as string | number | boolean);
    return { kind: 'literal', type, value: text };
  });
  return fc.oneof(found, literal);
}

const BOOLEAN: SqlType = { kind: 'BOOLEAN' };
const numbers: readonly SqlType[] = [
  { kind: 'INTEGER' },
  { kind: 'BIGINT' },
  { kind: 'DOUBLE' },
  decimal,
];

const made = new Map<string, fc.Arbitrary<Expression>>();

/** Expressions of the type, `depth` operators deep at most. */
export function expressionOf(type: SqlType, depth: number): fc.Arbitrary<Expression> {
  const name = `${depth} ${JSON.stringify(type)}`;
  let arbitrary = made.get(name);
  if (arbitrary === undefined) {
    arbitrary = makeExpressionOf(type, depth);
    made.set(name, arbitrary);
  }
  return arbitrary;
}

function makeExpressionOf(type: SqlType, depth: number): fc.Arbitrary<Expression> {
  if (depth === 0) return leaf(type);
  const next = depth - 1;
  const choices: fc.Arbitrary<Expression>[] = [leaf(type), caseOf(type, next)];
  switch (type.kind) {
    case 'BOOLEAN':
      choices.push(...booleans(next));
      break;
    case 'INTEGER':
      choices.push(
        arithmetic(type, next),
        negate(type, next),
        subscript(next),
        callOf('LEN', next),
      );
      choices.push(cast(type, { kind: 'BIGINT' }, next), cast(type, { kind: 'STRING' }, next));
      choices.push(field(0, type, next));
      break;
    case 'BIGINT':
      choices.push(arithmetic(type, next), negate(type, next), entry(next));
      choices.push(cast(type, { kind: 'INTEGER' }, next), cast(type, { kind: 'STRING' }, next));
      break;
    case 'DOUBLE':
      choices.push(arithmetic(type, next), negate(type, next), cast(type, decimal, next));
      choices.push(cast(type, { kind: 'STRING' }, next));
      break;
    case 'STRING':
      choices.push(concatenation(next), callOf('UCASE', next), field(1, type, next));
      choices.push(cast(type, { kind: 'BOOLEAN' }, next), cast(type, { kind: 'INTEGER' }, next));
      break;
    case 'DECIMAL':
      choices.push(cast(type, { kind: 'STRING' }, next), cast(type, { kind: 'DOUBLE' }, next));
      break;
    case 'ARRAY':
      choices.push(
        fc
          .array(expressionOf({ kind: 'INTEGER' }, next), { maxLength: 3 })
          .map((elements) => ({ kind: 'array', type, elements })),
      );
      break;
    default:
      break;
  }
  return fc.oneof(...choices);
}

function pair(a: SqlType, b: SqlType, depth: number): fc.Arbitrary<[Expression, Expression]> {
  return fc.tuple(expressionOf(a, depth), expressionOf(b, depth));
}

function arithmetic(type: SqlType, depth: number): fc.Arbitrary<Expression> {
  const sides = numbers.flatMap((a) =>
    numbers.flatMap((b) =>
      sameKind(arithmeticResultType('+', a, b)!, type) ? [[a, b] as const] : [],
    ),
  );
  return fc
    .tuple(fc.constantFrom(...sides), fc.constantFrom('+', '-', '*', '/', '%'))
    .chain(([[a, b], op]) =>
      pair(a, b, depth).map(
        ([left, right]): Expression => ({ kind: 'arithmetic', type, op, left, right }),
      ),
    );
}

function negate(type: SqlType, depth: number): fc.Arbitrary<Expression> {
  return expressionOf(type, depth).map((operand) => ({ kind: 'negate', type, operand }));
}

function cast(type: SqlType, from: SqlType, depth: number): fc.Arbitrary<Expression> {
  return expressionOf(from, depth).map((operand) => ({ kind: 'cast', type, operand }));
}

function concatenation(depth: number): fc.Arbitrary<Expression> {
  const type: SqlType = { kind: 'STRING' };
  return pair(type, type, depth).map(([left, right]) => ({
    kind: 'arithmetic',
    type,
    op: '+',
    left,
    right,
  }));
}

function callOf(name: 'LEN' | 'UCASE', depth: number): fc.Arbitrary<Expression> {
  const type: SqlType = name === 'LEN' ? { kind: 'INTEGER' } : { kind: 'STRING' };
  const signature = name === 'LEN' ? '(STRING text) -> INTEGER' : '(STRING text) -> STRING';
  return expressionOf({ kind: 'STRING' }, depth).map((arg) => ({
    kind: 'call',
    type,
    name,
    signature,
    args: [arg],
  }));
}

function field(index: number, type: SqlType, depth: number): fc.Arbitrary<Expression> {
  return expressionOf(struct, depth).map((operand) => ({
    kind: 'field',
    type,
    operand,
    index,
    name: index === 0 ? 'A' : 'B',
  }));
}

function subscript(depth: number): fc.Arbitrary<Expression> {
  return fc
    .tuple(expressionOf(array, depth), expressionOf({ kind: 'INTEGER' }, depth))
    .map(([operand, index]) => ({ kind: 'subscript', type: { kind: 'INTEGER' }, operand, index }));
}

function entry(depth: number): fc.Arbitrary<Expression> {
  return fc
    .tuple(expressionOf(map, depth), expressionOf({ kind: 'STRING' }, depth))
    .map(([operand, index]) => ({ kind: 'subscript', type: { kind: 'BIGINT' }, operand, index }));
}

function caseOf(type: SqlType, depth: number): fc.Arbitrary<Expression> {
  return fc
    .tuple(
      expressionOf(BOOLEAN, depth),
      expressionOf(type, depth),
      fc.option(expressionOf(type, depth)),
    )
    .map(([when, result, otherwise]) => {
      const branch = Object.fromEntries([
        ['when', when],
        ['then', result],
      ]) as Branch;
      return { kind: 'case', type, branches: [branch], otherwise };
    });
}
type Branch = Extract<Expression, { kind: 'case' }>['branches'][number];

const operators = [
  'EQUAL',
  'NOT_EQUAL',
  'LESS_THAN',
  'LESS_THAN_OR_EQUAL',
  'GREATER_THAN',
  'GREATER_THAN_OR_EQUAL',
  'IS_DISTINCT_FROM',
  'IS_NOT_DISTINCT_FROM',
] as const;

function booleans(depth: number): readonly fc.Arbitrary<Expression>[] {
  const type = BOOLEAN;
  const orderedPairs: readonly (readonly [SqlType, SqlType])[] = [
    ...numbers.flatMap((a) => numbers.map((b) => [a, b] as const)),
    [{ kind: 'STRING' }, { kind: 'STRING' }],
    [{ kind: 'TIMESTAMP' }, { kind: 'STRING' }],
  ];
  const compared = fc.tuple(fc.constantFrom(...orderedPairs), fc.constantFrom(...operators));
  const equal = fc.tuple(
    fc.constantFrom(BOOLEAN, array, struct, map),
    fc.constantFrom('EQUAL', 'NOT_EQUAL', 'IS_DISTINCT_FROM'),
  );
  return [
    compared.chain(([[a, b], op]) =>
      pair(a, b, depth).map(
        ([left, right]): Expression => ({ kind: 'comparison', type, op, left, right }),
      ),
    ),
    equal.chain(([of, op]) =>
      pair(of, of, depth).map(
        ([left, right]): Expression => ({
          kind: 'comparison',
          type,
          op: op as 'EQUAL',
          left,
          right,
        }),
      ),
    ),
    fc
      .tuple(fc.constantFrom('AND', 'OR'), pair(type, type, depth))
      .map(([op, [left, right]]): Expression => ({ kind: 'logical', type, op, left, right })),
    expressionOf(type, depth).map((operand) => ({ kind: 'not', type, operand })),
    fc
      .tuple(
        fc.constantFrom<SqlType>({ kind: 'STRING' }, { kind: 'INTEGER' }, struct),
        fc.boolean(),
      )
      .chain(([of, negated]) =>
        expressionOf(of, depth).map(
          (operand): Expression => ({ kind: 'is-null', type, operand, negated }),
        ),
      ),
    fc
      .constantFrom<SqlType>({ kind: 'STRING' }, { kind: 'INTEGER' }, { kind: 'DOUBLE' }, decimal)
      .chain((of) =>
        fc
          .tuple(
            expressionOf(of, depth),
            fc.array(expressionOf(of, depth), { minLength: 1, maxLength: 3 }),
          )
          .map(([operand, items]): Expression => ({ kind: 'in', type, operand, items })),
      ),
    fc.tuple(expressionOf({ kind: 'STRING' }, depth), fc.constantFrom('a%', '_b%', '%', '1_')).map(
      ([operand, pattern]): Expression => ({
        kind: 'like',
        type,
        operand,
        pattern: { kind: 'literal', type: { kind: 'STRING' }, value: pattern },
        escape: null,
      }),
    ),
  ];
}

/** Expressions of any type, with operators enough to nest what isolates in what does not. */
export const expressions: fc.Arbitrary<Expression> = fc
  .constantFrom(...columns.map((of) => of.type))
  .chain((type) => expressionOf(type, 3));
