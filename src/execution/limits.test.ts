/** What a query may keep, and what one record may cause. */
import { describe, expect, test } from 'vitest';
import {
  countAndSum,
  field,
  INTEGER,
  join,
  key,
  named,
  scan,
  sink,
  source,
  STRING,
  value,
} from '../plan/build.test-helper.ts';
import type { LogicalPlan, WindowSpec } from '../plan/logical.ts';
import { executionLimits } from './limits.ts';
import { Bench, type Scenario } from './scenario.test-helper.ts';

const stream = source('S', 'stream', { value: [field('V', INTEGER)] });
const other = source('O', 'stream', { value: [field('W', INTEGER)] });
const table = source('T', 'table', { value: [field('F', STRING)] });
const names = source('N', 'table', { value: [field('NAME', STRING)] });

const most = (key: string, value: number) => ({ key: `leat.limit.${key}`, value });
const record = (id: string, timestamp = 0, topic = 's', json = '{"V":1}') => ({
  topic,
  key: id,
  value: json,
  timestamp,
});

function counted(spec: WindowSpec | null = null): LogicalPlan {
  const input = scan(stream);
  return sink(countAndSum(input, [named('ID', key(input, 0))], { sum: 0, spec }));
}

function bench(plan: LogicalPlan, limits: Scenario['limits'] = {}): Bench {
  return new Bench({ sources: [stream, other, table, names], plan, limits });
}

describe('rows of state', () => {
  const limits = { stateRows: most('state.rows', 2) };
  const message = 'LIMIT_EXCEEDED: rows of state is 3, limit 2 (leat.limit.state.rows)';

  test('are as many as the limit says: one more stops the query', () => {
    const of = bench(counted(), limits);
    of.append(record('a'), record('b'), record('a'));
    expect(of.run().lines()).toHaveLength(3);
    of.append(record('c'));
    expect(() => of.run()).toThrow(message);
  });

  test('are counted again after a restart', () => {
    const of = bench(counted(), limits);
    of.append(record('a'), record('b'));
    of.run().restart();
    of.append(record('b'));
    expect(of.run().lines().at(-1)).toBe('b|{"N":2,"S":2}@0');
    of.append(record('c'));
    expect(() => of.run()).toThrow(message);
  });

  test('that are more than a limit that was lowered do not keep the query from starting', () => {
    const of = bench(counted());
    of.append(record('a'), record('b'), record('c'), record('d'));
    of.run();
    const lowered = new Bench({ ...of.scenario, limits });
    lowered.append(record('a'), record('b'));
    expect(lowered.run().lines()).toHaveLength(2);
  });

  test('that are deleted make room', () => {
    const of = bench(sink(scan(names)), limits);
    const set = (id: string) => record(id, 0, 'n', '{"NAME":"x"}');
    of.append(set('a'), set('b'), { ...set('a'), value: null }, set('c'));
    expect(of.run().lines()).toHaveLength(4);
    of.append(set('d'));
    expect(() => of.run()).toThrow(message);
  });

  test('of windows go with their windows', () => {
    const spec = {
      kind: 'TUMBLING',
      sizeMs: 10,
      advanceMs: 10,
      graceMs: 0,
      retentionMs: 10,
    } as const;
    const of = bench(counted(spec), limits);
    of.append(record('a', 0), record('a', 10), record('a', 20), record('a', 30));
    expect(of.run().lines()).toHaveLength(4);
    of.append(record('b', 30));
    expect(() => of.run()).toThrow(message);
  });

  test('of sessions are fewer when sessions meet', () => {
    const spec = {
      kind: 'SESSION',
      sizeMs: 10,
      advanceMs: 10,
      graceMs: 1000,
      retentionMs: 1000,
    } as const;
    const of = bench(counted(spec), limits);
    of.append(record('a', 0), record('a', 20), record('a', 10), record('a', 100));
    of.run();
    of.append(record('a', 200));
    expect(() => of.run()).toThrow(message);
  });

  test('that wait for partners go when their time is over', () => {
    const plan = join(scan(stream), scan(other), {
      join: 'stream-stream',
      type: 'INNER',
      within: { beforeMs: 5, afterMs: 5, graceMs: 0 },
    });
    const of = bench(sink(plan), limits);
    of.append(record('a', 0), record('b', 20), record('c', 40), record('d', 41));
    of.run();
    of.append(record('e', 42));
    expect(() => of.run()).toThrow(message);
  });
});

