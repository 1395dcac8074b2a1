/**
 * Rows as bytes for durable state. Layout, version 1: a byte 1, then each value: a byte 0 for NULL, else a byte 1 and
 *
 * | type | bytes |
 * |---|---|
 * | BOOLEAN | 1 byte |
 * | INTEGER, DATE, TIME | int32 |
 * | BIGINT | int64 |
 * | DOUBLE, TIMESTAMP | float64 |
 * | DECIMAL | sign byte, varint length, magnitude in hexadecimal digits |
 * | STRING, BYTES | varint length, WTF-8 or bytes |
 * | ARRAY | varint count, elements |
 * | MAP | varint count, keys and values in turn |
 * | STRUCT | fields |
 *
 * Columns may be added behind the last: a shorter row reads as NULL there.
 */
import { unreachable } from '../../base/assert.ts';
import { ByteReader, ByteWriter } from '../../base/bytes.ts';
import type { Bytes, TimestampMs } from '../../base/env.ts';
import { problem } from '../../base/errors.ts';
import { textOfWtf8, wtf8Of } from '../../base/wtf8.ts';
import type { SqlType } from '../../types/type.ts';
import type { Row, Value } from '../../types/value.ts';
import { Emitter } from '../codegen/generate.ts';

const VERSION = 1;

export interface RowCodec {
  /** Bytes of its own. */
  encode(row: Row): Bytes;
  decode(bytes: Bytes): Row;
}

interface ValueCodec {
  /** Neither sees NULL. */
  write(value: Value, out: ByteWriter): void;
  read(from: ByteReader): Value;
}

/** The codec of rows of these types; one generated function each way. */
export function rowCodec(types: readonly SqlType[]): RowCodec {
  const out = new ByteWriter(256);
  const write = compileWrite(types);
  const read = compileRead(types);
  return {
    encode(row) {
      out.clear();
      out.writeByte(VERSION);
      write(row, out);
      return pooled(out);
    },
    decode: (bytes) => read(reader(bytes)),
  };
}

/** Rows with a timestamp in front, laid out like a first column of type TIMESTAMP. */
export interface TimedRowCodec {
  encode(timestamp: TimestampMs, row: Row): Bytes;
  decode(bytes: Bytes): Row;
  /** Of the row that was decoded last. */
  readonly timestamp: TimestampMs;
}

export function timedRowCodec(types: readonly SqlType[]): TimedRowCodec {
  const out = new ByteWriter(256);
  const write = compileWrite(types);
  const read = compileRead(types);
  const codec = {
    timestamp: 0,
    encode(timestamp: TimestampMs, row: Row): Bytes {
      out.clear();
      out.writeByte(VERSION);
      out.writeByte(1);
      out.writeFloat64(timestamp);
      write(row, out);
      return pooled(out);
    },
    decode(bytes: Bytes): Row {
      const from = reader(bytes);
      from.skip(1);
      codec.timestamp = readFloat64(from);
      return read(from);
    },
  };
  return codec;
}

/** A copy from Node's pool: these are many and small. */
function pooled(out: ByteWriter): Bytes {
  const bytes = Buffer.allocUnsafe(out.position);
  bytes.set(out.view());
  return bytes;
}

/** Stands behind the version. */
function reader(bytes: Bytes): ByteReader {
  const from = new ByteReader(bytes);
  const version = from.readByte();
  if (version !== VERSION) throw unknownLayout(version);
  return from;
}

function unknownLayout(version: number): Error {
  if (version > VERSION)
    return problem(
      'state.newer-layout',
      `state of layout ${version}; this version knows ${VERSION}`,
      {
        hint: 'The data directory was written by a newer version: run that or a newer one.',
      },
    );
  return problem('state.corrupt', `state of layout ${version}, which no version has written`);
}

const scratch = new DataView(new ArrayBuffer(8));

/** Without a view of its own for each number. */
function readFloat64(from: ByteReader): number {
  scratch.setInt32(0, from.readInt32());
  scratch.setInt32(4, from.readInt32());
  return scratch.getFloat64(0);
}

/** `(row, out)`: straight-line code, so that each column's writer is called from a place of its own. */
function compileWrite(types: readonly SqlType[]): (row: Row, out: ByteWriter) => void {
  const emitter = new Emitter();
  for (const [index, type] of types.entries()) {
    const value = emitter.local(`row[${index}]`);
    const write = emitter.constant(valueCodec(type).write);
    emitter.line(`if(${value}===null||${value}===undefined)out.writeByte(0);`);
    emitter.line(`else{out.writeByte(1);${write}(${value},out);}`);
  }
  return emitter.compile(['row', 'out']);
}

