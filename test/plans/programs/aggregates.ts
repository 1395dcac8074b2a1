/** GROUP BY without windows. */
import { json, type Program } from '../program.ts';

const source = `CREATE STREAM sales (id STRING KEY, shop STRING, item STRING, n INT, price DECIMAL(8, 2), weight DOUBLE, units BIGINT)
  WITH (KAFKA_TOPIC='sales', VALUE_FORMAT='JSON', PARTITIONS=2);`;
const sale = (
  time: number,
  id: string,
  shop: string | null,
  item: string,
  n: number | null,
  partition = 0,
) =>
  json(
    'sales',
    time,
    id,
    { SHOP: shop, ITEM: item, N: n, PRICE: 1.25, WEIGHT: 0.5, UNITS: 3 },
    partition,
  );
const records = [
  sale(1_000, 'a', 'north', 'apple', 3),
  sale(2_000, 'b', 'south', 'pear', 4, 1),
  sale(3_000, 'a', 'north', 'apple', null),
  sale(4_000, 'c', null, 'fig', 9),
  json('sales', 5_000, 'd', undefined),
  sale(6_000, 'b', 'south', 'apple', -2, 1),
];
const later = [sale(7_000, 'a', 'north', 'pear', 10), sale(8_000, 'b', 'south', 'pear', 1, 1)];

function over(
  name: string,
  about: string,
  sql: readonly string[],
  pulls: readonly string[] = [],
): Program {
  return {
    name,
    about,
    phases: [
      { sql: [source, ...sql], records, pulls },
      { records: later, pulls },
    ],
  };
}

