/**
 * Laws of every query: results do not depend on how records are cut into batches and commits, nor on whether the task is made
 * anew from its commits in between, nor on how much of its state is in memory.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  compare,
  countAndSum,
  field,
  filter,
  INTEGER,
  join,
  key,
  literal,
  named,
  rekey,
  scan,
  sink,
  source,
  value,
} from '../plan/build.test-helper.ts';
import type { LogicalPlan, WindowSpec } from '../plan/logical.ts';
import type { ScanSource } from '../plan/lower.ts';
import { Bench, type InputRecord } from './scenario.test-helper.ts';

const columns = [field('V', INTEGER), field('G', INTEGER)];
const stream = source('S', 'stream', { value: columns });
const other = source('O', 'stream', { value: columns });
const table = source('T', 'table', { value: columns });
const second = source('U', 'table', { value: columns });

interface Query {
  readonly name: string;
  readonly sources: readonly ScanSource[];
  readonly plan: LogicalPlan;
}

function windowed(name: string, spec: WindowSpec, final: boolean): Query {
  const input = scan(stream);
  const plan = sink(countAndSum(input, [named('ID', key(input, 0))], { sum: 0, spec, final }));
  return { name, sources: [stream], plan };
}

const hopping = { kind: 'HOPPING', sizeMs: 10, advanceMs: 5, graceMs: 5, retentionMs: 20 } as const;
const session = { kind: 'SESSION', sizeMs: 3, advanceMs: 3, graceMs: 5, retentionMs: 10 } as const;
const grouped = (input: LogicalPlan) =>
  countAndSum(input, [named('G', value(input, 1))], { sum: 0 });
const within = { beforeMs: 4, afterMs: 6, graceMs: 3 };

const queries: readonly Query[] = [
  { name: 'group a stream', sources: [stream], plan: sink(grouped(scan(stream))) },
  { name: 'group a table', sources: [table], plan: sink(grouped(scan(table))) },
  {
    name: 'filter a table',
    sources: [table],
    plan: sink(filter(scan(table), compare(value(scan(table), 0), 'LESS_THAN', literal(5)))),
  },
  windowed('hopping windows', hopping, false),
  windowed('hopping windows, final', hopping, true),
  windowed('sessions', session, false),
  windowed('sessions, final', session, true),
  {
    name: 'stream-table',
    sources: [stream, table],
    plan: sink(
      join(rekey(scan(stream), [named('ID', key(scan(stream), 0))]), scan(table), {
        join: 'stream-table',
        type: 'LEFT',
      }),
    ),
  },
  {
    name: 'table-table',
    sources: [table, second],
    plan: sink(join(scan(table), scan(second), { join: 'table-table', type: 'FULL' })),
  },
  {
    name: 'foreign key',
    sources: [table, second],
    plan: sink(
      join(scan(table), scan(second), {
        join: 'foreign-key',
        type: 'LEFT',
        foreignKey: { kind: 'cast', type: { kind: 'STRING' }, operand: value(scan(table), 1) },
      }),
    ),
  },
  {
    name: 'stream-stream',
    sources: [stream, other],
    plan: sink(join(scan(stream), scan(other), { join: 'stream-stream', type: 'FULL', within })),
  },
];

function recordsFor(sources: readonly ScanSource[]): fc.Arbitrary<readonly InputRecord[]> {
  const record = fc.record({
    topic: fc.constantFrom(...sources.map(({ topic }) => topic)),
    partition: fc.nat(1),
    key: fc.constantFrom('1', '2', '3'),
    value: fc.option(
      fc.record({ V: fc.nat(9), G: fc.nat(3) }).map((row) => JSON.stringify(row)),
      { freq: 5 },
    ),
    timestamp: fc.nat(40),
  });
  return fc.array(record, { maxLength: 30 });
}

/** Everything that can be seen of a query: outputs per partition, and what pull queries give. */
function visible(bench: Bench): unknown {
  const outputs = [0, 1].map((partition) =>
    bench.outputs.filter((output) => output.partition === partition),
  );
  const lookups = ['1', '2', '3'].map((id) => [...bench.task.lookup([id], null)]);
  return { outputs, scan: [...bench.task.scan(null)], lookups };
}

describe.each(queries)('$name', ({ sources, plan }) => {
  const scenario = { sources, plan, partitions: 2 };

  test('restarting after any number of records changes nothing', () => {
    fc.assert(
      fc.property(recordsFor(sources), fc.integer({ min: 1, max: 4 }), (records, every) => {
        const straight = new Bench(scenario);
        straight.append(...records);
        straight.run();
        const broken = new Bench(scenario);
        broken.append(...records);
        for (let more = true; more; ) {
          more = broken.step(every) > 0;
          broken.restart();
        }
        expect(visible(broken)).toEqual(visible(straight));
      }),
      { numRuns: 60 },
    );
  });

  test('having next to no memory for state changes nothing', () => {
    const few = fc.constantFrom(1, 700, 1500);
    let reads = 0;
    fc.assert(
      fc.property(
        recordsFor(sources),
        few,
        fc.integer({ min: 1, max: 4 }),
        fc.boolean(),
        (records, memoryBytes, every, restarts) => {
          const straight = new Bench(scenario);
          straight.append(...records);
          straight.run();
          const spilling = new Bench({ ...scenario, memoryBytes });
          spilling.append(...records);
          while (spilling.step(every) > 0) if (restarts) spilling.restart();
          expect(visible(spilling)).toEqual(visible(straight));
          spilling.task.close();
          reads += spilling.memory?.space.reads ?? 0;
          expect(spilling.memory?.residentBytes).toBe(0);
          expect(spilling.memory?.space.extents.usedBytes).toBe(0);
        },
      ),
      { numRuns: 120 },
    );
    expect(reads).toBeGreaterThan(10);
  });

  test('cutting the same records into other batches of the log changes nothing', () => {
    fc.assert(
      fc.property(recordsFor(sources), (records) => {
        const one = new Bench(scenario);
        const sorted = [...records].sort((a, b) => place(a).localeCompare(place(b)));
        for (const record of sorted) one.appendBatch([record], 1);
        const many = new Bench(scenario);
        for (let at = 0; at < sorted.length; ) {
          let end = at + 1;
          while (end < sorted.length && place(sorted[end]!) === place(sorted[at]!)) end++;
          many.appendBatch(sorted.slice(at, end), 1);
          at = end;
        }
        expect(visible(many.run())).toEqual(visible(one.run(1)));
      }),
      { numRuns: 40 },
    );
  });
});

function place(record: InputRecord): string {
  return `${record.topic}/${record.partition}`;
}
