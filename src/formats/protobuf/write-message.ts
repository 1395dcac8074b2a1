/**
 * Writers from SQL types to a message, compiled once. Fields go out in the order of their numbers; NULL is left out, and so is a
 * default where the field cannot tell it from NULL (spec: semantics.md §3.8).
 */
import type { Bytes } from '../../base/env.ts';
import type { Field, SqlType } from '../../types/type.ts';
import type { Row, Value } from '../../types/value.ts';
import { type ByteWriter, FormatError } from '../format.ts';
import { wireTypeOf } from './cursor.ts';
import { protoFieldName } from './derive-schema.ts';
import { appendDelimited, appendScalar, appendVarint } from './output.ts';
import {
  mapEntryOf,
  type ProtoField,
  type ProtoMessage,
  type ProtoScalar,
  wrappedScalar,
} from './schema.ts';
import { writeTemporal } from './write-temporal.ts';

/** Appends the fields of a row. Throws FormatError. */
export type MessageWriter = (out: ByteWriter, row: Row) => void;
/** Appends a field, nothing where its value is left out. */
export type FieldWriter = (out: ByteWriter, value: Value) => void;
type ScalarValue = number | bigint | boolean | string | Bytes;

export function messageWriter(
  message: ProtoMessage,
  columns: readonly Field[],
  path: string,
): MessageWriter {
  const steps = message.fields.flatMap((field) => {
    const index = columnOf(field.oneof ?? field.name, columns);
    const column = columns[index];
    if (column === undefined) return [];
    const inner = path === '' ? column.name : `${path}.${column.name}`;
    const write =
      field.oneof === null
        ? fieldWriter(field, column.type, inner)
        : memberWriter(field, column.type, inner);
    return [{ index, write }];
  });
  return (out, row) => {
    for (const { index, write } of steps) write(out, row[index] ?? null);
  };
}

/** The column that goes into the field or oneof of this name, or -1. */
export function columnOf(name: string, columns: readonly Field[]): number {
  const exact = columns.findIndex((column) => protoFieldName(column.name) === name);
  if (exact !== -1) return exact;
  const folded = name.toUpperCase();
  return columns.findIndex((column) => protoFieldName(column.name).toUpperCase() === folded);
}

/** A member of a oneof is written when it is the first of the struct that is set. */
export function memberWriter(field: ProtoField, type: SqlType, path: string): FieldWriter {
  if (type.kind !== 'STRUCT') return mismatch(field, type, path);
  const index = columnOf(field.name, type.fields);
  const member = type.fields[index];
  if (member === undefined) return () => undefined;
  const write = fieldWriter({ ...field, oneof: null, presence: true }, member.type, path);
  return (out, value) => {
    const row = value as Row | null;
    if (row !== null && row.findIndex((item) => item !== null) === index) write(out, row[index]!);
  };
}

/** Writes a field that belongs to no oneof. */
export function fieldWriter(field: ProtoField, type: SqlType, path: string): FieldWriter {
  if (!field.repeated) return singleWriter(field, type, path);
  if (type.kind === 'MAP') return mapWriter(field, type, path);
  if (type.kind !== 'ARRAY') return mismatch(field, type, path);
  const { type: of } = field;
  if (of.kind === 'message') {
    const write = elementWriter(field, of.message, type.element, path);
    return (out, value) => {
      for (const item of (value as readonly Value[] | null) ?? []) {
        appendTag(out, field.number, 2);
        if (item === null) appendVarint(out, 0);
        else write(out, item);
      }
    };
  }
  return scalarsWriter(field, type.element, path);
}

/** Numbers are packed; texts and bytes cannot be. NULL is the default. */
function scalarsWriter(field: ProtoField, type: SqlType, path: string): FieldWriter {
  const { scalar, convert } = scalarOf(field, type, path);
  const blank = defaultOf(scalar);
  const wireType = wireTypeOf(scalar);
  return (out, value) => {
    const list = (value as readonly Value[] | null) ?? [];
    if (list.length === 0) return;
    if (wireType !== 2) {
      appendTag(out, field.number, 2);
      appendDelimited(out, () => {
        for (const item of list) appendScalar(out, scalar, item === null ? blank : convert(item));
      });
      return;
    }
    for (const item of list) {
      appendTag(out, field.number, wireType);
      appendScalar(out, scalar, item === null ? blank : convert(item));
    }
  };
}