/** `(from)`: a row; columns behind its end are NULL. */
function compileRead(types: readonly SqlType[]): (from: ByteReader) => Row {
  const emitter = new Emitter();
  const values = types.map((type) => {
    const read = emitter.constant(valueCodec(type).read);
    return emitter.local(`from.position>=from.end||from.readByte()===0?null:${read}(from)`);
  });
  emitter.line(`return [${values.join(',')}];`);
  return emitter.compile(['from']);
}

function writeNullable(value: Value, codec: ValueCodec, out: ByteWriter): void {
  if (value === null) {
    out.writeByte(0);
    return;
  }
  out.writeByte(1);
  codec.write(value, out);
}

function readNullable(codec: ValueCodec, from: ByteReader): Value {
  return from.readByte() === 0 ? null : codec.read(from);
}

const int32Codec: ValueCodec = {
  write: (value, out) => out.writeInt32(value as number),
  read: (from) => from.readInt32(),
};
const float64Codec: ValueCodec = {
  write: (value, out) => out.writeFloat64(value as number),
  read: readFloat64,
};

function valueCodec(type: SqlType): ValueCodec {
  switch (type.kind) {
    case 'BOOLEAN':
      return {
        write: (value, out) => out.writeByte(value === true ? 1 : 0),
        read: (from) => from.readByte() === 1,
      };
    case 'INTEGER':
    case 'DATE':
    case 'TIME':
      return int32Codec;
    case 'DOUBLE':
    case 'TIMESTAMP':
      return float64Codec;
    case 'BIGINT':
      return {
        write: (value, out) => out.writeBigInt64(value as bigint),
        read: (from) => from.readBigInt64(),
      };
    case 'DECIMAL':
      return decimalCodec;
    case 'STRING':
      return textCodec;
    case 'BYTES':
      return bytesCodec;
    case 'ARRAY':
      return arrayCodec(valueCodec(type.element));
    case 'MAP':
      return mapCodec(valueCodec(type.key), valueCodec(type.value));
    case 'STRUCT':
      return structCodec(type.fields.map((field) => valueCodec(field.type)));
    default:
      return unreachable(type);
  }
}

const decimalCodec: ValueCodec = {
  write(value, out) {
    const unscaled = value as bigint;
    const digits = (unscaled < 0n ? -unscaled : unscaled).toString(16);
    out.writeByte(unscaled < 0n ? 1 : 0);
    out.writeUnsignedVarint(digits.length);
    out.writeText(digits);
  },
  read(from) {
    const isNegative = from.readByte() === 1;
    const magnitude = BigInt(`0x${from.readText(from.readUnsignedVarint())}`);
    return isNegative ? -magnitude : magnitude;
  },
};

const textCodec: ValueCodec = {
  write(value, out) {
    const bytes = wtf8Of(value as string);
    out.writeUnsignedVarint(bytes.length);
    out.writeBytes(bytes);
  },
  read(from) {
    const length = from.readUnsignedVarint();
    const start = from.skip(length);
    return textOfWtf8(from.bytes, start, start + length);
  },
};

const bytesCodec: ValueCodec = {
  write(value, out) {
    const bytes = value as Bytes;
    out.writeUnsignedVarint(bytes.length);
    out.writeBytes(bytes);
  },
  read: (from) => new Uint8Array(from.readBytes(from.readUnsignedVarint())),
};

function arrayCodec(element: ValueCodec): ValueCodec {
  return {
    write(value, out) {
      const array = value as readonly Value[];
      out.writeUnsignedVarint(array.length);
      for (const item of array) writeNullable(item, element, out);
    },
    read: (from) =>
      Array.from({ length: from.readUnsignedVarint() }, () => readNullable(element, from)),
  };
}

function mapCodec(key: ValueCodec, entry: ValueCodec): ValueCodec {
  return {
    write(value, out) {
      const map = value as ReadonlyMap<Value, Value>;
      out.writeUnsignedVarint(map.size);
      for (const [name, item] of map) {
        writeNullable(name, key, out);
        writeNullable(item, entry, out);
      }
    },
    read(from) {
      const map = new Map<Value, Value>();
      for (let left = from.readUnsignedVarint(); left > 0; left--) {
        const name = readNullable(key, from);
        map.set(name, readNullable(entry, from));
      }
      return map;
    },
  };
}

function structCodec(fields: readonly ValueCodec[]): ValueCodec {
  return {
    write(value, out) {
      const struct = value as readonly Value[];
      fields.forEach((field, index) => {
        writeNullable(struct[index] ?? null, field, out);
      });
    },
    read: (from) => fields.map((field) => readNullable(field, from)),
  };
}
