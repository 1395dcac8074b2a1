/** Compares what a topic amounts to with what batch SQL says. */
import type Database from 'better-sqlite3';
import type { SelectItem, TopicRecord, Value } from '../model.ts';
import type { QueryInput } from '../reference/interpreter.ts';
import { resultSource, sourceNamed } from '../schema.ts';
import { type AtRest, atRest, listText, Unsupported } from './oracle.ts';

/** null: equal. Throws Unsupported where batch SQL has no say. */
export function compareAtRest(
  db: Database.Database,
  input: QueryInput,
  actual: readonly TopicRecord[],
): string | null {
  if (matchesValues(input.query) && [actual, ...inputsOf(input)].some(hasNegativeZero))
    throw new Unsupported('to SQLite the two zeros are one key');
  const answer = atRest(db, input);
  const result = resultSource(input.query, input.sources);
  const text = rowTexts(input);
  if (result.kind === 'stream') {
    return difference(answer.rows.map(text.record), actual.map(text.record));
  }
  const found = folded(actual);
  const expected = new Map(
    answer.rows.filter(({ value }) => value !== null).map((row) => [text.key(row), text.row(row)]),
  );
  // A group keeps its empty row; batch SQL does not know which groups there were.
  const extra = found.filter((row) => !expected.has(text.key(row)));
  for (const row of answer.empty(extra.map(({ key }) => key!))) {
    if (row.value !== null) expected.set(text.key(row), text.row(row));
  }
  return difference([...expected.values()], found.map(text.row));
}

function inputsOf({ query, sources, records }: QueryInput): readonly (readonly TopicRecord[])[] {
  const names = [query.source, ...query.joins.map(({ source }) => source)];
  return names.map((name) => records.get(sourceNamed(sources, name).topic)!);
}

function matchesValues({ joins, groupBy }: QueryInput['query']): boolean {
  return joins.length > 0 || groupBy !== null;
}

function hasNegativeZero(records: readonly TopicRecord[]): boolean {
  return records.some(({ key, value }) =>
    [...(key ?? []), ...(value ?? [])].some((part) => Object.is(part, -0)),
  );
}

/** Last row per key and window; tombstones take it away. */
export function folded(records: readonly TopicRecord[]): TopicRecord[] {
  const rows = new Map<string, TopicRecord>();
  for (const record of records.toSorted(
    (a, b) => a.partition - b.partition || a.offset - b.offset,
  )) {
    const { key, window } = record;
    const identity = `${listText(key)} ${window?.start} ${window?.end}`;
    if (record.value === null) rows.delete(identity);
    else rows.set(identity, record);
  }
  return [...rows.values()];
}

interface RowTexts {
  key(row: AtRest): string;
  row(row: AtRest): string;
  record(row: AtRest): string;
}

function rowTexts({ query, sources }: QueryInput): RowTexts {
  const items = query.select.filter((item) => item.key === null);
  const isSorted =
    sourceNamed(sources, query.source).kind === 'table' || query.window?.kind === 'session';
  const values = (row: AtRest): string =>
    row.value === null
      ? 'null'
      : row.value.map((value, at) => itemText(value, items[at]!, isSorted)).join(', ');
  const key = ({ key: of, window }: AtRest): string =>
    `(${of === null ? 'null' : of.map(plainText).join(', ')})${window === null ? '' : `[${window.start},${window.end})`}`;
  return {
    key,
    row: (row) => `${key(row)} -> ${values(row)}`,
    record: (row) => `${key(row)} -> ${values(row)} @${row.timestamp}`,
  };
}

/** Lists of which the order is not that of arrival are sorted. */
function itemText(value: Value, item: SelectItem, isSorted: boolean): string {
  const { expr } = item;
  const isList = expr.kind === 'aggregate' && expr.name.startsWith('COLLECT');
  if (isSorted && isList && Array.isArray(value)) {
    return `[${value.map(listText).sort().join(',')}]`;
  }
  if (typeof value === 'string') return expr.type.kind === 'ARRAY' ? value : JSON.stringify(value);
  return plainText(value);
}

/** SQLite has no −0. */
function plainText(value: Value): string {
  return listText(typeof value === 'number' ? value + 0 : value);
}

function difference(expected: readonly string[], actual: readonly string[]): string | null {
  const left = [...actual];
  const missing = expected.filter((text) => {
    const at = left.indexOf(text);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
  if (missing.length === 0 && left.length === 0) return null;
  return [
    ...missing.map((text) => `missing ${text}`),
    ...left.map((text) => `  extra ${text}`),
  ].join('\n');
}

/** Is it a query of which batch SQL can say something? Counted, so that nobody thinks all were compared. */
export function isCompared(compare: () => string | null): {
  readonly difference: string | null;
  readonly isCompared: boolean;
} {
  try {
    return { difference: compare(), isCompared: true };
  } catch (error) {
    if (error instanceof Unsupported) return { difference: null, isCompared: false };
    throw error;
  }
}
