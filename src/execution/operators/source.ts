/**
 * Reads records of a topic: key, needed value columns, timestamp, pseudo columns. Payloads that do not decode are reported and
 * skipped (spec: sql-statements.md §16). The value row has a slot for every column; those nobody needs stay NULL.
 */
import { unreachable } from '../../base/assert.ts';
import type { Bytes } from '../../base/env.ts';
import { FormatError } from '../../formats/format.ts';
import { formatByName } from '../../formats/table.ts';
import { decodeWindow, plainKeyEnd } from '../../formats/windowed-key.ts';
import type { Header } from '../../log/log.ts';
import type { RecordCursor } from '../../log/record-cursor.ts';
import type { PseudoColumn } from '../../plan/logical.ts';
import type { SourceArgs } from '../../plan/steps.ts';
import type { Field } from '../../types/type.ts';
import type { Row, Value } from '../../types/value.ts';
import { TableStore, storedKeyTypes } from '../state/table-store.ts';
import { TaskFailure } from '../task.ts';
import { windowLayout } from '../window-layout.ts';
import { tableRows } from './materialize.ts';
import type { InstanceContext, Push, StepContext } from './operator.ts';
import { type TimestampOf, timestampExtractor } from './timestamp.ts';

/** Takes the record at which the cursor stands. */
export type RecordSink = (cursor: RecordCursor) => void;

/** One partition of a source. */
export interface OpenSource {
  /** Takes a record. */
  readonly record: RecordSink;
  /** Takes a row that was decoded elsewhere; never one with a key of null where it is a table. */
  readonly push: Push;
}

export interface PreparedSource {
  /** Connects one partition of the topic to what is below. */
  open(instance: InstanceContext): OpenSource;
  /** Reads the time that a column gives a record, before its turn; null where the record's own time counts. */
  readonly timestampOf: ((cursor: RecordCursor) => number | null) | null;
}

/** A decoded record; one object per source, overwritten. */
interface Decoded {
  key: Row | null;
  value: Row | null;
  timestamp: number;
}

export function prepareSource(args: SourceArgs, context: StepContext): PreparedSource {
  const decode = decoder(args, context);
  return {
    timestampOf: args.timestamp === null ? null : timestampPeeker(args, context),
    open(instance) {
      const push = args.collection === 'table' ? tableInput(args, instance) : instance.emit;
      const decoded: Decoded = { key: null, value: null, timestamp: 0 };
      return {
        push,
        record(cursor) {
          if (decode(cursor, decoded)) push(decoded.key, decoded.value, null, decoded.timestamp);
        },
      };
    },
  };
}

/** Says nothing about records that have no time: it is said when their turn comes. */
function timestampPeeker(
  args: SourceArgs,
  context: StepContext,
): (cursor: RecordCursor) => number | null {
  const properties = {
    ...context.properties,
    'ksql.timestamp.throw.on.invalid': 'false',
    'ksql.fail.on.deserialization.error': 'false',
  };
  const decode = decoder({ ...args, needed: [] }, { ...context, properties, report: () => {} });
  const decoded: Decoded = { key: null, value: null, timestamp: 0 };
  return (cursor) => (decode(cursor, decoded) ? decoded.timestamp : null);
}

/** Rows without key are ignored; with a store, changes carry the row before. */
function tableInput(args: SourceArgs, instance: InstanceContext): Push {
  const { emit } = instance;
  if (!args.store) {
    return (key, after, _before, timestamp) => {
      if (key !== null) emit(key, after, null, timestamp);
    };
  }
  const store = instance.open(
    new TableStore(
      instance.storeName(),
      storedKeyTypes(args.key, args.window !== null),
      rowFields(args).map((field) => field.type),
    ),
  );
  instance.materialize(tableRows(store, args.key.length));
  return (key, after, _before, timestamp) => {
    if (key === null) return;
    const identity = store.identity(key);
    const before = store.get(identity)?.value ?? null;
    if (after === null) store.delete(identity);
    else store.put(identity, key, after, timestamp);
    emit(key, after, before, timestamp);
  };
}

const BIGINT = { kind: 'BIGINT' } as const;
const INTEGER = { kind: 'INTEGER' } as const;

/** Columns of the rows that leave the source. */
function rowFields(args: SourceArgs): readonly Field[] {
  const pseudo = args.pseudo.map((name) => ({
    name,
    type: name === 'ROWPARTITION' ? INTEGER : BIGINT,
  }));
  return [...args.value, ...pseudo];
}

type Decode = (cursor: RecordCursor, into: Decoded) => boolean;

function decoder(args: SourceArgs, context: StepContext): Decode {
  const keyOf = keyDecoder(args, context);
  const fillers = rowFillers(args, context);
  const timestampOf = timestampExtractor(args, context);
  const decodeValue = valueDecoder(args, context, timestampOf);
  return (cursor, into) => {
    let target: 'key' | 'value' = 'key';
    try {
      into.key = keyOf(cursor);
      target = 'value';
      into.value = decodeValue(cursor);
    } catch (error) {
      if (!(error instanceof FormatError)) throw error;
      context.report(0, error.message, target);
      if (context.properties['ksql.fail.on.deserialization.error'] !== 'true') return false;
      throw new TaskFailure(error.message, { cause: error });
    }
    into.timestamp = cursor.timestamp;
    if (into.value === null && args.collection === 'table') return true;
    if (timestampOf !== null && into.value !== null) {
      const timestamp = timestampOf.read(into.key, into.value);
      if (timestamp === null) return false;
      into.timestamp = timestamp;
    }
    const row = into.value as Value[] | null;
    if (row !== null) for (const fill of fillers) fill(row, cursor, into.timestamp);
    return true;
  };
}

