import type { Bytes } from '../../../base/env.ts';
import type { Value } from '../../../types/value.ts';
import type { ScalarDef, ScalarOverload } from '../../define.ts';
import { scalar, strict } from '../scalar.ts';

function isLittleEndian(order: string): boolean {
  const upper = order.toUpperCase();
  if (upper === 'LITTLE_ENDIAN') return true;
  if (upper === 'BIG_ENDIAN') return false;
  throw new Error(`Byte order must be BIG_ENDIAN or LITTLE_ENDIAN. Unknown byte order '${order}'.`);
}

function overloads(
  result: string,
  size: number,
  read: (view: DataView, littleEndian: boolean) => Value,
): readonly ScalarOverload[] {
  const call = (bytes: Bytes, order = 'BIG_ENDIAN'): Value => {
    const littleEndian = isLittleEndian(order);
    if (bytes.length !== size) {
      throw new Error(`Number of bytes must be equal to ${size}, but found ${bytes.length}`);
    }
    return read(new DataView(bytes.buffer, bytes.byteOffset, size), littleEndian);
  };
  return [
    strict(`(BYTES bytes) -> ${result}`, call),
    strict(`(BYTES bytes, STRING order) -> ${result}`, call),
  ];
}

/** INT_FROM_BYTES. */
export const intFromBytes: ScalarDef = scalar({
  name: 'INT_FROM_BYTES',
  category: 'CONVERSIONS',
  doc: 'Four bytes as an INTEGER, big-endian unless told otherwise.',
  examples: [
    ["int_from_bytes(to_bytes('000007e5', 'hex'))", '2021'],
    ["int_from_bytes(to_bytes('e5070000', 'hex'), 'LITTLE_ENDIAN')", '2021'],
  ],
  overloads: overloads('INTEGER', 4, (view, littleEndian) => view.getInt32(0, littleEndian)),
});

/** BIGINT_FROM_BYTES. */
export const bigintFromBytes: ScalarDef = scalar({
  name: 'BIGINT_FROM_BYTES',
  category: 'CONVERSIONS',
  doc: 'Eight bytes as a BIGINT, big-endian unless told otherwise.',
  examples: [["bigint_from_bytes(to_bytes('000000012a05f200', 'hex'))", '5000000000']],
  overloads: overloads('BIGINT', 8, (view, littleEndian) => view.getBigInt64(0, littleEndian)),
});

/** DOUBLE_FROM_BYTES: IEEE 754. */
export const doubleFromBytes: ScalarDef = scalar({
  name: 'DOUBLE_FROM_BYTES',
  category: 'CONVERSIONS',
  doc: 'Eight bytes as a DOUBLE, big-endian unless told otherwise.',
  examples: [["double_from_bytes(to_bytes('4080a6fd9bc9f582', 'hex'))", '532.8738323']],
  overloads: overloads('DOUBLE', 8, (view, littleEndian) => view.getFloat64(0, littleEndian)),
});
