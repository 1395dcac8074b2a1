/**
 * Readers from a writer's schema to a SQL type, compiled once per schema: numbers widen, integers and booleans become text,
 * fields are found by name whatever their case, and what the writer does not have is NULL (spec: semantics.md §3.7).
 */
import { decimalReader } from '../binary-decimal.ts';
import type { SqlType } from '../../types/type.ts';
import type { Value } from '../../types/value.ts';
import { FormatError } from '../format.ts';
import { timeInRange, timestampInRange } from '../temporal-range.ts';
import type { AvroCursor } from './cursor.ts';
import { avroFieldName } from './derive-schema.ts';
import { type AvroSchema, branchName, mapEntryOf, nonNullBranches } from './schema.ts';
import { eachBlock, skipValue } from './skip-value.ts';

/** Reads the value at the cursor and moves behind it. Throws FormatError. */
export type AvroReader = (cursor: AvroCursor) => Value;

/** A reader, which throws FormatError where the types do not fit. `path` is for messages. */
export function avroReader(writer: AvroSchema, type: SqlType, path: string): AvroReader {
  if (writer.kind === 'union') return unionReader(writer.branches, type, path);
  switch (type.kind) {
    case 'BOOLEAN':
      return writer.kind === 'boolean'
        ? (cursor) => cursor.boolean()
        : mismatch(writer, type, path);
    case 'INTEGER':
    case 'DATE':
      return writer.kind === 'int' ? (cursor) => cursor.int() : mismatch(writer, type, path);
    case 'BIGINT':
      if (writer.kind === 'long') return (cursor) => cursor.long();
      return writer.kind === 'int' ? (cursor) => cursor.long() : mismatch(writer, type, path);
    case 'TIME':
    case 'TIMESTAMP':
      return temporalReader(writer, type, path);
    case 'DOUBLE':
      return doubleReader(writer, type, path);
    case 'STRING':
      return textReader(writer, type, path);
    case 'BYTES':
      if (writer.kind === 'bytes') return (cursor) => cursor.byteArray();
      return writer.kind === 'fixed'
        ? (cursor) => cursor.fixed(writer.size)
        : mismatch(writer, type, path);
    case 'DECIMAL':
      return storedDecimalReader(writer, type, path);
    case 'ARRAY':
      return arrayReader(writer, type, path);
    case 'MAP':
      return mapReader(writer, type, path);
    case 'STRUCT':
      return structReader(writer, type, path);
  }
}

/** Kafka Connect's names for the types, which ksqlDB's message uses. */
const connectNames: Readonly<Record<AvroSchema['kind'], string>> = {
  null: 'NULL',
  boolean: 'BOOLEAN',
  int: 'INT32',
  long: 'INT64',
  float: 'FLOAT32',
  double: 'FLOAT64',
  string: 'STRING',
  enum: 'STRING',
  bytes: 'BYTES',
  fixed: 'BYTES',
  array: 'ARRAY',
  map: 'MAP',
  record: 'STRUCT',
  union: 'STRUCT',
};

function mismatch(writer: AvroSchema, type: SqlType, path: string): never {
  throw new FormatError(
    `Cannot deserialize type ${connectNames[writer.kind]} as type ${type.kind} for path: ${path}`,
  );
}

/** Branches that do not fit the column fail when they come up. */
function unionReader(branches: readonly AvroSchema[], type: SqlType, path: string): AvroReader {
  const several = branches.filter((branch) => branch.kind !== 'null').length > 1;
  const readers = branches.map((branch): AvroReader => {
    if (branch.kind === 'null') return () => null;
    if (several && type.kind === 'STRUCT') {
      const member = memberReader(branch, type, path);
      if (member !== null) return member;
    }
    return lazily(() => avroReader(branch, type, path));
  });
  if (!several) for (const branch of branches) probe(branch, type, path);
  return (cursor) => {
    const index = cursor.size();
    const reader = readers[index];
    if (reader !== undefined) return reader(cursor);
    throw new FormatError(`malformed Avro payload: a union has no branch ${index}`);
  };
}

/** A nullable column of the wrong type is refused as such. */
function probe(branch: AvroSchema, type: SqlType, path: string): void {
  if (branch.kind !== 'null' && branch.kind !== 'record') avroReader(branch, type, path);
}

/** A reader that is made when it is needed first. */
export function lazily(make: () => AvroReader): AvroReader {
  let made: AvroReader | null = null;
  return (cursor) => {
    made ??= make();
    return made(cursor);
  };
}

/** A union of several types as a struct: the field named after the branch is set; null where there is none. */
function memberReader(
  branch: AvroSchema,
  type: Extract<SqlType, { kind: 'STRUCT' }>,
  path: string,
): AvroReader | null {
  const name = branchName(branch).toUpperCase();
  const index = type.fields.findIndex((field) => field.name.toUpperCase() === name);
  const field = type.fields[index];
  if (field === undefined) return null;
  const read = lazily(() => avroReader(branch, field.type, `${path}->${field.name}`));
  return (cursor) => {
    const row: Value[] = type.fields.map(() => null);
    row[index] = read(cursor);
    return row;
  };
}

function temporalReader(writer: AvroSchema, type: SqlType, path: string): AvroReader {
  if (writer.kind === 'int' && type.kind === 'TIME') return (cursor) => timeInRange(cursor.int());
  if (writer.kind !== 'long') return mismatch(writer, type, path);
  const micros = writer.logical?.kind.endsWith('-micros') === true;
  if (type.kind === 'TIME' && !micros) return mismatch(writer, type, path);
  const inRange = type.kind === 'TIME' ? timeInRange : timestampInRange;
  return (cursor) => {
    const value = cursor.size();
    return inRange(micros ? Math.floor(value / 1000) : value);
  };
}

