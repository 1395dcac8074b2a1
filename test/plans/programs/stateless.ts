/** Streams to streams: sources, filters, projections, new keys, table functions, sinks. */
import { json, type Program } from '../program.ts';

const source = `CREATE STREAM clicks (id STRING KEY, page STRING, ms INT, tags ARRAY<STRING>)
  WITH (KAFKA_TOPIC='clicks', VALUE_FORMAT='JSON', PARTITIONS=2);`;
const records = [
  json('clicks', 1_000, 'a', { PAGE: 'home', MS: 12, TAGS: ['x', 'y'] }),
  json('clicks', 2_000, 'b', { PAGE: 'cart', MS: 250, TAGS: [] }, 1),
  json('clicks', 1_500, 'a', { PAGE: null, MS: null, TAGS: null }),
  json('clicks', 3_000, 'c', undefined),
  json('clicks', 4_000, undefined, { PAGE: 'home', MS: -7, TAGS: ['z', null] }, 1),
  { topic: 'clicks', partition: 0, timestamp: 5_000, key: 'd', value: 'not json' },
];
const later = [
  json('clicks', 6_000, 'a', { PAGE: 'help', MS: 400, TAGS: ['x'] }),
  json('clicks', 7_000, 'e', { PAGE: 'home', MS: 99, TAGS: ['p', 'q', 'r'] }, 1),
];

function over(name: string, about: string, ...sql: readonly string[]): Program {
  return { name, about, phases: [{ sql: [source, ...sql], records }, { records: later }] };
}

