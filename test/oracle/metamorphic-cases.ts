/** Other cases that must come to the same: with other partition counts, with rows that came and went. */
import { encode, partitionOf } from './codec.ts';
import type { Case, InputRecord, Query, Source, Type, Value } from './model.ts';
import type { Random } from './random.ts';
import type { RawTopics } from './raw-topics.ts';
import { sourceNamed, sourcesOf } from './schema.ts';

/** null where results may depend on which partition saw how much time pass, or on the order across partitions. */
export function withPartitions(of: Case, random: Random): Case | null {
  const isSafe = ({ window, final, joins }: Query): boolean =>
    (window === null || (window.graceMs === null && !final)) &&
    joins.every(({ within }) => within === null || within.graceMs === null);
  if (of.queries.length > 1 || !of.queries.every(isSafe)) return null;
  const partitions = random.pick([1, 2, 3, 7]);
  const sources = of.sources.map((source) => ({ ...source, partitions }));
  const byName = new Map(sources.map((source) => [source.name, source]));
  return {
    ...of,
    sources,
    queries: of.queries.map((query) => ({ ...query, partitions: null })),
    records: of.records.map((record) => ({
      ...record,
      partition: partitionFor(record, byName.get(record.source)!),
    })),
  };
}

function partitionFor({ key, partition }: InputRecord, source: Source): number {
  const bytes = key === null ? null : encode(source.keyFormat, source.key, key, 'key');
  return bytes === null ? partition % source.partitions : partitionOf(bytes, source.partitions);
}

/** A key that no generated record has; null where there are too few values. */
function freshKey(type: Type): Value {
  switch (type.kind) {
    case 'STRING':
      return 'zz';
    case 'DOUBLE':
      return 77.5;
    case 'BOOLEAN':
      return null;
    default:
      return 777n;
  }
}

/** Rows of tables that come and go at once; null where that leaves a trace: an empty group. */
export function withVisitors(of: Case, random: Random): Case | null {
  const sources = sourcesOf(of);
  if (of.queries.some((query) => query.groupBy !== null)) return null;
  const isWelcome = ({ source, value }: InputRecord): boolean => {
    const { kind, key, timestamp } = sourceNamed(sources, source);
    const isKeyed = key.every(({ type }) => freshKey(type) !== null);
    return kind === 'table' && isKeyed && timestamp === null && value !== null;
  };
  if (!of.records.some(isWelcome)) return null;
  const records = of.records.flatMap((record): InputRecord[] => {
    if (!isWelcome(record) || random.chance(0.5)) return [record];
    const source = sourceNamed(sources, record.source);
    const visitor = { ...record, key: source.key.map(({ type }) => freshKey(type)) };
    const placed = { ...visitor, partition: partitionFor(visitor, source) };
    return [placed, { ...placed, value: null }, record];
  });
  return { ...of, records };
}

/** What topics amount to, whatever the partitions: of a stream its records, of a table the last of each key. */
export function amounts(of: Case, topics: RawTopics): RawTopics {
  const sources = sourcesOf(of);
  const result = new Map<string, readonly string[]>();
  for (const { sink } of of.queries) {
    const records = [...topics]
      .filter(([name]) => name.startsWith(`${sink}/`))
      .flatMap(([, texts]) => texts.map((text) => text.replace(/^#\d+ /, '')));
    const { kind } = sourceNamed(sources, sink);
    result.set(sink, (kind === 'stream' ? [...records] : lastOfKeys(records)).sort());
  }
  return result;
}

/** The last record of every key that is not deleted. */
export function lastOfKeys(records: readonly string[]): string[] {
  const rows = new Map<string, string>();
  for (const text of records) {
    const [, key, value] = /^(?:#-?\d+ )?@\d+ (null|".*?(?<!\\)(?:\\\\)*") -> (.*) \d+$/s.exec(
      text,
    )!;
    if (value === 'null') rows.delete(key!);
    else rows.set(key!, text);
  }
  return [...rows.values()];
}
