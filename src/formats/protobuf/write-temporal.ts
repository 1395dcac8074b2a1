/** SQL types that are messages of their own: DECIMAL, DATE, TIME, TIMESTAMP. */
import type { Bytes } from '../../base/env.ts';
import type { SqlType } from '../../types/type.ts';
import { civilFromDays } from '../../types/temporal.ts';
import type { Value } from '../../types/value.ts';
import { integerSize, putInteger } from '../binary-decimal.ts';
import { putVarint64 } from '../binary-numbers.ts';
import type { ByteWriter } from '../format.ts';
import {
  dateMessage,
  decimalMessage,
  type ProtoMessage,
  timeMessage,
  timestampMessage,
} from './schema.ts';

/** No such message is longer; four fields of eleven bytes. */
export const TEMPORAL_BYTES_MAX = 48;

/** Writes the fields of a message, for which there is room; returns the position behind them. */
export type PutTemporal = (bytes: Bytes, position: number, value: Value) => number;

/** null where the message does not stand for the type. */
export function putTemporal(message: ProtoMessage, type: SqlType): PutTemporal | null {
  if (type.kind === 'DECIMAL' && message.fullName === decimalMessage) {
    return (bytes, position, value) => putDecimal(bytes, position, value as bigint, type.scale);
  }
  if (type.kind === 'DATE' && message.fullName === dateMessage) return putDate;
  if (type.kind === 'TIME' && message.fullName === timeMessage) return putTime;
  if (type.kind === 'TIMESTAMP' && message.fullName === timestampMessage) return putTimestamp;
  return null;
}

/** Appends the message's fields; null where the message does not stand for the type. */
export function writeTemporal(
  message: ProtoMessage,
  type: SqlType,
): ((out: ByteWriter, value: Value) => void) | null {
  const put = putTemporal(message, type);
  if (put === null) return null;
  return (out, value) => {
    out.reserve(TEMPORAL_BYTES_MAX);
    out.length = put(out.bytes, out.length, value);
  };
}

/** An int64; zero is left out. */
function putField(bytes: Bytes, position: number, field: number, value: number): number {
  if (value === 0) return position;
  bytes[position] = field << 3;
  return putVarint64(bytes, position + 1, value | 0, Math.floor(value / 4_294_967_296));
}

function putDate(bytes: Bytes, position: number, value: Value): number {
  const { year, month, day } = civilFromDays(value as number);
  const p = putField(bytes, position, 1, year);
  return putField(bytes, putField(bytes, p, 2, month), 3, day);
}

function putTime(bytes: Bytes, position: number, value: Value): number {
  const ms = value as number;
  const seconds = Math.floor(ms / 1000);
  const minutes = Math.floor(seconds / 60);
  let p = putField(bytes, position, 1, Math.floor(minutes / 60));
  p = putField(bytes, p, 2, minutes % 60);
  p = putField(bytes, p, 3, seconds % 60);
  return putField(bytes, p, 4, (ms % 1000) * 1_000_000);
}

/** Nanoseconds count forward, before the epoch too. */
function putTimestamp(bytes: Bytes, position: number, value: Value): number {
  const seconds = Math.floor((value as number) / 1000);
  const p = putField(bytes, position, 1, seconds);
  return putField(bytes, p, 2, ((value as number) - seconds * 1000) * 1_000_000);
}

/** value = 1 (two's complement), precision = 2 (digits of this value, as Java counts them), scale = 3. */
function putDecimal(bytes: Bytes, position: number, unscaled: bigint, scale: number): number {
  const size = integerSize(unscaled);
  bytes[position] = 10;
  bytes[position + 1] = size;
  const p = putInteger(bytes, position + 2, unscaled, size);
  return putField(bytes, putField(bytes, p, 2, digitCount(unscaled, size)), 3, scale);
}

/** Digits without sign of a number of so many bytes. */
function digitCount(value: bigint, size: number): number {
  if (size > 6) return (value < 0n ? -value : value).toString().length;
  const number = Math.abs(Number(value));
  let count = 1;
  for (let limit = 10; number >= limit; limit *= 10) count++;
  return count;
}
