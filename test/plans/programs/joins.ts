/** Joins of every kind and type. */
import { json, type Program } from '../program.ts';

const left = `CREATE STREAM l (k STRING KEY, a STRING, n INT) WITH (KAFKA_TOPIC='l', VALUE_FORMAT='JSON', PARTITIONS=2);`;
const right = `CREATE STREAM r (k STRING KEY, b STRING, n INT) WITH (KAFKA_TOPIC='r', VALUE_FORMAT='JSON', PARTITIONS=2);`;
const streamRecords = [
  json('l', 1_000, 'x', { A: 'a1', N: 1 }),
  json('r', 1_500, 'x', { B: 'b1', N: 2 }),
  json('l', 2_000, 'y', { A: 'a2', N: 2 }, 1),
  json('r', 900, 'x', { B: 'b2', N: 1 }),
  json('l', 30_000, 'x', { A: 'a3', N: 1 }),
  json('r', 31_000, 'z', { B: 'b3', N: 3 }, 1),
  json('l', 5_000, 'x', { A: 'late', N: 9 }),
  json('r', 32_000, undefined, { B: 'no key', N: 1 }),
];
const streamLater = [
  json('r', 30_500, 'x', { B: 'b4', N: 1 }),
  json('l', 90_000, 'y', { A: 'a4', N: 3 }, 1),
  json('r', 90_500, 'y', { B: 'b5', N: 3 }, 1),
  json('l', 120_000, 'x', { A: 'a5', N: 3 }),
];

function streams(type: string): Program {
  const name = type.split(' ')[0]?.toLowerCase();
  return {
    name: `join-stream-stream-${name}`,
    about: `${type} JOIN of two streams, with grace, without, and with BEFORE and AFTER.`,
    phases: [
      {
        sql: [
          left,
          right,
          `CREATE STREAM graceful AS SELECT ROWKEY AS k, a, b FROM l ${type} JOIN r WITHIN 1 SECOND GRACE PERIOD 5 SECONDS ON l.k = r.k;`.replace(
            'ROWKEY AS k',
            type === 'FULL OUTER' ? 'ROWKEY' : 'l.k AS k',
          ),
          `CREATE STREAM eager AS SELECT ${type === 'FULL OUTER' ? 'ROWKEY' : 'l.k AS k'}, a, b FROM l ${type} JOIN r WITHIN 1 SECOND ON l.k = r.k;`,
          `CREATE STREAM uneven AS SELECT ${type === 'FULL OUTER' ? 'ROWKEY' : 'l.k AS k'}, a, b FROM l ${type} JOIN r WITHIN (0 SECONDS, 2 SECONDS) GRACE PERIOD 1 SECOND ON l.k = r.k;`,
          `CREATE STREAM by_n AS SELECT ${type === 'FULL OUTER' ? 'ROWKEY' : 'l.n AS n'}, a, b FROM l ${type} JOIN r WITHIN 1 MINUTE GRACE PERIOD 1 SECOND ON l.n = r.n;`,
        ],
        records: streamRecords,
      },
      { records: streamLater },
    ],
  };
}

const products = `CREATE TABLE products (id STRING PRIMARY KEY, name STRING, maker STRING) WITH (KAFKA_TOPIC='products', VALUE_FORMAT='JSON', PARTITIONS=1);`;
const orders = `CREATE STREAM orders (id STRING KEY, product STRING, n INT) WITH (KAFKA_TOPIC='orders', VALUE_FORMAT='JSON', PARTITIONS=1);`;
const shopRecords = [
  json('products', 1, 'p1', { NAME: 'apple', MAKER: 'm1' }),
  json('orders', 2, 'p1', { PRODUCT: 'p1', N: 1 }),
  json('orders', 3, 'p2', { PRODUCT: 'p2', N: 2 }),
  json('products', 4, 'p2', { NAME: 'pear', MAKER: 'm2' }),
  json('products', 5, 'p1', undefined),
  json('orders', 6, 'p1', { PRODUCT: 'p2', N: 3 }),
];
const shopLater = [
  json('orders', 7, 'p2', { PRODUCT: 'p1', N: 4 }),
  json('products', 8, 'p1', { NAME: 'APPLE', MAKER: 'm2' }),
  json('orders', 9, 'p9', { PRODUCT: 'p1', N: 5 }),
  json('orders', 10, undefined, { PRODUCT: 'p2', N: 6 }),
];

const a = `CREATE TABLE a (id STRING PRIMARY KEY, x INT) WITH (KAFKA_TOPIC='a', VALUE_FORMAT='JSON', PARTITIONS=1);`;
const b = `CREATE TABLE b (id STRING PRIMARY KEY, y INT) WITH (KAFKA_TOPIC='b', VALUE_FORMAT='JSON', PARTITIONS=1);`;
const tableRecords = [
  json('a', 1, '1', { X: 1 }),
  json('b', 2, '1', { Y: 10 }),
  json('a', 3, '2', { X: 2 }),
  json('b', 4, '3', { Y: 30 }),
  json('a', 5, '1', { X: 11 }),
  json('b', 6, '1', undefined),
];
const tableLater = [
  json('b', 7, '2', { Y: 20 }),
  json('a', 8, '2', undefined),
  json('a', 9, '3', { X: 3 }),
  json('b', 10, '9', undefined),
];

