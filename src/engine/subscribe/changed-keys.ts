/** Which rows of a table may have changed since a place in its topic: the keys of the records behind it. */
import type { SourceDef } from '../../catalog/command.ts';
import { windowLayout } from '../../execution/window-layout.ts';
import { FormatError } from '../../formats/format.ts';
import type { SchemaResolver } from '../../formats/schema.ts';
import { formatByName } from '../../formats/table.ts';
import { decodeWindow, plainKeyEnd } from '../../formats/windowed-key.ts';
import type { Log, Offset } from '../../log/log.ts';
import { RecordCursor } from '../../log/record-cursor.ts';
import type { Row, Value } from '../../types/value.ts';
import type { Change } from './delivery.ts';
import { catchUpBytes, changedKeysMax } from './limits.ts';
import type { Shape } from './shape.ts';
import { expired } from './token.ts';

/** Windowed keys end in their bounds. */
export interface ChangedKey {
  readonly row: Row;
  readonly partition: number;
  /** Of its last record. */
  offset: Offset;
}

/** A row as it is now: the tuples of the row and of its key alone, null where there is none; and the change to it. */
export interface Found {
  readonly tuple: string | null;
  readonly ofKey: string | null;
  readonly change: Change;
}

export class ChangedKeys {
  /** Rows that were looked up, by shape; all in one turn. */
  readonly found: Map<Shape, Map<Row, Found>> = new Map();
  readonly #source: SourceDef;
  readonly #log: Log;
  readonly #decode: (cursor: RecordCursor) => Row | null;
  readonly #keyText: (key: Row) => string;
  readonly #keys = new Map<string, ChangedKey>();
  /** Where reading goes on, per partition. */
  readonly #next: Offset[];

  /** Of the records from `from` on. */
  constructor(
    source: SourceDef,
    from: readonly Offset[],
    options: {
      readonly log: Log;
      readonly schemas: SchemaResolver;
      readonly keyText: (key: Row) => string;
    },
  ) {
    this.#source = source;
    this.#log = options.log;
    this.#keyText = options.keyText;
    this.#decode = keyDecoder(source, options.schemas);
    this.#next = [...from];
  }

  /** Goes on reading up to `to`. Throws `subscribe.expired` where there are too many. */
  async read(to: readonly Offset[]): Promise<void> {
    for (const [partition, end] of to.entries()) await this.#readPartition(partition, end);
  }

  async #readPartition(partition: number, end: Offset): Promise<void> {
    const of = { topic: this.#source.topic, partition };
    while (this.#next[partition]! < end) {
      const batches = await this.#log.read(of, this.#next[partition]!, catchUpBytes);
      const last = batches.at(-1);
      // What was there has been compacted away.
      if (last === undefined) break;
      for (const { bytes } of batches) this.#take(bytes, partition, end);
      // A batch may have been committed since, and go beyond the end: the rest of it is for the next call.
      this.#next[partition] = Math.min(end, last.lastOffset + 1);
    }
    this.#next[partition] = Math.max(end, this.#next[partition]!);
  }

  #take(bytes: Uint8Array, partition: number, end: Offset): void {
    const cursor = new RecordCursor().reset(bytes);
    if (cursor.isControl) return;
    while (cursor.next()) {
      if (cursor.offset < this.#next[partition]! || cursor.offset >= end) continue;
      const row = this.#decode(cursor);
      if (row === null) continue;
      const key = this.#keyText(row);
      const known = this.#keys.get(key);
      if (known === undefined) this.#keys.set(key, { row, partition, offset: cursor.offset });
      else known.offset = cursor.offset;
    }
    if (this.#keys.size > changedKeysMax)
      throw expired(`more than ${changedKeysMax} rows may have changed since`);
  }

  /** Those with a record from `offsets` on. */
  *since(offsets: readonly Offset[]): Iterable<Row> {
    for (const { row, partition, offset } of this.#keys.values())
      if (offset >= offsets[partition]!) yield row;
  }

  /** Whether the row has a record from `offsets` on. */
  has(key: Row, offsets: readonly Offset[]): boolean {
    const found = this.#keys.get(this.#keyText(key));
    return found !== undefined && found.offset >= offsets[found.partition]!;
  }
}

/** Null for records that no table has rows for. */
function keyDecoder(
  { schema, keyFormat, window, topic }: SourceDef,
  schemas: SchemaResolver,
): (cursor: RecordCursor) => Row | null {
  const { key } = schema;
  const codec = formatByName(keyFormat.format).codec({
    columns: key,
    needed: [...key.keys()],
    spec: keyFormat,
    side: 'key',
    topic,
    schemas,
  });
  const layout = window === null ? null : windowLayout(window);
  return ({ bytes, keyStart, keyEnd }) => {
    if (keyStart < 0) return null;
    const row: Value[] = key.map(() => null);
    const end = layout === null ? keyEnd : plainKeyEnd(layout, keyStart, keyEnd);
    try {
      if (!codec.decode(bytes, keyStart, end, row)) return null;
    } catch (error) {
      if (error instanceof FormatError) return null;
      throw error;
    }
    if (layout !== null) {
      const { startMs, endMs } = decodeWindow(layout, bytes, keyStart, keyEnd);
      row.push(startMs, endMs);
    }
    return row;
  };
}
