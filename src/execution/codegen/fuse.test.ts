/** Fused code does what the row path does, whatever the records hold. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  BOOLEAN,
  compare,
  countAndSum,
  DOUBLE,
  field,
  filter,
  INTEGER,
  join,
  json,
  key,
  literal,
  named,
  project,
  rekey,
  scan,
  sink,
  source,
  STRING,
  value,
} from '../../plan/build.test-helper.ts';
import type { Expression } from '../../plan/expression.ts';
import type { LogicalPlan } from '../../plan/logical.ts';
import type { ScanSource } from '../../plan/lower.ts';
import { Bench, type InputRecord } from '../scenario.test-helper.ts';

const columns = [
  field('A', INTEGER),
  field('B', STRING),
  field('C', DOUBLE),
  field('D', BOOLEAN),
  field('E', { kind: 'ARRAY', element: INTEGER }),
];
const stream = source('S', 'stream', { value: columns });
const numbered = source('S', 'stream', { key: [field('ID', INTEGER)], value: columns });
const jsonKeyed = { ...stream, keyFormat: json };
const table = source('S', 'table', { value: columns });
const keyless = source('S', 'stream', { key: [], value: columns });

const input = scan(stream);
const next: Expression = {
  kind: 'arithmetic',
  type: INTEGER,
  op: '+',
  left: value(input, 0),
  right: literal(1),
};
const inverse: Expression = { ...next, op: '/', left: literal(10), right: value(input, 0) };

function passing(of: ScanSource): LogicalPlan {
  const node = scan(of);
  return sink(
    project(node, [
      named('B', value(node, 1)),
      named('E', value(node, 4)),
      named('C', value(node, 2)),
    ]),
  );
}

interface Query {
  readonly name: string;
  readonly of: ScanSource;
  readonly plan: LogicalPlan;
}
const queries: readonly Query[] = [
  { name: 'columns that pass', of: stream, plan: passing(stream) },
  { name: 'an INTEGER key', of: numbered, plan: passing(numbered) },
  { name: 'a JSON key', of: jsonKeyed, plan: sink(scan(jsonKeyed), { key: json }) },
  { name: 'no key', of: keyless, plan: passing(keyless) },
  { name: 'a table', of: table, plan: sink(scan(table)) },
  {
    name: 'filter and project',
    of: stream,
    plan: sink(
      project(filter(input, compare(inverse, 'GREATER_THAN', literal(2))), [
        named('N', next),
        named('B', value(input, 1)),
        named('A', value(input, 0)),
        named('K', key(input, 0)),
        named('T', { kind: 'rowtime', type: { kind: 'BIGINT' } }),
      ]),
    ),
  },
  {
    name: 'a new key',
    of: stream,
    plan: sink(rekey(input, [named('N', { kind: 'cast', type: STRING, operand: inverse })])),
  },
  {
    name: 'grouping',
    of: stream,
    plan: sink(countAndSum(input, [named('N', inverse)], { sum: 0 })),
  },
  {
    name: 'a join',
    of: stream,
    plan: sink(
      join(
        filter(input, compare(value(input, 0), 'GREATER_THAN', literal(3))),
        scan({ ...table, name: 'T', topic: 't' }),
        {
          join: 'stream-table',
          type: 'LEFT',
        },
      ),
    ),
  },
];

const member = fc.constantFrom(
  '"A":0',
  '"A":5',
  '"a": 7',
  '"A":"8"',
  '"A":1e2',
  '"A":true',
  '"A":null',
  '"B":"x"',
  '"B":"\\u00e9\\n"',
  '"B":"\u00fc"',
  '"B":12',
  '"C":1.50',
  '"C":"NaN"',
  '"C":-0.0',
  '"D":false',
  '"D":"no"',
  '"E":[1, 2]',
  '"E":["3",null]',
  '"E":{}',
  '"X":{"A":[1]}',
  '"A"',
);
const payload = fc.oneof(
  { weight: 8, arbitrary: fc.array(member, { maxLength: 4 }).map((all) => `{${all.join(', ')}}`) },
  { weight: 1, arbitrary: fc.constantFrom(null, '', 'null', '[]', '{', '{}x', ' {"A" : 1} ') },
);
const keyOf = fc.oneof(
  fc.constantFrom(null, '', 'k', '"k"', 'ü', 'null', '12'),
  fc.uint8Array({ minLength: 3, maxLength: 5 }),
);
const records: fc.Arbitrary<readonly InputRecord[]> = fc.array(
  fc.record({
    topic: fc.constant('s'),
    partition: fc.nat(1),
    key: keyOf,
    value: payload,
    timestamp: fc.nat(100),
  }),
  { maxLength: 8 },
);

function run(query: Query, codegen: string, given: readonly InputRecord[]): Bench {
  const bench = new Bench({
    sources: [query.of, { ...table, name: 'T', topic: 't' }],
    plan: query.plan,
    partitions: 2,
    properties: { 'leat.codegen': codegen },
  });
  bench.append({ topic: 't', key: 'k', value: '{"A":1}', timestamp: 0 }, ...given);
  return bench.run(3);
}

describe.each(queries)('$name', (query) => {
  test('is the same fused and by rows', () => {
    fc.assert(
      fc.property(records, (given) => {
        const fused = run(query, 'on', given);
        const rows = run(query, 'off', given);
        expect(fused.outputs).toEqual(rows.outputs);
        expect(fused.errors).toEqual(rows.errors);
      }),
      { numRuns: 150 },
    );
  });
});
