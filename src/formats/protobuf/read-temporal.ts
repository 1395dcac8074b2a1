/** Messages that stand for SQL types of their own: Decimal, Date, TimeOfDay, Timestamp. */
import type { SqlType } from '../../types/type.ts';
import { daysFromCivil, daysInMonth } from '../../types/temporal.ts';
import type { Value } from '../../types/value.ts';
import { type DecimalReader, decimalReader } from '../binary-decimal.ts';
import { FormatError } from '../format.ts';
import { dateInRange, timeInRange, timestampInRange } from '../temporal-range.ts';
import type { ProtoCursor } from './cursor.ts';
import {
  dateMessage,
  decimalMessage,
  type ProtoMessage,
  timeMessage,
  timestampMessage,
} from './schema.ts';

/** Makes the value of the message's fields 1 to 4, zero where absent. Throws FormatError. */
export type OfNumbers = (
  first: number,
  second: number,
  third: number,
  fourth: number,
) => number | null;

/** Null where the message does not stand for the type, or is a decimal. */
export function temporalOf(message: ProtoMessage, type: SqlType): OfNumbers | null {
  if (type.kind === 'DATE' && message.fullName === dateMessage) return dateOf;
  if (type.kind === 'TIME' && message.fullName === timeMessage) return timeOf;
  if (type.kind === 'TIMESTAMP' && message.fullName === timestampMessage) return timestampOf;
  return null;
}

/** Null where the message is no decimal, or the type none. */
export function decimalOf(message: ProtoMessage, type: SqlType): DecimalReader | null {
  if (type.kind !== 'DECIMAL' || message.fullName !== decimalMessage) return null;
  const read = decimalReader(type.precision, type.scale);
  return (bytes, start, end, scale) => {
    if (Math.abs(scale) > 1000) throw new FormatError(`a decimal of scale ${scale}`);
    return read(bytes, start, end, scale);
  };
}

/** google.type.Date allows zeros for "any"; a DATE is always one day. Without any of them it is the NULL of a list. */
function dateOf(year: number, month: number, day: number): number | null {
  if (year === 0 && month === 0 && day === 0) return null;
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month))
    throw new FormatError(`there is no DATE of year ${year}, month ${month} and day ${day}`);
  return dateInRange(daysFromCivil(year, month, day));
}

function timeOf(hours: number, minutes: number, seconds: number, nanos: number): number {
  return timeInRange(
    ((hours * 60 + minutes) * 60 + seconds) * 1000 + Math.trunc(nanos / 1_000_000),
  );
}

function timestampOf(seconds: number, nanos: number): number {
  return timestampInRange(seconds * 1000 + Math.trunc(nanos / 1_000_000));
}

/** Reads the message up to the cursor's end; null where the message does not stand for the type. */
export function readTemporal(
  message: ProtoMessage,
  type: SqlType,
): ((cursor: ProtoCursor) => Value) | null {
  const decimal = decimalOf(message, type);
  if (decimal !== null) return (cursor) => readDecimal(cursor, decimal);
  const value = temporalOf(message, type);
  return value === null ? null : (cursor) => value(...readNumbers(cursor));
}

/** Varints of the fields 1 to 4, zero where absent; other fields are stepped over. */
function readNumbers(cursor: ProtoCursor): [number, number, number, number] {
  const numbers: [number, number, number, number] = [0, 0, 0, 0];
  while (cursor.at < cursor.end) {
    const tag = cursor.varint();
    const index = (tag >>> 3) - 1;
    if ((tag & 7) === 0 && index >= 0 && index < 4) numbers[index] = Number(cursor.varint64());
    else cursor.skip(tag & 7);
  }
  return numbers;
}

/** value = 1, precision = 2, scale = 3; the scale may be negative. */
function readDecimal(cursor: ProtoCursor, read: DecimalReader): Value {
  let start = 0;
  let end = 0;
  let scale = 0;
  while (cursor.at < cursor.end) {
    const tag = cursor.varint();
    if (tag === 10) {
      end = cursor.lengthEnd();
      start = cursor.take(end - cursor.at);
    } else if (tag === 24) scale = cursor.varint() | 0;
    else cursor.skip(tag & 7);
  }
  return read(cursor.bytes, start, end, scale);
}
