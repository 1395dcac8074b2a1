/** Messages that stand for SQL types of their own: Decimal, Date, TimeOfDay, Timestamp. */
import type { Bytes } from '../../base/env.ts';
import type { SqlType } from '../../types/type.ts';
import { daysFromCivil, daysInMonth } from '../../types/temporal.ts';
import type { Value } from '../../types/value.ts';
import { bigintOfBytes } from '../bigint-bytes.ts';
import { fitDecimal } from '../fit-decimal.ts';
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

/** Reads the message up to the cursor's end; null where the message does not stand for the type. */
export function readTemporal(
  message: ProtoMessage,
  type: SqlType,
): ((cursor: ProtoCursor) => Value) | null {
  if (type.kind === 'DECIMAL' && message.fullName === decimalMessage) {
    return (cursor) => readDecimal(cursor, type);
  }
  if (type.kind === 'DATE' && message.fullName === dateMessage) return readDate;
  if (type.kind === 'TIME' && message.fullName === timeMessage) return readTime;
  if (type.kind === 'TIMESTAMP' && message.fullName === timestampMessage) return readTimestamp;
  return null;
}

/** Varints of the fields 1 to 4, zero where absent; other fields are stepped over. */
function readNumbers(cursor: ProtoCursor): readonly [number, number, number, number] {
  const numbers: [number, number, number, number] = [0, 0, 0, 0];
  while (cursor.at < cursor.end) {
    const tag = cursor.varint();
    const index = (tag >>> 3) - 1;
    if ((tag & 7) === 0 && index >= 0 && index < 4) numbers[index] = Number(cursor.varint64());
    else cursor.skip(tag & 7);
  }
  return numbers;
}

/** google.type.Date allows zeros for "any"; a DATE is always one day. */
function readDate(cursor: ProtoCursor): Value {
  const [year, month, day] = readNumbers(cursor);
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month))
    throw new FormatError(`there is no DATE of year ${year}, month ${month} and day ${day}`);
  return dateInRange(daysFromCivil(year, month, day));
}

function readTime(cursor: ProtoCursor): Value {
  const [hours, minutes, seconds, nanos] = readNumbers(cursor);
  return timeInRange(
    ((hours * 60 + minutes) * 60 + seconds) * 1000 + Math.trunc(nanos / 1_000_000),
  );
}

function readTimestamp(cursor: ProtoCursor): Value {
  const [seconds, nanos] = readNumbers(cursor);
  return timestampInRange(seconds * 1000 + Math.trunc(nanos / 1_000_000));
}

/** value = 1, precision = 2, scale = 3; the scale may be negative. */
function readDecimal(cursor: ProtoCursor, type: Extract<SqlType, { kind: 'DECIMAL' }>): Value {
  let bytes: Bytes = new Uint8Array(0);
  let scale = 0;
  while (cursor.at < cursor.end) {
    const tag = cursor.varint();
    if (tag === 10) bytes = cursor.scalar('bytes') as Bytes;
    else if (tag === 24) scale = cursor.varint() | 0;
    else cursor.skip(tag & 7);
  }
  if (Math.abs(scale) > 1000) throw new FormatError(`a decimal of scale ${scale}`);
  const unscaled = bigintOfBytes(bytes);
  try {
    const value =
      scale < 0 ? { unscaled: unscaled * 10n ** BigInt(-scale), scale: 0 } : { unscaled, scale };
    return fitDecimal(value, type.precision, type.scale);
  } catch (error) {
    throw new FormatError(error instanceof Error ? error.message : String(error));
  }
}
