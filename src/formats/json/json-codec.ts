/**
 * The JSON codec: generated functions for rows of an ordinary width, closures for very wide ones, and behind both the slow
 * decoder. The functions are generated when they are used first, since many codecs only decode or only encode.
 */
import type { Field, SqlType } from '../../types/type.ts';
import type { Value } from '../../types/value.ts';
import type { Codec, CodecRequest, CodecSource } from '../format.ts';
import {
  codecOfFunctions,
  type DecodeFunction,
  decodeFunction,
  type EncodeFunction,
  encodeFunction,
} from '../generate.ts';
import { GENERATED_COLUMNS_MAX } from '../limits.ts';
import { convertDocument, missingDocument } from './convert-node.ts';
import {
  type DecodeShape,
  decodeConstants,
  decodeSource,
  type SlowDecode,
} from './decode-source.ts';
import { encodeConstants, encodeSource } from './encode-source.ts';
import { parseJson } from './parse-json.ts';
import { valueReader } from './readers.ts';
import { cursor, lookAt, skipSpace } from './scan.ts';
import { wideStructAppender } from './writers.ts';

/** Does a row of these columns stand in an object, rather than being the one column's value itself? */
function isWrapped(request: Pick<CodecRequest, 'columns' | 'side' | 'spec'>): boolean {
  if (request.columns.length !== 1) return true;
  return request.side === 'value' && !request.spec.features.includes('UNWRAP_SINGLES');
}

export function jsonCodec(request: CodecRequest): Codec {
  const { columns, needed } = request;
  const shape: DecodeShape = { columns, needed, wrapped: isWrapped(request) };
  const slow = slowDecoder(columns, shape.wrapped);
  if (columns.length > GENERATED_COLUMNS_MAX) return wideCodec(shape, slow);
  const source = jsonSource(shape, slow);
  let decode: DecodeFunction | null = null;
  let encode: EncodeFunction | null = null;
  return {
    source,
    decode(bytes, start, end, into) {
      decode ??= decodeFunction(source, needed);
      return decode(bytes, start, end, into);
    },
    encode(row, out) {
      encode ??= encodeFunction(source, columns.length);
      return encode(row, out);
    },
  };
}

/** The decoder that is slow and obviously correct; the tests hold the fast one against it. */
export function slowDecoder(columns: readonly Field[], wrapped: boolean): SlowDecode {
  const type: SqlType = wrapped ? { kind: 'STRUCT', fields: columns } : columns[0]!.type;
  return (bytes, start, end) => {
    const node = parseJson(bytes, start, end);
    if (node === undefined) throw missingDocument(type);
    const value = convertDocument(node, type);
    if (value === null) return null;
    return wrapped ? (value as readonly Value[]) : [value];
  };
}

function fill(row: readonly Value[] | null, needed: readonly number[], into: Value[]): boolean {
  for (const index of needed) into[index] = row === null ? null : row[index]!;
  return row !== null;
}

function jsonSource(shape: DecodeShape, slow: SlowDecode): CodecSource {
  const decoding = decodeConstants(shape, slow);
  const offset = decoding.length;
  return {
    constants: [...decoding, ...encodeConstants(shape.columns)],
    spelling: 'json',
    decode: (slots, k, present, ranges) => decodeSource(shape, { slots, k, present, ranges }),
    encode: (values, k, written, ranges) =>
      encodeSource(shape, { values, k, offset, written, ranges }),
  };
}

/** Too many columns for one function: field by field. */
function wideCodec({ columns, needed }: DecodeShape, slow: SlowDecode): Codec {
  const read = valueReader({ kind: 'STRUCT', fields: columns }, 1);
  const write = wideStructAppender(columns);
  return codecOfFunctions(
    (bytes, start, end, into) => {
      lookAt(bytes);
      const row = read(bytes, skipSpace(bytes, start, end), end, cursor);
      const isRead = row !== null && cursor.position !== -1;
      return fill(isRead ? (row as readonly Value[]) : slow(bytes, start, end), needed, into);
    },
    (row, out) => {
      write(out, row);
      return true;
    },
    needed,
  );
}
