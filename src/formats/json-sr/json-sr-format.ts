/** The JSON_SR format: JSON documents whose schema is registered (spec: semantics.md §3.4, §3.7a). */
import type { Field } from '../../types/type.ts';
import type { Codec, CodecRequest, FormatDef } from '../format.ts';
import { codecOfFunctions } from '../generate.ts';
import { jsonFormat } from '../json/json-format.ts';
import { printSchemaJson } from '../schema-json.ts';
import {
  appendFrame,
  FRAME_BYTES,
  frameId,
  type SchemaText,
  type SchemaTypeDef,
  type SchemaUse,
  writerSchema,
} from '../schema.ts';
import { jsonIncompatibilities } from './compatible.ts';
import { deriveJson } from './derive-schema.ts';
import { inferJson } from './infer-columns.ts';
import { JsonSchema } from './schema.ts';

export const jsonSchemas: SchemaTypeDef = {
  type: 'JSON',
  canonical(schema: SchemaText) {
    return printSchemaJson(new JsonSchema(schema).root.document);
  },
  identity: (text) => text,
  incompatibilities: (reader, writer) =>
    jsonIncompatibilities(new JsonSchema(reader), new JsonSchema(writer)),
};

const use: SchemaUse = { type: 'JSON', derive: deriveJson, infer: inferJson };

export const jsonSrFormat: FormatDef = {
  name: 'JSON_SR',
  doc: 'JSON documents whose schema is in the registry; the payload names it by id.',
  properties: ['schemaId', 'fullSchemaName'],
  singleDefault: 'wrapped',
  wrapping: [true, false],
  unwrapsKeys: true,
  multipleKeyColumns: true,
  registry: true,
  schemas: use,
  check: (columns: readonly Field[], side) => jsonFormat.check(columns, side),
  codec: jsonSrCodec,
};

/** JSON behind the frame. Documents speak for themselves: reading does not look at their schema, as in ksqlDB. */
function jsonSrCodec(request: CodecRequest): Codec {
  const json = jsonFormat.codec(request);
  let id: number | null = null;
  return codecOfFunctions(
    (bytes, start, end, into) => {
      frameId(bytes, start, end);
      return json.decode(bytes, start + FRAME_BYTES, end, into);
    },
    (row, out) => {
      id ??= writerSchema(use, request).id;
      const before = out.length;
      appendFrame(out, id);
      const written = json.encode(row, out);
      if (!written) out.length = before;
      return written;
    },
    request.needed,
  );
}
