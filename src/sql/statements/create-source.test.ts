import { describe, expect, it } from 'vitest';
import { formatSchema } from '../../types/format-type.ts';
import { effects, failure, testSession } from './session.test-helper.ts';

const json = "WITH (KAFKA_TOPIC='t', VALUE_FORMAT='JSON')";

function defined(sql: string, ...topics: readonly string[]): Record<string, unknown> {
  const effect = effects(testSession(...topics), sql).at(-1);
  if (effect?.kind !== 'command' || effect.command.kind !== 'define-source') throw new Error(sql);
  const { source, topic, replaces, query } = effect.command;
  return {
    ...source,
    schema: formatSchema(source.schema),
    created: topic,
    replaces,
    filledBy: query?.id ?? null,
    message: effect.message,
    commandId: effect.commandId,
  };
}

function refused(sql: string, ...topics: readonly string[]): string {
  return failure(testSession(...topics), sql);
}

describe('CREATE STREAM and CREATE TABLE', () => {
  it('define a source over a topic that exists', () => {
    const source = defined(`CREATE STREAM s (k STRING KEY, \`v\` INT) ${json};`, 't');
    expect(source).toMatchObject({
      name: 'S',
      collection: 'stream',
      schema: '`K` STRING KEY, `v` INTEGER',
      topic: 't',
      keyFormat: { format: 'KAFKA', properties: {}, features: [] },
      valueFormat: { format: 'JSON', properties: {}, features: [] },
      created: null,
      replaces: false,
      message: 'Stream created',
      commandId: 'stream/`S`/create',
    });
  });

  it('create the topic where PARTITIONS says how', () => {
    const stream = defined(
      "CREATE STREAM s (v INT) WITH (KAFKA_TOPIC='n', VALUE_FORMAT='JSON', PARTITIONS=3, RETENTION_MS=1000);",
    );
    expect(stream['created']).toEqual({
      name: 'n',
      partitions: 3,
      cleanup: 'delete',
      retentionMs: 1000,
    });
    const table = defined(
      "CREATE TABLE s (k INT PRIMARY KEY, v INT) WITH (KAFKA_TOPIC='n', VALUE_FORMAT='JSON', PARTITIONS='2');",
    );
    expect(table['created']).toEqual({
      name: 'n',
      partitions: 2,
      cleanup: 'compact',
      retentionMs: null,
    });
  });

  it('unwrap single JSON keys, and single values when told to', () => {
    const source = defined(
      "CREATE STREAM s (k INT KEY, v INT) WITH (KAFKA_TOPIC='t', FORMAT='json', WRAP_SINGLE_VALUE=false);",
      't',
    );
    expect(source['keyFormat']).toEqual({
      format: 'JSON',
      properties: {},
      features: ['UNWRAP_SINGLES'],
    });
    expect(source['valueFormat']).toEqual({
      format: 'JSON',
      properties: {},
      features: ['UNWRAP_SINGLES'],
    });
  });

  it('keep windows, timestamps and delimiters', () => {
    const source = defined(
      `CREATE STREAM s (k INT KEY, ts STRING) WITH (KAFKA_TOPIC='t', VALUE_FORMAT='DELIMITED', VALUE_DELIMITER='TAB',
        WINDOW_TYPE='Tumbling', WINDOW_SIZE='10 seconds', TIMESTAMP='ts', TIMESTAMP_FORMAT='yyyy');`,
      't',
    );
    expect(source).toMatchObject({
      window: { kind: 'TUMBLING', sizeMs: 10_000 },
      timestamp: { column: 'TS', format: 'yyyy' },
      valueFormat: { format: 'DELIMITED', properties: { delimiter: '\t' }, features: [] },
    });
  });

  it('use the default formats of the server', () => {
    const source = defined(
      `SET 'ksql.persistence.default.format.value'='delimited';
       SET 'ksql.persistence.default.format.key'='JSON';
       CREATE STREAM s (a INT KEY, b INT KEY, v INT) WITH (KAFKA_TOPIC='t');`,
      't',
    );
    expect(source['keyFormat']).toEqual({ format: 'JSON', properties: {}, features: [] });
    expect(source['valueFormat']).toEqual({ format: 'DELIMITED', properties: {}, features: [] });
  });

  it('materialise a SOURCE TABLE by a query of its own', () => {
    const source = defined(`CREATE SOURCE TABLE s (k INT PRIMARY KEY, v INT) ${json};`, 't');
    expect(source).toMatchObject({ isSource: true, query: 'CST_S_0', filledBy: 'CST_S_0' });
  });

  it('answer IF NOT EXISTS with a warning', () => {
    const create = `CREATE STREAM IF NOT EXISTS s (v INT) ${json};`;
    expect(effects(testSession('t'), create + create).at(-1)).toEqual({
      kind: 'entity',
      entity: {
        '@type': 'warning_entity',
        message: 'Cannot add stream `S`: A stream with the same name already exists.',
      },
    });
  });

  it('append columns with OR REPLACE', () => {
    const sql = `CREATE STREAM s (v INT) ${json}; CREATE OR REPLACE STREAM s (v INT, w INT) ${json};`;
    expect(defined(sql, 't')).toMatchObject({ replaces: true, schema: '`V` INTEGER, `W` INTEGER' });
  });
});

