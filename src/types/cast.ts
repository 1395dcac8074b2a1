/**
 * CAST (spec: sql-statements.md §3.7). The function for a pair of types is put together once, so that a record pays no
 * dispatch: containers hold the functions of their parts.
 */
import { holds } from './holds.ts';
import { base64ToBytes } from './base64.ts';
import {
  type DecimalValue,
  decimalToDouble,
  doubleToDecimal,
  ensureFit,
  parseDecimal,
  powerOfTen,
  rescaleDown,
  rescaleHalfUp,
} from './decimal.ts';
import { typesEqual } from './equal-types.ts';
import { bigintToInt32, doubleToInt32, doubleToInt64 } from './integer.ts';
import { javaTrim, parseDouble, parseInt32, parseInt64, textFunction } from './java-text.ts';
import {
  MS_PER_DAY,
  parseDate,
  parseTime,
  parseTimestamp,
  timestampToDate,
  timestampToTime,
} from './temporal.ts';
import type { SqlType, TypeKind } from './type.ts';
import type { Value } from './value.ts';

/** NULL in, NULL out; throws an Error with ksqlDB's text when this value cannot be cast. */
export type Cast = (value: Value) => Value;

export interface CastOptions {
  /** `ksql.cast.strings.preserve.nulls`, on by default: when off, NULL cast to STRING is the text `null`. */
  readonly preserveNulls?: boolean;
}

/** The function that casts, or null: `Cast of X to Y is not supported`. */
export function castFunction(from: SqlType, to: SqlType, options: CastOptions = {}): Cast | null {
  const cast = castValue(from, to, options);
  if (cast === null) return null;
  if (to.kind === 'STRING' && options.preserveNulls === false)
    return (value) => (value === null ? 'null' : cast(value));
  if (cast === identity) return identity;
  return (value) => (value === null ? null : cast(value));
}

const identity: Cast = (value) => value;

/** Sees no NULL. */
function castValue(from: SqlType, to: SqlType, options: CastOptions): Cast | null {
  if (typesEqual(from, to) && !(holds(to, 'STRING') && options.preserveNulls === false))
    return identity;
  if (from.kind === 'ARRAY' && to.kind === 'ARRAY')
    return castArray(from.element, to.element, options);
  if (from.kind === 'MAP' && to.kind === 'MAP') return castMap(from, to, options);
  if (from.kind === 'STRUCT' && to.kind === 'STRUCT') return castStruct(from, to, options);
  if (to.kind === 'STRING') return from.kind === 'BYTES' ? null : textFunction(from);
  return CASTS[from.kind]?.[to.kind]?.(from, to) ?? null;
}

type MakeCast = (from: SqlType, to: SqlType) => Cast;

/** What converts to what, but for same types, containers and STRING as the target. */
const CASTS: Partial<Record<TypeKind, Partial<Record<TypeKind, MakeCast>>>> = {
  INTEGER: {
    BIGINT: () => (value) => BigInt(value as number),
    DECIMAL: (_, to) => integerToDecimal(to, (value) => BigInt(value as number)),
    DOUBLE: () => identity,
  },
  BIGINT: {
    INTEGER: () => (value) => bigintToInt32(value as bigint),
    DECIMAL: (_, to) => integerToDecimal(to, (value) => value as bigint),
    DOUBLE: () => (value) => Number(value as bigint),
  },
  DECIMAL: {
    INTEGER: (from) => truncating(from, bigintToInt32),
    BIGINT: (from) => truncating(from, (value) => BigInt.asIntN(64, value)),
    DECIMAL: decimalToDecimal,
    DOUBLE: (from) => {
      const { scale } = from as DecimalType;
      return (value) => decimalToDouble(value as bigint, scale);
    },
  },
  DOUBLE: {
    INTEGER: () => (value) => doubleToInt32(value as number),
    BIGINT: () => (value) => doubleToInt64(value as number),
    DECIMAL: (_, to) => roundedDecimal(to, (value) => doubleToDecimal(value as number)),
  },
  STRING: {
    BOOLEAN: () => (value) => textToBoolean(value as string),
    INTEGER: () => (value) => parseInt32(javaTrim(value as string)),
    BIGINT: () => (value) => parseInt64(javaTrim(value as string)),
    DECIMAL: (_, to) => roundedDecimal(to, textToDecimal),
    DOUBLE: () => (value) => parseDouble(javaTrim(value as string)),
    TIMESTAMP: () => (value) => parseTimestamp(value as string),
    DATE: () => (value) => parseDate(value as string),
    TIME: () => (value) => parseTime(value as string),
    BYTES: () => (value) => base64ToBytes(value as string),
  },
  TIMESTAMP: {
    DATE: () => (value) => timestampToDate(value as number),
    TIME: () => (value) => timestampToTime(value as number),
  },
  DATE: { TIMESTAMP: () => (value) => (value as number) * MS_PER_DAY },
};

