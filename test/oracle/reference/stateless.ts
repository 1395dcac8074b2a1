/** Sources, WHERE and HAVING, PARTITION BY (spec: semantics.md §1, §4). */
import type { Column, Expr, Source, TopicRecord, Value } from '../model.ts';
import { visitExpr } from '../model.ts';
import { internalKeyFormat, scopeOf } from '../schema.ts';
import { evaluate, type Row } from './evaluate.ts';
import { type Change, identityOf, type Node } from './node.ts';
import { EvaluationError } from './numbers.ts';

/** The time of a record; null for one that has none and is left out. */
export function recordTime(source: Source, record: TopicRecord): number | null {
  if (source.timestamp === null || record.value === null) return record.timestamp;
  const at = source.value.findIndex(({ name }) => name === source.timestamp);
  const time = record.value[at] as bigint | null;
  return time === null || time < 0n ? null : Number(time);
}

export function sourceNode(source: Source, alias: string | null): Node {
  const named = (column: Column): string =>
    alias === null ? column.name : `${alias}.${column.name}`;
  const rows = new Map<string, Row>();
  const rowOf = (record: TopicRecord, timestamp: number): Row | null => {
    if (record.value === null) return null;
    const row = new Map<string, Value>([
      [alias === null ? 'ROWTIME' : `${alias}.ROWTIME`, BigInt(timestamp)],
    ]);
    for (const [at, column] of source.key.entries())
      row.set(named(column), record.key?.[at] ?? null);
    for (const [at, column] of source.value.entries()) row.set(named(column), record.value[at]!);
    return row;
  };
  return {
    kind: source.kind,
    key: source.key.map((column) => ({ name: named(column), type: column.type })),
    columns: scopeOf(source, alias),
    keyFormat: source.keyFormat,
    partitions: source.partitions,
    isPartitioned: source.key.length > 0,
    exchanges: false,
    take(topic, record) {
      if (topic !== source.topic) return [];
      const isTombstone = source.kind === 'table' && record.value === null;
      const timestamp = isTombstone ? record.timestamp : recordTime(source, record);
      if (timestamp === null) return [];
      const row = rowOf(record, timestamp);
      const { key, window, partition } = record;
      if (source.kind === 'stream')
        return [{ key, window, row, before: null, timestamp, partition }];
      if (key === null) return [];
      const identity = identityOf(key);
      const before = rows.get(identity) ?? null;
      if (row === null) rows.delete(identity);
      else rows.set(identity, row);
      return [{ key, window, row, before, timestamp, partition }];
    },
  };
}

export function passes(predicate: Expr, row: Row | null): boolean {
  if (row === null) return false;
  try {
    return evaluate(predicate, row) === true;
  } catch (error) {
    if (error instanceof EvaluationError) return false;
    throw error;
  }
}

export function filterNode(input: Node, predicate: Expr): Node {
  const filter = (change: Change): readonly Change[] => {
    const matches = passes(predicate, change.row);
    if (input.kind === 'stream') return matches ? [change] : [];
    const matched = passes(predicate, change.before);
    if (!matches && !matched) return [];
    return [
      { ...change, row: matches ? change.row : null, before: matched ? change.before : null },
    ];
  };
  return { ...input, take: (topic, record) => input.take(topic, record).flatMap(filter) };
}

/** NULL where it fails. */
export function columnValue(expr: Expr, row: Row): Value {
  try {
    return evaluate(expr, row);
  } catch (error) {
    if (error instanceof EvaluationError) return null;
    throw error;
  }
}

/** Names of the new key's columns matter to nobody: what stands below finds its rows by the old names. */
export function partitionByNode(input: Node, by: readonly Expr[]): Node {
  if (by.length === 1 && input.key.length === 1 && isColumn(by[0]!, input.key[0]!.name))
    return input;
  const key = by.map((expr, at) => ({ name: `BY_${at}`, type: expr.type }));
  const rekeyed = (change: Change): Change => {
    if (by.length === 0) return { ...change, key: null };
    const { row } = change;
    if (row !== null) return { ...change, key: by.map((expr) => columnValue(expr, row)) };
    // Of a record without value only the old key is known.
    const known = new Map(input.key.map(({ name }, at) => [name, change.key?.[at] ?? null]));
    const isKnown = (expr: Expr): boolean => {
      let result = true;
      visitExpr(expr, (part) => {
        if (part.kind === 'column' && !known.has(part.name)) result = false;
      });
      return result;
    };
    return { ...change, key: by.map((expr) => (isKnown(expr) ? columnValue(expr, known) : null)) };
  };
  return {
    ...input,
    key,
    keyFormat: internalKeyFormat(input.keyFormat, key),
    isPartitioned: false,
    take: (topic, record) => input.take(topic, record).map(rekeyed),
  };
}

export function isColumn(expr: Expr, name: string): boolean {
  return expr.kind === 'column' && expr.name === name;
}
