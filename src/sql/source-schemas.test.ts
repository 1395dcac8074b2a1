/** Statements and the schema registry: inference, registration, and what is refused in which words. */
import { describe, expect, it } from 'vitest';
import { formatSchema } from '../types/format-type.ts';
import {
  effects,
  failure,
  type TestSession,
  testSession,
} from './statements/session.test-helper.ts';

const user =
  '{"type":"record","name":"User","namespace":"x","fields":[{"name":"id","type":"long"},{"name":"name","type":["null","string"]}]}';
const twoMessages = 'syntax = "proto3"; message A { int32 a = 1; } message B { string b = 1; }';

/** A session over topic `t` whose registry has the schemas: subject, type, text. Ids count from 1. */
function session(
  ...schemas: readonly (readonly [string, 'AVRO' | 'PROTOBUF' | 'JSON', string])[]
): TestSession {
  const result = testSession('t', 'u');
  for (const schema of schemas) result.schemas.add(...schema);
  return result;
}

/** Schema, key format and value format of source S. */
function source(of: TestSession): readonly unknown[] {
  const found = of.catalog.sources.get('S')!;
  return [formatSchema(found.schema), found.keyFormat.properties, found.valueFormat.properties];
}

function create(of: TestSession, elements: string, properties: string): TestSession {
  effects(of, `CREATE STREAM S ${elements} WITH (kafka_topic='t', ${properties});`);
  return of;
}

describe('columns are inferred', () => {
  it('in upper case from the latest schema, as written from one chosen by its id', () => {
    const latest = create(session(['t-value', 'AVRO', user]), '', "value_format='avro'");
    expect(source(latest)).toEqual(['`ID` BIGINT, `NAME` STRING', {}, {}]);
    const chosen = create(
      session(['other', 'AVRO', user]),
      '(K INT KEY)',
      "value_format='avro', value_schema_id=1",
    );
    expect(source(chosen)).toEqual([
      '`K` INTEGER KEY, `id` BIGINT, `name` STRING',
      {},
      { schemaId: 1, fullSchemaName: 'x.User' },
    ]);
  });

  it('for the key as one column ROWKEY, but for PROTOBUF as its fields', () => {
    const avro = create(session(['t-key', 'AVRO', '"long"']), '(V INT)', "format='avro'");
    expect(source(avro)[0]).toBe('`ROWKEY` BIGINT KEY, `V` INTEGER');
    const record = create(session(['t-key', 'AVRO', user]), '(V INT)', "format='avro'");
    expect(source(record)[0]).toBe('`ROWKEY` STRUCT<`ID` BIGINT, `NAME` STRING> KEY, `V` INTEGER');
    const proto = create(
      session(['t-key', 'PROTOBUF', twoMessages]),
      '(V INT)',
      "format='protobuf', key_schema_full_name='B'",
    );
    expect(source(proto)[0]).toBe('`B` STRING KEY, `V` INTEGER');
  });

  it('for a value that is no record as ROWVAL, where the statement says it is unwrapped', () => {
    const unwrapped = create(
      session(['t-value', 'JSON', '{"type":"integer"}']),
      '',
      "value_format='json_sr', wrap_single_value=false",
    );
    expect(source(unwrapped)[0]).toBe('`ROWVAL` BIGINT');
    const of = session(['t-value', 'JSON', '{"type":"integer"}']);
    expect(
      failure(of, "CREATE STREAM S WITH (kafka_topic='t', value_format='json_sr');"),
    ).toContain("set 'WRAP_SINGLE_VALUE=false' in the WITH clause properties");
  });

  it('and written out in the statement that is kept', () => {
    const of = create(
      session(['t-key', 'AVRO', '"int"'], ['t-value', 'AVRO', user]),
      '',
      "format='avro'",
    );
    expect(of.catalog.sources.get('S')?.sql.replace(/\s+/g, ' ')).toContain(
      'CREATE STREAM S (ROWKEY INTEGER KEY, ID BIGINT, NAME STRING) WITH',
    );
  });

  it('beside header columns', () => {
    const of = create(
      session(['t-value', 'AVRO', user]),
      '(H ARRAY<STRUCT<key STRING, value BYTES>> HEADERS)',
      "value_format='avro'",
    );
    expect(source(of)[0]).toContain('`ID` BIGINT, `NAME` STRING');
  });

  it.each([
    [
      "value_format='avro'",
      "Schema for message values on topic 't' does not exist in the Schema Registry.Subject: t-value\nPossible causes include:",
    ],
    [
      "format='avro'",
      "Schema for message keys on topic 't' does not exist in the Schema Registry.Subject: t-key",
    ],
    [
      "value_format='avro', value_schema_id=9",
      "Schema for message values on topic 't' does not exist in the Schema Registry.Schema Id: 9",
    ],
  ])('not without a schema: %s', (properties, message) => {
    const of = session();
    expect(failure(of, `CREATE STREAM S WITH (kafka_topic='t', ${properties});`)).toContain(
      message,
    );
  });

  it.each([
    [
      ['t-value', 'AVRO', user],
      "value_format='protobuf'",
      "Value schema is not in the expected format. You may want to set VALUE_FORMAT to 'AVRO'.",
    ],
    [
      ['t-value', 'PROTOBUF', twoMessages],
      "value_format='protobuf'",
      'Value schema has multiple schema definitions. Please use VALUE_SCHEMA_FULL_NAME',
    ],
    [
      ['t-value', 'AVRO', '{"type":"record","name":"__","fields":[{"name":"n","type":"null"}]}'],
      "value_format='avro'",
      'columns',
    ],
  ] as const)('not from a schema that does not fit: %#', (schema, properties, message) => {
    const of = session(schema);
    expect(failure(of, `CREATE STREAM S WITH (kafka_topic='t', ${properties});`)).toContain(
      message,
    );
  });

  it('for tables, which then have their key', () => {
    const of = session(['t-key', 'AVRO', '"int"'], ['t-value', 'AVRO', user]);
    effects(of, "CREATE TABLE S WITH (kafka_topic='t', format='avro');");
    expect(source(of)[0]).toBe('`ROWKEY` INTEGER KEY, `ID` BIGINT, `NAME` STRING');
  });
});

