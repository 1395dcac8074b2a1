/** What the reference interpreter's steps hand to each other. */
import { encode, partitionOf } from '../codec.ts';
import type { Column, FormatName, TopicRecord, Value } from '../model.ts';
import type { Row } from './evaluate.ts';

/** A change: of a stream, one event; of a table, the row of a key before and after. */
export interface Change {
  readonly key: readonly Value[] | null;
  readonly window: TopicRecord['window'];
  /** null: a stream record without value, a deleted row of a table. */
  readonly row: Row | null;
  /** Tables only. */
  readonly before: Row | null;
  readonly timestamp: number;
  readonly partition: number;
}

/** One step and everything above it. It takes a record of a topic and says what leaves it, in order. */
export interface Node {
  readonly kind: 'stream' | 'table';
  /** Key columns, named as in the rows. */
  readonly key: readonly Column[];
  /** Value columns too. */
  readonly columns: readonly Column[];
  readonly keyFormat: FormatName;
  readonly partitions: number;
  /** Rows stand in the partition of their key. */
  readonly isPartitioned: boolean;
  /** Some step above moves rows to another partition. */
  readonly exchanges: boolean;
  take(topic: string, record: TopicRecord): readonly Change[];
}

/** Equal keys have equal identities. */
export function identityOf(values: readonly Value[]): string {
  return values
    .map((value) => `${typeof value}:${Object.is(value, -0) ? '-0' : String(value)}`)
    .join('\u0000');
}

export function partitionOfKey(
  key: readonly Value[],
  columns: readonly Column[],
  format: FormatName,
  partitions: number,
): number {
  const bytes = encode(format, columns, key, 'key');
  return bytes === null ? 0 : partitionOf(bytes, partitions);
}

/** The columns, all NULL. */
export function nullRow(columns: readonly Column[]): Row {
  return new Map(columns.map(({ name }) => [name, null]));
}
