/** Tables, by hand from spec semantics.md §4, §5 and §7.5. */
import { describe, expect, test } from 'vitest';
import type { JoinType } from '../plan/logical.ts';
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

const users = source('USERS', 'table', {
  value: [field('REGION', STRING), field('POINTS', INTEGER)],
});
const cities = source('CITIES', 'table', { value: [field('CITY', STRING)] });

function user(id: string | null, text: string | null, timestamp = 0) {
  return { topic: 'users', key: id, value: text, timestamp };
}
function city(id: string, text: string | null, timestamp = 0) {
  return { topic: 'cities', key: id, value: text, timestamp };
}

test('a table row that stops matching becomes a tombstone; one that never matched leaves no trace', () => {
  const input = scan(users);
  const plan = sink(filter(input, compare(value(input, 1), 'GREATER_THAN', literal(10))));
  const bench = new Bench({ sources: [users], plan });
  bench.append(
    user('a', '{"POINTS":5}'),
    user('a', null),
    user('a', '{"POINTS":11}'),
    user('a', '{"POINTS":12}'),
    user('a', '{"POINTS":3}'),
    user('a', '{"POINTS":4}'),
    user('b', '{"POINTS":20}'),
    user('b', null),
    user('b', null),
    user(null, '{"POINTS":99}'),
  );
  expect(bench.run().lines()).toEqual([
    'a|{"REGION":null,"POINTS":11}@0',
    'a|{"REGION":null,"POINTS":12}@0',
    'a|null@0',
    'b|{"REGION":null,"POINTS":20}@0',
    'b|null@0',
  ]);
});

test('tombstones pass a projection of a table', () => {
  const input = scan(users);
  const plan = sink(project(input, [named('P', value(input, 1))]));
  const bench = new Bench({ sources: [users], plan });
  bench.append(user('a', '{"POINTS":5}'), user('a', null));
  expect(bench.run().lines()).toEqual(['a|{"P":5}@0', 'a|null@0']);
});

test('pull queries see a table through filter and projection, in order of key bytes', () => {
  const input = scan(users);
  const matching = filter(input, compare(value(input, 1), 'GREATER_THAN', literal(1)));
  const plan = sink(project(matching, [named('P', value(matching, 1))]));
  const bench = new Bench({ sources: [users], plan });
  bench.append(
    user('b', '{"POINTS":2}', 7),
    user('a', '{"POINTS":3}', 8),
    user('c', '{"POINTS":1}'),
    user('d', '{"POINTS":4}'),
    user('d', null),
  );
  bench.run();
  const rows = [
    { key: ['a'], value: [3], timestamp: 8 },
    { key: ['b'], value: [2], timestamp: 7 },
  ];
  expect([...bench.task.scan(null)]).toEqual(rows);
  bench.restart();
  expect([...bench.task.scan(null)]).toEqual(rows);
  expect([...bench.task.lookup(['b'], null)]).toEqual([rows[1]]);
  expect([...bench.task.lookup(['c'], null)]).toEqual([]);
});

test('a change of group leaves the old group first; an emptied group keeps its empty value', () => {
  const input = scan(users);
  const plan = sink(countAndSum(input, [named('REGION', value(input, 0))], { sum: 1 }));
  const bench = new Bench({ sources: [users], plan });
  bench.append(
    user('a', '{"REGION":"x","POINTS":1}', 5),
    user('b', '{"REGION":"x","POINTS":2}', 3),
    user('a', '{"REGION":"y","POINTS":4}', 6),
    user('b', '{"REGION":"x","POINTS":8}', 7),
    user('b', null, 8),
    user('c', '{"POINTS":16}', 9),
  );
  expect(bench.run().lines()).toEqual([
    'x|{"N":1,"S":1}@5',
    'x|{"N":2,"S":3}@5',
    'x|{"N":1,"S":2}@6',
    'y|{"N":1,"S":4}@6',
    'x|{"N":1,"S":8}@7',
    'x|{"N":0,"S":0}@8',
  ]);
});

test('HAVING: a group that stops passing becomes a tombstone, one that never passed emits nothing', () => {
  const input = scan(users);
  const counted = countAndSum(input, [named('REGION', value(input, 0))], { sum: 1 });
  const plan = sink(filter(counted, compare(value(counted, 1), 'LESS_THAN', literal(5))));
  const bench = new Bench({ sources: [users], plan });
  bench.append(
    user('a', '{"REGION":"x","POINTS":3}', 1),
    user('b', '{"REGION":"x","POINTS":4}', 2),
    user('c', '{"REGION":"x","POINTS":1}', 3),
    user('d', '{"REGION":"y","POINTS":9}', 4),
    user('d', '{"REGION":"y","POINTS":2}', 5),
  );
  expect(bench.run().lines()).toEqual(['x|{"N":1,"S":3}@1', 'x|null@2', 'y|{"N":1,"S":2}@5']);
});

test('grouping a table by its key needs no exchange', () => {
  const input = scan(users);
  const plan = sink(countAndSum(input, [named('ID', key(input, 0))], { sum: 1 }));
  const bench = new Bench({ sources: [users], plan });
  expect(bench.plan.steps.map((step) => step.op)).toEqual([
    'source@1',
    'group@1',
    'aggregate@1',
    'sink@1',
  ]);
});

