/** Columns of Protocol Buffers messages (spec: sql-statements.md §5.4, semantics.md §3.8). */
import { type Problem, ProblemError } from '../../base/errors.ts';
import type { Field, SqlType } from '../../types/type.ts';
import type { InferOptions, InferredColumns, SchemaText } from '../schema.ts';
import { parseProtobuf } from './parse-schema.ts';
import {
  dateMessage,
  decimalMessage,
  isMapEntry,
  mapEntryOf,
  messageNamed,
  type ProtoField,
  type ProtoFile,
  type ProtoMessage,
  type ProtoScalar,
  timeMessage,
  timestampMessage,
  wrappedScalar,
} from './schema.ts';

/** A problem says why the schema gives no columns. */
export function inferProtobuf(
  schema: SchemaText,
  options: InferOptions,
): InferredColumns | Problem {
  try {
    const message = chooseMessage(parseProtobuf(schema), options);
    if ('code' in message) return message;
    return { columns: columnsOf(message, options, []), fullName: message.fullName };
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    return { code: 'schema.unsupported', message: error.message };
  }
}

function chooseMessage(file: ProtoFile, options: InferOptions): ProtoMessage | Problem {
  const { fullName } = options;
  const [only, ...others] = file.messages;
  if (fullName !== null) {
    const names = file.messages.map((message) => message.fullName).join(', ');
    return (
      messageNamed(file, fullName) ?? {
        code: 'schema.unknown-name',
        message: `Schema for message '${fullName}' does not exist in the schema: it has [${names}]`,
      }
    );
  }
  if (only === undefined) return { code: 'schema.empty', message: 'Schema has no messages' };
  if (others.length === 0) return only;
  const side = options.side === 'key' ? 'Key' : 'Value';
  const property = `${options.side.toUpperCase()}_SCHEMA_FULL_NAME`;
  const names = file.messages.map((message) => message.fullName).join(', ');
  return {
    code: 'schema.several',
    message: `${side} schema has multiple schema definitions. Please use ${property} to choose one of [${names}]`,
  };
}

type Naming = Pick<InferOptions, 'upperCase'>;
/** The messages around, from the outside in: one that holds itself is left out. */
type Path = readonly ProtoMessage[];

/** A oneof is a struct with a field for each of its members, at the place of the first. */
function columnsOf(message: ProtoMessage, naming: Naming, path: Path): Field[] {
  const inside = [...path, message];
  const columns: Field[] = [];
  const seen = new Set<string>();
  for (const field of message.fields) {
    const { oneof } = field;
    if (oneof === null) columns.push(...columnOf(field, naming, inside));
    else if (!seen.has(oneof)) {
      seen.add(oneof);
      const members = message.fields.filter((other) => other.oneof === oneof);
      const fields = members.flatMap((member) => columnOf(member, naming, inside));
      columns.push({ name: fold(oneof, naming), type: { kind: 'STRUCT', fields } });
    }
  }
  return columns;
}

/** Nothing for messages without fields, which SQL has no type for, and for messages that hold themselves. */
function columnOf(field: ProtoField, naming: Naming, path: Path): readonly Field[] {
  const type = sqlType(field, naming, path);
  return type === null ? [] : [{ name: fold(field.name, naming), type }];
}

function fold(name: string, naming: Naming): string {
  return naming.upperCase ? name.toUpperCase() : name;
}

function sqlType(field: ProtoField, naming: Naming, path: Path): SqlType | null {
  const entry = mapEntryOf(field);
  if (entry !== null && isMapEntry(entry)) {
    const key = sqlType(entry.key, naming, path);
    const value = sqlType(entry.value, naming, path);
    return key === null || value === null ? null : { kind: 'MAP', key, value };
  }
  const element = elementType(field, naming, path);
  return field.repeated && element !== null ? { kind: 'ARRAY', element } : element;
}

function elementType(field: ProtoField, naming: Naming, path: Path): SqlType | null {
  const { type } = field;
  switch (type.kind) {
    case 'scalar':
      return scalarType(type.scalar);
    case 'enum':
      return { kind: 'STRING' };
    case 'message':
      return messageType(field, type.message, naming, path);
  }
}

function messageType(
  field: ProtoField,
  message: ProtoMessage,
  naming: Naming,
  path: Path,
): SqlType | null {
  const wrapped = wrappedScalar(message);
  if (wrapped !== null) return scalarType(wrapped);
  switch (message.fullName) {
    case decimalMessage:
      return { kind: 'DECIMAL', ...(field.decimal ?? { precision: 64, scale: 0 }) };
    case dateMessage:
      return { kind: 'DATE' };
    case timeMessage:
      return { kind: 'TIME' };
    case timestampMessage:
      return { kind: 'TIMESTAMP' };
    default: {
      if (path.includes(message)) return null;
      const fields = columnsOf(message, naming, path);
      return fields.length === 0 ? null : { kind: 'STRUCT', fields };
    }
  }
}

const kinds: Readonly<
  Record<ProtoScalar, 'DOUBLE' | 'INTEGER' | 'BIGINT' | 'BOOLEAN' | 'STRING' | 'BYTES'>
> = {
  double: 'DOUBLE',
  float: 'DOUBLE',
  int32: 'INTEGER',
  sint32: 'INTEGER',
  sfixed32: 'INTEGER',
  // Half of their values are no INTEGERs.
  uint32: 'BIGINT',
  fixed32: 'BIGINT',
  int64: 'BIGINT',
  uint64: 'BIGINT',
  sint64: 'BIGINT',
  fixed64: 'BIGINT',
  sfixed64: 'BIGINT',
  bool: 'BOOLEAN',
  string: 'STRING',
  bytes: 'BYTES',
};

function scalarType(scalar: ProtoScalar): SqlType {
  return { kind: kinds[scalar] };
}
