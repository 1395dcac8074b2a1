/** Tables: filters and projections of changes, what is kept for pull queries. */
import { json, type Program } from '../program.ts';

const source = `CREATE TABLE users (id STRING PRIMARY KEY, name STRING, age INT) WITH (KAFKA_TOPIC='users', VALUE_FORMAT='JSON', PARTITIONS=2);`;
const records = [
  json('users', 1, 'ann', { NAME: 'Ann', AGE: 30 }),
  json('users', 2, 'bob', { NAME: 'Bob', AGE: 5 }, 1),
  json('users', 3, 'ann', { NAME: 'Ann', AGE: 10 }),
  json('users', 4, 'bob', { NAME: 'Bob', AGE: 18 }, 1),
  json('users', 5, 'eve', undefined),
  json('users', 6, undefined, { NAME: 'Nobody', AGE: 1 }),
];
const later = [
  json('users', 7, 'bob', undefined, 1),
  json('users', 8, 'ann', { NAME: 'Anna', AGE: 40 }),
  json('users', 9, 'cid', { NAME: null, AGE: null }, 1),
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

export const tablePrograms: readonly Program[] = [
  over(
    'table-filter-project',
    'A row that stops matching becomes a tombstone.',
    ['CREATE TABLE adults AS SELECT id, UCASE(name) AS name FROM users WHERE age >= 18;'],
    ['SELECT * FROM adults;', `SELECT name FROM adults WHERE id = 'ann';`],
  ),
  over(
    'table-copy',
    'A table as it is, with pseudo columns, and a chain of two.',
    [
      'CREATE TABLE copy AS SELECT * FROM users;',
      'CREATE TABLE again AS SELECT id, age + 1 AS next FROM copy;',
      'CREATE TABLE timed AS SELECT id, ROWTIME AS t, ROWPARTITION AS p, ROWOFFSET AS o FROM users;',
    ],
    ['SELECT * FROM copy;', 'SELECT * FROM again;', 'SELECT * FROM timed;'],
  ),
  {
    name: 'table-source',
    about:
      'CREATE SOURCE TABLE keeps its rows for pull queries; CREATE SOURCE STREAM is read-only.',
    phases: [
      {
        sql: [source],
        records,
      },
      {
        sql: [
          `CREATE SOURCE TABLE kept (id STRING PRIMARY KEY, name STRING) WITH (KAFKA_TOPIC='users', VALUE_FORMAT='JSON');`,
          `CREATE SOURCE STREAM raw (id STRING KEY, age INT) WITH (KAFKA_TOPIC='users', VALUE_FORMAT='JSON');`,
          'CREATE STREAM ages AS SELECT id, age FROM raw;',
        ],
        records: later,
        pulls: ['SELECT * FROM kept;', `SELECT name FROM kept WHERE id = 'ann';`],
      },
      { pulls: ['SELECT * FROM kept;'] },
    ],
  },
];
