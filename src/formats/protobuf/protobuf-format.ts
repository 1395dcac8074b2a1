/** The formats PROTOBUF and PROTOBUF_NOSR (spec: semantics.md §3.8). */
import type { Problem } from '../../base/errors.ts';
import type { Field, SqlType } from '../../types/type.ts';
import type { FormatDef, FormatSpec } from '../format.ts';
import { mapsHaveTextKeys } from '../row-shape.ts';
import type { SchemaText, SchemaTypeDef, SchemaUse } from '../schema.ts';
import { rowAsStored } from './as-stored.ts';
import { protobufIncompatibilities } from './compatible.ts';
import { messageOfColumns } from './derive-schema.ts';
import { inferProtobuf } from './infer-columns.ts';
import { parseProtobuf } from './parse-schema.ts';
import { printProtobuf } from './print-schema.ts';
import { bareProtobufCodec, protobufCodec } from './protobuf-codec.ts';
import { plainText } from './plain-text.ts';

export const protobufSchemas: SchemaTypeDef = {
  type: 'PROTOBUF',
  canonical(schema: SchemaText) {
    parseProtobuf(schema);
    return schema.text;
  },
  identity: plainText,
  incompatibilities: (reader, writer) =>
    protobufIncompatibilities(parseProtobuf(reader), parseProtobuf(writer)),
};

const noReferences: ReadonlyMap<string, string> = new Map();

const use: SchemaUse = {
  type: 'PROTOBUF',
  derive(columns: readonly Field[], _side: 'key' | 'value', spec: FormatSpec) {
    const message = messageOfColumns(columns, spec.properties);
    const optional = spec.properties.nullableRepresentation === 'OPTIONAL';
    return { type: 'PROTOBUF', text: printProtobuf(message, optional), references: noReferences };
  },
  infer: inferProtobuf,
};

/** Keys and single values are messages too: there is nothing smaller. */
const shared = {
  singleDefault: 'wrapped',
  wrapping: [true],
  unwrapsKeys: false,
  multipleKeyColumns: true,
  asStored: rowAsStored,
  check,
} as const;

export const protobufFormat: FormatDef = {
  ...shared,
  name: 'PROTOBUF',
  doc: 'Protocol Buffers messages whose schema is in the registry; the payload names schema and message.',
  properties: ['fullSchemaName', 'schemaId', 'nullableRepresentation'],
  registry: true,
  schemas: use,
  codec: (request) => protobufCodec(use, request),
};

export const protobufNosrFormat: FormatDef = {
  ...shared,
  name: 'PROTOBUF_NOSR',
  doc: 'Bare Protocol Buffers messages with a field for each column, numbered from 1 in their order.',
  properties: ['nullableRepresentation'],
  registry: false,
  codec: bareProtobufCodec,
};

function check(columns: readonly Field[]): Problem | null {
  if (!columns.every((column) => mapsHaveTextKeys(column.type))) {
    return {
      code: 'format.map-key',
      message: 'PROTOBUF format only supports MAP types with STRING keys',
    };
  }
  const nested = columns.find((column) => nestsRepeated(column.type));
  if (nested === undefined) return null;
  return {
    code: 'format.type',
    message: `PROTOBUF format does not support ARRAYs of ARRAYs or MAPs, column: \`${nested.name}\``,
    hint: 'Put the inner one into a STRUCT.',
  };
}

function nestsRepeated(type: SqlType): boolean {
  switch (type.kind) {
    case 'ARRAY':
      return (
        type.element.kind === 'ARRAY' || type.element.kind === 'MAP' || nestsRepeated(type.element)
      );
    case 'MAP':
      return nestsRepeated(type.value);
    case 'STRUCT':
      return type.fields.some((field) => nestsRepeated(field.type));
    default:
      return false;
  }
}