function singleWriter(field: ProtoField, type: SqlType, path: string): FieldWriter {
  const { number, presence, type: of } = field;
  if (of.kind === 'message') {
    const write = elementWriter(field, of.message, type, path);
    return (out, value) => {
      if (value === null) return;
      appendTag(out, number, 2);
      write(out, value);
    };
  }
  const { scalar, convert } = scalarOf(field, type, path);
  const wireType = wireTypeOf(scalar);
  return (out, value) => {
    if (value === null) return;
    const data = convert(value);
    if (!presence && isDefault(data)) return;
    appendTag(out, number, wireType);
    appendScalar(out, scalar, data);
  };
}

function appendTag(out: ByteWriter, number: number, wireType: number): void {
  appendVarint(out, (number << 3) | wireType);
}

/** -0 is no default: its bits are not all zero. */
function isDefault(value: ScalarValue): boolean {
  if (typeof value === 'object') return value.length === 0;
  return Object.is(value, 0) || value === 0n || value === false || value === '';
}

function defaultOf(scalar: ProtoScalar): ScalarValue {
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

/** The scalar that a field of scalars or symbols has on the wire, and how values become it. */
function scalarOf(
  field: ProtoField,
  type: SqlType,
  path: string,
): { readonly scalar: ProtoScalar; readonly convert: (value: Value) => ScalarValue } {
  const { type: of } = field;
  if (of.kind === 'enum' && type.kind === 'STRING') {
    const numbers = new Map([...of.values].map(([number, symbol]) => [symbol, number]));
    const convert = (value: Value): ScalarValue => {
      const number = numbers.get(value as string);
      if (number !== undefined) return number;
      throw new FormatError(`"${path}": ${value} is no symbol of ${of.name}`);
    };
    return { scalar: 'int32', convert };
  }
  if (of.kind !== 'scalar') return mismatch(field, type, path);
  const { scalar } = of;
  const convert = conversion(scalar, type, path);
  return convert === null ? mismatch(field, type, path) : { scalar, convert };
}

function conversion(
  scalar: ProtoScalar,
  type: SqlType,
  path: string,
): ((value: Value) => ScalarValue) | null {
  const same = (value: Value): ScalarValue => value as ScalarValue;
  switch (type.kind) {
    case 'BOOLEAN':
      return scalar === 'bool' ? same : null;
    case 'INTEGER':
      if (scalar.endsWith('32')) return same;
      return scalar.endsWith('64') ? (value) => BigInt(value as number) : null;
    case 'BIGINT':
      if (scalar.endsWith('64')) return same;
      return scalar.endsWith('32') ? (value) => narrow(value as bigint, scalar, path) : null;
    case 'DOUBLE':
      return scalar === 'double' || scalar === 'float' ? same : null;
    case 'STRING':
      return scalar === 'string' ? same : null;
    case 'BYTES':
      return scalar === 'bytes' ? same : null;
    default:
      return null;
  }
}

function narrow(value: bigint, scalar: ProtoScalar, path: string): number {
  const unsigned = scalar === 'uint32' || scalar === 'fixed32';
  const fits = unsigned ? BigInt.asUintN(32, value) : BigInt.asIntN(32, value);
  if (fits === value) return Number(value);
  throw new FormatError(`"${path}": ${value} does not fit ${scalar}`);
}

/** Appends a message with its length, for a value that is not NULL. */
function elementWriter(
  field: ProtoField,
  message: ProtoMessage,
  type: SqlType,
  path: string,
): FieldWriter {
  if (wrappedScalar(message) !== null && type.kind !== 'STRUCT') {
    const write = messageWriter(message, [{ name: 'value', type }], path);
    return (out, value) => appendDelimited(out, () => write(out, [value]));
  }
  const temporal = writeTemporal(message, type);
  if (temporal !== null) return (out, value) => appendDelimited(out, () => temporal(out, value));
  if (type.kind !== 'STRUCT') return mismatch(field, type, path);
  const write = messageWriter(message, type.fields, path);
  return (out, value) => appendDelimited(out, () => write(out, value as Row));
}

function mapWriter(
  field: ProtoField,
  type: Extract<SqlType, { kind: 'MAP' }>,
  path: string,
): FieldWriter {
  const entry = mapEntryOf(field);
  if (entry === null) return mismatch(field, type, path);
  const parts = [
    { name: 'key', type: type.key },
    { name: 'value', type: type.value },
  ];
  const write = messageWriter(entry.message, parts, path);
  return (out, value) => {
    for (const row of (value as ReadonlyMap<Value, Value> | null) ?? []) {
      appendTag(out, field.number, 2);
      appendDelimited(out, () => write(out, row));
    }
  };
}

function mismatch(field: ProtoField, type: SqlType, path: string): never {
  throw new FormatError(
    `Cannot serialize type ${type.kind} as Protobuf field ${field.name} for field: "${path}"`,
  );
}
