/**
 * The AVRO codec: readers are compiled once per schema id that turns up in payloads, the writer once for the schema that the
 * source's columns have in the registry, or for the one that the source names.
 */
import type { Field } from '../../types/type.ts';
import type { Row, Value } from '../../types/value.ts';
import { type ByteWriter, type Codec, type CodecRequest, FormatError } from '../format.ts';
import { codecOfFunctions, type DecodeFunction, type EncodeFunction } from '../generate.ts';
import { isRecord } from '../row-shape.ts';
import {
  appendFrame,
  FRAME_BYTES,
  frameId,
  readerSchema,
  type SchemaUse,
  type StoredSchema,
  writerSchema,
} from '../schema.ts';
import { AvroCursor } from './cursor.ts';
import { parseAvro } from './parse-schema.ts';
import { avroReader, recordFiller, recordOfRow } from './read-value.ts';
import type { AvroSchema } from './schema.ts';
import { skipValue } from './skip-value.ts';
import { avroWriter, recordWriter } from './write-value.ts';

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
  const cursor = new AvroCursor(new Uint8Array(0), 0, 0);
  const readers = new Map<number, ReadRow>();
  return (bytes, start, end, into) => {
    const id = frameId(bytes, start, end);
    let read = readers.get(id);
    if (read === undefined) {
      read = rowReader(readerSchema('AVRO', id, request.schemas), request);
      readers.set(id, read);
    }
    cursor.reset(bytes, start + FRAME_BYTES, end);
    return read(cursor, into);
  };
}

function rowReader(stored: StoredSchema, request: CodecRequest): ReadRow {
  const schema = parseAvro(stored);
  return isRecord(request) ? wrappedReader(schema, request) : singleReader(schema, request);
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
  let write: ((out: ByteWriter, row: Row) => boolean) | null = null;
  return (row, out) => {
    write ??= rowWriter(writerSchema(use, request), request);
    return write(out, row);
  };
}

function rowWriter(
  stored: StoredSchema,
  request: CodecRequest,
): (out: ByteWriter, row: Row) => boolean {
  const schema = parseAvro(stored);
  const { columns } = request;
  if (!isRecord(request)) {
    const write = avroWriter(schema, columns[0]!.type, '');
    return (out, row) => {
      if (row[0] === null || row[0] === undefined) return false;
      appendFrame(out, stored.id);
      write(out, row[0]);
      return true;
    };
  }
  if (schema.kind !== 'record') {
    throw new FormatError(`Cannot serialize a row of [${names(columns)}] as Avro ${schema.kind}`);
  }
  const write = recordWriter(schema, columns, '');
  return (out, row) => {
    appendFrame(out, stored.id);
    write(out, row);
    return true;
  };
}
