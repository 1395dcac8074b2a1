/** Writers from a SQL type to an Avro schema, compiled once (spec: semantics.md §3.7). */
import type { Bytes } from '../../base/env.ts';
import type { Field, SqlType } from '../../types/type.ts';
import type { Row, Value } from '../../types/value.ts';
import { rescaleExactly } from '../../types/decimal.ts';
import { bytesOfBigint, bytesOfBigintIn } from '../bigint-bytes.ts';
import { type ByteWriter, FormatError } from '../format.ts';
import { avroFieldName } from './derive-schema.ts';
import {
  appendBoolean,
  appendBytes,
  appendDouble,
  appendFloat,
  appendInt,
  appendLong,
  appendRaw,
  appendSize,
  appendString,
} from './output.ts';
import { type AvroField, type AvroSchema, branchName, mapEntryOf } from './schema.ts';
import { writeDefault } from './write-default.ts';

/** Appends a value. Throws FormatError. */
export type AvroWriter = (out: ByteWriter, value: Value) => void;

/** A writer; throws FormatError where the schema cannot hold values of the type. `path` names the field in messages. */
export function avroWriter(schema: AvroSchema, type: SqlType, path: string): AvroWriter {
  if (schema.kind === 'union') return unionWriter(schema.branches, type, path);
  const write = valueWriter(schema, type, path);
  return (out, value) => {
    if (value === null) throw nullValue(schema, path);
    write(out, value);
  };
}

/** NULL where the schema has no null. */
export function nullValue(schema: AvroSchema, path: string): FormatError {
  return new FormatError(
    `Invalid value: null used for required field: "${path}", schema type: ${schema.kind.toUpperCase()}`,
  );
}

function mismatch(schema: AvroSchema, type: SqlType, path: string): never {
  throw new FormatError(
    `Cannot serialize type ${type.kind} as Avro ${schema.kind} for field: "${path}"`,
  );
}

/** The branch that takes the type best: the first that holds it. */
function unionWriter(branches: readonly AvroSchema[], type: SqlType, path: string): AvroWriter {
  const nullAt = branches.findIndex((branch) => branch.kind === 'null');
  const members = branches.filter((branch) => branch.kind !== 'null');
  if (members.length > 1 && type.kind === 'STRUCT') {
    const writer = memberWriter(branches, type, path);
    if (writer !== null) return writer;
  }
  const found = firstFitting(branches, type, path);
  return (out, value) => {
    if (value === null) {
      if (nullAt === -1) throw nullValue(branches[found.at]!, path);
      appendInt(out, nullAt);
    } else {
      appendInt(out, found.at);
      found.write(out, value);
    }
  };
}

function firstFitting(
  branches: readonly AvroSchema[],
  type: SqlType,
  path: string,
): { readonly at: number; readonly write: AvroWriter } {
  let wrong: unknown = null;
  for (const [at, branch] of branches.entries()) {
    if (branch.kind === 'null') continue;
    try {
      return { at, write: valueWriter(branch, type, path) };
    } catch (error) {
      wrong ??= error;
    }
  }
  throw wrong ?? new FormatError(`Cannot serialize type ${type.kind} for field: "${path}"`);
}

/** A struct with a field for each branch, of which the first that is set is written. */
function memberWriter(
  branches: readonly AvroSchema[],
  type: Extract<SqlType, { kind: 'STRUCT' }>,
  path: string,
): AvroWriter | null {
  const members = type.fields.map((field) => {
    const at = branches.findIndex(
      (branch) => branchName(branch).toUpperCase() === field.name.toUpperCase(),
    );
    return at === -1
      ? null
      : { at, write: avroWriter(branches[at]!, field.type, `${path}.${field.name}`) };
  });
  if (members.includes(null)) return null;
  const nullAt = branches.findIndex((branch) => branch.kind === 'null');
  return (out, value) => {
    const row = value as Row | null;
    const set = row === null ? -1 : row.findIndex((item) => item !== null);
    if (row === null || set === -1) {
      if (nullAt === -1) throw nullValue({ kind: 'union', branches }, path);
      appendInt(out, nullAt);
      return;
    }
    appendInt(out, members[set]!.at);
    members[set]!.write(out, row[set]!);
  };
}

