/**
 * The codecs of PROTOBUF, whose payloads name their schema and the message in it, and PROTOBUF_NOSR, which is the bare message
 * of the columns.
 */
import type { Bytes } from '../../base/env.ts';
import { byteWriter, writtenBytes } from '../byte-writer.ts';
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
import { generatedDecoder, type MessageRequest } from './decode-source.ts';
import { generatedEncoder } from './encode-source.ts';
import { malformed, ProtoCursor } from './cursor.ts';
import { messageOfColumns } from './derive-schema.ts';
import { appendSigned, appendVarint } from './output.ts';
import { parseProtobuf } from './parse-schema.ts';
import { messageFiller } from './read-message.ts';
import { messageAt, messageIndexes, messageNamed, type ProtoFile } from './schema.ts';

/** Messages that nest in one another's indexes; Confluent's own files do not go beyond a handful. */
const INDEXES_MAX = 100;

export function protobufCodec(use: SchemaUse, request: CodecRequest): Codec {
  return codecOfFunctions(decoder(request), encoder(use, request), request.needed);
}

export function bareProtobufCodec(request: CodecRequest): Codec {
  const { columns, needed, spec } = request;
  const message = messageOfColumns(columns, spec.properties);
  return codecOfFunctions(
    messageDecoders({ message, columns, needed }).fast,
    generatedEncoder({ message, columns, prefix: new Uint8Array(0) }),
    needed,
  );
}

/** `slow` is made of functions and obviously correct; `fast` is generated and stands in front of it. Both read bare messages. */
export function messageDecoders(request: MessageRequest): {
  readonly fast: DecodeFunction;
  readonly slow: DecodeFunction;
} {
  const cursor = new ProtoCursor(new Uint8Array(0), 0, 0);
  const fill = messageFiller(request.message, request.columns, request.needed, '');
  const slow: DecodeFunction = (bytes, start, end, into) => {
    cursor.reset(bytes, start, end);
    fill(cursor, into);
    return true;
  };
  return { slow, fast: generatedDecoder(request, slow) };
}

function decoder(request: CodecRequest): DecodeFunction {
  const cursor = new ProtoCursor(new Uint8Array(0), 0, 0);
  const files = new Map<number, ProtoFile>();
  /** By schema id: of the file's first message, which is nearly always the one, and of others by their indexes. */
  const first = new Map<number, DecodeFunction>();
  const others = new Map<string, DecodeFunction>();
  const readerOf = (id: number, indexes: readonly number[]): DecodeFunction => {
    const file = files.get(id) ?? parseProtobuf(readerSchema('PROTOBUF', id, request.schemas));
    files.set(id, file);
    const message = messageAt(file, indexes);
    if (message === null) throw new FormatError(`schema ${id} has no message ${indexes.join('.')}`);
    return messageDecoders({ ...request, message }).fast;
  };
  /** Of the id that came last. */
  let lastId = -1;
  let lastFirst: DecodeFunction = () => false;
  return (bytes, start, end, into) => {
    const id = frameId(bytes, start, end);
    const from = start + FRAME_BYTES;
    if (from < end && bytes[from] === 0) {
      if (id !== lastId) {
        lastFirst = first.get(id) ?? readerOf(id, firstMessage);
        first.set(id, lastFirst);
        lastId = id;
      }
      return lastFirst(bytes, from + 1, end, into);
    }
    cursor.reset(bytes, from, end);
    const indexes = readIndexes(cursor);
    const key = `${id}/${indexes.join('/')}`;
    const read = others.get(key) ?? readerOf(id, indexes);
    others.set(key, read);
    return read(bytes, cursor.at, end, into);
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
  let write: EncodeFunction | null = null;
  return (row, out) => {
    write ??= rowEncoder(use, request);
    return write(row, out);
  };
}

function rowEncoder(use: SchemaUse, request: CodecRequest): EncodeFunction {
  const { columns, spec } = request;
  const stored = writerSchema(use, request);
  const { schemaId, fullSchemaName } = spec.properties;
  // The derived schema is one message, whose tree is at hand.
  if (schemaId === undefined || request.schemas === undefined) {
    const message = messageOfColumns(columns, spec.properties);
    return generatedEncoder({ message, columns, prefix: prefixOf(stored.id, firstMessage) });
  }
  const file = parseProtobuf(stored);
  const message =
    fullSchemaName === undefined ? file.messages[0] : messageNamed(file, fullSchemaName);
  const indexes = message === null || message === undefined ? null : messageIndexes(file, message);
  if (message === null || message === undefined || indexes === null) {
    throw new FormatError(`schema ${stored.id} has no message ${fullSchemaName}`);
  }
  return generatedEncoder({ message, columns, prefix: prefixOf(stored.id, indexes) });
}

/** What stands in front of a message: the frame and which message of the schema it is. */
function prefixOf(id: number, indexes: readonly number[]): Bytes {
  const out = byteWriter(16);
  appendFrame(out, id);
  appendIndexes(out, indexes);
  return writtenBytes(out);
}
