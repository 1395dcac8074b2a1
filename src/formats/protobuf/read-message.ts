/**
 * Readers from a writer's message to SQL types, compiled once per schema. Fields are found by name whatever their case; absent
 * ones are NULL where the writer could have said so, else the type's default (spec: semantics.md §3.8).
 */
import type { Bytes } from '../../base/env.ts';
import type { Field, SqlType } from '../../types/type.ts';
import type { Value } from '../../types/value.ts';
import { FormatError } from '../format.ts';
import { malformed, type ProtoCursor, wireTypeOf } from './cursor.ts';
import { protoFieldName } from './derive-schema.ts';
import { readTemporal } from './read-temporal.ts';
import { scalarConverter } from './read-scalar.ts';
import { mapEntryOf, type ProtoField, type ProtoMessage, wrappedScalar } from './schema.ts';

/** Reads the fields up to the cursor's end into the slots needed; the other slots stay as they are. Throws FormatError. */
export type MessageFiller = (cursor: ProtoCursor, into: Value[]) => void;

/** What to do with a field that turns up. */
type FieldReader = (cursor: ProtoCursor, wireType: number, into: Value[]) => void;
/** Reads one value; the cursor stands behind its tag. */
export type ElementReader = (cursor: ProtoCursor) => Value;

export function messageFiller(
  message: ProtoMessage,
  columns: readonly Field[],
  needed: readonly number[],
  path: string,
): MessageFiller {
  const readers = new Map<number, FieldReader>();
  const blanks: ((into: Value[]) => void)[] = [];
  for (const slot of needed) {
    const column = columns[slot]!;
    const inner = `${path}->${column.name}`;
    const field = fieldOf(message, column);
    const members = field === undefined ? oneofMembers(message, column) : [];
    if (field !== undefined) {
      readers.set(
        field.number,
        lazily(() => fieldReader(field, column.type, slot, inner)),
      );
      blanks.push(blankFiller(field, column.type, slot));
    } else {
      for (const member of members) {
        readers.set(
          member.number,
          lazily(() => memberReader(member, column.type, slot, inner)),
        );
      }
      blanks.push((into) => {
        into[slot] = null;
      });
    }
  }
  return (cursor, into) => {
    for (const blank of blanks) blank(into);
    while (cursor.at < cursor.end) {
      const tag = cursor.varint();
      const read = readers.get(tag >>> 3);
      if (tag >>> 3 === 0) throw malformed('field number 0');
      if (read === undefined) cursor.skip(tag & 7);
      else read(cursor, tag & 7, into);
    }
  };
}

/** Types that do not fit fail when a value turns up. */
function lazily(make: () => FieldReader): FieldReader {
  let made: FieldReader | null = null;
  return (cursor, wireType, into) => {
    made ??= make();
    made(cursor, wireType, into);
  };
}

/** The field that the column is read from, oneofs apart. */
export function fieldOf(message: ProtoMessage, column: Field): ProtoField | undefined {
  const fields = message.fields.filter((field) => field.oneof === null);
  return named(fields, column, (field) => field.name);
}

function named<Item>(
  items: readonly Item[],
  column: Field,
  nameOf: (item: Item) => string,
): Item | undefined {
  const name = protoFieldName(column.name);
  const folded = name.toUpperCase();
  return (
    items.find((item) => nameOf(item) === column.name || nameOf(item) === name) ??
    items.find((item) => nameOf(item).toUpperCase() === folded)
  );
}

/** Members of the oneof that the column is named after, or, for a column of its own, the member of that name. */
export function oneofMembers(message: ProtoMessage, column: Field): readonly ProtoField[] {
  const members = message.fields.filter((field) => field.oneof !== null);
  const first = named(members, column, (field) => field.oneof ?? '');
  if (first !== undefined) return members.filter((member) => member.oneof === first.oneof);
  const single = named(members, column, (field) => field.name);
  return single === undefined ? [] : [{ ...single, oneof: null }];
}

/** What makes the value of a field that does not turn up. */
function blankFiller(field: ProtoField, type: SqlType, slot: number): (into: Value[]) => void {
  if (field.repeated && type.kind === 'MAP') {
    return (into) => {
      into[slot] = new Map();
    };
  }
  if (field.repeated && type.kind === 'ARRAY') {
    return (into) => {
      into[slot] = [];
    };
  }
  const value = blankOf(field, type);
  return (into) => {
    into[slot] = value;
  };
}

/** The value of a field that does not turn up, lists and maps apart. */
export function blankOf(field: ProtoField, type: SqlType): Value {
  return field.presence || field.repeated ? null : defaultOf(field, type);
}

/** A type that does not fit has no default: NULL, until a value says what is wrong. */
function defaultOf(field: ProtoField, type: SqlType): Value {
  const { type: from } = field;
  try {
    if (from.kind === 'enum')
      return type.kind === 'STRING' ? ([...from.values.values()][0] ?? null) : null;
    if (from.kind === 'message') return null;
    return scalarConverter(from.scalar, type, '')(scalarDefault(from.scalar));
  } catch (error) {
    if (error instanceof FormatError) return null;
    throw error;
  }
}

function scalarDefault(
  scalar: Parameters<typeof scalarConverter>[0],
): number | bigint | boolean | string | Bytes {
  switch (scalar) {
    case 'bool':
      return false;
    case 'string':
      return '';
    case 'bytes':
      return new Uint8Array(0);
    default:
      return scalar.endsWith('64') ? 0n : 0;
  }
}

