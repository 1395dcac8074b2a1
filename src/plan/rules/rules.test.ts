import { expect, test } from 'vitest';
import {
  compare,
  field,
  filter,
  INTEGER,
  key,
  literal,
  named,
  project,
  rekey,
  scan,
  source,
  STRING,
  value,
} from '../build.test-helper.ts';
import type { Expression } from '../expression.ts';
import { printLogicalPlan } from '../print.ts';
import { rewrite } from './rules.ts';

const stream = source('S', 'stream', { value: [field('A', STRING), field('B', INTEGER)] });
const input = scan(stream);

function plus(left: Expression, right: Expression): Expression {
  return { kind: 'arithmetic', type: INTEGER, op: '+', left, right };
}

test('a projection over one that only renames becomes one', () => {
  const lower = project(input, [named('C', value(input, 1)), named('D', literal(2))]);
  const plan = project(lower, [named('E', plus(value(lower, 0), value(lower, 1)))]);
  expect(printLogicalPlan(rewrite(plan))).toBe(
    [
      ' > [ PROJECT ] (B + 2) AS E | ID STRING KEY, E INTEGER',
      '     > [ SCAN ] S | ID STRING KEY, A STRING, B INTEGER',
    ].join('\n'),
  );
});

test('a projection over one that may fail stays: its errors are isolated per column', () => {
  const lower = project(input, [named('C', plus(value(input, 1), literal(1)))]);
  const plan = project(lower, [
    named('D', {
      kind: 'is-null',
      type: { kind: 'BOOLEAN' },
      operand: value(lower, 0),
      negated: false,
    }),
  ]);
  expect(rewrite(plan)).toEqual(plan);
});

test('a filter over PARTITION BY moves below it', () => {
  const keyed = rekey(input, [named('A', value(input, 0))]);
  const plan = filter(keyed, compare(value(keyed, 1), 'GREATER_THAN', literal(1)));
  expect(printLogicalPlan(rewrite(plan))).toBe(
    [
      ' > [ REKEY ] A | A STRING KEY, A STRING, B INTEGER',
      '     > [ FILTER ] (B > 1) | ID STRING KEY, A STRING, B INTEGER',
      '         > [ SCAN ] S | ID STRING KEY, A STRING, B INTEGER',
    ].join('\n'),
  );
});

test('a filter that reads the new key stays above PARTITION BY', () => {
  const keyed = rekey(input, [named('A', value(input, 0))]);
  const plan = filter(keyed, compare(key(keyed, 0), 'EQUAL', literal('x')));
  expect(rewrite(plan)).toEqual(plan);
});
