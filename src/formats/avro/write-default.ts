/** Writes the default of a field, which has been checked to fit (default-value.ts). */
import type { ByteWriter } from '../format.ts';
import { isSchemaArray, type SchemaJson, type SchemaObject, schemaNumber } from '../schema-json.ts';
import { defaultInteger } from './default-value.ts';
import {
  appendBoolean,
  appendBytes,
  appendDouble,
  appendFloat,
  appendInt,
  appendLong,
  appendRaw,
  appendString,
} from './output.ts';
import type { AvroSchema } from './schema.ts';

export function writeDefault(out: ByteWriter, type: AvroSchema, value: SchemaJson): void {
  switch (type.kind) {
    case 'null':
      return;
    case 'boolean':
      appendBoolean(out, value === true);
      return;
    case 'int':
    case 'long':
      appendLong(out, defaultInteger(value));
      return;
    case 'float':
      appendFloat(out, schemaNumber(value) ?? 0);
      return;
    case 'double':
      appendDouble(out, schemaNumber(value) ?? 0);
      return;
    case 'string':
      appendString(out, String(value));
      return;
    case 'bytes':
      appendBytes(out, latin1(String(value)));
      return;
    case 'fixed':
      appendRaw(out, latin1(String(value)));
      return;
    case 'enum':
      appendInt(out, type.symbols.indexOf(String(value)));
      return;
    case 'union':
      appendInt(out, 0);
      writeDefault(out, type.branches[0]!, value);
      return;
    case 'array':
    case 'map':
      writeBlock(out, type, value);
      return;
    case 'record':
      for (const field of type.fields) {
        const given = (value as SchemaObject)[field.name];
        writeDefault(out, field.type, given === undefined ? (field.default as SchemaJson) : given);
      }
  }
}

function writeBlock(
  out: ByteWriter,
  type: Extract<AvroSchema, { kind: 'array' | 'map' }>,
  value: SchemaJson,
): void {
  const entries = isSchemaArray(value)
    ? value.map((item) => [null, item] as const)
    : Object.entries(value as SchemaObject);
  if (entries.length > 0) appendInt(out, entries.length);
  for (const [key, item] of entries) {
    if (key !== null) appendString(out, key);
    writeDefault(out, type.kind === 'array' ? type.items : type.values, item);
  }
  appendInt(out, 0);
}

/** Avro spells bytes in JSON as characters U+0000 to U+00FF. */
function latin1(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0) & 0xff);
}