/** For values that are not null. */
function valueWriter(schema: AvroSchema, type: SqlType, path: string): AvroWriter {
  switch (type.kind) {
    case 'BOOLEAN':
      if (schema.kind !== 'boolean') return mismatch(schema, type, path);
      return (out, value) => appendBoolean(out, value === true);
    case 'INTEGER':
    case 'DATE':
    case 'TIME':
    case 'TIMESTAMP':
      return numberWriter(schema, type, path);
    case 'BIGINT':
      if (schema.kind !== 'long') return mismatch(schema, type, path);
      return (out, value) => appendLong(out, value as bigint);
    case 'DOUBLE':
      if (schema.kind === 'double') return (out, value) => appendDouble(out, value as number);
      if (schema.kind === 'float') return (out, value) => appendFloat(out, value as number);
      return mismatch(schema, type, path);
    case 'STRING':
      return textWriter(schema, type, path);
    case 'BYTES':
      return bytesWriter(schema, type, path);
    case 'DECIMAL':
      return decimalWriter(schema, type, path);
    case 'ARRAY': {
      if (schema.kind !== 'array') return mismatch(schema, type, path);
      const write = avroWriter(schema.items, type.element, path);
      return (out, value) => appendBlock(out, value as readonly Value[], write);
    }
    case 'MAP':
      return mapWriter(schema, type, path);
    case 'STRUCT': {
      if (schema.kind !== 'record') return mismatch(schema, type, path);
      const write = recordWriter(schema, type.fields, path);
      return (out, value) => write(out, value as Row);
    }
  }
}

function numberWriter(schema: AvroSchema, type: SqlType, path: string): AvroWriter {
  const micros =
    schema.kind === 'long' && schema.logical?.kind.endsWith('-micros') === true ? 1000 : 1;
  switch (schema.kind) {
    case 'int':
      if (type.kind === 'TIMESTAMP') return mismatch(schema, type, path);
      return (out, value) => appendInt(out, value as number);
    case 'long':
      return (out, value) => appendSize(out, (value as number) * micros);
    case 'float':
    case 'double': {
      if (type.kind !== 'INTEGER') return mismatch(schema, type, path);
      const append = schema.kind === 'float' ? appendFloat : appendDouble;
      return (out, value) => append(out, value as number);
    }
    default:
      return mismatch(schema, type, path);
  }
}

function textWriter(schema: AvroSchema, type: SqlType, path: string): AvroWriter {
  if (schema.kind === 'string') return (out, value) => appendString(out, value as string);
  if (schema.kind !== 'enum') return mismatch(schema, type, path);
  const { symbols } = schema;
  return (out, value) => {
    const index = symbols.indexOf(value as string);
    if (index === -1)
      throw new FormatError(`"${path}": ${value} is no symbol of [${symbols.join(', ')}]`);
    appendInt(out, index);
  };
}

function bytesWriter(schema: AvroSchema, type: SqlType, path: string): AvroWriter {
  if (schema.kind === 'bytes') return (out, value) => appendBytes(out, value as Bytes);
  if (schema.kind !== 'fixed') return mismatch(schema, type, path);
  const { size } = schema;
  return (out, value) => {
    const bytes = value as Bytes;
    if (bytes.length !== size) {
      throw new FormatError(`"${path}": ${bytes.length} bytes for a fixed size of ${size}`);
    }
    appendRaw(out, bytes);
  };
}