/** The key row, or null where the record has none. Windowed: the columns, then start and end. */
function keyDecoder(
  args: SourceArgs,
  { schemas }: StepContext,
): (cursor: RecordCursor) => Row | null {
  const { key, window } = args;
  if (key.length === 0) return () => null;
  const codec = formatByName(args.keyFormat.format).codec({
    columns: key,
    needed: [...key.keys()],
    spec: args.keyFormat,
    side: 'key',
    topic: args.topic,
    schemas,
  });
  const read = (cursor: RecordCursor, end: number): Value[] | null => {
    const row: Value[] = [];
    for (let index = 0; index < key.length; index++) row.push(null);
    return codec.decode(cursor.bytes, cursor.keyStart, end, row) ? row : null;
  };
  if (window === null)
    return (cursor) => (cursor.keyStart < 0 ? null : read(cursor, cursor.keyEnd));
  const layout = windowLayout(window);
  return (cursor) => {
    if (cursor.keyStart < 0) return null;
    const { bytes, keyStart, keyEnd } = cursor;
    const row = read(cursor, plainKeyEnd(layout, keyStart, keyEnd));
    if (row === null) return null;
    const { startMs, endMs } = decodeWindow(layout, bytes, keyStart, keyEnd);
    row.push(startMs, endMs);
    return row;
  };
}

/** The value row with the needed payload columns, or null. */
function valueDecoder(
  args: SourceArgs,
  { schemas }: StepContext,
  timestampOf: TimestampOf | null,
): (cursor: RecordCursor) => Row | null {
  const payload = args.value.flatMap((field, index) => ('header' in field ? [] : [index]));
  const isInPlace = payload.length === args.value.length;
  const needed = new Set(args.needed);
  if (timestampOf !== null && timestampOf.column !== null) needed.add(timestampOf.column);
  const codec = formatByName(args.valueFormat.format).codec({
    columns: payload.map((index) => args.value[index]!),
    needed: payload.flatMap((index, at) => (needed.has(index) ? [at] : [])),
    spec: args.valueFormat,
    side: 'value',
    topic: args.topic,
    schemas,
  });
  const width = args.value.length + args.pseudo.length;
  const blank = (): Value[] => {
    const row: Value[] = [];
    for (let index = 0; index < width; index++) row.push(null);
    return row;
  };
  if (isInPlace) {
    return (cursor) => {
      if (cursor.valueStart < 0) return null;
      const row = blank();
      return codec.decode(cursor.bytes, cursor.valueStart, cursor.valueEnd, row) ? row : null;
    };
  }
  const scratch: Value[] = payload.map(() => null);
  return (cursor) => {
    if (cursor.valueStart < 0) return null;
    const row = blank();
    if (!codec.decode(cursor.bytes, cursor.valueStart, cursor.valueEnd, scratch)) return null;
    payload.forEach((index, at) => {
      row[index] = scratch[at]!;
    });
    return row;
  };
}

type Fill = (row: Value[], cursor: RecordCursor, timestamp: number) => void;

/** What comes from the record itself: pseudo and header columns. */
function rowFillers(args: SourceArgs, context: StepContext): readonly Fill[] {
  const fillers = args.pseudo.map((name, at) =>
    pseudoFiller(name, args.value.length + at, context),
  );
  for (const index of args.needed) {
    const column = args.value[index]!;
    if (!('header' in column)) continue;
    const { header } = column;
    const read = header.all
      ? allHeaders
      : (headers: readonly Header[]): Value => lastHeader(headers, header.key);
    fillers.push((row) => {
      row[index] = read(context.record.headers);
    });
  }
  return fillers;
}

function pseudoFiller(name: PseudoColumn, index: number, context: StepContext): Fill {
  switch (name) {
    case 'ROWTIME':
      return (row, _cursor, timestamp) => {
        row[index] = BigInt(timestamp);
      };
    case 'ROWPARTITION':
      return (row) => {
        row[index] = context.record.partition;
      };
    case 'ROWOFFSET':
      return (row) => {
        row[index] = BigInt(context.record.offset);
      };
    default:
      return unreachable(name);
  }
}

function allHeaders(headers: readonly Header[]): Value {
  return headers.map(([name, value]) => [name, ownBytes(value)]);
}

function lastHeader(headers: readonly Header[], name: string): Value {
  const found = headers.findLast(([key]) => key === name);
  return found === undefined ? null : ownBytes(found[1]);
}

/** Headers are views into the batch; rows outlive it. */
function ownBytes(bytes: Bytes | null): Bytes | null {
  return bytes === null ? null : new Uint8Array(bytes);
}
