/** Sources as DESCRIBE and SHOW … EXTENDED show them (spec: api.md §4). */
import type { Json } from '../../../base/env.ts';
import type { SourceDef } from '../../../catalog/command.ts';
import { queriesReading, queriesWriting, sourcesOver } from '../../../catalog/dependencies.ts';
import type { PrepareContext } from '../statement.ts';
import { consumerGroup, persistentQueryJson } from './query-json.ts';
import { fieldsJson } from './schema-json.ts';

/** The description of one source; statistics and offsets are given only where `extended`. */
export function sourceDescriptionJson(
  source: SourceDef,
  extended: boolean,
  context: PrepareContext,
): { readonly [name: string]: Json } {
  const { catalog } = context;
  const topic = context.runtime.topics().find(({ name }) => name === source.topic);
  const queries = (list: ReturnType<typeof queriesReading>): readonly Json[] =>
    list.map((query) => persistentQueryJson(query, context));
  return {
    name: source.name,
    windowType: source.window?.kind ?? null,
    readQueries: queries(queriesReading(catalog, source.name)),
    writeQueries: queries(queriesWriting(catalog, source.name)),
    fields: fieldsJson(source.schema),
    type: source.collection === 'stream' ? 'STREAM' : 'TABLE',
    timestamp: source.timestamp?.column ?? '',
    statistics: extended && topic !== undefined ? statistics(source.topic, context) : '',
    errorStats: '',
    extended,
    keyFormat: source.keyFormat.format,
    valueFormat: source.valueFormat.format,
    topic: source.topic,
    partitions: extended ? (topic?.partitions ?? 0) : 0,
    replication: extended && topic !== undefined ? 1 : 0,
    statement: source.sql,
    queryOffsetSummaries: extended ? offsetSummaries(source, context) : [],
    sourceConstraints: sourcesOver(catalog, source.name).map(({ name }) => name),
    clusterStatistics: [],
    clusterErrorStats: [],
  };
}

/** Total records in the topic, in the form of ksqlDB's metrics text. */
function statistics(topic: string, context: PrepareContext): string {
  const total = context.runtime
    .offsets(topic)
    .reduce((sum, { start, end }) => sum + (end - start), 0);
  return `total-messages: ${String(total).padStart(9)}`;
}

function offsetSummaries(source: SourceDef, context: PrepareContext): readonly Json[] {
  const writers = queriesWriting(context.catalog, source.name);
  return writers.map((query) => ({
    groupId: consumerGroup(query.id, context),
    topicSummaries: Object.entries(context.runtime.positions(query.id)).map(
      ([topic, positions]) => ({
        kafkaTopic: topic,
        offsets: context.runtime.offsets(topic).map(({ start, end }, partition) => ({
          partition,
          logStartOffset: start,
          logEndOffset: end,
          consumerOffset: positions[partition] ?? start,
        })),
      }),
    ),
  }));
}