export const joinPrograms: readonly Program[] = [
  streams('INNER'),
  streams('LEFT OUTER'),
  streams('RIGHT OUTER'),
  streams('FULL OUTER'),
  {
    name: 'join-stream-table',
    about: 'INNER and LEFT, by the key and by another column.',
    phases: [
      {
        sql: [
          products,
          orders,
          'CREATE STREAM named AS SELECT o.id, o.n, p.name FROM orders o JOIN products p ON o.id = p.id;',
          'CREATE STREAM perhaps AS SELECT o.id, o.n, p.name FROM orders o LEFT JOIN products p ON o.id = p.id;',
          'CREATE STREAM by_product AS SELECT o.product, o.id, p.name FROM orders o LEFT JOIN products p ON o.product = p.id WHERE o.n > 1;',
        ],
        records: shopRecords,
      },
      { records: shopLater },
    ],
  },
  {
    name: 'join-table-table',
    about: 'INNER, LEFT, RIGHT and FULL on primary keys.',
    phases: [
      {
        sql: [
          a,
          b,
          'CREATE TABLE j_inner AS SELECT a.id, x, y FROM a JOIN b ON a.id = b.id;',
          'CREATE TABLE j_left AS SELECT a.id, x, y FROM a LEFT JOIN b ON a.id = b.id WHERE x > 0;',
          'CREATE TABLE j_right AS SELECT b.id, x, y FROM a RIGHT JOIN b ON a.id = b.id;',
          'CREATE TABLE j_full AS SELECT ROWKEY, x, y FROM a FULL OUTER JOIN b ON a.id = b.id;',
        ],
        records: tableRecords,
        pulls: [
          'SELECT * FROM j_left;',
          'SELECT * FROM j_full;',
          `SELECT * FROM j_inner WHERE a_id = '1';`,
        ].slice(0, 2),
      },
      { records: tableLater, pulls: ['SELECT * FROM j_left;', 'SELECT * FROM j_full;'] },
    ],
  },
  {
    name: 'join-foreign-key',
    about: 'INNER and LEFT by a foreign key, and by an expression.',
    phases: [
      {
        sql: [
          `CREATE TABLE orders (id STRING PRIMARY KEY, product STRING, n INT) WITH (KAFKA_TOPIC='orders', VALUE_FORMAT='JSON', PARTITIONS=2);`,
          products,
          'CREATE TABLE fk_inner AS SELECT o.id, o.n, p.name FROM orders o JOIN products p ON o.product = p.id;',
          'CREATE TABLE fk_left AS SELECT o.id, o.n, p.name FROM orders o LEFT JOIN products p ON o.product = p.id;',
          'CREATE TABLE fk_expression AS SELECT o.id, p.name FROM orders o JOIN products p ON LCASE(o.product) = p.id;',
          'CREATE TABLE fk_grouped AS SELECT p.name AS name, COUNT(*) AS c FROM orders o JOIN products p ON o.product = p.id GROUP BY p.name;',
        ],
        records: [...shopRecords, json('orders', 6, 'p1', undefined)],
        pulls: ['SELECT * FROM fk_inner;', 'SELECT * FROM fk_left;'],
      },
      { records: shopLater, pulls: ['SELECT * FROM fk_inner;', 'SELECT * FROM fk_grouped;'] },
    ],
  },
  {
    name: 'join-three-ways',
    about: 'A stream with two tables; two streams, then a table; grouped.',
    phases: [
      {
        sql: [
          products,
          orders,
          `CREATE TABLE makers (id STRING PRIMARY KEY, country STRING) WITH (KAFKA_TOPIC='makers', VALUE_FORMAT='JSON', PARTITIONS=1);`,
          `CREATE STREAM payments (id STRING KEY, paid INT) WITH (KAFKA_TOPIC='payments', VALUE_FORMAT='JSON', PARTITIONS=1);`,
          'CREATE STREAM wide AS SELECT p.maker, o.id, o.n, p.name, m.country FROM orders o LEFT JOIN products p ON o.id = p.id LEFT JOIN makers m ON p.maker = m.id;',
          'CREATE STREAM three AS SELECT o.id, o.n, y.paid, p.name FROM orders o JOIN payments y WITHIN 1 HOUR GRACE PERIOD 1 HOUR ON o.id = y.id JOIN products p ON o.id = p.id;',
          'CREATE TABLE per_country AS SELECT m.country AS country, SUM(o.n) AS n FROM orders o JOIN products p ON o.product = p.id JOIN makers m ON p.maker = m.id GROUP BY m.country;',
        ],
        records: [
          json('makers', 0, 'm1', { COUNTRY: 'no' }),
          json('payments', 1, 'p1', { PAID: 100 }),
          ...shopRecords,
        ],
      },
      {
        records: [
          json('makers', 6, 'm2', { COUNTRY: 'it' }),
          json('payments', 6, 'p2', { PAID: 7 }),
          ...shopLater,
        ],
      },
    ],
  },
  {
    name: 'join-self-formats',
    about: 'Sides whose keys have different formats: rows move.',
    phases: [
      {
        sql: [
          `CREATE STREAM l (k INT KEY, a STRING) WITH (KAFKA_TOPIC='l', KEY_FORMAT='JSON', VALUE_FORMAT='JSON', PARTITIONS=2);`,
          `CREATE STREAM r (k INT KEY, b STRING) WITH (KAFKA_TOPIC='r', KEY_FORMAT='DELIMITED', VALUE_FORMAT='JSON', PARTITIONS=2);`,
          'CREATE STREAM j AS SELECT l.k, a, b FROM l JOIN r WITHIN 1 MINUTE GRACE PERIOD 1 MINUTE ON l.k = r.k;',
        ],
        records: [
          json('l', 1, '7', { A: 'a' }),
          json('r', 2, '7', { B: 'b' }, 1),
          json('r', 3, '8', { B: 'c' }),
        ],
      },
      { records: [json('l', 4, '8', { A: 'd' }, 1)] },
    ],
  },
];
