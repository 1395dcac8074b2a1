/** Splits a pipeline: a query that reads and filters, and one that does the rest over its result. */
import type { Case, Query } from './model.ts';
import type { Random } from './random.ts';
import { sourceNamed, sourcesOf } from './schema.ts';

/** null where the case has no query that can be split and must give the same. */
export function split(of: Case, random: Random): Case | null {
  const sources = sourcesOf(of);
  const candidates = of.queries.filter((query) => {
    const source = sourceNamed(sources, query.source);
    const hasArray = source.value.some(({ type }) => type.kind === 'ARRAY');
    // A record whose only value is a NULL that stands for no value, and a table that ends before it begins, are not the same.
    const isDelimited = source.valueFormat === 'DELIMITED' && source.value.length === 1;
    return query.joins.length === 0 && source.window === null && !hasArray && !isDelimited;
  });
  if (candidates.length === 0) return null;
  const query = random.pick(candidates);
  const source = sourceNamed(sources, query.source);
  const first: Query = {
    sink: 'FIRST_PART',
    source: query.source,
    alias: null,
    joins: [],
    where: query.where,
    partitionBy: null,
    groupBy: null,
    window: null,
    final: false,
    having: null,
    select: [
      ...source.key.map((column, at) => ({
        name: column.name,
        expr: { kind: 'column', ...column } as const,
        key: at,
      })),
      ...source.value.map((column) => ({
        name: column.name,
        expr: { kind: 'column', ...column } as const,
        key: null,
      })),
    ],
    partitions: null,
    keyFormat: null,
    valueFormat: null,
  };
  const second: Query = { ...query, source: first.sink, where: null };
  const at = of.queries.indexOf(query);
  return { ...of, queries: of.queries.toSpliced(at, 1, first, second) };
}
