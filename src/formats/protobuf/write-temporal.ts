/** SQL types that are messages of their own: DECIMAL, DATE, TIME, TIMESTAMP. */
import type { SqlType } from '../../types/type.ts';
import { civilFromDays } from '../../types/temporal.ts';
import type { Value } from '../../types/value.ts';
import { bytesOfBigint } from '../bigint-bytes.ts';
import type { ByteWriter } from '../format.ts';
import { appendScalar, appendVarint } from './output.ts';
import {
  dateMessage,
  decimalMessage,
  type ProtoMessage,
  timeMessage,
  timestampMessage,
} from './schema.ts';

/** Appends the message's fields; null where the message does not stand for the type. */
export function writeTemporal(
  message: ProtoMessage,
  type: SqlType,
): ((out: ByteWriter, value: Value) => void) | null {
  if (type.kind === 'DECIMAL' && message.fullName === decimalMessage) {
    return (out, value) => writeDecimal(out, value as bigint, type.scale);
  }
  if (type.kind === 'DATE' && message.fullName === dateMessage) return writeDate;
  if (type.kind === 'TIME' && message.fullName === timeMessage) return writeTime;
  if (type.kind === 'TIMESTAMP' && message.fullName === timestampMessage) return writeTimestamp;
  return null;
}

/** Fields numbered from 1; zeros are left out. */
function writeNumbers(out: ByteWriter, numbers: readonly number[]): void {
  numbers.forEach((number, index) => {
    if (number === 0) return;
    appendVarint(out, (index + 1) << 3);
    appendScalar(out, 'int64', BigInt(number));
  });
}

function writeDate(out: ByteWriter, value: Value): void {
  const { year, month, day } = civilFromDays(value as number);
  writeNumbers(out, [year, month, day]);
}

function writeTime(out: ByteWriter, value: Value): void {
  const ms = value as number;
  const seconds = Math.floor(ms / 1000);
  const minutes = Math.floor(seconds / 60);
  writeNumbers(out, [
    Math.floor(minutes / 60),
    minutes % 60,
    seconds % 60,
    (ms % 1000) * 1_000_000,
  ]);
}

/** Nanoseconds count forward, before the epoch too. */
function writeTimestamp(out: ByteWriter, value: Value): void {
  const seconds = Math.floor((value as number) / 1000);
  writeNumbers(out, [seconds, ((value as number) - seconds * 1000) * 1_000_000]);
}

/** value = 1 (two's complement), precision = 2 (digits of this value, as Java counts them), scale = 3. */
function writeDecimal(out: ByteWriter, unscaled: bigint, scale: number): void {
  appendVarint(out, 10);
  appendScalar(out, 'bytes', bytesOfBigint(unscaled));
  appendVarint(out, 16);
  appendVarint(out, (unscaled < 0n ? -unscaled : unscaled).toString().length);
  if (scale === 0) return;
  appendVarint(out, 24);
  appendVarint(out, scale);
}
