import { describe, expect, it } from 'vitest';
import { effects, failure, testSession } from './session.test-helper.ts';

const stream = `CREATE STREAM s (k STRING KEY, i INT, b BIGINT, d DOUBLE, t TIMESTAMP, a ARRAY<BIGINT>)
  WITH (KAFKA_TOPIC='t', VALUE_FORMAT='JSON');`;
const table =
  "CREATE TABLE t (a INT PRIMARY KEY, b INT PRIMARY KEY, v INT) WITH (KAFKA_TOPIC='t', FORMAT='JSON');";
const unwrapped =
  "CREATE TABLE u (k INT PRIMARY KEY, v INT) WITH (KAFKA_TOPIC='t', FORMAT='JSON', WRAP_SINGLE_VALUE=false);";

function inserted(sql: string): unknown {
  const effect = effects(testSession('t'), sql).at(-1);
  if (effect?.kind !== 'insert') throw new Error(sql);
  const text = (bytes: Uint8Array | null): string | null =>
    bytes === null ? null : Buffer.from(bytes).toString('utf8');
  return [effect.topic, text(effect.key), text(effect.value), effect.timestamp];
}

describe('INSERT VALUES', () => {
  it('encodes a value for every column in the order of the schema', () => {
    expect(
      inserted(
        `${stream} INSERT INTO s VALUES ('x', 1, 2, 3, '1970-01-01T00:00:01', ARRAY[1, 2]);`,
      ),
    ).toEqual(['t', 'x', '{"I":1,"B":2,"D":3.0,"T":1000,"A":[1,2]}', null]);
  });

  it('leaves columns that are not listed NULL and takes the timestamp from ROWTIME', () => {
    expect(inserted(`${stream} INSERT INTO s (rowtime, i) VALUES (1234, 1 + 1);`)).toEqual([
      't',
      null,
      '{"I":2,"B":null,"D":null,"T":null,"A":null}',
      1234,
    ]);
  });

  it('writes several key columns as one object', () => {
    expect(inserted(`${table} INSERT INTO t (b, a) VALUES (2, 1);`)).toEqual([
      't',
      '{"A":1,"B":2}',
      '{"V":null}',
      null,
    ]);
  });

  it('writes a NULL that stands alone as a tombstone', () => {
    expect(inserted(`${unwrapped} INSERT INTO u (k) VALUES (1);`)).toEqual(['t', '1', null, null]);
  });
});

describe('INSERT VALUES refuses', () => {
  const cases: readonly (readonly [sql: string, message: string])[] = [
    [
      "INSERT INTO s VALUES ('x', 1);",
      "Failed to insert values into 'S'. Expected a value for each column. Expected Columns: [`K`, `I`, `B`, `D`, `T`, `A`]. Got ['x', 1]",
    ],
    [
      'INSERT INTO s (ROWTIME, i) VALUES (-1, 1);',
      "Failed to insert values into 'S'. Invalid timestamp: -1. Timestamp should always be non-negative or null.",
    ],
    [
      'INSERT INTO s (ROWTIME, i) VALUES (9223372036854775807, 1);',
      "Failed to insert values into 'S'. Invalid timestamp: 9223372036854775807.",
    ],
    [
      'INSERT INTO s (k, i) VALUES (1);',
      'Failed to prepare statement: Expected number columns and values to match',
    ],
    [
      'INSERT INTO s (x) VALUES (1);',
      "Failed to insert values into 'S'. Column name `X` does not exist.",
    ],
    ['INSERT INTO s (rowoffset) VALUES (1);', 'Inserting into column `ROWOFFSET` is not allowed.'],
    [
      "INSERT INTO s (i) VALUES ('one');",
      'Expected type INTEGER for field `I` but got STRING(one)',
    ],
    [
      "INSERT INTO s (t) VALUES ('never');",
      'Expected type TIMESTAMP for field `T` but got STRING(never). Timestamp format must be yyyy-mm-ddThh:mm:ss[.S]',
    ],
    ['INSERT INTO s (i) VALUES (b);', 'Unsupported column reference in insert value: B'],
    [
      'INSERT INTO t (b) VALUES (1);',
      'Value for primary key column(s) A, B is required for tables',
    ],
    [
      'INSERT INTO `s` (k) VALUES (1);',
      "Failed to insert values into 's'. Cannot insert values into an unknown stream/table: `s`\nDid you mean S? Hint: try removing double quotes from the source name.",
    ],
    ['INSERT INTO r (v) VALUES (1);', 'Cannot insert values into read-only stream: R'],
    ['INSERT INTO h VALUES (1, NULL);', 'Cannot insert into HEADER columns: H1'],
    ['INSERT INTO h (h1) VALUES (NULL);', 'Cannot insert into HEADER columns: H1'],
  ];
  const sources = `${stream} ${table}
    CREATE SOURCE STREAM r (v INT) WITH (KAFKA_TOPIC='t', VALUE_FORMAT='JSON');
    CREATE STREAM h (v INT, h1 BYTES HEADER('x')) WITH (KAFKA_TOPIC='t', VALUE_FORMAT='JSON');`;
  it.each(cases)('%s', (sql, message) => {
    expect(failure(testSession('t'), `${sources} ${sql}`)).toContain(message);
  });

  it('when the server says so', () => {
    const sql = `SET 'ksql.insert.into.values.enabled'='false'; ${stream} INSERT INTO s (i) VALUES (1);`;
    expect(failure(testSession('t'), sql)).toBe(
      "The server has disabled INSERT INTO ... VALUES functionality. To enable it, restart your ksqlDB server with 'ksql.insert.into.values.enabled'=true",
    );
  });
});
