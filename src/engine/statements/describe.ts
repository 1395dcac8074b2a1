/** The catalog as plain data, for the conformance adapter, completion and the console. */
import type { Json } from '../../base/env.ts';
import type { Catalog } from '../../catalog/catalog.ts';
import type { SourceDef } from '../../catalog/command.ts';
import type { FormatSpec } from '../../formats/format.ts';
import type { TopicSpec } from '../../log/log.ts';
import type { WindowedKey } from '../../plan/logical.ts';
import { formatSchema } from '../../types/format-type.ts';
import type { EngineDescription } from '../api.ts';

/** Topics include those that ksqlDB would have made inside its queries; the command topic is left out. */
export function describeCatalog(
  catalog: Catalog,
  topics: readonly TopicSpec[],
  commandTopic: string,
): EngineDescription {
  const internal = [...catalog.queries.values()].flatMap((query) => query.plan.internalTopics);
  return {
    sources: [...catalog.sources.values()].map(describeSource),
    topics: [...topics, ...internal]
      .filter((topic) => topic.name !== commandTopic)
      .map(({ name, partitions }) => ({ name, partitions })),
    queries: [...catalog.queries.values()].map(({ id, sink }) => ({ id, sink })),
  };
}

function describeSource(source: SourceDef): EngineDescription['sources'][number] {
  return {
    name: source.name,
    type: source.collection === 'stream' ? 'STREAM' : 'TABLE',
    topic: source.topic,
    schema: formatSchema(source.schema),
    keyFormat: describeFormat(source.keyFormat, source.window),
    valueFormat: describeFormat(source.valueFormat, null),
    isSource: source.isSource,
  };
}

/** Under ksqlDB's internal names (spec: semantics.md §3.1). */
function describeProperties({ format, properties }: FormatSpec): Json {
  const { nullableRepresentation, schemaId, ...rest } = properties;
  return {
    ...rest,
    ...(schemaId === undefined ? {} : { schemaId: String(schemaId) }),
    ...(nullableRepresentation === undefined
      ? {}
      : { nullableRepresentation: nullableRepresentation.toLowerCase() }),
    ...(format === 'PROTOBUF' ? { unwrapPrimitives: 'true' } : {}),
  };
}

function describeFormat(spec: FormatSpec, window: WindowedKey | null): Json {
  return {
    format: spec.format,
    properties: describeProperties(spec),
    features: [...spec.features],
    ...(window === null
      ? {}
      : {
          windowInfo: {
            type: window.kind,
            ...(window.sizeMs === null ? {} : { sizeMs: window.sizeMs }),
          },
        }),
  };
}
