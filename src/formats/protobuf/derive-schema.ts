/**
 * The message of SQL columns (spec: semantics.md §3.8): fields numbered from 1 in order; nested structs and the entries of maps
 * are messages named ConnectDefault and a number, counted as they come up.
 */
import type { Field, SqlType } from '../../types/type.ts';
import { FormatError, type FormatProperties } from '../format.ts';
import {
  dateMessage,
  decimalMessage,
  type ProtoField,
  type ProtoMessage,
  type ProtoScalar,
  type ProtoType,
  timeMessage,
  timestampMessage,
} from './schema.ts';

type Nullable = FormatProperties['nullableRepresentation'];

/** The message; `fullSchemaName` replaces its default name. */
export function messageOfColumns(
  columns: readonly Field[],
  properties: FormatProperties,
): ProtoMessage {
  const namer = new Namer();
  const name = properties.fullSchemaName ?? namer.next();
  return messageOf(columns, name, { namer, nullable: properties.nullableRepresentation });
}

/** A column's name as Protobuf allows it: other characters become underscores. */
export function protoFieldName(name: string): string {
  const text = name.replace(/[^A-Za-z0-9_]/g, '_');
  return /^[A-Za-z]/.test(text) ? text : `x${text}`;
}

class Namer {
  #last = 0;

  next(): string {
    this.#last++;
    return `ConnectDefault${this.#last}`;
  }
}

interface Context {
  readonly namer: Namer;
  readonly nullable: Nullable;
}

function messageOf(fields: readonly Field[], name: string, context: Context): ProtoMessage {
  const nested: ProtoMessage[] = [];
  const message: ProtoMessage = { name, fullName: name, fields: [], nested };
  message.fields = fields.map((field, index) => fieldOf(field, index + 1, nested, context));
  return message;
}

function fieldOf(
  field: Field,
  number: number,
  nested: ProtoMessage[],
  context: Context,
): ProtoField {
  const { type: column } = field;
  const repeated = column.kind === 'ARRAY' || column.kind === 'MAP';
  const element = column.kind === 'ARRAY' ? column.element : column;
  const type = typeOf(element, nested, context);
  const isMessage = type.kind === 'message';
  return {
    name: protoFieldName(field.name),
    number,
    repeated,
    presence: !repeated && (isMessage || context.nullable === 'OPTIONAL'),
    type,
    oneof: null,
    decimal:
      element.kind === 'DECIMAL' ? { precision: element.precision, scale: element.scale } : null,
  };
}

const scalarNames: Partial<Readonly<Record<SqlType['kind'], ProtoScalar>>> = {
  BOOLEAN: 'bool',
  INTEGER: 'int32',
  BIGINT: 'int64',
  DOUBLE: 'double',
  STRING: 'string',
  BYTES: 'bytes',
};
const wrapperNames: Partial<Readonly<Record<ProtoScalar, string>>> = {
  bool: 'BoolValue',
  int32: 'Int32Value',
  int64: 'Int64Value',
  double: 'DoubleValue',
  string: 'StringValue',
  bytes: 'BytesValue',
};

function typeOf(type: SqlType, nested: ProtoMessage[], context: Context): ProtoType {
  const scalar = scalarNames[type.kind];
  if (scalar !== undefined) return scalarType(scalar, context);
  switch (type.kind) {
    case 'DECIMAL':
      return { kind: 'message', message: decimal };
    case 'DATE':
      return { kind: 'message', message: date };
    case 'TIME':
      return { kind: 'message', message: time };
    case 'TIMESTAMP':
      return { kind: 'message', message: timestamp };
    case 'STRUCT': {
      const message = messageOf(type.fields, context.namer.next(), context);
      nested.push(message);
      return { kind: 'message', message };
    }
    case 'MAP': {
      const message = entryOf(type, context);
      nested.push(message);
      return { kind: 'message', message };
    }
    default:
      throw new FormatError(`PROTOBUF cannot hold an ${type.kind} in an ARRAY`);
  }
}

function scalarType(scalar: ProtoScalar, context: Context): ProtoType {
  if (context.nullable !== 'WRAPPER') return { kind: 'scalar', scalar };
  const name = wrapperNames[scalar] ?? scalar;
  const message = knownMessage(`google.protobuf.${name}`, [['value', scalar]]);
  return { kind: 'message', message };
}

/** A map's entries. */
function entryOf(type: Extract<SqlType, { kind: 'MAP' }>, context: Context): ProtoMessage {
  const parts = [
    { name: 'key', type: type.key },
    { name: 'value', type: type.value },
  ];
  return messageOf(parts, `${context.namer.next()}Entry`, context);
}

/** A message of implicit scalars that a file in everybody's reach declares. */
function knownMessage(
  fullName: string,
  fields: readonly (readonly [name: string, scalar: ProtoScalar])[],
): ProtoMessage {
  return {
    name: fullName.slice(fullName.lastIndexOf('.') + 1),
    fullName,
    nested: [],
    fields: fields.map(([name, scalar], index) => ({
      name,
      number: index + 1,
      repeated: false,
      presence: false,
      type: { kind: 'scalar', scalar },
      oneof: null,
      decimal: null,
    })),
  };
}

const decimal = knownMessage(decimalMessage, [
  ['value', 'bytes'],
  ['precision', 'uint32'],
  ['scale', 'int32'],
]);
const date = knownMessage(dateMessage, [
  ['year', 'int32'],
  ['month', 'int32'],
  ['day', 'int32'],
]);
const time = knownMessage(timeMessage, [
  ['hours', 'int32'],
  ['minutes', 'int32'],
  ['seconds', 'int32'],
  ['nanos', 'int32'],
]);
const timestamp = knownMessage(timestampMessage, [
  ['seconds', 'int64'],
  ['nanos', 'int32'],
]);
