/**
 * `INSERT INTO source [(col, …)] VALUES (expr, …)`: constant expressions become one record in the source's formats
 * (spec: sql-statements.md §8). Unlike in queries, an expression that fails makes the statement fail.
 */
import type { Identifier, InsertValues } from '../../../grammar/ast.ts';
import { printExpression } from '../../../grammar/print-expression.ts';
import type { Bytes } from '../../base/env.ts';
import { ProblemError, problem } from '../../base/errors.ts';
import type { SourceDef } from '../../catalog/command.ts';
import { byteWriter, writtenBytes } from '../../formats/byte-writer.ts';
import type { FormatSpec } from '../../formats/format.ts';
import { type SchemaResolver, type StoredSchema, subjectOf } from '../../formats/schema.ts';
import { formatByName } from '../../formats/table.ts';
import { typesEqual } from '../../types/equal-types.ts';
import { quoteAlways } from '../../types/format-type.ts';
import type { Field, SqlType } from '../../types/type.ts';
import type { Row, Value } from '../../types/value.ts';
import { isEnabled, propertyValue } from '../properties.ts';
import { missingSchemas, schemaChanges } from '../source-schemas.ts';
import { matchesTopicList } from '../source-topic.ts';
import { caseHint, similarHint } from '../suggest.ts';
import { constantValue } from './constant-value.ts';
import type { Effect, PrepareContext } from './statement.ts';

/** Computes and encodes the record; every failure names the source. */
export function prepareInsertValues(statement: InsertValues, context: PrepareContext): Effect {
  checkEnabled(context);
  const { name } = statement.target;
  checkCounts(statement);
  try {
    const source = insertTarget(name, context);
    const row = insertedRow(statement, source, context);
    checkKeySchema(source, context.schemas);
    const schemas = missingSchemas(schemaChanges(source, ['key', 'value'], false), context.schemas);
    if (schemas.length > 0) return { kind: 'register-schemas', schemas };
    return insertEffect(source, row, context.schemas);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const rest = error instanceof ProblemError ? error : null;
    throw problem('insert.failed', `Failed to insert values into '${name}'. ${error.message}`, {
      cause: error,
      ...(rest?.hint === undefined ? {} : { hint: rest.hint }),
      ...(rest?.span === undefined ? {} : { span: rest.span }),
    });
  }
}

function checkEnabled(context: PrepareContext): void {
  const name = 'ksql.insert.into.values.enabled';
  if (isEnabled(context.properties, name)) return;
  throw problem(
    'insert.disabled',
    `The server has disabled INSERT INTO ... VALUES functionality. To enable it, restart your ksqlDB server with '${name}'=true`,
  );
}

function checkCounts(statement: InsertValues): void {
  const { columns, values } = statement;
  if (values.length === 0) {
    throw problem('insert.no-values', 'Expected some values for INSERT INTO statement.');
  }
  if (columns === null || columns.length === values.length) return;
  const names = columns.map(({ name }) => quoteAlways(name)).join(', ');
  const texts = values.map((value) => printExpression(value)).join(', ');
  throw problem(
    'insert.count',
    `Failed to prepare statement: Expected number columns and values to match: [${names}], [${texts}]`,
  );
}

/** The source to write to; throws where nothing may be inserted. */
function insertTarget(name: string, context: PrepareContext): SourceDef {
  const { catalog, properties } = context;
  const source = catalog.sources.get(name);
  if (source === undefined) {
    throw problem(
      'source.unknown',
      `Cannot insert values into an unknown stream/table: ${quoteAlways(name)}${caseHint(catalog, name)}`,
      similarHint(name, catalog.sources.keys()),
    );
  }
  if (source.isSource) {
    throw problem(
      'insert.read-only',
      `Cannot insert values into read-only ${source.collection}: ${name}`,
    );
  }
  if (source.window !== null) {
    throw problem('insert.windowed', 'Cannot insert values into windowed stream/table');
  }
  if (matchesTopicList(source.topic, propertyValue(properties, 'ksql.readonly.topics') ?? '')) {
    throw problem('insert.read-only', `Cannot insert values into read-only topic: ${source.topic}`);
  }
  return source;
}

interface InsertedRow {
  readonly values: ReadonlyMap<string, Value>;
  /** null: the server's clock. */
  readonly timestamp: number | null;
}

const bigint: SqlType = { kind: 'BIGINT' };

function insertedRow(
  statement: InsertValues,
  source: SourceDef,
  context: PrepareContext,
): InsertedRow {
  const columns = insertedColumns(statement, source);
  const values = new Map<string, Value>();
  let timestamp: number | null = null;
  for (const [index, name] of columns.entries()) {
    const expression = statement.values[index];
    if (expression === undefined) continue;
    if (name === 'ROWTIME') {
      const value = constantValue(expression, { name, type: bigint }, context);
      timestamp = typeof value === 'bigint' ? recordTimestamp(value) : null;
      continue;
    }
    const field = fieldNamed(source, name);
    values.set(name, constantValue(expression, field, context));
  }
  checkPrimaryKey(source, values);
  return { values, timestamp };
}

/** Refuses what no record can have, in the words of Kafka's producer. */
function recordTimestamp(value: bigint): number {
  if (value >= 0n && value <= BigInt(Number.MAX_SAFE_INTEGER)) return Number(value);
  throw problem(
    'insert.timestamp',
    `Invalid timestamp: ${value}. Timestamp should always be non-negative or null.`,
    { hint: 'ROWTIME is in milliseconds since 1970.' },
  );
}

