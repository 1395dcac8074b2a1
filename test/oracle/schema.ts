/** What a query's result is: kind, columns, formats, topic (spec: semantics.md §1, §2, §3.1). */
import type { Case, Column, FormatName, Query, Source } from './model.ts';

export type SourceMap = ReadonlyMap<string, Source>;

export function sourceNamed(sources: SourceMap, name: string): Source {
  const source = sources.get(name);
  if (source === undefined) throw new Error(`no source ${name}`);
  return source;
}

export function resultSource(query: Query, sources: SourceMap): Source {
  const left = sourceNamed(sources, query.source);
  const isTable = query.groupBy !== null || left.kind === 'table';
  const columnsOf = (items: typeof query.select): Column[] =>
    items.map(({ name, expr }) => ({ name, type: expr.type }));
  const keyItems = query.select.filter((item) => item.key !== null);
  const key = columnsOf(keyItems.toSorted((a, b) => (a.key as number) - (b.key as number)));
  return {
    name: query.sink,
    topic: query.sink,
    kind: isTable ? 'table' : 'stream',
    key,
    value: columnsOf(query.select.filter((item) => item.key === null)),
    keyFormat: sinkKeyFormat(query, left, key),
    valueFormat: query.valueFormat ?? left.valueFormat,
    partitions: query.partitions ?? left.partitions,
    timestamp: null,
    window: resultWindow(query, left),
  };
}

function sinkKeyFormat(query: Query, left: Source, key: readonly Column[]): FormatName {
  if (key.length === 0) return 'NONE';
  if (query.keyFormat !== null) return query.keyFormat;
  return left.keyFormat === 'NONE' ? 'KAFKA' : left.keyFormat;
}

function resultWindow(query: Query, left: Source): Source['window'] {
  if (query.window === null) return query.groupBy === null ? left.window : null;
  if (query.window.kind === 'session') return { kind: 'session', sizeMs: null };
  return { kind: 'time', sizeMs: query.window.sizeMs };
}

/** All sources of a case by name, results of queries included. */
export function sourcesOf(from: Pick<Case, 'sources' | 'queries'>): Map<string, Source> {
  const sources = new Map(from.sources.map((source) => [source.name, source]));
  for (const query of from.queries) sources.set(query.sink, resultSource(query, sources));
  return sources;
}

/** Can KAFKA hold this key? */
export function fitsKafka(key: readonly Column[]): boolean {
  const kinds = ['INTEGER', 'BIGINT', 'DOUBLE', 'STRING'];
  return key.length === 1 && kinds.includes(key[0]!.type.kind);
}

/** Key format between the steps of a query: the source's, but JSON for what KAFKA cannot hold. */
export function internalKeyFormat(format: FormatName, key: readonly Column[]): FormatName {
  if (format !== 'KAFKA' && format !== 'NONE') return format;
  return fitsKafka(key) ? 'KAFKA' : 'JSON';
}

/** Columns of a source as a query over it names them. */
export function scopeOf(source: Source, alias: string | null): Column[] {
  return [...source.key, ...source.value].map(({ name, type }) => ({
    name: alias === null ? name : `${alias}.${name}`,
    type,
  }));
}
