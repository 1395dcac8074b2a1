/**
 * The protobuf message that rows of given columns become (spec: api.md §5), and its text as a schema registry prints it.
 * Messages are named ConnectDefault1, ConnectDefault2, … in the order in which the columns need them, each nested in the
 * one that uses it.
 */
import { problem } from '../../base/errors.ts';
import type { Field, SqlType } from '../../types/type.ts';

export type ProtobufType =
  | { readonly kind: 'scalar'; readonly name: 'int32' | 'int64' | 'double' | 'bool' | 'string' }
  | { readonly kind: 'bytes' }
  /** Well-known messages, which only need an import. */
  | { readonly kind: 'decimal'; readonly precision: number; readonly scale: number }
  | { readonly kind: 'date' | 'time' | 'timestamp' }
  /** Fields in order, numbered from 1. */
  | { readonly kind: 'message'; readonly message: ProtobufMessage }
  /** A map: repeated messages of a key and a value. */
  | { readonly kind: 'entries'; readonly entry: ProtobufMessage };

export interface ProtobufField {
  readonly name: string;
  readonly type: ProtobufType;
  readonly repeated: boolean;
}
export interface ProtobufMessage {
  readonly name: string;
  readonly fields: readonly ProtobufField[];
}

/** The message of a row with these columns. */
export function messageOf(columns: readonly Field[]): ProtobufMessage {
  let last = 0;
  const nextName = (): string => `ConnectDefault${++last}`;
  const fieldOf = ({ name, type }: Field): ProtobufField => {
    const repeated = type.kind === 'ARRAY';
    const element = repeated ? type.element : type;
    if (repeated && (element.kind === 'ARRAY' || element.kind === 'MAP')) throw notRepresentable();
    return { name, type: typeOf(element), repeated };
  };
  const messageNamed = (name: string, fields: readonly Field[]): ProtobufMessage => ({
    name,
    fields: fields.map(fieldOf),
  });
  const typeOf = (type: SqlType): ProtobufType => {
    switch (type.kind) {
      case 'INTEGER':
        return { kind: 'scalar', name: 'int32' };
      case 'BIGINT':
        return { kind: 'scalar', name: 'int64' };
      case 'DOUBLE':
        return { kind: 'scalar', name: 'double' };
      case 'BOOLEAN':
        return { kind: 'scalar', name: 'bool' };
      case 'STRING':
        return { kind: 'scalar', name: 'string' };
      case 'BYTES':
        return { kind: 'bytes' };
      case 'DECIMAL':
        return { kind: 'decimal', precision: type.precision, scale: type.scale };
      case 'DATE':
        return { kind: 'date' };
      case 'TIME':
        return { kind: 'time' };
      case 'TIMESTAMP':
        return { kind: 'timestamp' };
      case 'STRUCT':
        return { kind: 'message', message: messageNamed(nextName(), type.fields) };
      case 'MAP': {
        const fields = [
          { name: 'key', type: type.key },
          { name: 'value', type: type.value },
        ];
        return { kind: 'entries', entry: messageNamed(`${nextName()}Entry`, fields) };
      }
      case 'ARRAY':
        throw notRepresentable();
    }
  };
  return messageNamed(nextName(), columns);
}

function notRepresentable(): Error {
  return problem('request.not-representable', 'Protobuf has no arrays of arrays or of maps', {
    hint: 'Select their elements, or ask for application/vnd.ksql.v1+json.',
  });
}

/** proto3 text in the canonical form of a schema registry. */
export function schemaText(message: ProtobufMessage): string {
  const imports = [...new Set(importsOf(message))].map((path) => `import "${path}";\n`);
  const head = `syntax = "proto3";\n\n${imports.length > 0 ? `${imports.join('')}\n` : ''}`;
  return `${head}${messageText(message)}`;
}

function messageText({ name, fields }: ProtobufMessage): string {
  const lines = fields.map(
    (field, at) =>
      `${field.repeated || field.type.kind === 'entries' ? 'repeated ' : ''}${typeName(field.type)} ${field.name} = ${at + 1};\n`,
  );
  const nested = nestedIn(fields).map(messageText).join('');
  const body = `${lines.join('')}${nested === '' ? '' : `\n${nested}`}`;
  const indented = body.replace(/^(?=.)/gm, '  ');
  return `message ${name} {${body === '' ? '' : `\n${indented}`}}\n`;
}

function typeName(type: ProtobufType): string {
  switch (type.kind) {
    case 'scalar':
      return type.name;
    case 'bytes':
      return 'bytes';
    case 'decimal':
      return 'confluent.type.Decimal';
    case 'date':
      return 'google.type.Date';
    case 'time':
      return 'google.type.TimeOfDay';
    case 'timestamp':
      return 'google.protobuf.Timestamp';
    case 'message':
      return type.message.name;
    case 'entries':
      return type.entry.name;
  }
}

function nestedIn(fields: readonly ProtobufField[]): ProtobufMessage[] {
  return fields.flatMap(({ type }) => {
    if (type.kind === 'message') return [type.message];
    return type.kind === 'entries' ? [type.entry] : [];
  });
}

const importPaths: Readonly<Partial<Record<ProtobufType['kind'], string>>> = {
  decimal: 'confluent/type/decimal.proto',
  date: 'google/type/date.proto',
  time: 'google/type/timeofday.proto',
  timestamp: 'google/protobuf/timestamp.proto',
};

function importsOf({ fields }: ProtobufMessage): string[] {
  const nested = nestedIn(fields).flatMap(importsOf);
  return [...fields.flatMap(({ type }) => importPaths[type.kind] ?? []), ...nested];
}
