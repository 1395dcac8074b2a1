/** The encodings of Kafka's serialisers, by SQL type. */
import { getInt32, setInt32 } from '../../base/bytes.ts';
import type { Bytes } from '../../base/env.ts';
import type { TypeKind } from '../../types/type.ts';
import { type ByteWriter, FormatError } from '../format.ts';
import { appendText, textOf } from '../payload-text.ts';

/** Of a value that is not NULL. */
export interface PrimitiveCodec {
  decode(bytes: Bytes, start: number, end: number): unknown;
  encode(out: ByteWriter, value: never): void;
}

function checkSize(start: number, end: number, size: number, deserializer: string): void {
  if (end - start === size) return;
  throw new FormatError(`Size of data received by ${deserializer} is not ${size}`);
}

/** Big-endian, signed. */
function readInt64(bytes: Bytes, p: number): bigint {
  const high = getInt32(bytes, p);
  const low = getInt32(bytes, p + 4) >>> 0;
  // Numbers up to 2^52 need no arithmetic on bigints.
  if (high >= -0x100000 && high < 0x100000) return BigInt(high * 0x100000000 + low);
  return (BigInt(high) << 32n) | BigInt(low);
}

/** Big-endian. */
function writeInt64(bytes: Bytes, p: number, value: bigint): void {
  setInt32(bytes, p, Number(BigInt.asIntN(32, value >> 32n)));
  setInt32(bytes, p + 4, Number(BigInt.asIntN(32, value)));
}

/** One double and its bytes, big-endian whatever the machine. */
const double: DataView = new DataView(new ArrayBuffer(8));

export const primitiveCodecs: ReadonlyMap<TypeKind, PrimitiveCodec> = new Map<
  TypeKind,
  PrimitiveCodec
>([
  [
    'INTEGER',
    {
      decode(bytes, start, end) {
        checkSize(start, end, 4, 'IntegerDeserializer');
        return getInt32(bytes, start);
      },
      encode(out, value: number) {
        out.reserve(4);
        setInt32(out.bytes, out.length, value);
        out.length += 4;
      },
    },
  ],
  [
    'BIGINT',
    {
      decode(bytes, start, end) {
        checkSize(start, end, 8, 'LongDeserializer');
        return readInt64(bytes, start);
      },
      encode(out, value: bigint) {
        out.reserve(8);
        writeInt64(out.bytes, out.length, value);
        out.length += 8;
      },
    },
  ],
  [
    'DOUBLE',
    {
      decode(bytes, start, end) {
        checkSize(start, end, 8, 'DoubleDeserializer');
        for (let i = 0; i < 8; i++) double.setUint8(i, bytes[start + i]!);
        return double.getFloat64(0);
      },
      encode(out, value: number) {
        out.reserve(8);
        double.setFloat64(0, value);
        for (let i = 0; i < 8; i++) out.bytes[out.length++] = double.getUint8(i);
      },
    },
  ],
  ['STRING', { decode: textOf, encode: appendText }],
  [
    'BYTES',
    {
      decode: (bytes, start, end) => bytes.slice(start, end),
      encode(out, value: Bytes) {
        out.reserve(value.length);
        out.bytes.set(value, out.length);
        out.length += value.length;
      },
    },
  ],
]);