describe('bytes of state', () => {
  // A row counts 300 and what is stored of it: the layout, a flag and its bytes for each column.
  const limits = { stateBytes: most('state.bytes', 1000) };
  const set = (id: string, name: string) => record(id, 0, 'n', JSON.stringify({ NAME: name }));

  test('count what is stored now, not what was', () => {
    const of = bench(sink(scan(names)), limits);
    of.append(set('a', 'x'.repeat(400)));
    of.run().append(set('a', 'x'));
    of.run().append(set('b', 'x'.repeat(300)));
    expect(of.run().lines()).toHaveLength(3);
    of.append(set('a', 'x'.repeat(400)));
    expect(() => of.run()).toThrow(
      /^LIMIT_EXCEEDED: bytes of state is \d{4}, limit 1000 \(leat\.limit\.state\.bytes\)$/,
    );
  });

  test('that are deleted make room, also after a restart', () => {
    const of = bench(sink(scan(names)), limits);
    of.append(set('a', 'x'.repeat(500)));
    of.run().restart();
    of.append({ ...set('a', ''), value: null }, set('b', 'x'.repeat(500)));
    expect(of.run().lines()).toHaveLength(3);
    of.restart();
    of.append(set('c', 'x'.repeat(500)));
    expect(() => of.run()).toThrow('LIMIT_EXCEEDED: bytes of state');
  });

  test('are those of a query that nobody keeps as well', () => {
    const input = scan(stream);
    const grouped = countAndSum(input, [named('ID', key(input, 0))], { sum: 0 });
    const plan: LogicalPlan = {
      ...grouped,
      kind: 'emit',
      input: grouped,
      columns: [named('N', value(grouped, 0))],
      limit: null,
    };
    const of = new Bench({
      sources: [stream],
      plan,
      limits: { stateBytes: most('state.bytes', 1400) },
      isTransient: true,
    });
    of.append(record('a'), record('b'), record('c'), record('d'));
    expect(of.run().emitted).toHaveLength(4);
    of.append(record('e'));
    expect(() => of.run()).toThrow('LIMIT_EXCEEDED: bytes of state');
  });
});

describe('one record', () => {
  test('does not open more sessions of a key than the limit', () => {
    const spec = {
      kind: 'SESSION',
      sizeMs: 1,
      advanceMs: 1,
      graceMs: 1000,
      retentionMs: 1000,
    } as const;
    const of = bench(counted(spec), { sessions: most('window.sessions', 2) });
    of.append(record('a', 0), record('a', 10), record('b', 20), record('a', 11));
    of.run();
    of.append(record('a', 30));
    expect(() => of.run()).toThrow(
      'LIMIT_EXCEEDED: sessions of one key is 3, limit 2 (leat.limit.window.sessions)',
    );
  });

  test('that meets too many rows is reported and left out, as if it had not come', () => {
    const plan = join(scan(stream), scan(other), {
      join: 'stream-stream',
      type: 'LEFT',
      within: { beforeMs: 100, afterMs: 100, graceMs: 0 },
    });
    const of = bench(sink(plan), { joinMatches: most('join.matches', 2) });
    const right = (timestamp: number) => record('a', timestamp, 'o', '{"W":2}');
    of.append(right(1), right(2), record('a', 3), right(4), record('a', 5), right(6));
    of.run();
    const joined = 'a|{"V":1,"W":2}';
    expect(of.lines()).toEqual([`${joined}@3`, `${joined}@3`, `${joined}@4`, `${joined}@6`]);
    expect(of.errors).toEqual([
      {
        type: 1,
        step: 'Join',
        message: 'LIMIT_EXCEEDED: matches of one record is 3, limit 2 (leat.limit.join.matches)',
        topic: 's',
        partition: 0,
        offset: 1,
        target: null,
      },
    ]);
  });

  test('that changes too many rows of a foreign-key join stops the query', () => {
    const left = scan(table);
    const plan = join(left, scan(names), {
      join: 'foreign-key',
      type: 'INNER',
      foreignKey: value(left, 0),
    });
    const of = bench(sink(plan), { joinMatches: most('join.matches', 2) });
    const refer = (id: string) => record(id, 0, 't', '{"F":"n"}');
    const name = (text: string) => record('n', 0, 'n', JSON.stringify({ NAME: text }));
    of.append(refer('1'), refer('2'), name('x'), refer('3'));
    expect(of.run().lines()).toHaveLength(3);
    of.append(name('y'));
    expect(() => of.run()).toThrow(
      'LIMIT_EXCEEDED: matches of one record is 3, limit 2 (leat.limit.join.matches)',
    );
  });

  test('that becomes too many rows is reported and gives none', () => {
    const list = source('L', 'stream', {
      value: [field('A', { kind: 'ARRAY', element: INTEGER })],
    });
    const input = scan(list);
    const plan: LogicalPlan = {
      ...input,
      kind: 'flatten',
      input,
      calls: [
        {
          name: 'E',
          fn: 'EXPLODE',
          signature: '(ARRAY<T> list) -> T',
          args: [value(input, 0)],
          type: INTEGER,
        },
      ],
      value: [...input.value, field('E', INTEGER)],
    };
    const of = new Bench({
      sources: [list],
      plan: sink(plan),
      limits: { explodedRows: most('explode.rows', 2) },
    });
    of.append(record('a', 0, 'l', '{"A":[1,2]}'), record('b', 0, 'l', '{"A":[1,2,3]}'));
    of.run();
    expect(of.lines()).toEqual(['a|{"A":[1,2],"E":1}@0', 'a|{"A":[1,2],"E":2}@0']);
    expect(of.errors.map(({ message }) => message)).toEqual([
      'LIMIT_EXCEEDED: rows of one record is 3, limit 2 (leat.limit.explode.rows)',
    ]);
  });
});

describe('limits as properties', () => {
  test('take the place of the defaults', () => {
    const limits = executionLimits({ 'leat.limit.state.rows': ' 7 ', 'leat.limit.other': 'x' });
    expect(limits.stateRows).toEqual({ key: 'leat.limit.state.rows', value: 7 });
    expect(limits.sessions).toEqual({ key: 'leat.limit.window.sessions', value: 10_000 });
  });

  test.each(['0', '-1', '1.5', 'many', '', '99999999999999999'])('%j is refused', (text) => {
    expect(() => executionLimits({ 'leat.limit.state.rows': text })).toThrow(
      `leat.limit.state.rows is ${text}, which is no number from 1 to 9007199254740991`,
    );
  });
});
