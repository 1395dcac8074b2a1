/** The KAFKA format: one column in Kafka's own big-endian encoding (spec: semantics.md §3.6). */
import type { Problem } from '../../base/errors.ts';
import type { Field, TypeKind } from '../../types/type.ts';
import type { Codec, CodecRequest, FormatDef } from '../format.ts';
import { formatColumns } from '../format-column.ts';
import { decodeFunction, encodeFunction } from '../generate.ts';
import { type PrimitiveCodec, primitiveCodecs } from './primitives.ts';

export const kafkaFormat: FormatDef = {
  name: 'KAFKA',
  doc: "A single INTEGER, BIGINT, DOUBLE, STRING or BYTES as Kafka's own serialisers write it.",
  properties: [],
  singleDefault: 'unwrapped',
  wrapping: [false],
  unwrapsKeys: true,
  multipleKeyColumns: false,
  registry: false,
  check,
  codec: kafkaCodec,
};

function check(columns: readonly Field[], side: 'key' | 'value'): Problem | null {
  if (columns.length > 1) {
    return {
      code: 'format.single-field',
      message: `The 'KAFKA' format only supports a single field. Got: ${formatColumns(columns, side)}`,
    };
  }
  const unsupported = columns.find((column) => codecOf(column.type.kind) === undefined);
  if (unsupported === undefined) return null;
  return {
    code: 'format.type',
    message: `The 'KAFKA' format does not support type '${unsupported.type.kind}'`,
  };
}

function codecOf(kind: TypeKind): PrimitiveCodec | undefined {
  return primitiveCodecs.get(kind);
}

function kafkaCodec({ columns, needed }: CodecRequest): Codec {
  const primitive = columns.length === 0 ? undefined : codecOf(columns[0]!.type.kind);
  const source = {
    constants: [primitive?.decode, primitive?.encode],
    spelling: null,
    decode: (slots: readonly string[], k: string, present?: string) =>
      `{ ${present === undefined ? '' : `${present} = true;`}
${primitive === undefined ? '' : `const $value = ${k}[0](bytes, start, end);`}
${slots.map((slot) => `${slot} = $value;`).join('')} }`,
    encode: (values: readonly string[], k: string, written?: string) =>
      `{ const $value = ${values[0] ?? 'null'};
${written === undefined ? '' : `${written} = $value !== null;`}
if ($value !== null) ${k}[1](out, $value); }`,
  };
  return {
    source,
    decode: decodeFunction(source, needed),
    encode: encodeFunction(source, columns.length),
  };
}
