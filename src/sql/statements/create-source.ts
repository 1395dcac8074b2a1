/** `CREATE [OR REPLACE] [SOURCE] {STREAM|TABLE} …` over a topic (spec: sql-statements.md §5). */
import type { CreateSource, TableElement } from '../../../grammar/ast.ts';
import { parse } from '../../../grammar/parse.ts';
import { printStatement } from '../../../grammar/print-statement.ts';
import { problem } from '../../base/errors.ts';
import type { SourceDef } from '../../catalog/command.ts';
import type { FormatDef, FormatProperties, FormatSpec } from '../../formats/format.ts';
import { formatType, quoteAlways } from '../../types/format-type.ts';
import type { InferredColumns } from '../../formats/schema.ts';
import { formatByName } from '../../formats/table.ts';
import type { Schema } from '../../types/type.ts';
import { isEnabled } from '../properties.ts';
import { checkNames, schemaOfElements } from '../source-elements.ts';
import {
  checkFormats,
  defaultFormat,
  keyFormatSpec,
  namedFormats,
  refuseMapKey,
  valueFormatSpec,
} from '../source-format.ts';
import { readSourceProperties, type SourceProperties } from '../source-properties.ts';
import { inferColumns, schemaChanges, type Side } from '../source-schemas.ts';
import { sourceTimestamp } from '../source-timestamp.ts';
import { defaultRetentionMs, refuseReservedTopic, topicToCreate } from '../source-topic.ts';
import { checkSourceUpgrade } from '../source-upgrade.ts';
import { commandEffect, sourceCommandId } from './effects.ts';
import { existingSource } from './existing-source.ts';
import { sourceTableQuery } from './source-table.ts';
import type { Effect, PrepareContext } from './statement.ts';

/** Defines the source; also the query that materialises a SOURCE TABLE. */
export function prepareCreateSource(statement: CreateSource, context: PrepareContext): Effect {
  const skipped = existingSource(statement, context);
  if (skipped !== null) return skipped;
  const definition = defineSourceWithSides(statement, context);
  const { source } = definition;
  const topic = topicToCreate(
    {
      name: source.topic,
      partitions: given(statement).partitions ?? missingPartitions(source.topic, context),
      cleanup: source.collection === 'stream' ? 'delete' : 'compact',
      retentionMs: source.collection === 'stream' ? retention(statement) : null,
    },
    context.runtime.topics(),
    () => withPartitions(source.sql),
  );
  const replaced = context.catalog.sources.get(source.name) ?? null;
  if (replaced !== null) checkSourceUpgrade(replaced, source);
  const query = sourceTableQuery(source, context);
  return commandEffect(
    {
      kind: 'define-source',
      source: { ...source, ...filledBy(replaced), ...(query === null ? {} : { query: query.id }) },
      query,
      topic,
      replaces: replaced !== null,
    },
    sourceCommandId(source.collection, source.name, 'create'),
    source.collection === 'stream' ? 'Stream created' : 'Table created',
    { queryId: query?.id ?? null, schemas: schemaChanges(source, definition.listed, true) },
  );
}

/** A query that fills a source goes on filling it when the source is replaced by a statement with columns. */
function filledBy(replaced: SourceDef | null): Pick<SourceDef, 'query' | 'derivedFrom'> {
  if (replaced === null) return { query: null };
  const { query, derivedFrom } = replaced;
  return derivedFrom === undefined ? { query } : { query, derivedFrom };
}

type DefinitionContext = Pick<PrepareContext, 'catalog' | 'text' | 'properties' | 'schemas'>;

/** The source as the statement defines it, checked in itself: topic and what exists are not looked at. */
export function defineSource(statement: CreateSource, context: DefinitionContext): SourceDef {
  return defineSourceWithSides(statement, context).source;
}

interface SourceDefinition {
  readonly source: SourceDef;
  /** The sides whose columns the statement lists; the others' are in the registry. */
  readonly listed: readonly Side[];
}

function defineSourceWithSides(
  statement: CreateSource,
  context: DefinitionContext,
): SourceDefinition {
  const properties = readSourceProperties(statement.properties, 'create');
  const elements = schemaOfElements(statement.elements, statement.sourceType, {
    types: context.catalog.types,
    text: context.text,
  });
  for (const column of elements.key) refuseMapKey(column);
  const { topic } = properties;
  if (topic === null) {
    throw problem(
      'source.property',
      'Failed to prepare statement: Missing required property "KAFKA_TOPIC" which has no default value.',
    );
  }
  const { schema, listed, ...formats } = resolveFormats(
    { name: statement.name.name, topic, elements, properties },
    context,
  );
  checkSchema(schema, statement, properties, context);
  refuseReservedTopic(topic, context.properties);
  checkFormats(schema, formats.key, formats.value, '');
  checkRetention(properties, statement.sourceType === 'TABLE');
  const source: SourceDef = {
    name: statement.name.name,
    collection: statement.sourceType === 'STREAM' ? 'stream' : 'table',
    schema,
    topic,
    keyFormat: formats.key,
    valueFormat: formats.value,
    window:
      properties.windowType === null
        ? null
        : { kind: properties.windowType, sizeMs: properties.windowSizeMs },
    timestamp: sourceTimestamp(properties, schema),
    isSource: statement.readOnly,
    sql: `${printStatement(writtenOut(statement, schema, listed))};`,
    query: null,
  };
  return { source, listed };
}

