/**
 * The codecs of PROTOBUF, whose payloads name their schema and the message in it, and PROTOBUF_NOSR, which is the bare message
 * of the columns.
 */
import type { Row } from '../../types/value.ts';
import { type ByteWriter, type Codec, type CodecRequest, FormatError } from '../format.ts';
import { codecOfFunctions, type DecodeFunction, type EncodeFunction } from '../generate.ts';
import {
  appendFrame,
  FRAME_BYTES,
  frameId,
  readerSchema,
  type SchemaUse,
  writerSchema,
} from '../schema.ts';
import { malformed, ProtoCursor } from './cursor.ts';
import { messageOfColumns } from './derive-schema.ts';
import { appendSigned, appendVarint } from './output.ts';
import { parseProtobuf } from './parse-schema.ts';
import { type MessageFiller, messageFiller } from './read-message.ts';
import { messageAt, messageIndexes, messageNamed, type ProtoFile } from './schema.ts';
import { messageWriter } from './write-message.ts';

/** Messages that nest in one another's indexes; Confluent's own files do not go beyond a handful. */
const INDEXES_MAX = 100;

export function protobufCodec(use: SchemaUse, request: CodecRequest): Codec {
  return codecOfFunctions(decoder(request), encoder(use, request), request.needed);
}

export function bareProtobufCodec(request: CodecRequest): Codec {
  const { columns, needed, spec } = request;
  const message = messageOfColumns(columns, spec.properties);
  const cursor = new ProtoCursor(new Uint8Array(0), 0, 0);
  const fill = messageFiller(message, columns, needed, '');
  const write = messageWriter(message, columns, '');
  return codecOfFunctions(
    (bytes, start, end, into) => {
      cursor.reset(bytes, start, end);
      fill(cursor, into);
      return true;
    },
    (row, out) => {
      write(out, row);
      return true;
    },
    needed,
  );
}

function decoder(request: CodecRequest): DecodeFunction {
  const cursor = new ProtoCursor(new Uint8Array(0), 0, 0);
  const files = new Map<number, ProtoFile>();
  /** By schema id: of the file's first message, which is nearly always the one, and of others by their indexes. */
  const first = new Map<number, MessageFiller>();
  const others = new Map<string, MessageFiller>();
  const fillerOf = (id: number, indexes: readonly number[]): MessageFiller => {
    const file = files.get(id) ?? parseProtobuf(readerSchema('PROTOBUF', id, request.schemas));
    files.set(id, file);
    const message = messageAt(file, indexes);
    if (message === null) throw new FormatError(`schema ${id} has no message ${indexes.join('.')}`);
    return messageFiller(message, request.columns, request.needed, '');
  };
  return (bytes, start, end, into) => {
    const id = frameId(bytes, start, end);
    cursor.reset(bytes, start + FRAME_BYTES, end);
    const indexes = readIndexes(cursor);
    const isFirst = indexes === firstMessage;
    const key = isFirst ? '' : `${id}/${indexes.join('/')}`;
    let fill = isFirst ? first.get(id) : others.get(key);
    if (fill === undefined) {
      fill = fillerOf(id, indexes);
      if (isFirst) first.set(id, fill);
      else others.set(key, fill);
    }
    fill(cursor, into);
    return true;
  };
}

const firstMessage: readonly number[] = [0];

/** Which message of the schema: a count and so many numbers, zigzag; the first message is a single zero. */
function readIndexes(cursor: ProtoCursor): readonly number[] {
  const count = cursor.signed();
  if (count === 0) return firstMessage;
  if (count < 0 || count > INDEXES_MAX) throw malformed(`${count} message indexes`);
  return Array.from({ length: count }, () => cursor.signed());
}

function appendIndexes(out: ByteWriter, indexes: readonly number[]): void {
  if (indexes.length === 1 && indexes[0] === 0) {
    appendVarint(out, 0);
    return;
  }
  appendSigned(out, indexes.length);
  for (const index of indexes) appendSigned(out, index);
}

/** The schema is looked up with the first row: it may be registered after the codec is made. */
function encoder(use: SchemaUse, request: CodecRequest): EncodeFunction {
  let write: ((row: Row, out: ByteWriter) => void) | null = null;
  return (row, out) => {
    write ??= rowWriter(use, request);
    write(row, out);
    return true;
  };
}

function rowWriter(use: SchemaUse, request: CodecRequest): (row: Row, out: ByteWriter) => void {
  const { columns, spec } = request;
  const stored = writerSchema(use, request);
  const { schemaId, fullSchemaName } = spec.properties;
  // The derived schema is one message, whose tree is at hand.
  if (schemaId === undefined || request.schemas === undefined) {
    const write = messageWriter(messageOfColumns(columns, spec.properties), columns, '');
    return (row, out) => {
      appendFrame(out, stored.id);
      appendIndexes(out, [0]);
      write(out, row);
    };
  }
  const file = parseProtobuf(stored);
  const message =
    fullSchemaName === undefined ? file.messages[0] : messageNamed(file, fullSchemaName);
  const indexes = message === null || message === undefined ? null : messageIndexes(file, message);
  if (message === null || message === undefined || indexes === null) {
    throw new FormatError(`schema ${stored.id} has no message ${fullSchemaName}`);
  }
  const write = messageWriter(message, columns, '');
  return (row, out) => {
    appendFrame(out, stored.id);
    appendIndexes(out, indexes);
    write(out, row);
  };
}