describe('a table-table join', () => {
  const left = (points: number) => user('k', `{"REGION":"r","POINTS":${points}}`, points);
  const right = (name: string, at: number) => city('k', `{"CITY":"${name}"}`, at);
  const changes = [
    left(1), // right absent
    right('A', 5), // left present
    left(2), // right present
    user('k', null, 10), // right present
    user('k', null, 11), // nothing was there
    right('B', 12), // left absent
    city('k', null, 13), // left absent
    city('k', null, 14), // nothing was there
    left(20), // right absent
    right('C', 21), // left present
    city('k', null, 22), // left present
    user('k', null, 23), // right absent
  ];
  const row = (points: number | null, name: string | null): string => {
    const region = points === null ? 'null' : '"r"';
    const city = name === null ? 'null' : `"${name}"`;
    return `{"REGION":${region},"POINTS":${points},"CITY":${city}}`;
  };
  const tests: readonly (readonly [JoinType, readonly string[]])[] = [
    ['INNER', [`${row(1, 'A')}@5`, `${row(2, 'A')}@5`, 'null@10', `${row(20, 'C')}@21`, 'null@22']],
    [
      'LEFT',
      [
        `${row(1, null)}@1`,
        `${row(1, 'A')}@5`,
        `${row(2, 'A')}@5`,
        'null@10',
        `${row(20, null)}@20`,
        `${row(20, 'C')}@21`,
        `${row(20, null)}@22`,
        'null@23',
      ],
    ],
    [
      'RIGHT',
      [
        `${row(1, 'A')}@5`,
        `${row(2, 'A')}@5`,
        `${row(null, 'A')}@10`,
        `${row(null, 'B')}@12`,
        'null@13',
        `${row(20, 'C')}@21`,
        'null@22',
      ],
    ],
    [
      'FULL',
      [
        `${row(1, null)}@1`,
        `${row(1, 'A')}@5`,
        `${row(2, 'A')}@5`,
        `${row(null, 'A')}@10`,
        `${row(null, 'B')}@12`,
        'null@13',
        `${row(20, null)}@20`,
        `${row(20, 'C')}@21`,
        `${row(20, null)}@22`,
        'null@23',
      ],
    ],
  ];
  for (const [type, expected] of tests) {
    test(type, () => {
      const plan = sink(join(scan(users), scan(cities), { join: 'table-table', type }));
      const bench = new Bench({ sources: [users, cities], plan });
      bench.append(...changes);
      expect(bench.run().lines()).toEqual(expected.map((line) => `k|${line}`));
    });
  }
});

describe('a foreign-key join', () => {
  const plan = (type: JoinType) => {
    const left = scan(users);
    return sink(
      join(left, scan(cities), { join: 'foreign-key', type, foreignKey: value(left, 0) }),
    );
  };
  const changes = [
    user('u2', '{"REGION":"c1","POINTS":2}', 1), // the right row is not there yet
    city('c1', '{"CITY":"Rome"}', 2),
    user('u1', '{"REGION":"c1","POINTS":1}', 3),
    city('c1', '{"CITY":"Roma"}', 4), // both refer to it, in key order
    user('u1', '{"REGION":"c9","POINTS":1}', 5), // to one that does not exist
    user('u3', '{"POINTS":3}', 6), // no foreign key
    city('c1', null, 7),
    user('u2', null, 8),
    user('u2', null, 9), // nothing was there
  ];
  const row = (region: string | null, points: number, name: string | null): string => {
    const quoted = (text: string | null): string => (text === null ? 'null' : `"${text}"`);
    return `{"REGION":${quoted(region)},"POINTS":${points},"CITY":${quoted(name)}}`;
  };

  test('INNER', () => {
    const bench = new Bench({ sources: [users, cities], plan: plan('INNER') });
    bench.append(...changes);
    expect(bench.run().lines()).toEqual([
      `u2|${row('c1', 2, 'Rome')}@2`,
      `u1|${row('c1', 1, 'Rome')}@3`,
      `u1|${row('c1', 1, 'Roma')}@4`,
      `u2|${row('c1', 2, 'Roma')}@4`,
      'u1|null@5',
      'u2|null@7',
      'u2|null@8',
    ]);
  });

  test('LEFT', () => {
    const bench = new Bench({ sources: [users, cities], plan: plan('LEFT') });
    bench.append(...changes);
    expect(bench.run().lines()).toEqual([
      `u2|${row('c1', 2, null)}@1`,
      `u2|${row('c1', 2, 'Rome')}@2`,
      `u1|${row('c1', 1, 'Rome')}@3`,
      `u1|${row('c1', 1, 'Roma')}@4`,
      `u2|${row('c1', 2, 'Roma')}@4`,
      `u1|${row('c9', 1, null)}@5`,
      `u3|${row(null, 3, null)}@6`,
      `u2|${row('c1', 2, null)}@7`,
      'u2|null@8',
    ]);
  });
});