/** The statement as it is kept: with the columns that the registry gave. */
function writtenOut(
  statement: CreateSource,
  schema: Schema,
  listed: readonly Side[],
): CreateSource {
  const mark = statement.sourceType === 'STREAM' ? ' KEY' : ' PRIMARY KEY';
  const given = new Set(statement.elements.map(({ name }) => name.name));
  const texts = (side: Side): readonly string[] =>
    schema[side]
      .filter(({ name }) => !listed.includes(side) && !given.has(name))
      .map(
        ({ name, type }) => `${quoteAlways(name)} ${formatType(type)}${side === 'key' ? mark : ''}`,
      );
  const [keys, values] = [elementsOf(texts('key')), elementsOf(texts('value'))];
  if (keys.length + values.length === 0) return statement;
  return { ...statement, elements: [...keys, ...statement.elements, ...values] };
}

function elementsOf(columns: readonly string[]): readonly TableElement[] {
  if (columns.length === 0) return [];
  const [parsed] = parse(`CREATE STREAM S (${columns.join(', ')});`);
  return parsed?.kind === 'createSource' ? parsed.elements : [];
}

interface Resolved {
  readonly schema: Schema;
  readonly listed: readonly Side[];
  readonly key: FormatSpec;
  readonly value: FormatSpec;
}

/** Formats of both sides, and the columns that the registry has for a side of which the statement lists none. */
function resolveFormats(
  of: {
    readonly name: string;
    readonly topic: string;
    readonly elements: Schema;
    readonly properties: SourceProperties;
  },
  context: DefinitionContext,
): Resolved {
  const { elements, properties, topic } = of;
  const named = namedFormats(properties);
  const keyFormat = formatByName(named.key ?? defaultFormat('key', context.properties));
  const valueFormat = formatByName(named.value ?? defaultFormat('value', context.properties));
  const valueElements = elements.value.filter((column) => !('header' in column));
  checkSchemaId('KEY', properties.keySchemaId, keyFormat, elements.key.length);
  checkSchemaId('VALUE', properties.valueSchemaId, valueFormat, valueElements.length);
  const infer = (side: Side, format: FormatDef): InferredColumns =>
    inferColumns({ side, topic, format, with: properties, schemas: context.schemas });
  const key = elements.key.length === 0 && keyFormat.registry ? infer('key', keyFormat) : null;
  const value =
    valueElements.length === 0 && valueFormat.registry ? infer('value', valueFormat) : null;
  const schema: Schema = {
    key: key?.columns ?? elements.key,
    value: [...elements.value, ...(value?.columns ?? [])],
  };
  checkNames([...schema.key, ...schema.value].map((column) => column.name));
  const request = { source: of.name, with: properties, properties: context.properties };
  return {
    schema,
    listed: [
      ...(key === null ? ['key' as const] : []),
      ...(value === null ? ['value' as const] : []),
    ],
    key: keyFormatSpec(keyFormat, schema.key, {
      ...request,
      inherited: namedById(properties.keySchemaId, key),
    }),
    value: valueFormatSpec(valueFormat, value?.columns ?? valueElements, {
      ...request,
      inherited: namedById(properties.valueSchemaId, value),
    }),
  };
}

/** With a schema id, the name of its record is kept too. */
function namedById(id: number | null, inferred: InferredColumns | null): FormatProperties {
  const fullSchemaName = inferred?.fullName ?? null;
  return id === null || fullSchemaName === null ? {} : { fullSchemaName };
}

function checkSchemaId(
  side: 'KEY' | 'VALUE',
  id: number | null,
  format: { readonly name: string; readonly registry: boolean },
  columns: number,
): void {
  if (id === null) return;
  if (!format.registry) {
    throw problem(
      'source.schema-id',
      `${side}_FORMAT should support schema inference when ${side}_SCHEMA_ID is provided. Current format is ${format.name}.`,
    );
  }
  if (columns > 0) {
    throw problem(
      'source.schema-id',
      `Table elements and ${side}_SCHEMA_ID cannot both exist for create statement.`,
    );
  }
}

function checkSchema(
  schema: Schema,
  statement: Pick<CreateSource, 'sourceType'>,
  properties: SourceProperties,
  context: Pick<PrepareContext, 'properties'>,
): void {
  const headers = schema.value.some((column) => 'header' in column);
  if (headers && !isEnabled(context.properties, 'ksql.headers.columns.enabled')) {
    const what = statement.sourceType === 'STREAM' ? 'Stream' : 'Table';
    throw problem(
      'source.headers',
      `Cannot create ${what} because schema with headers columns is disabled.`,
    );
  }
  if (statement.sourceType === 'TABLE' && schema.key.length === 0) {
    throw problem(
      'source.primary-key',
      'Tables require a PRIMARY KEY. Please define the PRIMARY KEY.',
    );
  }
  if (schema.value.length === 0 && schema.key.length === 0) {
    throw problem('source.no-columns', 'No columns supplied.');
  }
  if (properties.windowType !== null && schema.key.length === 0) {
    throw problem('source.windowed-key', 'Windowed sources require a key column.');
  }
}

/** Refuses RETENTION_MS where it has no meaning. */
export function checkRetention(properties: SourceProperties, plainTable: boolean): void {
  if (properties.retentionMs === null || !plainTable || properties.windowType !== null) return;
  throw problem('source.retention', 'Non-windowed tables do not support retention.');
}

function given(statement: CreateSource): SourceProperties {
  return readSourceProperties(statement.properties, 'create');
}

function retention(statement: CreateSource): number {
  return given(statement).retentionMs ?? defaultRetentionMs;
}

/** What the test tool gives a missing topic; null where the statement must say. */
export function missingPartitions(topic: string, context: PrepareContext): number | null {
  const exists = context.runtime.topics().some(({ name }) => name === topic);
  return exists ? null : (context.topicDefaults?.partitions ?? null);
}

/** The statement with PARTITIONS added to its WITH clause, which is its last pair of parentheses. */
function withPartitions(text: string): string {
  const end = text.lastIndexOf(')');
  return `${text.slice(0, end)}, PARTITIONS=2);`;
}