function decimalWriter(
  schema: AvroSchema,
  type: Extract<SqlType, { kind: 'DECIMAL' }>,
  path: string,
): AvroWriter {
  if (schema.kind !== 'bytes' && schema.kind !== 'fixed') return mismatch(schema, type, path);
  if (schema.logical?.kind !== 'decimal') return mismatch(schema, type, path);
  const { scale } = schema.logical;
  const size = schema.kind === 'fixed' ? schema.size : null;
  return (out, value) => {
    const unscaled = rescaleExactly(value as bigint, type.scale, scale);
    if (unscaled === null)
      throw new FormatError(`"${path}": a decimal does not fit scale ${scale}`);
    if (size === null) appendBytes(out, bytesOfBigint(unscaled));
    else appendRaw(out, bytesOfBigintIn(unscaled, size));
  };
}

/** All elements in one block. */
function appendBlock<Item>(
  out: ByteWriter,
  items: readonly Item[],
  write: (out: ByteWriter, item: Item) => void,
): void {
  if (items.length > 0) {
    appendInt(out, items.length);
    for (const item of items) write(out, item);
  }
  appendInt(out, 0);
}

function mapWriter(
  schema: AvroSchema,
  type: Extract<SqlType, { kind: 'MAP' }>,
  path: string,
): AvroWriter {
  if (schema.kind === 'map' && type.key.kind === 'STRING') {
    const write = avroWriter(schema.values, type.value, path);
    return (out, value) =>
      appendBlock(out, [...(value as ReadonlyMap<Value, Value>)], (to, [key, item]) => {
        appendString(to, key as string);
        write(to, item);
      });
  }
  const entry = schema.kind === 'array' ? mapEntryOf(schema.items) : null;
  if (entry === null) return mismatch(schema, type, path);
  const writeKey = avroWriter(entry.key, type.key, path);
  const writeValue = avroWriter(entry.value, type.value, path);
  return (out, value) =>
    appendBlock(out, [...(value as ReadonlyMap<Value, Value>)], (to, [key, item]) => {
      writeKey(to, key);
      writeValue(to, item);
    });
}

/** Writes a row as a record; fields without a column take their default, or null. */
export function recordWriter(
  schema: Extract<AvroSchema, { kind: 'record' }>,
  fields: readonly Field[],
  path: string,
): (out: ByteWriter, row: Row) => void {
  const steps = schema.fields.map((field) => {
    const index = columnOf(field, fields);
    const inner = path === '' ? field.name : `${path}.${field.name}`;
    const column = fields[index];
    if (column !== undefined) return { index, write: fieldWriter(field, column.type, inner) };
    return { index: -1, write: absentWriter(field, inner) };
  });
  return (out, row) => {
    for (const { index, write } of steps) write(out, index === -1 ? null : row[index]!);
  };
}

/** NULL in a field that cannot be null is the field's default, if it has one. */
export function fieldWriter(field: AvroField, type: SqlType, path: string): AvroWriter {
  const write = avroWriter(field.type, type, path);
  const { type: schema, default: fallback } = field;
  const isNullable = schema.kind === 'union' && schema.branches.some(({ kind }) => kind === 'null');
  if (fallback === undefined || isNullable) return write;
  return (out, value) => {
    if (value === null) writeDefault(out, schema, fallback);
    else write(out, value);
  };
}

/** The column that goes into the field, or -1. */
export function columnOf(field: AvroField, columns: readonly Field[]): number {
  const exact = columns.findIndex(({ name }) => avroFieldName(name) === field.name);
  if (exact !== -1) return exact;
  const folded = field.name.toUpperCase();
  return columns.findIndex(({ name }) => avroFieldName(name).toUpperCase() === folded);
}

/** Writes a field that has no column, whatever the value. */
export function absentWriter(field: AvroField, path: string): AvroWriter {
  const { type } = field;
  const value = field.default;
  if (value !== undefined) return (out) => writeDefault(out, type, value);
  const nullAt =
    type.kind === 'union' ? type.branches.findIndex(({ kind }) => kind === 'null') : -1;
  if (nullAt !== -1) return (out) => appendInt(out, nullAt);
  return () => {
    throw nullValue(type, path);
  };
}
