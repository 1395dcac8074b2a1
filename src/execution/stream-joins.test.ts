/** Stream-stream joins, by hand from spec semantics.md §7.3. */
import { describe, expect, test } from 'vitest';
import {
  field,
  INTEGER,
  join,
  named,
  rekey,
  scan,
  sink,
  source,
  STRING,
  value,
} from '../plan/build.test-helper.ts';
import type { JoinType, JoinWithin } from '../plan/logical.ts';
import { Bench } from './scenario.test-helper.ts';

const lefts = source('LEFTS', 'stream', { value: [field('L', STRING)] });
const rights = source('RIGHTS', 'stream', { value: [field('R', STRING)] });

function left(id: string | null, text: string, timestamp: number) {
  return { topic: 'lefts', key: id, value: `{"L":"${text}"}`, timestamp };
}
function right(id: string, text: string, timestamp: number) {
  return { topic: 'rights', key: id, value: `{"R":"${text}"}`, timestamp };
}

function bench(type: JoinType, within: JoinWithin): Bench {
  const plan = sink(join(scan(lefts), scan(rights), { join: 'stream-stream', type, within }));
  return new Bench({ sources: [lefts, rights], plan });
}

/** `key:left right@timestamp`, `-` for a side without row. */
function lines(of: Bench): readonly string[] {
  return of.run().outputs.map(({ key, value: text, timestamp }) => {
    const { L, R } = JSON.parse(text!) as { L: string | null; R: string | null };
    return `${key}:${L ?? '-'} ${R ?? '-'}@${timestamp}`;
  });
}

describe('without GRACE PERIOD un-joined rows leave at once', () => {
  const within: JoinWithin = { beforeMs: 100, afterMs: 100, graceMs: null };
  const records = [
    left('k', 'A', 1),
    right('k', 'a', 2),
    left('k', 'B', 3),
    right('k', 'b', 4),
    right('z', 'c', 5),
  ];
  const tests: readonly (readonly [JoinType, readonly string[]])[] = [
    ['INNER', ['k:A a@2', 'k:B a@3', 'k:A b@4', 'k:B b@4']],
    ['LEFT', ['k:A -@1', 'k:A a@2', 'k:B a@3', 'k:A b@4', 'k:B b@4']],
    ['RIGHT', ['k:A a@2', 'k:B a@3', 'k:A b@4', 'k:B b@4', 'z:- c@5']],
    ['FULL', ['k:A -@1', 'k:A a@2', 'k:B a@3', 'k:A b@4', 'k:B b@4', 'z:- c@5']],
  ];
  for (const [type, expected] of tests) {
    test(type, () => {
      const of = bench(type, within);
      of.append(...records);
      expect(lines(of)).toEqual(expected);
    });
  }
});

test('a left row meets right rows from before to after it, both ends included', () => {
  const of = bench('INNER', { beforeMs: 5, afterMs: 2, graceMs: 100 });
  of.append(left('k', 'A', 10));
  for (const at of [4, 5, 12, 13]) of.append(right('k', `r${at}`, at));
  of.append(left('k', 'B', 9));
  expect(lines(of)).toEqual(['k:A r5@10', 'k:A r12@12', 'k:B r4@9', 'k:B r5@9']);
});

test('with GRACE PERIOD an un-joined row leaves when its window and grace are over, before the results of the record that ended them', () => {
  const of = bench('FULL', { beforeMs: 5, afterMs: 5, graceMs: 2 });
  of.append(
    left('k', 'A', 10),
    right('m', 'a', 10),
    left('b', 'B', 11),
    right('k', 'c', 12),
    right('q', 'd', 17),
    right('q', 'e', 18),
    left('q', 'F', 19),
  );
  expect(lines(of)).toEqual(['k:A c@12', 'm:- a@10', 'b:B -@11', 'q:F d@19', 'q:F e@19']);
});

test('rows released together come by timestamp, right before left, then by key bytes', () => {
  const of = bench('FULL', { beforeMs: 1, afterMs: 1, graceMs: 0 });
  of.append(
    left('b', 'B', 10),
    left('a', 'A', 10),
    right('z', 'z', 10),
    left('c', 'C', 9),
    right('x', 'x', 50),
  );
  expect(lines(of)).toEqual(['c:C -@9', 'z:- z@10', 'a:A -@10', 'b:B -@10']);
});

test('a row whose window is over when it comes leaves at once', () => {
  const of = bench('LEFT', { beforeMs: 1, afterMs: 1, graceMs: 100 });
  of.append(right('x', 'x', 50), left('k', 'A', 10));
  expect(lines(of)).toEqual(['k:A -@10']);
});

test('a row that is older than window and grace is not kept', () => {
  const of = bench('INNER', { beforeMs: 5, afterMs: 5, graceMs: 10 });
  of.append(left('k', 'A', 100), left('k', 'B', 80), left('k', 'C', 81));
  of.append(right('k', 'b', 80), right('k', 'c', 81));
  expect(lines(of)).toEqual(['k:C b@81', 'k:C c@81']);
});

test('rows with a NULL join key are left out', () => {
  const of = bench('FULL', { beforeMs: 5, afterMs: 5, graceMs: null });
  of.append(left(null, 'A', 1));
  expect(lines(of)).toEqual([]);
});

test('a re-keyed side moves to the partition of its key, and meets what is there', () => {
  const keyless = source('LEFTS', 'stream', { key: [], value: [field('K', INTEGER)] });
  const keyed = source('RIGHTS', 'stream', {
    key: [field('ID', INTEGER)],
    value: [field('R', STRING)],
  });
  const input = scan(keyless);
  const plan = sink(
    join(rekey(input, [named('K', value(input, 0))]), scan(keyed), {
      join: 'stream-stream',
      type: 'INNER',
      within: { beforeMs: 5, afterMs: 5, graceMs: 0 },
    }),
  );
  const of = new Bench({ sources: [keyless, keyed], plan, partitions: 4 });
  of.append(
    {
      topic: 'rights',
      partition: 3,
      key: new Uint8Array([0, 0, 0, 10]),
      value: '{"R":"r"}',
      timestamp: 1,
    },
    { topic: 'lefts', partition: 2, key: null, value: '{"K":10}', timestamp: 2 },
  );
  expect(of.run().outputs.map(({ partition, value: text }) => [partition, text])).toEqual([
    [1, '{"K":10,"R":"r"}'],
  ]);
});
