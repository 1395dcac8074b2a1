/** The AVRO format: Avro records whose schemas are registered (spec: semantics.md §3.7). */
import type { Problem } from '../../base/errors.ts';
import type { Field, SqlType } from '../../types/type.ts';
import type { FormatDef } from '../format.ts';
import { mapsHaveTextKeys } from '../row-shape.ts';
import type { SchemaText, SchemaTypeDef, SchemaUse } from '../schema.ts';
import { avroCodec } from './avro-codec.ts';
import { avroIncompatibilities } from './compatible.ts';
import { avroFieldName, deriveAvro } from './derive-schema.ts';
import { inferAvro } from './infer-columns.ts';
import { jsonOf, parseAvro } from './parse-schema.ts';
import { printAvro } from './print-schema.ts';

export const avroSchemas: SchemaTypeDef = {
  type: 'AVRO',
  canonical(schema: SchemaText) {
    parseAvro(schema);
    return printAvro(jsonOf(schema.text));
  },
  identity: (text) => text,
  incompatibilities: (reader, writer) =>
    avroIncompatibilities(parseAvro(reader), parseAvro(writer)),
};

const use: SchemaUse = { type: 'AVRO', derive: deriveAvro, infer: inferAvro };

export const avroFormat: FormatDef = {
  name: 'AVRO',
  doc: 'Avro records whose schema is in the registry; the payload names it by id.',
  properties: ['fullSchemaName', 'schemaId'],
  singleDefault: 'wrapped',
  wrapping: [true, false],
  unwrapsKeys: true,
  multipleKeyColumns: true,
  registry: true,
  schemas: use,
  check,
  codec: (request) => avroCodec(use, request),
};

function check(columns: readonly Field[]): Problem | null {
  if (!columns.every((column) => mapsHaveTextKeys(column.type))) {
    return { code: 'format.map-key', message: 'Avro only supports MAPs with STRING keys' };
  }
  const names = columns.flatMap((column) => [column.name, ...fieldNames(column.type)]);
  const wrong = names.map(avroFieldName).find((name) => !/^[A-Za-z_]\w*$/.test(name));
  if (wrong === undefined) return null;
  const initial = /^[A-Za-z_]/.test(wrong) ? 'character in' : 'initial character';
  return {
    code: 'format.name',
    message: `Schema is not compatible with Avro: Illegal ${initial}: ${wrong}`,
  };
}

/** Names of all fields inside the type. */
function fieldNames(type: SqlType): readonly string[] {
  switch (type.kind) {
    case 'ARRAY':
      return fieldNames(type.element);
    case 'MAP':
      return [...fieldNames(type.key), ...fieldNames(type.value)];
    case 'STRUCT':
      return type.fields.flatMap((field) => [field.name, ...fieldNames(field.type)]);
    default:
      return [];
  }
}
