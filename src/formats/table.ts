/** All formats. */
import { problem } from '../base/errors.ts';
import { avroFormat, avroSchemas } from './avro/avro-format.ts';
import { delimitedFormat } from './delimited/delimited-format.ts';
import type { FormatDef } from './format.ts';
import { jsonFormat } from './json/json-format.ts';
import { jsonSchemas, jsonSrFormat } from './json-sr/json-sr-format.ts';
import { kafkaFormat } from './kafka/kafka-format.ts';
import { noneFormat } from './none/none-format.ts';
import { protobufFormat, protobufNosrFormat, protobufSchemas } from './protobuf/protobuf-format.ts';
import type { SchemaType, SchemaTypeDef } from './schema.ts';

/** In the order in which listings show them. */
export const formats: readonly FormatDef[] = [
  avroFormat,
  delimitedFormat,
  jsonFormat,
  jsonSrFormat,
  kafkaFormat,
  noneFormat,
  protobufFormat,
  protobufNosrFormat,
];

/** Kinds of schemas that the registry keeps. */
export const schemaTypes: Readonly<Record<SchemaType, SchemaTypeDef>> = {
  AVRO: avroSchemas,
  PROTOBUF: protobufSchemas,
  JSON: jsonSchemas,
};

const byName: ReadonlyMap<string, FormatDef> = new Map(
  formats.map((format) => [format.name, format]),
);

/** The format of this name, in whatever case. Throws `format.unknown`. */
export function formatByName(name: string): FormatDef {
  const format = byName.get(name.toUpperCase());
  if (format === undefined)
    throw problem('format.unknown', `Unknown format: ${name}`, {
      hint: `There are ${[...byName.keys()].join(', ')}.`,
    });
  return format;
}
