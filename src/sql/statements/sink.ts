/**
 * The sink of CREATE … AS SELECT: what its WITH clause says, and where it says nothing, what the left-most source has
 * (spec: sql-statements.md §6, semantics.md §3.1).
 */
import { problem } from '../../base/errors.ts';
import type { SourceDef } from '../../catalog/command.ts';
import type { FormatDef, FormatProperties, FormatSpec } from '../../formats/format.ts';
import { formatByName } from '../../formats/table.ts';
import type { TopicSpec } from '../../log/log.ts';
import type { Expression } from '../../plan/expression.ts';
import type { LogicalPlan, SinkTimestamp } from '../../plan/logical.ts';
import type { Schema } from '../../types/type.ts';
import { propertyValue } from '../properties.ts';
import type { PersistentQuery } from '../query/analyzed.ts';
import {
  defaultFormat,
  inheritedProperties,
  keyFormatSpec,
  namedFormats,
  valueFormatSpec,
} from '../source-format.ts';
import type { SourceProperties } from '../source-properties.ts';
import { checkedSinkSchema, type InferenceRequest, type Side } from '../source-schemas.ts';
import { sourceTimestamp } from '../source-timestamp.ts';
import { defaultRetentionMs } from '../source-topic.ts';
import type { PrepareContext } from './statement.ts';

/** The sink's source without the query's id. */
export function sinkSource(
  name: string,
  query: PersistentQuery,
  properties: SourceProperties,
  context: PrepareContext,
): Omit<SourceDef, 'sql' | 'query'> {
  const schema: Schema = { key: query.key, value: query.value };
  const prefix = propertyValue(context.properties, 'ksql.output.topic.name.prefix') ?? '';
  const topic = properties.topic ?? prefix + name;
  return {
    name,
    collection: query.collection,
    schema,
    topic,
    ...sinkFormats({ name, topic }, query, properties, context),
    window: query.window,
    timestamp: sourceTimestamp(properties, schema),
    isSource: false,
    derivedFrom: query.sources,
  };
}

function sinkFormats(
  { name: source, topic }: { readonly name: string; readonly topic: string },
  query: PersistentQuery,
  properties: SourceProperties,
  context: PrepareContext,
): { readonly keyFormat: FormatSpec; readonly valueFormat: FormatSpec } {
  const { leftmost } = query;
  const named = namedFormats(properties);
  const keyFormat = formatByName(named.key ?? inheritedKeyFormat(query, context));
  const valueFormat = formatByName(named.value ?? leftmost.valueFormat.format);
  if (named.key !== null && named.key !== 'NONE' && removesKey(query)) {
    throw problem('format.keyless', 'Key format specified for stream without key columns.');
  }
  const request = { source, with: properties, properties: context.properties };
  const inherited = (side: Side, format: FormatDef): FormatProperties => ({
    ...inheritedProperties(side === 'key' ? leftmost.keyFormat : leftmost.valueFormat, format),
    ...schemaName({ side, topic, format, with: properties, schemas: context.schemas }, query),
  });
  return {
    keyFormat: keyFormatSpec(keyFormat, query.key, {
      ...request,
      inherited: inherited('key', keyFormat),
    }),
    valueFormat: valueFormatSpec(valueFormat, query.value, {
      ...request,
      inherited: inherited('value', valueFormat),
    }),
  };
}

/** The name of the record whose schema id the WITH clause gives; the query's columns must fit it. */
function schemaName(request: InferenceRequest, query: PersistentQuery): FormatProperties {
  if (!request.format.registry) return {};
  const fullSchemaName = checkedSinkSchema(request, query[request.side]);
  return fullSchemaName === null ? {} : { fullSchemaName };
}

function inheritedKeyFormat(query: PersistentQuery, context: PrepareContext): string {
  if (removesKey(query)) return 'NONE';
  const { format } = query.leftmost.keyFormat;
  if (format === 'NONE' && query.key.length > 0) return defaultFormat('key', context.properties);
  return format;
}

/** PARTITION BY NULL. */
function removesKey(query: PersistentQuery): boolean {
  return query.resolved.partitionBy !== null && query.key.length === 0;
}

/** What the sink wants of its topic: what is given, else what the left-most source's topic has. */
export function sinkTopic(
  source: Pick<SourceDef, 'topic' | 'collection' | 'window'>,
  query: PersistentQuery,
  properties: SourceProperties,
  context: PrepareContext,
): TopicSpec {
  const inherited = context.runtime.topics().find(({ name }) => name === query.leftmost.topic);
  const legacy = Number(propertyValue(context.properties, 'ksql.sink.partitions') ?? '');
  const partitions =
    properties.partitions ??
    (legacy > 0 ? legacy : (inherited?.partitions ?? context.topicDefaults?.partitions ?? 1));
  const retentionMs = properties.retentionMs ?? inherited?.retentionMs ?? defaultRetentionMs;
  if (source.collection === 'stream') {
    return { name: source.topic, partitions, cleanup: 'delete', retentionMs };
  }
  if (source.window === null) {
    return { name: source.topic, partitions, cleanup: 'compact', retentionMs: null };
  }
  return {
    name: source.topic,
    partitions,
    cleanup: 'compact,delete',
    retentionMs: Math.max(retentionMs, query.retentionMs ?? 0),
  };
}

/** The query's plan with the sink on top. */
export function sinkPlan(
  query: PersistentQuery,
  source: Pick<SourceDef, 'name' | 'topic' | 'keyFormat' | 'valueFormat' | 'timestamp'>,
): LogicalPlan {
  const { plan, key, value, collection, window } = query;
  return {
    kind: 'sink',
    input: plan,
    source: source.name,
    topic: source.topic,
    keyFormat: source.keyFormat,
    valueFormat: source.valueFormat,
    timestamp: timestampColumn(source.timestamp, { key, value }),
    key,
    value,
    collection,
    window,
  };
}

function timestampColumn(timestamp: SourceDef['timestamp'], schema: Schema): SinkTimestamp | null {
  if (timestamp === null) return null;
  const side = schema.key.some(({ name }) => name === timestamp.column) ? 'key' : 'value';
  const index = schema[side].findIndex(({ name }) => name === timestamp.column);
  const field = schema[side][index];
  if (field === undefined) return null;
  const column: Expression = { kind: 'column', type: field.type, side, index, name: field.name };
  return { column, format: timestamp.format };
}
