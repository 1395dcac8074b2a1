/** Every format, written and read back. */
import { json, type Program } from '../program.ts';

const columns = `i INT, l BIGINT, d DOUBLE, b BOOLEAN, t STRING, m DECIMAL(6, 2), da DATE, ti TIME, ts TIMESTAMP, y BYTES`;
const all = `k, i, l, d, b, t, m, da, ti, ts, y`;
const source = `CREATE STREAM s (k STRING KEY, ${columns}) WITH (KAFKA_TOPIC='s', VALUE_FORMAT='JSON', PARTITIONS=1);`;
const records = [
  json('s', 1, 'a', {
    I: 1,
    L: 9_007_199_254_740_991,
    D: 0.1,
    B: true,
    T: 'a, "b"\té',
    M: 1.5,
    DA: 1,
    TI: 2,
    TS: 3,
    Y: 'AAEC',
  }),
  json('s', 2, 'b', {}),
];

/** Writes in a format and reads it again. */
function roundTrip(name: string, format: string, rest = '', selected: string = all): Program {
  return {
    name: `format-${name}`,
    about: `${format} written by one query and read by another.`,
    phases: [
      {
        sql: [
          source,
          `CREATE STREAM there WITH (VALUE_FORMAT='${format}'${rest}) AS SELECT ${selected} FROM s;`,
          `CREATE STREAM back WITH (VALUE_FORMAT='JSON', KEY_FORMAT='KAFKA') AS SELECT * FROM there;`,
        ],
        records,
      },
      { records: [json('s', 3, 'c', { I: 3, T: 'later' })] },
    ],
  };
}

const nested = `a ARRAY<STRUCT<x INT, y STRING>>, p MAP<STRING, BIGINT>, st STRUCT<f DOUBLE, g ARRAY<STRING>>`;

function nestedTrip(name: string, format: string): Program {
  return {
    name: `format-${name}-nested`,
    about: `Arrays, maps and structs in ${format}.`,
    phases: [
      {
        sql: [
          `CREATE STREAM s (k STRING KEY, ${nested}) WITH (KAFKA_TOPIC='s', VALUE_FORMAT='JSON', PARTITIONS=1);`,
          `CREATE STREAM there WITH (VALUE_FORMAT='${format}') AS SELECT * FROM s;`,
          `CREATE STREAM back WITH (VALUE_FORMAT='JSON') AS SELECT * FROM there;`,
        ],
        records: [
          json('s', 1, 'a', {
            A: [{ X: 1, Y: 'y' }, { X: 2 }],
            P: { one: 1 },
            ST: { F: 1.5, G: ['p', 'q'] },
          }),
          json('s', 2, 'b', { A: [], P: {}, ST: { F: 0, G: [] } }),
        ],
      },
    ],
  };
}

export const formatPrograms: readonly Program[] = [
  roundTrip('json', 'JSON'),
  roundTrip('delimited', 'DELIMITED'),
  roundTrip('delimited-tab', 'DELIMITED', `, VALUE_DELIMITER='TAB'`),
  roundTrip('kafka', 'KAFKA', '', 'k, l'),
  roundTrip('avro', 'AVRO'),
  roundTrip('protobuf', 'PROTOBUF'),
  roundTrip('protobuf-nosr', 'PROTOBUF_NOSR', '', 'k, i, l, d, b, t'),
  roundTrip('json-sr', 'JSON_SR'),
  roundTrip('json-unwrapped', 'JSON', ', WRAP_SINGLE_VALUE=false', 'k, m'),
  roundTrip('avro-unwrapped', 'AVRO', ', WRAP_SINGLE_VALUE=false', 'k, t'),
  nestedTrip('json', 'JSON'),
  nestedTrip('avro', 'AVRO'),
  nestedTrip('protobuf', 'PROTOBUF'),
  nestedTrip('json-sr', 'JSON_SR'),
  {
    name: 'format-keys',
    about: 'Keys in every format that keys can have, each read again.',
    phases: [
      {
        sql: [
          source,
          ...['AVRO', 'PROTOBUF', 'JSON_SR', 'JSON', 'DELIMITED', 'KAFKA'].flatMap((format) => [
            `CREATE STREAM in_${format} WITH (KEY_FORMAT='${format}', VALUE_FORMAT='JSON') AS SELECT i, k FROM s PARTITION BY i;`,
            `CREATE STREAM from_${format} WITH (KEY_FORMAT='KAFKA') AS SELECT * FROM in_${format};`,
          ]),
          `CREATE STREAM unkeyed WITH (KEY_FORMAT='NONE', VALUE_FORMAT='JSON') AS SELECT k, i FROM s PARTITION BY NULL;`,
          `CREATE STREAM wide WITH (KEY_FORMAT='JSON') AS SELECT i, t, k FROM s PARTITION BY i, t;`,
        ],
        records,
      },
    ],
  },
  {
    name: 'format-kafka-numbers',
    about: 'Keys and values of the KAFKA format, given from outside.',
    phases: [
      {
        sql: [
          `CREATE STREAM ints (k INT KEY, v DOUBLE) WITH (KAFKA_TOPIC='ints', FORMAT='KAFKA', PARTITIONS=3);`,
          `CREATE STREAM longs (k BIGINT KEY, v BYTES) WITH (KAFKA_TOPIC='longs', FORMAT='KAFKA', PARTITIONS=3);`,
          `CREATE STREAM a AS SELECT k + 1 AS k, v FROM ints PARTITION BY k + 1;`,
          `CREATE STREAM b WITH (VALUE_FORMAT='JSON') AS SELECT k, v FROM longs;`,
        ],
        inserts: [
          `INSERT INTO ints (k, v, ROWTIME) VALUES (1, 1.5, 10);`,
          `INSERT INTO ints (k, v, ROWTIME) VALUES (-2147483648, -1e300, 11);`,
          `INSERT INTO longs (k, v, ROWTIME) VALUES (9223372036854775807, TO_BYTES('00ff', 'hex'), 12);`,
        ],
      },
    ],
  },
  {
    name: 'format-none-key',
    about: 'A stream without key, and one whose values are ignored.',
    phases: [
      {
        sql: [
          `CREATE STREAM s (v INT) WITH (KAFKA_TOPIC='s', KEY_FORMAT='NONE', VALUE_FORMAT='JSON', PARTITIONS=1);`,
          `CREATE STREAM only_keys (k STRING KEY) WITH (KAFKA_TOPIC='keys', KEY_FORMAT='KAFKA', VALUE_FORMAT='NONE', PARTITIONS=1);`,
          'CREATE STREAM copy AS SELECT v FROM s;',
          `CREATE TABLE counted WITH (VALUE_FORMAT='JSON') AS SELECT k, COUNT(*) AS n FROM only_keys GROUP BY k;`,
        ],
        records: [
          json('s', 1, undefined, { V: 1 }),
          { topic: 'keys', partition: 0, timestamp: 2, key: 'a', value: 'anything' },
          { topic: 'keys', partition: 0, timestamp: 3, key: 'a', value: '' },
        ],
      },
    ],
  },
];