/** Names of the columns that the values are for, in their order. */
function insertedColumns(statement: InsertValues, source: SourceDef): readonly string[] {
  const { key, value } = source.schema;
  const headers = value.filter((column) => 'header' in column).map(({ name }) => name);
  const given = statement.columns?.map(({ name }) => name) ?? null;
  const inserted = given === null ? headers : headers.filter((name) => given.includes(name));
  if (inserted.length > 0) {
    throw problem('insert.headers', `Cannot insert into HEADER columns: ${inserted.join(', ')}`);
  }
  if (statement.columns !== null) {
    for (const column of statement.columns) checkColumn(column, source);
    return statement.columns.map(({ name }) => name);
  }
  const columns = [...key, ...value].map(({ name }) => name);
  if (columns.length === statement.values.length) return columns;
  const texts = statement.values.map((expression) => printExpression(expression)).join(', ');
  throw problem(
    'insert.count',
    `Expected a value for each column. Expected Columns: [${columns.map((name) => quoteAlways(name)).join(', ')}]. Got [${texts}]`,
  );
}

function checkColumn(column: Identifier, source: SourceDef): void {
  const { name } = column;
  if (name === 'ROWPARTITION' || name === 'ROWOFFSET') {
    throw problem('insert.pseudo', `Inserting into column ${quoteAlways(name)} is not allowed.`, {
      span: column.span,
    });
  }
  const known = [...source.schema.key, ...source.schema.value];
  if (name === 'ROWTIME' || known.some((field) => field.name === name)) return;
  throw problem('insert.unknown-column', `Column name ${quoteAlways(name)} does not exist.`, {
    span: column.span,
    ...similarHint(
      name,
      known.map((field) => field.name),
    ),
  });
}

function fieldNamed(source: SourceDef, name: string): Field {
  const field = [...source.schema.key, ...source.schema.value].find((other) => other.name === name);
  if (field !== undefined) return field;
  throw problem('insert.unknown-column', `Column name ${quoteAlways(name)} does not exist.`);
}

function checkPrimaryKey(source: SourceDef, values: ReadonlyMap<string, Value>): void {
  if (source.collection === 'stream') return;
  const missing = source.schema.key.filter(({ name }) => (values.get(name) ?? null) === null);
  if (missing.length === 0) return;
  const names = source.schema.key.map(({ name }) => name).join(', ');
  throw problem(
    'insert.primary-key',
    `Value for primary key column(s) ${names} is required for tables`,
  );
}

/** The registered key schema must be the source's own, so that equal keys have equal bytes. */
function checkKeySchema(source: SourceDef, schemas: SchemaResolver | undefined): void {
  const { topic, keyFormat, schema } = source;
  const use = formatByName(keyFormat.format).schemas;
  if (use === undefined || keyFormat.properties.schemaId !== undefined) return;
  const subject = subjectOf(topic, 'key');
  const existing = schemas?.latest(subject) ?? null;
  if (existing === null) {
    throw problem(
      'insert.key-schema',
      `Failed to fetch key schema (${subject}). Please check if schema exists in Schema Registry and/or check connection with Schema Registry.`,
    );
  }
  const generated = use.derive(schema.key, 'key', keyFormat);
  if (schemas?.find(subject, generated) === existing.id) return;
  if (isNamedIn(existing, source)) return;
  throw problem(
    'insert.key-schema',
    `Cannot INSERT VALUES into data source ${source.name}. ksqlDB generated schema would overwrite existing key schema.\n\tExisting Schema: ${existing.text}\n\tksqlDB Generated: ${generated.text}`,
  );
}

/** One message of several, which the source chose by its full name. */
function isNamedIn(existing: StoredSchema, { keyFormat, schema }: SourceDef): boolean {
  const { fullSchemaName } = keyFormat.properties;
  if (keyFormat.format !== 'PROTOBUF' || fullSchemaName === undefined) return false;
  const options = {
    side: 'key',
    unwrapped: false,
    fullName: fullSchemaName,
    upperCase: true,
  } as const;
  const inferred = formatByName(keyFormat.format).schemas?.infer(existing, options);
  if (inferred === undefined || 'code' in inferred) return false;
  const { columns } = inferred;
  return (
    columns.length === schema.key.length &&
    schema.key.every(({ name, type }, index) => {
      const column = columns[index];
      return column?.name === name.toUpperCase() && typesEqual(column.type, type);
    })
  );
}

function insertEffect(
  source: SourceDef,
  row: InsertedRow,
  schemas: SchemaResolver | undefined,
): Effect {
  const { schema, topic } = source;
  const side = (columns: readonly Field[]): Row =>
    columns.map(({ name }) => row.values.get(name) ?? null);
  const value = schema.value.filter((column) => !('header' in column));
  return {
    kind: 'insert',
    topic,
    key: encode(schema.key, side(schema.key), {
      spec: source.keyFormat,
      side: 'key',
      topic,
      schemas,
    }),
    value: encode(value, side(value), {
      spec: source.valueFormat,
      side: 'value',
      topic,
      schemas,
    }),
    timestamp: row.timestamp,
  };
}

interface Target {
  readonly spec: FormatSpec;
  readonly side: 'key' | 'value';
  readonly topic: string;
  readonly schemas: SchemaResolver | undefined;
}

/** null for a side without columns and for an unwrapped NULL. */
function encode(columns: readonly Field[], row: Row, target: Target): Bytes | null {
  if (columns.length === 0) return null;
  const codec = formatByName(target.spec.format).codec({ columns, needed: [], ...target });
  const writer = byteWriter();
  return codec.encode(row, writer) ? writtenBytes(writer) : null;
}
