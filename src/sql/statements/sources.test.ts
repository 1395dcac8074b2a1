import { describe, expect, it } from 'vitest';
import { effects, failure, testSession } from './session.test-helper.ts';

const s = "CREATE STREAM s (k STRING KEY, v INT) WITH (KAFKA_TOPIC='t', VALUE_FORMAT='JSON');";
const t =
  "CREATE TABLE t (k STRING PRIMARY KEY, v INT) WITH (KAFKA_TOPIC='u', VALUE_FORMAT='JSON');";

/** Message, command id and command of the last statement; the entity where it has none. */
function last(sql: string): unknown {
  const effect = effects(testSession('t/2', 'u'), sql).at(-1);
  if (effect?.kind === 'entity') return effect.entity;
  if (effect?.kind !== 'command') return effect;
  return [effect.message, effect.commandId, effect.command];
}

function refused(sql: string): string {
  return failure(testSession('t/2', 'u'), sql);
}

describe('DROP', () => {
  it('removes a source, and its topic when told to', () => {
    expect(last(`${s} DROP STREAM s DELETE TOPIC;`)).toEqual([
      'Source `S` (topic: t) was dropped.',
      'stream/`S`/drop',
      { kind: 'drop-source', name: 'S', deleteTopic: true },
    ]);
  });

  it('answers IF EXISTS with a warning', () => {
    expect(last('DROP TABLE IF EXISTS x;')).toEqual({
      '@type': 'warning_entity',
      message: 'Source `X` does not exist.',
    });
  });

  it('takes the query along that fills the source', () => {
    const session = testSession('t');
    effects(session, `${s} CREATE STREAM c AS SELECT * FROM s;`);
    expect([...session.catalog.queries.keys()]).toEqual(['CSAS_C_1']);
    effects(session, 'DROP STREAM c; DROP STREAM s;');
    expect([session.catalog.sources.size, session.catalog.queries.size]).toEqual([0, 0]);
  });

  const refusals: readonly (readonly [sql: string, message: string])[] = [
    ['DROP STREAM x;', 'Stream X does not exist'],
    [
      `${s} DROP STREAM \`s\`;`,
      'Stream s does not exist\nDid you mean S? Hint: try removing double quotes from the source name.',
    ],
    [
      `${t} DROP STREAM t;`,
      'Incompatible data source type is table, but statement was DROP STREAM',
    ],
    [
      `${s} CREATE STREAM c AS SELECT * FROM s; DROP STREAM s;`,
      'Cannot drop S.\nThe following streams and/or tables read from this source: [C].\nYou need to drop them before dropping S.',
    ],
    [
      `${s} CREATE STREAM o (k STRING KEY, v INT) WITH (KAFKA_TOPIC='t', VALUE_FORMAT='JSON'); INSERT INTO o SELECT * FROM s; DROP STREAM o;`,
      'Cannot drop O.\nThe following queries read from this source: [].\nThe following queries write into this source: [INSERTQUERY_2].\nYou need to terminate them before dropping O.',
    ],
    [
      `${s} CREATE STREAM o (v INT) WITH (KAFKA_TOPIC='t', VALUE_FORMAT='JSON'); DROP STREAM o DELETE TOPIC;`,
      'Refusing to delete topic. Found other data sources (S) using topic t',
    ],
    [
      "CREATE SOURCE TABLE r (k INT PRIMARY KEY, v INT) WITH (KAFKA_TOPIC='t', VALUE_FORMAT='JSON'); DROP TABLE r DELETE TOPIC;",
      'Cannot delete topic for read-only source: R',
    ],
  ];
  it.each(refusals)('refuses %s', (sql, message) => {
    expect(refused(sql)).toBe(message);
  });
});

describe('ALTER', () => {
  it('appends columns', () => {
    const [message, id, command] = last(`${s} ALTER STREAM s ADD COLUMN w INT, ADD x DOUBLE;`) as [
      string,
      string,
      { readonly source: { readonly schema: { readonly value: readonly { name: string }[] } } },
    ];
    expect([message, id]).toEqual(['Stream S altered.', 'stream/`S`/alter']);
    expect(command.source.schema.value.map(({ name }) => name)).toEqual(['V', 'W', 'X']);
  });

  const refusals: readonly (readonly [sql: string, message: string])[] = [
    ['ALTER STREAM a ADD COLUMN v INT;', 'Source A does not exist.'],
    [
      `${s} ALTER STREAM s ADD COLUMN v INT;`,
      'Cannot add column `V` to schema. A column with the same name already exists.',
    ],
    [
      `${s} ALTER TABLE s ADD COLUMN w INT;`,
      'Incompatible data source type is STREAM, but statement was ALTER TABLE',
    ],
    [
      `${s} CREATE STREAM c AS SELECT * FROM s; ALTER STREAM c ADD COLUMN w INT;`,
      'ALTER command is not supported for CREATE ... AS statements.',
    ],
    [
      "CREATE SOURCE STREAM r (v INT) WITH (KAFKA_TOPIC='t', VALUE_FORMAT='JSON'); ALTER STREAM r ADD COLUMN w INT;",
      "Cannot alter stream 'R': ALTER operations are not supported on source streams.",
    ],
  ];
  it.each(refusals)('refuses %s', (sql, message) => {
    expect(refused(sql)).toBe(message);
  });
});

