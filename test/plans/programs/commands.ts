/** Commands of every kind, and what they leave behind. */
import { json, type Program } from '../program.ts';

const source = `CREATE STREAM s (k STRING KEY, v INT) WITH (KAFKA_TOPIC='s', VALUE_FORMAT='JSON', PARTITIONS=1);`;
const rows = (from: number, count: number) =>
  Array.from({ length: count }, (_, index) =>
    json('s', (from + index) * 1_000, index % 2 === 0 ? 'a' : 'b', { V: from + index }),
  );

export const commandPrograms: readonly Program[] = [
  {
    name: 'command-types',
    about: 'CREATE TYPE and DROP TYPE; a source keeps what the type was.',
    phases: [
      {
        sql: [
          'CREATE TYPE point AS STRUCT<x INT, y INT>;',
          'CREATE TYPE gone AS ARRAY<STRING>;',
          `CREATE STREAM p (k STRING KEY, place point) WITH (KAFKA_TOPIC='p', VALUE_FORMAT='JSON', PARTITIONS=1);`,
          'CREATE STREAM xs AS SELECT k, place->x AS x FROM p;',
          'DROP TYPE gone;',
        ],
        records: [json('p', 1, 'a', { PLACE: { X: 1, Y: 2 } })],
      },
      { sql: ['DROP TYPE point;'], records: [json('p', 2, 'b', { PLACE: { X: 3 } })] },
    ],
  },
  {
    name: 'command-pause-resume',
    about: 'A paused query stands still over a restart and goes on where it was.',
    phases: [
      {
        sql: [
          source,
          'CREATE STREAM twice AS SELECT k, v * 2 AS v FROM s;',
          'CREATE TABLE n AS SELECT k, COUNT(*) AS n FROM s GROUP BY k;',
        ],
        records: rows(1, 3),
      },
      { sql: ['PAUSE CSAS_TWICE_1;'], records: rows(4, 2) },
      { sql: ['RESUME CSAS_TWICE_1;', 'PAUSE CTAS_N_2;'], records: rows(6, 1) },
      { sql: ['RESUME ALL;'], records: rows(7, 2) },
    ],
  },
  {
    name: 'command-terminate-drop',
    about: 'TERMINATE, and DROP with and without its topic.',
    phases: [
      {
        sql: [
          source,
          'CREATE STREAM kept AS SELECT k, v FROM s;',
          'CREATE STREAM ended AS SELECT k, v + 1 AS v FROM s;',
          'CREATE STREAM dropped AS SELECT k, v + 2 AS v FROM s;',
        ],
        records: rows(1, 2),
      },
      { sql: ['TERMINATE CSAS_ENDED_2;', 'DROP STREAM dropped;'], records: rows(3, 2) },
      { sql: ['DROP STREAM ended DELETE TOPIC;'], records: rows(5, 1) },
    ],
  },
  {
    name: 'command-replace-stream',
    about: 'CREATE OR REPLACE of a stream’s query and of a source; ALTER.',
    phases: [
      {
        sql: [source, 'CREATE STREAM d AS SELECT k, v FROM s WHERE v > 1;'],
        records: rows(1, 3),
      },
      {
        sql: [
          'CREATE OR REPLACE STREAM d AS SELECT k, v, v * 2 AS twice FROM s WHERE v > 0;',
          `CREATE OR REPLACE STREAM s (k STRING KEY, v INT, w STRING) WITH (KAFKA_TOPIC='s', VALUE_FORMAT='JSON');`,
          'ALTER STREAM s ADD COLUMN x BIGINT;',
          'CREATE STREAM e AS SELECT k, w, x FROM s;',
        ],
        records: [json('s', 4_000, 'a', { V: 4, W: 'w', X: 5_000_000_000 })],
      },
    ],
  },
  {
    name: 'command-replace-aggregate',
    about: 'CREATE OR REPLACE of an aggregation keeps what it has counted.',
    phases: [
      {
        sql: [source, 'CREATE TABLE t AS SELECT k, COUNT(*) AS n FROM s WHERE v > 1 GROUP BY k;'],
        records: rows(1, 4),
        pulls: ['SELECT * FROM t;'],
      },
      {
        sql: [
          'CREATE OR REPLACE TABLE t AS SELECT k, COUNT(*) AS n FROM s WHERE v > 0 GROUP BY k HAVING COUNT(*) > 1;',
        ],
        records: rows(1, 2),
        pulls: ['SELECT * FROM t;'],
      },
    ],
  },
  {
    name: 'command-system-properties',
    about:
      'Properties and connectors of the whole server: what was set holds for queries made afterwards.',
    phases: [
      { sql: [source] },
      {
        commands: [
          { kind: 'set-property', name: 'ksql.nested.error.set.null', value: 'false' },
          { kind: 'set-property', name: 'ksql.functions.x', value: '1' },
          { kind: 'set-property', name: 'ksql.functions.x', value: null },
          { kind: 'set-connector', name: 'SINK', config: { topics: 's' } },
          { kind: 'set-connector', name: 'SINK', config: null },
        ],
        sql: ['CREATE STREAM d AS SELECT k, v FROM s;'],
        records: rows(1, 1),
      },
    ],
  },
  {
    name: 'command-properties',
    about: 'Properties of the session that a query keeps for its life.',
    phases: [
      {
        sql: [
          source,
          'CREATE STREAM d AS SELECT k, CAST(v AS STRING) AS t, ARRAY[v][3] AS missing FROM s;',
        ],
        session: {
          'ksql.nested.error.set.null': 'false',
          'ksql.cast.strings.preserve.nulls': 'false',
        },
        records: [...rows(1, 1), json('s', 9_000, 'c', {})],
      },
    ],
  },
];
