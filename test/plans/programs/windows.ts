/** Windows: tumbling, hopping, session; EMIT FINAL; windowed sources. */
import { json, type Program } from '../program.ts';

const source = `CREATE STREAM s (k STRING KEY, g STRING, v INT) WITH (KAFKA_TOPIC='s', VALUE_FORMAT='JSON', PARTITIONS=1);`;
const records = [
  json('s', 1_000, 'a', { G: 'x', V: 1 }),
  json('s', 6_000, 'b', { G: 'x', V: 2 }),
  json('s', 12_000, 'a', { G: 'y', V: 4 }),
  json('s', 9_000, 'a', { G: 'x', V: 8 }),
  json('s', 31_000, 'b', { G: 'y', V: 16 }),
  json('s', 2_000, 'a', { G: 'x', V: 32 }),
];
const later = [
  json('s', 33_000, 'a', { G: 'x', V: 64 }),
  json('s', 70_000, 'c', { G: 'y', V: 128 }),
  json('s', 34_000, 'a', { G: 'x', V: 256 }),
];

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

export const windowPrograms: readonly Program[] = [
  over(
    'window-tumbling',
    'Tumbling windows with and without grace and retention.',
    [
      'CREATE TABLE plain AS SELECT k, SUM(v) AS total, WINDOWSTART AS ws, WINDOWEND AS we FROM s WINDOW TUMBLING (SIZE 10 SECONDS) GROUP BY k;',
      'CREATE TABLE strict AS SELECT g, COUNT(*) AS n FROM s WINDOW TUMBLING (SIZE 10 SECONDS, RETENTION 1 MINUTE, GRACE PERIOD 5 SECONDS) GROUP BY g;',
    ],
    ['SELECT * FROM plain;', `SELECT * FROM strict WHERE g = 'x' AND WINDOWSTART >= 0;`],
  ),
  over(
    'window-hopping',
    'A row counts in every window that contains it.',
    [
      'CREATE TABLE hops AS SELECT k, SUM(v) AS total FROM s WINDOW HOPPING (SIZE 10 SECONDS, ADVANCE BY 4 SECONDS, GRACE PERIOD 1 MINUTE) GROUP BY k;',
    ],
    ['SELECT * FROM hops;'],
  ),
  over(
    'window-session',
    'Sessions that grow and merge.',
    [
      'CREATE TABLE sessions AS SELECT k, SUM(v) AS total, COLLECT_LIST(v) AS vs FROM s WINDOW SESSION (5 SECONDS) GROUP BY k;',
      'CREATE TABLE kept AS SELECT k, COUNT(*) AS n FROM s WINDOW SESSION (5 SECONDS, RETENTION 1 HOUR, GRACE PERIOD 10 SECONDS) GROUP BY k;',
    ],
    ['SELECT * FROM sessions;', `SELECT * FROM kept WHERE k = 'a';`],
  ),
  over(
    'window-final',
    'EMIT FINAL over tumbling, hopping and session windows, by key and by column.',
    [
      'CREATE TABLE tumblings AS SELECT k, SUM(v) AS total FROM s WINDOW TUMBLING (SIZE 10 SECONDS, GRACE PERIOD 0 SECONDS) GROUP BY k EMIT FINAL;',
      'CREATE TABLE hoppings AS SELECT g, SUM(v) AS total FROM s WINDOW HOPPING (SIZE 10 SECONDS, ADVANCE BY 5 SECONDS, GRACE PERIOD 2 SECONDS) GROUP BY g EMIT FINAL;',
      'CREATE TABLE sessions AS SELECT k, SUM(v) AS total FROM s WINDOW SESSION (5 SECONDS, GRACE PERIOD 0 SECONDS) GROUP BY k EMIT FINAL;',
    ],
  ),
  over('window-having', 'HAVING over windows, and a window’s bounds in expressions.', [
    'CREATE TABLE many AS SELECT k, COUNT(*) AS n, WINDOWEND - WINDOWSTART AS width FROM s WINDOW TUMBLING (SIZE 10 SECONDS) GROUP BY k HAVING COUNT(*) > 1;',
    `CREATE TABLE named AS SELECT k, FORMAT_TIMESTAMP(FROM_UNIXTIME(WINDOWSTART), 'mm:ss') AS began, COUNT(*) AS n FROM s WINDOW SESSION (5 SECONDS) GROUP BY k HAVING SUM(v) > 1;`,
  ]),
  over('window-sources', 'Streams and tables over topics with windowed keys.', [
    `CREATE TABLE counted WITH (KAFKA_TOPIC='counted') AS SELECT k, COUNT(*) AS n FROM s WINDOW TUMBLING (SIZE 10 SECONDS) GROUP BY k;`,
    `CREATE TABLE sessions WITH (KAFKA_TOPIC='sessions') AS SELECT k, COUNT(*) AS n FROM s WINDOW SESSION (5 SECONDS) GROUP BY k;`,
    `CREATE TABLE hoppings WITH (KAFKA_TOPIC='hopping') AS SELECT k, COUNT(*) AS n FROM s WINDOW HOPPING (SIZE 10 SECONDS, ADVANCE BY 5 SECONDS) GROUP BY k;`,
    `CREATE STREAM counts (k STRING KEY, n BIGINT) WITH (KAFKA_TOPIC='counted', VALUE_FORMAT='JSON', WINDOW_TYPE='TUMBLING', WINDOW_SIZE='10 SECONDS');`,
    `CREATE STREAM session_counts (k STRING KEY, n BIGINT) WITH (KAFKA_TOPIC='sessions', VALUE_FORMAT='JSON', WINDOW_TYPE='SESSION');`,
    `CREATE STREAM hop_counts (k STRING KEY, n BIGINT) WITH (KAFKA_TOPIC='hopping', VALUE_FORMAT='JSON', WINDOW_TYPE='HOPPING', WINDOW_SIZE='10 SECONDS');`,
    'CREATE STREAM seen AS SELECT k, n, WINDOWSTART AS ws, WINDOWEND AS we FROM counts WHERE n > 0;',
    'CREATE STREAM session_seen AS SELECT k, n, WINDOWSTART AS ws FROM session_counts;',
    'CREATE STREAM hop_seen AS SELECT k, n, WINDOWEND AS we FROM hop_counts;',
  ]),
  over(
    'window-joins',
    'Streams with windowed keys, joined; a source table with windowed keys.',
    [
      `CREATE TABLE x WITH (KAFKA_TOPIC='x') AS SELECT k, COUNT(*) AS n FROM s WINDOW TUMBLING (SIZE 10 SECONDS) GROUP BY k;`,
      `CREATE TABLE y WITH (KAFKA_TOPIC='y') AS SELECT k, SUM(v) AS total FROM s WINDOW TUMBLING (SIZE 10 SECONDS) GROUP BY k;`,
      `CREATE STREAM xs (k STRING KEY, n BIGINT) WITH (KAFKA_TOPIC='x', VALUE_FORMAT='JSON', WINDOW_TYPE='TUMBLING', WINDOW_SIZE='10 SECONDS');`,
      `CREATE STREAM ys (k STRING KEY, total INT) WITH (KAFKA_TOPIC='y', VALUE_FORMAT='JSON', WINDOW_TYPE='TUMBLING', WINDOW_SIZE='10 SECONDS');`,
      'CREATE STREAM both AS SELECT xs.k, n, total FROM xs LEFT JOIN ys WITHIN 1 MINUTE GRACE PERIOD 10 SECONDS ON xs.k = ys.k;',
      `CREATE SOURCE TABLE kept (k STRING PRIMARY KEY, n BIGINT) WITH (KAFKA_TOPIC='x', VALUE_FORMAT='JSON', WINDOW_TYPE='TUMBLING', WINDOW_SIZE='10 SECONDS');`,
    ],
    ['SELECT * FROM kept;'],
  ),
];