function memberReader(field: ProtoField, type: SqlType, slot: number, path: string): FieldReader {
  if (field.oneof === null) return fieldReader(field, type, slot, path);
  if (type.kind !== 'STRUCT') return mismatch(field, type, path);
  const index = type.fields.findIndex(
    (member) => protoFieldName(member.name).toUpperCase() === field.name.toUpperCase(),
  );
  const member = type.fields[index];
  if (member === undefined) {
    return (cursor, wireType, into) => {
      cursor.skip(wireType);
      into[slot] = type.fields.map(() => null);
    };
  }
  const { read, wireType: expected } = elementReader(field, member.type, path);
  return (cursor, wireType, into) => {
    expectWireType(field, wireType, expected);
    const row: Value[] = type.fields.map(() => null);
    row[index] = read(cursor);
    into[slot] = row;
  };
}

function fieldReader(field: ProtoField, type: SqlType, slot: number, path: string): FieldReader {
  if (!field.repeated) {
    const { read, wireType: expected } = elementReader(field, type, path);
    return (cursor, wireType, into) => {
      expectWireType(field, wireType, expected);
      into[slot] = read(cursor);
    };
  }
  if (type.kind === 'MAP') return mapReader(field, type, slot, path);
  if (type.kind !== 'ARRAY') return mismatch(field, type, path);
  const { read, wireType: expected } = elementReader(field, type.element, path);
  return (cursor, wireType, into) => {
    const list = into[slot] as Value[];
    if (wireType === expected) list.push(read(cursor));
    else if (wireType === 2) readPacked(cursor, read, list);
    else expectWireType(field, wireType, expected);
  };
}

/** Scalars without tags, one after the other. */
function readPacked(cursor: ProtoCursor, read: ElementReader, into: Value[]): void {
  const outer = cursor.end;
  cursor.end = cursor.lengthEnd();
  while (cursor.at < cursor.end) into.push(read(cursor));
  cursor.end = outer;
}

function mapReader(
  field: ProtoField,
  type: Extract<SqlType, { kind: 'MAP' }>,
  slot: number,
  path: string,
): FieldReader {
  const entry = mapEntryOf(field);
  if (entry === null) return mismatch(field, type, path);
  const parts = [
    { name: 'key', type: type.key },
    { name: 'value', type: type.value },
  ];
  const fill = messageFiller(entry.message, parts, [0, 1], path);
  const row: Value[] = [null, null];
  return (cursor, wireType, into) => {
    expectWireType(field, wireType, 2);
    readInside(cursor, (inner) => fill(inner, row));
    (into[slot] as Map<Value, Value>).set(row[0]!, row[1]!);
  };
}

/** Reads a length-delimited part with the cursor's end at its end. */
function readInside<Result>(cursor: ProtoCursor, read: (cursor: ProtoCursor) => Result): Result {
  const outer = cursor.end;
  cursor.end = cursor.lengthEnd();
  const result = read(cursor);
  cursor.at = cursor.end;
  cursor.end = outer;
  return result;
}

/** Reads single values of the field, whether or not it is repeated. */
export function elementReader(
  field: ProtoField,
  type: SqlType,
  path: string,
): { readonly read: ElementReader; readonly wireType: number } {
  const { type: from } = field;
  switch (from.kind) {
    case 'scalar': {
      const { scalar } = from;
      const convert = scalarConverter(scalar, type, path);
      return { read: (cursor) => convert(cursor.scalar(scalar)), wireType: wireTypeOf(scalar) };
    }
    case 'enum': {
      if (type.kind !== 'STRING') return mismatch(field, type, path);
      const { values } = from;
      const read: ElementReader = (cursor) => {
        const number = cursor.varint() | 0;
        return values.get(number) ?? String(number);
      };
      return { read, wireType: 0 };
    }
    case 'message':
      return { read: messageReader(field, from.message, type, path), wireType: 2 };
  }
}

function messageReader(
  field: ProtoField,
  message: ProtoMessage,
  type: SqlType,
  path: string,
): ElementReader {
  const wrapped = wrappedScalar(message);
  if (wrapped !== null && type.kind !== 'STRUCT') {
    const fill = messageFiller(message, [{ name: 'value', type }], [0], path);
    const row: Value[] = [null];
    return (cursor) => {
      readInside(cursor, (inner) => fill(inner, row));
      return row[0]!;
    };
  }
  const temporal = readTemporal(message, type);
  if (temporal !== null) return (cursor) => readInside(cursor, temporal);
  if (type.kind !== 'STRUCT') return mismatch(field, type, path);
  const fill = messageFiller(message, type.fields, [...type.fields.keys()], path);
  return (cursor) => {
    const row: Value[] = type.fields.map(() => null);
    readInside(cursor, (inner) => fill(inner, row));
    return row;
  };
}

function expectWireType(field: ProtoField, actual: number, expected: number): void {
  if (actual !== expected) throw malformed(`field ${field.name} has wire type ${actual}`);
}

function mismatch(field: ProtoField, type: SqlType, path: string): never {
  const { type: from } = field;
  const what =
    from.kind === 'message' ? from.message.name : from.kind === 'enum' ? from.name : from.scalar;
  throw new FormatError(
    `Cannot deserialize type ${field.repeated ? 'repeated ' : ''}${what} as type ${type.kind} for path: ${path}`,
  );
}
