import { expect, test } from 'vitest';
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
  project,
  scan,
  sink,
  source,
  STRING,
  value,
} from '../plan/build.test-helper.ts';
import { Bench } from './scenario.test-helper.ts';

const orders = source('ORDERS', 'stream', {
  value: [field('ITEM', STRING), field('COUNT', INTEGER)],
});
const items = source('ITEMS', 'table', { value: [field('NAME', STRING)] });

function order(id: string | null, text: string | null, timestamp: number) {
  return { topic: 'orders', key: id, value: text, timestamp };
}

test('a stream is filtered and projected', () => {
  const input = scan(orders);
  const plan = sink(
    project(filter(input, compare(value(input, 1), 'GREATER_THAN', literal(1))), [
      named('DOUBLED', {
        kind: 'arithmetic',
        type: INTEGER,
        op: '*',
        left: value(input, 1),
        right: literal(2),
      }),
      named('ITEM', value(input, 0)),
    ]),
  );
  const bench = new Bench({ sources: [orders], plan });
  bench.append(
    order('a', '{"ITEM":"x","COUNT":1}', 10),
    order('b', '{"ITEM":"y","COUNT":2}', 20),
    order('c', null, 30),
    order(null, '{"COUNT":3}', 40),
    order('d', '{"ITEM":"z"}', 50),
  );
  expect(bench.run().lines()).toEqual([
    'b|{"DOUBLED":4,"ITEM":"y"}@20',
    'null|{"DOUBLED":6,"ITEM":null}@40',
  ]);
});

test('tumbling windows count and sum by key, and drop what comes too late', () => {
  const input = scan(orders);
  const plan = sink(
    countAndSum(input, [named('ID', key(input, 0))], {
      sum: 1,
      spec: { kind: 'TUMBLING', sizeMs: 10, advanceMs: 10, graceMs: 5, retentionMs: 15 },
    }),
  );
  const bench = new Bench({ sources: [orders], plan });
  bench.append(
    order('a', '{"COUNT":1}', 1),
    order('a', '{"COUNT":2}', 0),
    order('b', '{"COUNT":7}', 14),
    order('a', '{"COUNT":3}', 9),
    order('a', '{"COUNT":4}', 15),
    order('a', '{"COUNT":5}', 9),
  );
  bench.run();
  expect(bench.outputs.map(({ value: text, timestamp }) => `${text}@${timestamp}`)).toEqual([
    '{"N":1,"S":1}@1',
    '{"N":2,"S":3}@1',
    '{"N":1,"S":7}@14',
    '{"N":3,"S":6}@9',
    '{"N":1,"S":4}@15',
  ]);
  expect([...bench.task.scan(null)].map(({ key: row, value: columns }) => [row, columns])).toEqual([
    [
      ['a', 0, 10],
      [3n, 6],
    ],
    [
      ['a', 10, 20],
      [1n, 4],
    ],
    [
      ['b', 10, 20],
      [1n, 7],
    ],
  ]);
});

test('a stream row is joined with the table row as it stands', () => {
  const plan = sink(join(scan(orders), scan(items), { join: 'stream-table', type: 'LEFT' }));
  const bench = new Bench({ sources: [orders, items], plan });
  bench.append(
    order('a', '{"ITEM":"x","COUNT":1}', 10),
    { topic: 'items', key: 'a', value: '{"NAME":"Anna"}', timestamp: 5 },
    order('a', '{"ITEM":"x","COUNT":2}', 20),
    { topic: 'items', key: 'a', value: null, timestamp: 25 },
    order('a', '{"ITEM":"x","COUNT":3}', 30),
  );
  expect(bench.run().lines()).toEqual([
    'a|{"ITEM":"x","COUNT":1,"NAME":null}@10',
    'a|{"ITEM":"x","COUNT":2,"NAME":"Anna"}@20',
    'a|{"ITEM":"x","COUNT":3,"NAME":null}@30',
  ]);
});
