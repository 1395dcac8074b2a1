/**
 * The AVRO codec: readers are compiled once per schema id that turns up in payloads, the writer once for the schema that the
 * source's columns have in the registry, or for the one that the source names.
 */
import type { Field } from '../../types/type.ts';
import type { Value } from '../../types/value.ts';
import { type Codec, type CodecRequest, FormatError } from '../format.ts';
import { codecOfFunctions, type DecodeFunction, type EncodeFunction } from '../generate.ts';
import { isRecord } from '../row-shape.ts';
import {
  FRAME_BYTES,
  frameId,
  readerSchema,
  type SchemaUse,
  type StoredSchema,
  writerSchema,
} from '../schema.ts';
import { AvroCursor } from './cursor.ts';
import { generatedDecoder } from './decode-source.ts';
import { generatedEncoder } from './encode-source.ts';
import { parseAvro } from './parse-schema.ts';
import { avroReader, recordFiller, recordOfRow } from './read-value.ts';
import type { AvroSchema } from './schema.ts';
import { skipValue } from './skip-value.ts';

export function avroCodec(use: SchemaUse, request: CodecRequest): Codec {
  const { columns, needed } = request;
  return codecOfFunctions(
    columns.length === 0 ? () => true : decoder(request),
    columns.length === 0 ? () => true : encoder(use, request),
    needed,
  );
}

/** Reads the payload behind the frame; false for a null row. */
type ReadRow = (cursor: AvroCursor, into: Value[]) => boolean;

function decoder(request: CodecRequest): DecodeFunction {
  const readers = new Map<number, DecodeFunction>();
  /** Of the id that came last. */
  let lastId = -1;
  let read: DecodeFunction = () => false;
  return (bytes, start, end, into) => {
    const id = frameId(bytes, start, end);
    if (id !== lastId) {
      read =
        readers.get(id) ?? avroDecoders(readerSchema('AVRO', id, request.schemas), request).fast;
      readers.set(id, read);
      lastId = id;
    }
    return read(bytes, start + FRAME_BYTES, end, into);
  };
}

/** `slow` is made of functions and obviously correct; `fast` is generated and stands in front of it. Both go without the frame. */
export function avroDecoders(
  stored: StoredSchema,
  request: CodecRequest,
): { readonly fast: DecodeFunction; readonly slow: DecodeFunction } {
  const writer = parseAvro(stored);
  const cursor = new AvroCursor(new Uint8Array(0), 0, 0);
  const isWrapped = isRecord(request);
  const read = isWrapped ? wrappedReader(writer, request) : singleReader(writer, request);
  const slow: DecodeFunction = (bytes, start, end, into) => {
    cursor.reset(bytes, start, end);
    return read(cursor, into);
  };
  return { slow, fast: generatedDecoder({ ...request, writer, isRecord: isWrapped }, slow) };
}

function singleReader(schema: AvroSchema, { columns, needed }: CodecRequest): ReadRow {
  const { type } = columns[0]!;
  if (needed.length === 0) {
    return (cursor) => {
      skipValue(schema, cursor);
      return true;
    };
  }
  const read = avroReader(schema, type, '');
  return (cursor, into) => {
    const value = read(cursor);
    into[0] = value;
    return value !== null;
  };
}

function wrappedReader(schema: AvroSchema, { columns, needed }: CodecRequest): ReadRow {
  const record = recordOfRow(schema);
  if (record === null) {
    throw new FormatError(`Cannot deserialize Avro ${schema.kind} as a row of [${names(columns)}]`);
  }
  const fill = recordFiller(record, columns, needed, '');
  if (schema.kind !== 'union') {
    return (cursor, into) => {
      fill(cursor, into);
      return true;
    };
  }
  const { branches } = schema;
  return (cursor, into) => {
    const branch = branches[cursor.size()];
    if (branch?.kind !== 'record') return false;
    fill(cursor, into);
    return true;
  };
}

function names(columns: readonly Field[]): string {
  return columns.map(({ name }) => name).join(', ');
}

/** The schema is looked up with the first row: it may be registered after the codec is made. */
function encoder(use: SchemaUse, request: CodecRequest): EncodeFunction {
  let write: EncodeFunction | null = null;
  return (row, out) => {
    write ??= rowEncoder(writerSchema(use, request), request);
    return write(row, out);
  };
}

function rowEncoder(stored: StoredSchema, request: CodecRequest): EncodeFunction {
  const schema = parseAvro(stored);
  const { columns } = request;
  const isWrapped = isRecord(request);
  if (isWrapped && schema.kind !== 'record') {
    throw new FormatError(`Cannot serialize a row of [${names(columns)}] as Avro ${schema.kind}`);
  }
  return generatedEncoder({ id: stored.id, schema, isRecord: isWrapped, columns });
}