function doubleReader(writer: AvroSchema, type: SqlType, path: string): AvroReader {
  switch (writer.kind) {
    case 'double':
      return (cursor) => cursor.double();
    case 'float':
      return (cursor) => cursor.float();
    case 'int':
    case 'long':
      return (cursor) => Number(cursor.long());
    default:
      return mismatch(writer, type, path);
  }
}

function textReader(writer: AvroSchema, type: SqlType, path: string): AvroReader {
  switch (writer.kind) {
    case 'string':
      return (cursor) => cursor.text();
    case 'enum': {
      const { symbols } = writer;
      return (cursor) => {
        const index = cursor.size();
        const symbol = symbols[index];
        if (symbol !== undefined) return symbol;
        throw new FormatError(`malformed Avro payload: an enum has no symbol ${index}`);
      };
    }
    case 'int':
    case 'long':
      return (cursor) => String(cursor.long());
    case 'boolean':
      return (cursor) => String(cursor.boolean());
    default:
      return mismatch(writer, type, path);
  }
}

function storedDecimalReader(
  writer: AvroSchema,
  type: Extract<SqlType, { kind: 'DECIMAL' }>,
  path: string,
): AvroReader {
  if (writer.kind !== 'bytes' && writer.kind !== 'fixed') return mismatch(writer, type, path);
  const scale = writer.logical?.kind === 'decimal' ? writer.logical.scale : type.scale;
  const size = writer.kind === 'fixed' ? writer.size : null;
  const read = decimalReader(type.precision, type.scale);
  return (cursor) => {
    const bytes = size === null ? cursor.byteArray() : cursor.fixed(size);
    return read(bytes, 0, bytes.length, scale);
  };
}

function arrayReader(
  writer: AvroSchema,
  type: Extract<SqlType, { kind: 'ARRAY' }>,
  path: string,
): AvroReader {
  if (writer.kind !== 'array') return mismatch(writer, type, path);
  const read = lazily(() => avroReader(writer.items, type.element, path));
  return (cursor) => {
    const values: Value[] = [];
    eachBlock(cursor, () => values.push(read(cursor)));
    return values;
  };
}

function mapReader(
  writer: AvroSchema,
  type: Extract<SqlType, { kind: 'MAP' }>,
  path: string,
): AvroReader {
  if (writer.kind === 'map') {
    const read = lazily(() => avroReader(writer.values, type.value, path));
    const text = type.key.kind === 'STRING';
    if (!text) return mismatch(writer, type, path);
    return (cursor) => {
      const map = new Map<Value, Value>();
      eachBlock(cursor, () => {
        const key = cursor.text();
        map.set(key, read(cursor));
      });
      return map;
    };
  }
  const entry = writer.kind === 'array' ? mapEntryOf(writer.items) : null;
  if (entry === null) return mismatch(writer, type, path);
  const readKey = avroReader(entry.key, type.key, path);
  const readValue = lazily(() => avroReader(entry.value, type.value, path));
  return (cursor) => {
    const map = new Map<Value, Value>();
    eachBlock(cursor, () => {
      const key = readKey(cursor);
      map.set(key, readValue(cursor));
    });
    return map;
  };
}

function structReader(
  writer: AvroSchema,
  type: Extract<SqlType, { kind: 'STRUCT' }>,
  path: string,
): AvroReader {
  if (writer.kind !== 'record') return mismatch(writer, type, path);
  const all = type.fields.map((_, index) => index);
  const fill = recordFiller(writer, type.fields, all, path);
  return (cursor) => {
    const row: Value[] = type.fields.map(() => null);
    fill(cursor, row);
    return row;
  };
}

/** Reads a record's fields into the slots of `fields` that are needed; the other slots stay as they are. */
export function recordFiller(
  writer: Extract<AvroSchema, { kind: 'record' }>,
  fields: Extract<SqlType, { kind: 'STRUCT' }>['fields'],
  needed: readonly number[],
  path: string,
): (cursor: AvroCursor, into: Value[]) => void {
  const slots = slotsOf(writer, fields, needed);
  const missing = needed.filter((index) => !slots.includes(index));
  const steps = writer.fields.map((field, at) => {
    const slot = slots[at]!;
    const column = fields[slot];
    if (column === undefined) return { slot, read: null, type: field.type };
    const inner = `${path}->${column.name}`;
    return {
      slot,
      read: lazily(() => avroReader(field.type, column.type, inner)),
      type: field.type,
    };
  });
  return (cursor, into) => {
    for (const index of missing) into[index] = null;
    for (const { slot, read, type } of steps) {
      if (read === null) skipValue(type, cursor);
      else into[slot] = read(cursor);
    }
  };
}

/** For each of the writer's fields the slot it goes to, or -1. The exact name wins over one that differs in case. */
export function slotsOf(
  writer: Extract<AvroSchema, { kind: 'record' }>,
  fields: Extract<SqlType, { kind: 'STRUCT' }>['fields'],
  needed: readonly number[],
): readonly number[] {
  const slots = writer.fields.map(() => -1);
  for (const index of needed) {
    const name = avroFieldName(fields[index]!.name);
    const folded = name.toUpperCase();
    const exact = writer.fields.findIndex((field) => field.name === name);
    const at =
      exact !== -1
        ? exact
        : writer.fields.findIndex((field) => field.name.toUpperCase() === folded);
    if (at !== -1 && slots[at] === -1) slots[at] = index;
  }
  return slots;
}

/** The record of a schema that may be null, for whole rows. */
export function recordOfRow(writer: AvroSchema): Extract<AvroSchema, { kind: 'record' }> | null {
  const branches = nonNullBranches(writer);
  const [only] = branches;
  return branches.length === 1 && only?.kind === 'record' ? only : null;
}