type DecimalType = Extract<SqlType, { kind: 'DECIMAL' }>;

function integerToDecimal(to: SqlType, integer: (value: Value) => bigint): Cast {
  const { precision, scale } = to as DecimalType;
  const factor = powerOfTen(scale);
  return (value) => ensureFit(integer(value) * factor, precision, scale);
}

function decimalToDecimal(from: SqlType, to: SqlType): Cast {
  const { scale: scaleFrom } = from as DecimalType;
  const { precision, scale } = to as DecimalType;
  return (value) => ensureFit(rescaleHalfUp(value as bigint, scaleFrom, scale), precision, scale);
}

function roundedDecimal(to: SqlType, read: (value: Value) => DecimalValue): Cast {
  const { precision, scale } = to as DecimalType;
  return (value) => {
    const decimal = read(value);
    return ensureFit(rescaleHalfUp(decimal.unscaled, decimal.scale, scale), precision, scale);
  };
}

function truncating(from: SqlType, narrow: (value: bigint) => Value): Cast {
  const { scale } = from as DecimalType;
  return (value) => narrow(rescaleDown(value as bigint, scale, 0));
}

function textToDecimal(value: Value): DecimalValue {
  const text = javaTrim(value as string);
  const decimal = parseDecimal(text);
  if (decimal === null) throw new Error(`For input string: "${text}"`);
  return decimal;
}

/** True for every case-insensitive, non-empty prefix of `true` and `yes`; everything else is false. */
function textToBoolean(value: string): boolean {
  const text = javaTrim(value).toLowerCase();
  return text !== '' && ('true'.startsWith(text) || 'yes'.startsWith(text));
}

function castArray(from: SqlType, to: SqlType, options: CastOptions): Cast | null {
  const element = castFunction(from, to, options);
  if (element === null) return null;
  return (value) => (value as readonly Value[]).map(element);
}

function castMap(
  from: Extract<SqlType, { kind: 'MAP' }>,
  to: Extract<SqlType, { kind: 'MAP' }>,
  options: CastOptions,
): Cast | null {
  const castKey = castFunction(from.key, to.key, options);
  const castItem = castFunction(from.value, to.value, options);
  if (castKey === null || castItem === null) return null;
  return (value) => {
    const result = new Map<Value, Value>();
    for (const [key, item] of value as ReadonlyMap<Value, Value>)
      result.set(castKey(key), castItem(item));
    return result;
  };
}

/** Fields are matched by exact name: what only the target has is NULL, what only the source has is dropped. */
function castStruct(
  from: Extract<SqlType, { kind: 'STRUCT' }>,
  to: Extract<SqlType, { kind: 'STRUCT' }>,
  options: CastOptions,
): Cast | null {
  const casts: { readonly index: number; readonly cast: Cast }[] = [];
  for (const target of to.fields) {
    const index = from.fields.findIndex((field) => field.name === target.name);
    const cast =
      index < 0 ? identity : castFunction(from.fields[index]!.type, target.type, options);
    if (cast === null) return null;
    casts.push({ index, cast });
  }
  return (value) => {
    const source = value as readonly Value[];
    return casts.map(({ index, cast }) => (index < 0 ? null : cast(source[index]!)));
  };
}
