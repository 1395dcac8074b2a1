/** Who reads and who writes a source, and what stands in the way of dropping it (spec: sql-statements.md §10). */
import type { Catalog } from './catalog.ts';
import type { QueryDef, SourceDef } from './command.ts';

/** Queries that read source `name`, in order of creation. */
export function queriesReading(catalog: Catalog, name: string): readonly QueryDef[] {
  return [...catalog.queries.values()].filter((query) => query.sources.includes(name));
}

/** Queries that write source `name`, in order of creation: the one it was created with and INSERT INTO queries. */
export function queriesWriting(catalog: Catalog, name: string): readonly QueryDef[] {
  return [...catalog.queries.values()].filter((query) => query.sink === name);
}

/** Sources made by CREATE … AS SELECT over source `name`, in order of creation, whether or not their query still runs. */
export function sourcesOver(catalog: Catalog, name: string): readonly SourceDef[] {
  return [...catalog.sources.values()].filter((source) => source.derivedFrom?.includes(name));
}

/** Other sources on the topic of `source`, in order of creation. */
export function sourcesSharingTopic(catalog: Catalog, source: SourceDef): readonly SourceDef[] {
  return [...catalog.sources.values()].filter(
    (other) => other.topic === source.topic && other.name !== source.name,
  );
}

/** What must go before a source may be dropped; all empty when nothing stands in the way. */
export interface DropConstraints {
  readonly sources: readonly SourceDef[];
  readonly readers: readonly QueryDef[];
  readonly writers: readonly QueryDef[];
}

/** The source's own creating query does not count: it ends with the source. Queries that fill `sources` are not repeated in `readers`. */
export function dropConstraints(catalog: Catalog, source: SourceDef): DropConstraints {
  const sources = sourcesOver(catalog, source.name);
  const creating = new Set(sources.map((over) => over.query));
  return {
    sources,
    readers: queriesReading(catalog, source.name).filter(
      (query) => query.id !== source.query && !creating.has(query.id),
    ),
    writers: queriesWriting(catalog, source.name).filter((query) => query.id !== source.query),
  };
}