describe('CREATE STREAM and CREATE TABLE refuse', () => {
  const cases: readonly (readonly [sql: string, message: string])[] = [
    [
      "CREATE STREAM s (v INT) WITH (VALUE_FORMAT='JSON');",
      'Missing required property "KAFKA_TOPIC" which has no default value.',
    ],
    [
      "CREATE STREAM s (v INT) WITH (KAFKA_TOPIC='t', VALUE_FORMAT='JSON', COLOUR='red', X=1);",
      'Invalid config variable(s) in the WITH clause: COLOUR,X',
    ],
    ["CREATE STREAM s (v INT) WITH (KAFKA_TOPIC='t', VALUE_FORMAT='FOO');", 'Unknown format: FOO'],
    [
      "CREATE STREAM s (v INT) WITH (KAFKA_TOPIC='t');",
      "Statement is missing the 'VALUE_FORMAT' property from the WITH clause. Either provide one or set a default via the 'ksql.persistence.default.format.value' config.",
    ],
    [
      "CREATE STREAM s (v INT) WITH (KAFKA_TOPIC='t', FORMAT='JSON', KEY_FORMAT='JSON');",
      "Cannot supply both 'KEY_FORMAT' and 'FORMAT' properties",
    ],
    [
      `CREATE TABLE s (id INT KEY, v INT) ${json};`,
      "Line: 1, Col: 17: Column `ID` is a 'KEY' column: please use 'PRIMARY KEY' for tables.",
    ],
    [
      `CREATE STREAM s (id INT PRIMARY KEY, v INT) ${json};`,
      "Line: 1, Col: 18: Column `ID` is a 'PRIMARY KEY' column: please use 'KEY' for streams.",
    ],
    [
      `CREATE TABLE s (v INT) ${json};`,
      'Tables require a PRIMARY KEY. Please define the PRIMARY KEY.',
    ],
    [`CREATE STREAM s ${json};`, 'No columns supplied.'],
    [`CREATE STREAM s (v INT, v INT) ${json};`, 'Duplicate column names: V'],
    [
      `CREATE STREAM s (rowtime BIGINT) ${json};`,
      "'ROWTIME' is a reserved column name. You cannot use it as a name for a column.",
    ],
    [
      "CREATE STREAM s (v INT) WITH (KAFKA_TOPIC='t', VALUE_FORMAT='JSON', WINDOW_TYPE='SESSION');",
      'Windowed sources require a key column.',
    ],
    [
      "CREATE STREAM s (v INT) WITH (KAFKA_TOPIC='t', VALUE_FORMAT='JSON', WINDOW_TYPE='HOPPING');",
      "HOPPING windows require 'WINDOW_SIZE' to be provided in the WITH clause. For example: 'WINDOW_SIZE'='10 SECONDS'",
    ],
    [
      "CREATE STREAM s (v INT) WITH (KAFKA_TOPIC='t', VALUE_FORMAT='JSON', WINDOW_TYPE='HOPPING', WINDOW_SIZE='30 bobs');",
      "Configuration WINDOW_SIZE is invalid: Invalid duration: '30 bobs'. Unknown time unit: 'BOBS'",
    ],
    [
      "CREATE STREAM s (v INT) WITH (KAFKA_TOPIC='t', VALUE_FORMAT='DELIMITED', VALUE_DELIMITER=' ');",
      "Failed to prepare statement: Configuration VALUE_DELIMITER is invalid: Delimiter cannot be empty, if you meant to have a tab or space for delimiter, please use the special values 'TAB' or 'SPACE'\nExample valid value: ';'",
    ],
    [
      "CREATE STREAM s (v INT) WITH (KAFKA_TOPIC='t', VALUE_FORMAT='JSON', VALUE_DELIMITER='|');",
      'JSON does not support the following configs: [delimiter]',
    ],
    [
      "CREATE STREAM s (v INT, w INT) WITH (KAFKA_TOPIC='t', VALUE_FORMAT='JSON', WRAP_SINGLE_VALUE=true);",
      "'WRAP_SINGLE_VALUE' is only valid for single-field value schemas",
    ],
    [
      "CREATE STREAM s (v INT) WITH (KAFKA_TOPIC='t', VALUE_FORMAT='KAFKA', WRAP_SINGLE_VALUE=true);",
      "Format 'KAFKA' does not support 'WRAP_SINGLE_VALUE' set to 'true'.",
    ],
    [
      "CREATE STREAM s (v STRING) WITH (KAFKA_TOPIC='t', VALUE_FORMAT='JSON', TIMESTAMP='v', TIMESTAMP_FORMAT='no');",
      'Failed to prepare statement: Configuration TIMESTAMP_FORMAT is invalid: Invalid datetime format for config:TIMESTAMP_FORMAT, reason:',
    ],
    [
      "CREATE STREAM s (v INT) WITH (KAFKA_TOPIC='t', VALUE_FORMAT='JSON', TIMESTAMP='w');",
      "The TIMESTAMP column set in the WITH clause does not exist in the schema: 'W'",
    ],
    [
      "CREATE STREAM s (v INT) WITH (KAFKA_TOPIC='t', VALUE_FORMAT='JSON', TIMESTAMP='v');",
      'Timestamp column, `V`, should be LONG(INT64), TIMESTAMP, or a String with a timestamp_format specified',
    ],
    [
      "CREATE TABLE s (k DECIMAL(21,19) PRIMARY KEY, v INT) WITH (KAFKA_TOPIC='t', VALUE_FORMAT='JSON');",
      "Key format does not support schema.\nformat: KAFKA\nschema: Persistence{columns=[`K` DECIMAL(21, 19) KEY], features=[]}\nreason: The 'KAFKA' format does not support type 'DECIMAL'",
    ],
    [
      "CREATE STREAM s (k MAP<INT, DOUBLE> KEY, v INT) WITH (KAFKA_TOPIC='t', FORMAT='JSON');",
      'Map keys, including types that contain maps, are not supported as they may lead to unexpected behavior due to inconsistent serialization. Key column name: `K`. Column type: MAP<INTEGER, DOUBLE>.',
    ],
    [
      `CREATE STREAM s (h BYTES HEADERS) ${json};`,
      'Invalid type for HEADERS column: expected ARRAY<STRUCT<`KEY` STRING, `VALUE` BYTES>>, got BYTES',
    ],
    [
      `CREATE STREAM s (h ARRAY<STRUCT<key STRING, value BYTES>> HEADERS, b BYTES HEADER('x')) ${json};`,
      'Schema already contains a HEADERS column.',
    ],
    [
      "CREATE STREAM s (v INT) WITH (KAFKA_TOPIC='t', VALUE_FORMAT='JSON', PARTITIONS=4);",
      "A Kafka topic with the name 't' already exists, with different partition/replica configuration than required. KSQL expects 4 partitions (topic has 1), 1 replication factor (topic has 1)",
    ],
    [
      "CREATE STREAM s (v INT) WITH (KAFKA_TOPIC='none', VALUE_FORMAT='JSON');",
      "Topic 'none' does not exist. If you want to create a new topic for the stream/table please re-run the statement providing the required 'PARTITIONS' configuration in the WITH clause (and optionally 'REPLICAS'). For example: CREATE STREAM S (V INTEGER) WITH (KAFKA_TOPIC='none', VALUE_FORMAT='JSON', PARTITIONS=2);",
    ],
    [
      "CREATE STREAM s (v INT) WITH (KAFKA_TOPIC='t', VALUE_FORMAT='JSON', CLEANUP_POLICY='delete');",
      'Invalid config variable in the WITH clause: CLEANUP_POLICY.\nThe CLEANUP_POLICY config is automatically inferred based on the type of source (STREAM or TABLE).',
    ],
    [
      "CREATE TABLE s (k INT PRIMARY KEY, v INT) WITH (KAFKA_TOPIC='t', VALUE_FORMAT='JSON', RETENTION_MS=5);",
      'Non-windowed tables do not support retention.',
    ],
    [
      `CREATE STREAM s (v INT) ${json}; CREATE TABLE s (k INT PRIMARY KEY, v INT) ${json};`,
      "Cannot add table 'S': A stream with the same name already exists",
    ],
    [
      `CREATE OR REPLACE SOURCE STREAM s (v INT) ${json};`,
      "Cannot add stream 'S': CREATE OR REPLACE is not supported on source streams.",
    ],
    [
      `CREATE STREAM s (v INT, w INT) ${json}; CREATE OR REPLACE STREAM s (v INT) ${json};`,
      '(The following columns are changed, missing or reordered: [`W` INTEGER])',
    ],
    [
      `CREATE STREAM s (v INT) ${json}; CREATE OR REPLACE STREAM s (v INT) WITH (KAFKA_TOPIC='u', VALUE_FORMAT='JSON');`,
      "Cannot upgrade data source: DataSource '`S`' has topic = t which is not upgradeable to topic = u",
    ],
    [`CREATE STREAM s (v NOTYPE) ${json};`, 'Cannot resolve unknown type: NOTYPE'],
  ];
  it.each(cases)('%s', (sql, message) => {
    expect(refused(sql, 't', 'u')).toContain(message);
  });
});