describe('SHOW and DESCRIBE', () => {
  it('list sources by name', () => {
    const sql = `${s} CREATE STREAM a (v INT) WITH (KAFKA_TOPIC='u', VALUE_FORMAT='KAFKA'); SHOW STREAMS;`;
    expect(last(sql)).toEqual({
      '@type': 'streams',
      streams: [
        {
          type: 'STREAM',
          name: 'A',
          topic: 'u',
          keyFormat: 'KAFKA',
          valueFormat: 'KAFKA',
          isWindowed: false,
        },
        {
          type: 'STREAM',
          name: 'S',
          topic: 't',
          keyFormat: 'KAFKA',
          valueFormat: 'JSON',
          isWindowed: false,
        },
      ],
    });
    expect(last(`${t} LIST TABLES;`)).toMatchObject({
      '@type': 'tables',
      tables: [{ type: 'TABLE', name: 'T' }],
    });
  });

  it('describe a source with the queries around it', () => {
    expect(last(`${s} CREATE STREAM c AS SELECT * FROM s; DESCRIBE s;`)).toEqual({
      '@type': 'sourceDescription',
      sourceDescription: {
        name: 'S',
        windowType: null,
        readQueries: [
          {
            queryString: 'CREATE STREAM C AS SELECT\n  S.K K,\n  S.V V\nFROM S S\nEMIT CHANGES;',
            sinks: ['C'],
            sinkKafkaTopics: ['C'],
            id: 'CSAS_C_1',
            statusCount: { RUNNING: 1 },
            queryType: 'PERSISTENT',
            state: 'RUNNING:1',
          },
        ],
        writeQueries: [],
        fields: [
          {
            name: 'K',
            schema: { type: 'STRING', fields: null, memberSchema: null },
            fieldType: 'KEY',
          },
          { name: 'V', schema: { type: 'INTEGER', fields: null, memberSchema: null } },
        ],
        type: 'STREAM',
        timestamp: '',
        statistics: '',
        errorStats: '',
        extended: false,
        keyFormat: 'KAFKA',
        valueFormat: 'JSON',
        topic: 't',
        partitions: 0,
        replication: 0,
        statement:
          "CREATE STREAM S (K STRING KEY, V INTEGER) WITH (KAFKA_TOPIC='t', VALUE_FORMAT='JSON');",
        queryOffsetSummaries: [],
        sourceConstraints: ['C'],
        clusterStatistics: [],
        clusterErrorStats: [],
      },
    });
  });

  it('say partitions and replicas when extended', () => {
    expect(last(`${s} DESCRIBE s EXTENDED;`)).toMatchObject({
      sourceDescription: { extended: true, partitions: 2, replication: 1 },
    });
    expect(last(`${s} SHOW STREAMS EXTENDED;`)).toMatchObject({
      '@type': 'source_descriptions',
      sourceDescriptions: [{ name: 'S', extended: true }],
    });
    expect(last(`${t} DESCRIBE TABLES;`)).toMatchObject({
      sourceDescriptions: [{ name: 'T', extended: false }],
    });
  });

  it('show every type as a schema object', () => {
    const sql = `CREATE TYPE addr AS STRUCT<zip DECIMAL(5, 0), tags ARRAY<STRING>>;
      CREATE TYPE book AS MAP<STRING, addr>; SHOW TYPES;`;
    const leaf = (type: string): unknown => ({ type, fields: null, memberSchema: null });
    const addr = {
      type: 'STRUCT',
      fields: [
        {
          name: 'ZIP',
          schema: { ...(leaf('DECIMAL') as object), parameters: { precision: 5, scale: 0 } },
        },
        { name: 'TAGS', schema: { type: 'ARRAY', fields: null, memberSchema: leaf('STRING') } },
      ],
      memberSchema: null,
    };
    expect(last(sql)).toEqual({
      '@type': 'type_list',
      types: { ADDR: addr, BOOK: { type: 'MAP', fields: null, memberSchema: addr } },
    });
  });

  it('refuse what does not exist', () => {
    expect(refused('DESCRIBE x;')).toBe("Could not find STREAM/TABLE 'X' in the Metastore");
    expect(refused('DESCRIBE FUNCTION nothing;')).toBe(
      "Can't find any functions with the name 'NOTHING'",
    );
  });
});

describe('CREATE TYPE and DROP TYPE', () => {
  it('register and forget a name', () => {
    expect(last('CREATE TYPE t AS ARRAY<INT>;')).toEqual([
      "Registered custom type with name 'T' and SQL type ARRAY<INTEGER>",
      'type/`T`/create',
      { kind: 'define-type', name: 'T', type: { kind: 'ARRAY', element: { kind: 'INTEGER' } } },
    ]);
    expect(last('CREATE TYPE t AS INT; DROP TYPE t;')).toEqual([
      "Dropped type 'T'",
      'type/`T`/drop',
      { kind: 'drop-type', name: 'T' },
    ]);
  });

  it('answer IF EXISTS and IF NOT EXISTS with warnings', () => {
    expect(last('DROP TYPE IF EXISTS t;')).toMatchObject({ message: "Type 'T' does not exist" });
    expect(last('CREATE TYPE t AS INT; CREATE TYPE IF NOT EXISTS t AS DATE;')).toMatchObject({
      message: 'T is already registered with type INTEGER',
    });
  });

  it('refuse a name twice and a name that is unknown', () => {
    expect(refused('CREATE TYPE t AS INT; CREATE TYPE t AS INT;')).toBe(
      "Cannot register custom type 'T' since it is already registered with type: INTEGER",
    );
    expect(refused('DROP TYPE t;')).toBe('Type T does not exist.');
  });
});