describe('schemas are registered', () => {
  it('for the columns that a CREATE lists, where the subject has none', () => {
    const of = create(session(['t-value', 'AVRO', user]), '(K INT KEY, V INT)', "format='avro'");
    expect(of.schemas.latest('t-key')?.text).toBe('"int"');
    expect(of.schemas.latest('t-value')?.text).toBe(user);
  });

  it('for a sink in any case, under the name of its format', () => {
    const of = create(session(), '(K INT KEY, V INT)', "value_format='json'");
    effects(of, "CREATE STREAM OUT WITH (format='avro') AS SELECT * FROM S;");
    expect(of.schemas.latest('OUT-value')?.text).toContain('"name":"KsqlDataSourceSchema"');
    effects(
      of,
      "CREATE STREAM LEFT_OUT WITH (format='avro') AS SELECT STRUCT(a := V) AS K, V FROM S PARTITION BY STRUCT(a := V);",
    );
    expect(of.schemas.latest('LEFT_OUT-key')?.text).toContain('"name":"LeftOutKey"');
  });

  it('for a sink with a schema id only if its columns are the schema’s first', () => {
    const of = create(
      session(['OUT-value', 'AVRO', user]),
      '(`id` BIGINT, `name` STRING, `more` INT)',
      "value_format='json', key_format='none'",
    );
    const select = (columns: string) =>
      `CREATE STREAM OUT WITH (value_format='avro', value_schema_id=1) AS SELECT ${columns} FROM S;`;
    expect(failure(of, select('`name`, `id`'))).toContain(
      'The following value columns are changed, missing or reordered: [`name` STRING, `id` BIGINT]. Schema from schema registry is [`id` BIGINT, `name` STRING]',
    );
    expect(failure(of, select('`id`, `name`, `more`'))).toContain('reordered: [`more` INTEGER]');
    expect(failure(of, select('`id`'))).toBe('');
    expect(of.catalog.sources.get('OUT')?.valueFormat.properties).toEqual({
      schemaId: 1,
      fullSchemaName: 'x.User',
    });
  });

  it('for INSERT VALUES before the record is written', () => {
    const of = create(
      session(['t-value', 'AVRO', user]),
      '(ID BIGINT, NAME STRING)',
      "value_format='avro'",
    );
    const insert = "INSERT INTO S VALUES (1, 'x');";
    expect(effects(of, insert)).toMatchObject([
      { kind: 'register-schemas', schemas: [{ kind: 'register', subject: 't-value' }] },
    ]);
    const [effect] = effects(of, insert);
    expect(effect).toMatchObject({ kind: 'insert' });
    const { value } = effect as { readonly value: Uint8Array };
    expect([...value]).toEqual([0, 0, 0, 0, 2, 2, 2, 2, 2, 120]);
  });
});

describe('INSERT VALUES', () => {
  it('does not overwrite a key schema', () => {
    const of = create(
      session(['t-key', 'AVRO', '"string"']),
      '(K INT KEY, V INT)',
      "key_format='avro', value_format='json'",
    );
    expect(failure(of, 'INSERT INTO S VALUES (1, 2);')).toContain(
      'Cannot INSERT VALUES into data source S. ksqlDB generated schema would overwrite existing key schema.\n\tExisting Schema: "string"\n\tksqlDB Generated: "int"',
    );
  });

  it('takes a message chosen by its name as the key’s schema', () => {
    const of = create(
      session(['t-key', 'PROTOBUF', twoMessages]),
      '(V INT)',
      "key_format='protobuf', value_format='json', key_schema_full_name='B'",
    );
    expect(failure(of, "INSERT INTO S VALUES ('k', 2);")).toBe('');
  });
});

describe('dropping a topic', () => {
  it('drops the subjects of the formats that have any', () => {
    const of = create(session(), '(K INT KEY, V INT)', "key_format='kafka', value_format='avro'");
    expect(effects(of, 'DROP STREAM S DELETE TOPIC;')).toMatchObject([
      { schemas: [{ kind: 'delete-subject', subject: 't-value' }] },
    ]);
  });

  it('is not dropping a source', () => {
    const of = create(session(), '(K INT KEY, V INT)', "value_format='avro'");
    expect(effects(of, 'DROP STREAM S;')).toMatchObject([{ schemas: [] }]);
  });
});

it('without a registry its formats are refused', () => {
  const of = { ...session(), schemas: undefined } as unknown as TestSession;
  expect(failure(of, "CREATE STREAM S WITH (kafka_topic='t', value_format='avro');")).toBe(
    "Cannot create topic 't' with format AVRO without configuring 'ksql.schema.registry.url'",
  );
});
