/** Columns as fields of a DELIMITED record and back (spec: semantics.md §3.5). A NULL is an empty field in both directions. */
import { base64ToBytes, bytesToBase64 } from '../../types/base64.ts';
import { decimalText, parseDecimal } from '../../types/decimal.ts';
import { javaDoubleText, parseDouble, parseInt32, parseInt64 } from '../../types/java-text.ts';
import { MS_PER_DAY } from '../../types/temporal.ts';
import type { SqlType } from '../../types/type.ts';
import type { Value } from '../../types/value.ts';
import { fitDecimal } from '../fit-decimal.ts';
import { NUMBER_DIGITS_MAX } from '../limits.ts';

/** Throws an Error in ksqlDB's words, without saying which column. */
export type FieldReader = (text: string) => Value;

/** The reader for fields of a type that are not empty; of containers there are none. */
export function fieldReader(type: SqlType): FieldReader {
  switch (type.kind) {
    case 'BOOLEAN':
      return (text) => text.length === 4 && text.toLowerCase() === 'true';
    case 'INTEGER':
    case 'DATE':
      return parseInt32;
    case 'BIGINT':
      return parseInt64;
    case 'TIME':
      return timeOfDay;
    case 'TIMESTAMP':
      return timestamp;
    case 'DOUBLE':
      return double;
    case 'DECIMAL': {
      const { precision, scale } = type;
      return (text) => decimal(text, precision, scale);
    }
    case 'BYTES':
      return base64ToBytes;
    default:
      return (text) => text;
  }
}

function timeOfDay(text: string): number {
  const timeMs = Number(parseInt64(text));
  if (timeMs >= 0 && timeMs <= MS_PER_DAY) return timeMs;
  throw new Error(
    'Time values must use number of milliseconds greater than 0 and less than 86400000.',
  );
}

function timestamp(text: string): number {
  const timestampMs = Number(parseInt64(text));
  if (Number.isSafeInteger(timestampMs)) return timestampMs;
  throw notANumber(text);
}

/** Differs: a number beyond the largest DOUBLE is refused where ksqlDB makes it Infinity. */
function double(text: string): number {
  if (/^[+-]?(NaN|Infinity)$/.test(text)) return Number(text);
  const value = parseDouble(text);
  if (Number.isFinite(value)) return value;
  throw notANumber(text);
}

function decimal(text: string, precision: number, scale: number): bigint {
  const value = text.length > NUMBER_DIGITS_MAX ? null : parseDecimal(text);
  if (value === null) throw notANumber(text);
  return fitDecimal(value, precision, scale);
}

function notANumber(text: string): Error {
  return new Error(`For input string: "${text}"`);
}

/** The text of a value that is not NULL, before quoting. */
export function fieldText(type: SqlType): (value: Value) => string {
  switch (type.kind) {
    case 'DOUBLE':
      return (value) => javaDoubleText(value as number);
    case 'DECIMAL': {
      const { scale } = type;
      return (value) => decimalText(value as bigint, scale);
    }
    case 'BYTES':
      return (value) => bytesToBase64(value as Uint8Array);
    case 'STRING':
      return (value) => value as string;
    default:
      return String;
  }
}