export const statelessPrograms: readonly Program[] = [
  over(
    'stream-filter-project',
    'WHERE and expressions over a stream; the key is passed through.',
    `CREATE STREAM slow AS SELECT id, UCASE(page) AS page, ms * 2 AS twice FROM clicks WHERE ms > 100 OR page = 'home';`,
  ),
  over('stream-copy', 'Every column as it is.', 'CREATE STREAM copy AS SELECT * FROM clicks;'),
  over(
    'stream-rekey',
    'PARTITION BY a column, an expression, two columns and nothing.',
    'CREATE STREAM by_page AS SELECT * FROM clicks PARTITION BY page;',
    'CREATE STREAM by_length AS SELECT LEN(page) AS length, ms FROM clicks PARTITION BY LEN(page);',
    `CREATE STREAM by_both WITH (KEY_FORMAT='JSON') AS SELECT page, ms, id FROM clicks PARTITION BY page, ms;`,
    'CREATE STREAM by_nothing AS SELECT page, ms FROM clicks PARTITION BY NULL;',
  ),
  over(
    'stream-explode',
    'Table functions: one, and two in step.',
    'CREATE STREAM tagged AS SELECT id, EXPLODE(tags) AS tag FROM clicks;',
    'CREATE STREAM numbered AS SELECT id, EXPLODE(tags) AS tag, CUBE_EXPLODE(ARRAY[ms, 1]) AS cube FROM clicks WHERE ms < 300;',
  ),
  over(
    'stream-pseudo-columns',
    'ROWTIME, ROWPARTITION and ROWOFFSET of the record that came in.',
    `CREATE STREAM places AS SELECT id, ROWTIME AS t, ROWPARTITION AS p, ROWOFFSET AS o, FORMAT_TIMESTAMP(FROM_UNIXTIME(ROWTIME), 'yyyy-MM-dd HH:mm:ss') AS day FROM clicks;`,
  ),
  over(
    'stream-chain',
    'One query reads what another writes.',
    'CREATE STREAM known AS SELECT * FROM clicks WHERE id IS NOT NULL;',
    'CREATE STREAM slow AS SELECT id, ms FROM known WHERE ms > 100;',
    'CREATE STREAM slower AS SELECT id, ms / 10 AS tens FROM slow WHERE ms > 200;',
  ),
  {
    name: 'stream-headers',
    about: 'Header columns: all headers, and the last of a name. Headers travel along.',
    phases: [
      {
        sql: [
          `CREATE STREAM h (v INT, hs ARRAY<STRUCT<key STRING, value BYTES>> HEADERS) WITH (KAFKA_TOPIC='h', VALUE_FORMAT='JSON', PARTITIONS=1);`,
          `CREATE STREAM one (v INT, trace BYTES HEADER('trace')) WITH (KAFKA_TOPIC='h', VALUE_FORMAT='JSON');`,
          'CREATE STREAM all_headers AS SELECT v, hs FROM h;',
          `CREATE STREAM traced AS SELECT v, FROM_BYTES(trace, 'utf8') AS trace FROM one;`,
        ],
        records: [
          {
            ...json('h', 1, undefined, { V: 1 }),
            headers: [
              ['trace', 'abc'],
              ['other', null],
              ['trace', 'def'],
            ],
          },
          json('h', 2, undefined, { V: 2 }),
        ],
      },
    ],
  },
  {
    name: 'stream-timestamp-column',
    about:
      'A BIGINT, a TIMESTAMP and a text column give records their time, coming in and going out.',
    phases: [
      {
        sql: [
          `CREATE STREAM n (id STRING KEY, made BIGINT, v INT) WITH (KAFKA_TOPIC='n', VALUE_FORMAT='JSON', TIMESTAMP='made', PARTITIONS=1);`,
          `CREATE STREAM x (id STRING KEY, made STRING, v INT) WITH (KAFKA_TOPIC='x', VALUE_FORMAT='JSON', TIMESTAMP='made', TIMESTAMP_FORMAT='yyyy-MM-dd HH:mm:ss', PARTITIONS=1);`,
          'CREATE STREAM plain AS SELECT id, v FROM n;',
          `CREATE STREAM shifted WITH (TIMESTAMP='later') AS SELECT id, made + 1000 AS later FROM n;`,
          `CREATE STREAM written WITH (TIMESTAMP='day', TIMESTAMP_FORMAT='yyyy/MM/dd') AS SELECT id, '2024/02/0' + CAST(v AS STRING) AS day FROM x;`,
          'CREATE STREAM timed AS SELECT id, v FROM x;',
        ],
        records: [
          json('n', 10, 'a', { MADE: 86_400_000, V: 1 }),
          json('n', 11, 'b', { MADE: -5, V: 2 }),
          json('n', 12, 'c', { MADE: 5, V: 3 }),
          json('x', 13, 'd', { MADE: '2024-01-02 03:04:05', V: 4 }),
          json('x', 14, 'e', { MADE: 'never', V: 5 }),
        ],
      },
    ],
  },
  {
    name: 'stream-backlog',
    about: 'What stood in the topics before the query is merged by timestamp.',
    phases: [
      {
        sql: [
          `CREATE STREAM l (k STRING KEY, a INT) WITH (KAFKA_TOPIC='l', VALUE_FORMAT='JSON', PARTITIONS=1);`,
          `CREATE TABLE t (k STRING PRIMARY KEY, b INT) WITH (KAFKA_TOPIC='t', VALUE_FORMAT='JSON', PARTITIONS=1);`,
        ],
        records: [
          json('l', 1_000, 'x', { A: 1 }),
          json('l', 3_000, 'x', { A: 2 }),
          json('t', 2_000, 'x', { B: 10 }),
        ],
      },
      {
        sql: ['CREATE STREAM j AS SELECT l.k, a, b FROM l LEFT JOIN t ON l.k = t.k;'],
        records: [
          json('l', 500, 'x', { A: 3 }),
          json('t', 400, 'x', undefined),
          json('l', 600, 'x', { A: 4 }),
        ],
      },
    ],
  },
  {
    name: 'stream-insert-into',
    about: 'Several queries write to one stream; INSERT INTO of a stream made by a query.',
    phases: [
      {
        sql: [
          source,
          `CREATE STREAM everything (id STRING KEY, what STRING) WITH (KAFKA_TOPIC='everything', VALUE_FORMAT='JSON', PARTITIONS=2);`,
          'INSERT INTO everything SELECT id, page AS what FROM clicks WHERE page IS NOT NULL;',
          `INSERT INTO everything SELECT id, 'slow' AS what FROM clicks WHERE ms > 100;`,
        ],
        records,
      },
      { records: later },
    ],
  },
  {
    name: 'stream-offsets-latest',
    about: 'A query that begins with what comes after it.',
    phases: [
      { sql: [source], records },
      {
        sql: ['CREATE STREAM fresh AS SELECT id, page FROM clicks;'],
        session: { 'auto.offset.reset': 'latest' },
        records: later,
      },
    ],
  },
];
