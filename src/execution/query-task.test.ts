import { expect, test } from 'vitest';
import { bytesOf, textOf } from '../base/bytes.ts';
import { partitionFor } from '../base/hash.ts';
import { decodeRecords } from '../log/record-cursor.ts';
import {
  BIGINT,
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
  rekey,
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

test('the backlog is merged by the time that a column gives', () => {
  const timed = {
    ...source('ORDERS', 'stream', { value: [field('AT', BIGINT)] }),
    timestamp: { column: 'AT', format: null },
  };
  const plan = sink(join(scan(timed), scan(items), { join: 'stream-table', type: 'LEFT' }));
  const records = [
    { topic: 'orders', key: 'a', value: '{"AT":5}', timestamp: 999 },
    { topic: 'orders', key: 'a', value: '{"AT":20}', timestamp: 0 },
    { topic: 'items', key: 'a', value: '{"NAME":"Anna"}', timestamp: 10 },
  ];
  const backlog = { orders: [2], items: [1] };
  const bench = new Bench({ sources: [timed, items], plan, backlog });
  bench.append(...records);
  expect(bench.run().lines()).toEqual(['a|{"AT":5,"NAME":null}@5', 'a|{"AT":20,"NAME":"Anna"}@20']);
});

test('records whose payload or time cannot be read are reported once and skipped', () => {
  const timed = {
    ...source('ORDERS', 'stream', { value: [field('AT', BIGINT)] }),
    timestamp: { column: 'AT', format: null },
  };
  const bench = new Bench({ sources: [timed], plan: sink(scan(timed)), backlog: { orders: [3] } });
  bench.append(
    { topic: 'orders', key: 'a', value: 'no JSON', timestamp: 1 },
    { topic: 'orders', key: 'a', value: '{"AT":-1}', timestamp: 2 },
    { topic: 'orders', key: 'a', value: '{"AT":7}', timestamp: 3 },
  );
  expect(bench.run().lines()).toEqual(['a|{"AT":7}@7']);
  expect(bench.errors.map(({ type, offset, target }) => ({ type, offset, target }))).toEqual([
    { type: 0, offset: 0, target: 'value' },
    { type: 0, offset: 1, target: 'value' },
  ]);
});

test('headers of the input are forwarded, and columns read them', () => {
  const headed = source('ORDERS', 'stream', { value: [field('V', INTEGER)] });
  const withHeader: typeof headed = {
    ...headed,
    schema: {
      ...headed.schema,
      value: [
        { name: 'H', type: { kind: 'BYTES' }, header: { all: false, key: 'h' } },
        field('V', INTEGER),
      ],
    },
  };
  const input = scan(withHeader);
  const plan = sink(project(input, [named('V', value(input, 1)), named('H', value(input, 0))]));
  const bench = new Bench({ sources: [withHeader], plan });
  const headers = [
    ['h', bytesOf('first')],
    ['h', bytesOf('last')],
  ] as const;
  bench.append({ topic: 'orders', key: 'a', value: '{"V":1}', timestamp: 1, headers });
  bench.run();
  expect(bench.outputs[0]?.value).toBe('{"V":1,"H":"bGFzdA=="}');
  const [record] = decodeRecords({ bytes: bench.appends[0]!.batch });
  expect(record!.headers.map(([name, of]) => [name, textOf(of!)])).toEqual([
    ['h', 'first'],
    ['h', 'last'],
  ]);
});

test('a re-keyed stream is written to the partition of its new key', () => {
  const input = scan(orders);
  const plan = sink(rekey(input, [named('ITEM', value(input, 0))]));
  const bench = new Bench({ sources: [orders], plan, partitions: 3 });
  bench.append(
    { topic: 'orders', partition: 2, key: 'a', value: '{"ITEM":"apple"}', timestamp: 1 },
    { topic: 'orders', partition: 1, key: 'a', value: null, timestamp: 2 },
  );
  const partition = partitionFor(bytesOf('apple'), 3);
  expect(bench.run().lines()).toEqual(
    [`${partition}:apple|{"ITEM":"apple","COUNT":null}@1`, '1:null|null@2'].sort(),
  );
});

test('output carries the logical times of the records it comes from', () => {
  const bench = new Bench({ sources: [orders], plan: sink(scan(orders)) });
  bench.appendBatch([order('a', '{}', 1), order('b', '{}', 2)], 7);
  bench.appendBatch([order('c', '{}', 3)], 9);
  bench.run();
  expect(bench.appends.map(({ times, recordCount }) => ({ times, recordCount }))).toEqual([
    {
      times: [
        [7, 2],
        [9, 1],
      ],
      recordCount: 3,
    },
  ]);
});
