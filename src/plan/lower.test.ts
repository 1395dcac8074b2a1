import { expect, test } from 'vitest';
import {
  compare,
  countAndSum,
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
} from './build.test-helper.ts';
import type { LogicalPlan } from './logical.ts';
import { lowerQuery, type ScanSource } from './lower.ts';
import type { PhysicalPlan } from './physical.ts';
import { printPhysicalPlan } from './print.ts';

const stream = source('S', 'stream', {
  value: [field('A', STRING), field('B', INTEGER), field('C', INTEGER)],
});
const table = source('T', 'table', { value: [field('X', STRING), field('Y', INTEGER)] });

function lower(plan: LogicalPlan, sources: readonly ScanSource[] = [stream, table]): PhysicalPlan {
  return lowerQuery(plan, { sources: (name) => sources.find((of) => of.name === name)! });
}

test('a source reads only the columns that somebody reads', () => {
  const input = scan(stream);
  const matching = filter(input, compare(value(input, 1), 'GREATER_THAN', literal(1)));
  const plan = lower(sink(project(matching, [named('A', value(input, 0))])));
  expect(printPhysicalPlan(plan)).toBe(
    [
      ' > [ SINK ] Sink: OUT to out, ID STRING KEY, A STRING',
      '     > [ PROJECT ] Project: A',
      '         > [ FILTER ] WhereFilter: (B > 1)',
      '             > [ SOURCE ] KsqlTopic: S from s, reads ID STRING KEY, A STRING, B INTEGER',
    ].join('\n'),
  );
});

test('columns that a projection gives and nobody reads are not computed', () => {
  const input = scan(stream);
  const inner = project(input, [
    named('SUM', {
      kind: 'arithmetic',
      type: INTEGER,
      op: '+',
      left: value(input, 1),
      right: literal(1),
    }),
    named('A', value(input, 0)),
  ]);
  const plan = lower(sink(project(inner, [named('A', value(inner, 1))])));
  expect(printPhysicalPlan(plan)).toContain('Project: NULL AS SUM, A');
  expect(printPhysicalPlan(plan)).toContain('reads ID STRING KEY, A STRING');
});

test('an aggregation by another key exchanges what was filtered and reduced to arguments', () => {
  const input = scan(stream);
  const matching = filter(input, compare(value(input, 1), 'GREATER_THAN', literal(1)));
  const plan = lower(sink(countAndSum(matching, [named('A', value(input, 0))], { sum: 2 })));
  expect(printPhysicalPlan(plan)).toBe(
    [
      ' > [ SINK ] Sink: OUT to out, A STRING KEY, N BIGINT, S INTEGER',
      '     > [ AGGREGATE ] Aggregate: COUNT(ARG_0) AS N, SUM(ARG_1) AS S',
      '         > [ EXCHANGE ] Aggregate-exchange: A STRING KEY in KAFKA, partitions as s',
      '             > [ GROUP ] Aggregate-GroupBy: A',
      '                 > [ FILTER ] WhereFilter: (B > 1)',
      '                     > [ SOURCE ] KsqlTopic: S from s, reads ID STRING KEY, A STRING, B INTEGER, C INTEGER',
    ].join('\n'),
  );
  expect(plan.materialized).toEqual({ store: 'Aggregate', transforms: [] });
});

test('an aggregation by the key stays where it is', () => {
  const input = scan(stream);
  const plan = lower(sink(countAndSum(input, [named('ID', key(input, 0))], { sum: 2 })));
  expect(plan.steps.map((step) => step.op)).not.toContain('exchange@1');
});

test('several columns in a KAFKA key travel as JSON', () => {
  const input = scan(stream);
  const by = [named('A', value(input, 0)), named('B', value(input, 1))];
  const plan = lower(sink(countAndSum(input, by, { sum: 2 })));
  expect(printPhysicalPlan(plan)).toContain(
    'Aggregate-exchange: A STRING KEY, B INTEGER KEY in JSON',
  );
});

test('a table source keeps its rows only for whoever needs the row before, or for pull queries', () => {
  const emit = (input: LogicalPlan): LogicalPlan => ({
    ...input,
    kind: 'emit',
    input,
    columns: [named('X', value(scan(table), 0))],
    limit: null,
  });
  const matching = filter(scan(table), compare(value(scan(table), 1), 'GREATER_THAN', literal(1)));
  expect(printPhysicalPlan(lower(emit(scan(table))))).not.toContain('keeps rows');
  expect(printPhysicalPlan(lower(emit(matching)))).toContain('keeps rows');
  expect(printPhysicalPlan(lower(sink(scan(table))))).toContain('keeps rows');
  expect(lower(sink(matching)).materialized).toEqual({
    store: 'KsqlTopic',
    transforms: ['WhereFilter'],
  });
});

test('tables in a join are kept by the join alone; its result is kept for pull queries', () => {
  const plan = lower(
    sink(
      join(
        filter(scan(table), compare(value(scan(table), 1), 'LESS_THAN', literal(1))),
        scan(table),
        {
          join: 'table-table',
          type: 'INNER',
        },
      ),
    ),
  );
  expect(printPhysicalPlan(plan)).not.toContain('keeps rows');
  expect(plan.materialized).toEqual({ store: 'Materialize', transforms: [] });
});

test('a re-keyed side of a join is exchanged, and the other side with it', () => {
  const input = scan(stream);
  const plan = lower(
    sink(
      join(rekey(input, [named('A', value(input, 0))]), scan(table), {
        join: 'stream-table',
        type: 'INNER',
      }),
    ),
  );
  expect(plan.steps.map((step) => step.id)).toEqual([
    'KafkaTopic_Left',
    'PartitionBy',
    'KafkaTopic_Right',
    'Join-exchange',
    'Join-right-exchange',
    'Join',
    'Sink',
  ]);
});

test('sides whose keys are written in different formats are exchanged', () => {
  const other = { ...table, name: 'U', topic: 'u', keyFormat: json };
  const plan = lower(sink(join(scan(table), scan(other), { join: 'table-table', type: 'INNER' })), [
    table,
    other,
  ]);
  expect(printPhysicalPlan(plan)).toContain(
    'Join-left-exchange: ID STRING KEY in KAFKA, partitions as t',
  );
  expect(printPhysicalPlan(plan)).toContain(
    'Join-right-exchange: ID STRING KEY in KAFKA, partitions as t',
  );
});

test('internal topics are listed under the names that ksqlDB gives them', () => {
  const input = scan(stream);
  const plan = lowerQuery(sink(countAndSum(input, [named('A', value(input, 0))], { sum: 2 })), {
    sources: () => stream,
    internalTopicPrefix: '_p',
    partitions: () => 3,
  });
  expect(plan.internalTopics).toEqual([
    {
      name: '_p-Aggregate-GroupBy-repartition',
      partitions: 3,
      cleanup: 'delete',
      retentionMs: null,
    },
    {
      name: '_p-Aggregate-Aggregate-Materialize-changelog',
      partitions: 3,
      cleanup: 'compact',
      retentionMs: null,
    },
  ]);
});

test('a plan survives JSON', () => {
  const input = scan(stream);
  const plan = lower(sink(countAndSum(input, [named('A', value(input, 0))], { sum: 2 })));
  expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
});