export const aggregatePrograms: readonly Program[] = [
  over(
    'aggregate-by-key',
    'Grouped by the key as it is: no row moves.',
    ['CREATE TABLE per_id AS SELECT id, COUNT(*) AS c, SUM(n) AS total FROM sales GROUP BY id;'],
    ['SELECT * FROM per_id;', `SELECT total FROM per_id WHERE id = 'a';`],
  ),
  over(
    'aggregate-by-column',
    'Grouped by a column, an expression, two columns, and by nothing.',
    [
      'CREATE TABLE per_shop AS SELECT shop, COUNT(*) AS c FROM sales GROUP BY shop;',
      'CREATE TABLE per_letter AS SELECT SUBSTRING(item, 1, 1) AS letter, SUM(n) AS total FROM sales GROUP BY SUBSTRING(item, 1, 1);',
      `CREATE TABLE per_both WITH (KEY_FORMAT='JSON') AS SELECT shop, item, COUNT(*) AS c FROM sales GROUP BY shop, item;`,
      'CREATE TABLE overall AS SELECT 1 AS one, COUNT(*) AS c FROM sales GROUP BY 1;',
    ],
    ['SELECT * FROM per_shop;', `SELECT * FROM per_letter WHERE letter = 'a';`],
  ),
  over('aggregate-numbers', 'COUNT, SUM, AVG, MIN, MAX, STDDEV_SAMP over every numeric type.', [
    `CREATE TABLE numbers AS SELECT shop, COUNT(n) AS cn, COUNT(*) AS ca, SUM(n) AS si, SUM(units) AS sl, SUM(price) AS sd,
       SUM(weight) AS sw, AVG(n) AS ai, AVG(weight) AS aw, MIN(n) AS mi, MAX(units) AS ml, MIN(price) AS mp, MAX(weight) AS mw,
       STDDEV_SAMP(n) AS dev, STDDEV_SAMPLE(weight) AS samples FROM sales GROUP BY shop;`,
  ]),
  over(
    'aggregate-collections',
    'COLLECT_LIST, COLLECT_SET, HISTOGRAM, TOPK, TOPKDISTINCT, COUNT_DISTINCT.',
    [
      `CREATE TABLE collections AS SELECT shop, COLLECT_LIST(item) AS items, COLLECT_SET(n) AS ns, HISTOGRAM(item) AS h,
       TOPK(n, 2) AS top, TOPKDISTINCT(item, 2) AS distinct_top, COUNT_DISTINCT(item) AS d FROM sales GROUP BY shop;`,
    ],
  ),
  over(
    'aggregate-by-offset',
    'EARLIEST_BY_OFFSET and LATEST_BY_OFFSET in all their forms; ATTR; CORRELATION.',
    [
      `CREATE TABLE by_offset AS SELECT shop, EARLIEST_BY_OFFSET(item) AS e, LATEST_BY_OFFSET(item) AS l, EARLIEST_BY_OFFSET(n, false) AS en,
       LATEST_BY_OFFSET(n, false) AS ln, EARLIEST_BY_OFFSET(item, 2) AS e2, LATEST_BY_OFFSET(item, 2) AS l2, ATTR(shop) AS attr,
       CORRELATION(weight, CAST(n AS DOUBLE)) AS corr FROM sales GROUP BY shop;`,
    ],
  ),
  over(
    'aggregate-having',
    'HAVING over an aggregate, and expressions over aggregates.',
    [
      `CREATE TABLE busy AS SELECT shop, COUNT(*) * 10 AS tens, AS_VALUE(shop) AS name FROM sales GROUP BY shop HAVING COUNT(*) > 1;`,
    ],
    ['SELECT * FROM busy;'],
  ),
  over('aggregate-filtered', 'WHERE before GROUP BY, EXPLODE before GROUP BY.', [
    `CREATE TABLE large AS SELECT shop, SUM(n) AS total FROM sales WHERE n > 2 GROUP BY shop;`,
    `CREATE STREAM parts AS SELECT id, EXPLODE(SPLIT(item, 'p')) AS part FROM sales;`,
    'CREATE TABLE per_part AS SELECT part, COUNT(*) AS c FROM parts GROUP BY part;',
  ]),
  {
    name: 'aggregate-table',
    about: 'GROUP BY over a table: what changed is taken back from its old group.',
    phases: [
      {
        sql: [
          `CREATE TABLE users (id STRING PRIMARY KEY, city STRING, age INT) WITH (KAFKA_TOPIC='users', VALUE_FORMAT='JSON', PARTITIONS=1);`,
          'CREATE TABLE per_city AS SELECT city, COUNT(*) AS n, SUM(age) AS ages, COLLECT_LIST(id) AS ids FROM users GROUP BY city;',
          'CREATE TABLE grown AS SELECT city, COUNT(*) AS n FROM users WHERE age >= 18 GROUP BY city HAVING COUNT(*) > 0;',
        ],
        records: [
          json('users', 1, 'ann', { CITY: 'oslo', AGE: 30 }),
          json('users', 2, 'bob', { CITY: 'oslo', AGE: 10 }),
          json('users', 3, 'ann', { CITY: 'rome', AGE: 31 }),
          json('users', 4, 'cid', { CITY: null, AGE: 50 }),
        ],
        pulls: ['SELECT * FROM per_city;', 'SELECT * FROM grown;'],
      },
      {
        records: [
          json('users', 5, 'bob', { CITY: 'rome', AGE: 18 }),
          json('users', 6, 'ann', undefined),
          json('users', 7, 'cid', { CITY: 'oslo', AGE: 51 }),
        ],
        pulls: ['SELECT * FROM per_city;', 'SELECT * FROM grown;'],
      },
    ],
  },
  {
    name: 'aggregate-state-types',
    about: 'Accumulators of every type: dates, times, decimals, bytes, structs, maps.',
    phases: [
      {
        sql: [
          `CREATE STREAM s (k STRING KEY, da DATE, ti TIME, ts TIMESTAMP, m DECIMAL(20, 4), y BYTES, b BOOLEAN, st STRUCT<f INT>, p MAP<STRING, INT>, a ARRAY<BIGINT>)
             WITH (KAFKA_TOPIC='s', VALUE_FORMAT='JSON', PARTITIONS=1);`,
          `CREATE TABLE kept AS SELECT k, LATEST_BY_OFFSET(da) AS da, MAX(ti) AS ti, MIN(ts) AS ts, SUM(m) AS m, EARLIEST_BY_OFFSET(y) AS y, LATEST_BY_OFFSET(b) AS b,
             LATEST_BY_OFFSET(st) AS st, COLLECT_LIST(p) AS ps, EARLIEST_BY_OFFSET(a) AS a FROM s GROUP BY k;`,
        ],
        records: [
          json('s', 1, 'x', {
            DA: 10,
            TI: 20,
            TS: 30,
            M: '1234567890.1234',
            Y: 'AAE=',
            B: true,
            ST: { F: 1 },
            P: { a: 1 },
            A: [9_007_199_254_740_991],
          }),
        ],
        pulls: ['SELECT * FROM kept;'],
      },
      {
        records: [json('s', 2, 'x', { M: '-0.0001', TI: 21, P: { b: 2 } })],
        pulls: ['SELECT * FROM kept;'],
      },
    ],
  },
];
