/** The text of a derived message as it is registered: proto3, two spaces a level, nested messages behind the fields. */
import {
  dateMessage,
  decimalMessage,
  type ProtoField,
  type ProtoMessage,
  timeMessage,
  timestampMessage,
  wrappedScalar,
} from './schema.ts';

/** The whole file. `optional` marks every field that is not repeated. */
export function printProtobuf(message: ProtoMessage, optional: boolean): string {
  const { packageName, name } = split(message.fullName);
  const files = new Set<string>();
  collectImports(message, files);
  const imports = [...files].map((file) => `import "${file}";\n`).join('');
  return [
    'syntax = "proto3";\n',
    packageName === '' ? '' : `package ${packageName};\n`,
    imports === '' ? '' : `\n${imports}`,
    `\n${printMessage({ ...message, name }, optional)}`,
  ].join('');
}

function split(fullName: string): { readonly packageName: string; readonly name: string } {
  const dot = fullName.lastIndexOf('.');
  return { packageName: fullName.slice(0, Math.max(0, dot)), name: fullName.slice(dot + 1) };
}

/** Square's Wire, which Confluent's registry prints with, indents blank lines of nested messages too. */
function printMessage(message: ProtoMessage, optional: boolean): string {
  const fields = message.fields.map((field) => indent(printField(field, optional))).join('');
  const nested = message.nested.map((inner) => indent(printMessage(inner, optional))).join('');
  return `message ${message.name} {\n${fields}${nested === '' ? '' : `\n${nested}`}}\n`;
}

function indent(text: string): string {
  const lines = text.split('\n').slice(0, -1);
  return lines.map((line) => `  ${line}\n`).join('');
}

function printField(field: ProtoField, optional: boolean): string {
  const label = field.repeated ? 'repeated ' : optional ? 'optional ' : '';
  return `${label}${typeName(field)} ${field.name} = ${field.number}${options(field)};\n`;
}

function typeName({ type }: ProtoField): string {
  switch (type.kind) {
    case 'scalar':
      return type.scalar;
    case 'enum':
      return type.name;
    case 'message':
      return importOf(type.message) === null ? type.message.name : type.message.fullName;
  }
}

function options({ decimal }: ProtoField): string {
  if (decimal === null) return '';
  const param = (key: string, value: number): string =>
    `    {\n      value: "${value}",\n      key: "${key}"\n    }`;
  const params = [param('precision', decimal.precision), param('scale', decimal.scale)];
  return ` [(confluent.field_meta) = {\n  params: [\n${params.join(',\n')}\n  ]\n}]`;
}

/** The file that declares a message of everybody's, or null for one of this file's own. */
function importOf(message: ProtoMessage): string | null {
  switch (message.fullName) {
    case decimalMessage:
      return 'confluent/type/decimal.proto';
    case dateMessage:
      return 'google/type/date.proto';
    case timeMessage:
      return 'google/type/timeofday.proto';
    case timestampMessage:
      return 'google/protobuf/timestamp.proto';
    default:
      return wrappedScalar(message) === null ? null : 'google/protobuf/wrappers.proto';
  }
}

function collectImports(message: ProtoMessage, into: Set<string>): void {
  for (const { type } of message.fields) {
    if (type.kind !== 'message') continue;
    const file = importOf(type.message);
    if (file === null) collectImports(type.message, into);
    else into.add(file);
  }
}
