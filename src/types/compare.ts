/**
 * Comparing values (spec: sql-statements.md §3.4). What compares with what is decided once per pair of types; what runs per
 * record is a closure for just that pair.
 */
import { compareDecimals, doubleToDecimal } from './decimal.ts';
import { typesEqual } from './equal-types.ts';
import { asDecimalType, isNumeric } from './numeric-types.ts';
import { MS_PER_DAY, parseDate, parseTime, parseTimestamp } from './temporal.ts';
import type { Field, SqlType } from './type.ts';
import type { Value } from './value.ts';
import { keyFunction } from './value-key.ts';

/** Negative, 0 or positive; NaN when unordered (a DOUBLE NaN). Neither side may be NULL. May throw (text that is no date). */
export type Compare = (a: Value, b: Value) => number;
export type Equals = (a: Value, b: Value) => boolean;

/** How two types compare with one another. */
export type Comparator =
  /** All of `= <> < <= > >=`. `<>` must be asked as `< 0 or > 0`: a NaN makes both `=` and `<>` false. */
  | { readonly kind: 'ordered'; readonly compare: Compare }
  /** Only `=`, `<>` and IS [NOT] DISTINCT FROM. */
  | { readonly kind: 'equality'; readonly equals: Equals };

/** Null if values of these types cannot be compared. */
export function comparator(a: SqlType, b: SqlType): Comparator | null {
  const compare = compareFunction(a, b);
  if (compare !== null) return { kind: 'ordered', compare };
  switch (a.kind) {
    case 'BOOLEAN':
    case 'ARRAY':
    case 'MAP':
    case 'STRUCT':
      return a.kind === b.kind ? { kind: 'equality', equals: crossEquals(a, b) } : null;
    default:
      return null;
  }
}

function compareFunction(a: SqlType, b: SqlType): Compare | null {
  if (isNumeric(a) && isNumeric(b)) return compareNumeric(a, b);
  switch (a.kind) {
    case 'STRING':
      return b.kind === 'STRING' ? compareExactly : flip(compareTemporal(b, a));
    case 'DATE':
    case 'TIME':
    case 'TIMESTAMP':
      return compareTemporal(a, b);
    case 'BYTES':
      return b.kind === 'BYTES' ? compareBytes : null;
    default:
      return null;
  }
}

/** For numbers without NaN, bigints, a mix of both, and text (by UTF-16 code unit). */
const compareExactly: Compare = (a, b) => (a! < b! ? -1 : a! > b! ? 1 : 0);

/** As `compareExactly`, where either may be NaN. */
const compareDoubles: Compare = (a, b) => (a! < b! ? -1 : a! > b! ? 1 : a! <= b! ? 0 : Number.NaN);

function flip(compare: Compare | null): Compare | null {
  return compare === null ? null : (a, b) => 0 - compare(b, a);
}

function compareNumeric(a: SqlType, b: SqlType): Compare {
  const decimalA = asDecimalType(a);
  const decimalB = asDecimalType(b);
  if (a.kind === 'DECIMAL' || b.kind === 'DECIMAL') {
    if (decimalA !== null && decimalB !== null) {
      const { scale: scaleA } = decimalA;
      const { scale: scaleB } = decimalB;
      if (scaleA === scaleB) return compareExactly;
      return (x, y) => compareDecimals(BigInt(x as bigint), scaleA, BigInt(y as bigint), scaleB);
    }
    return decimalA === null
      ? compareDoubleToDecimal(decimalB!.scale)
      : flip(compareDoubleToDecimal(decimalA.scale))!;
  }
  if (a.kind === 'DOUBLE' || b.kind === 'DOUBLE') return compareDoubles;
  return compareExactly;
}

/** By the decimal of the double's shortest text; a NaN or infinite double is an evaluation error. */
function compareDoubleToDecimal(scale: number): Compare {
  return (x, y) => {
    const decimal = doubleToDecimal(x as number);
    return compareDecimals(decimal.unscaled, decimal.scale, y as bigint, scale);
  };
}

/** `a` is a DATE, TIME or TIMESTAMP; text is read as one of these, and fails the evaluation if it is none. */
function compareTemporal(a: SqlType, b: SqlType): Compare | null {
  if (a.kind === b.kind) return isTemporal(a) ? compareExactly : null;
  if (b.kind === 'STRING') {
    if (a.kind === 'DATE') return (x, y) => compareExactly(x, parseDate(y as string));
    if (a.kind === 'TIME') return (x, y) => compareExactly(x, parseTime(y as string));
    if (a.kind === 'TIMESTAMP') return (x, y) => compareExactly(x, parseTimestamp(y as string));
  }
  if (a.kind === 'DATE' && b.kind === 'TIMESTAMP')
    return (x, y) => compareExactly((x as number) * MS_PER_DAY, y);
  if (a.kind === 'TIMESTAMP' && b.kind === 'DATE')
    return (x, y) => compareExactly(x, (y as number) * MS_PER_DAY);
  return null;
}

function isTemporal(type: SqlType): boolean {
  return type.kind === 'DATE' || type.kind === 'TIME' || type.kind === 'TIMESTAMP';
}

/** Lexicographic by signed byte, a prefix first. */
const compareBytes: Compare = (a, b) => {
  const x = a as Uint8Array;
  const y = b as Uint8Array;
  const length = Math.min(x.length, y.length);
  for (let index = 0; index < length; index++) {
    const difference = ((x[index]! << 24) >> 24) - ((y[index]! << 24) >> 24);
    if (difference !== 0) return difference;
  }
  return x.length - y.length;
};

/**
 * The total order of one type's values, as Java's compareTo: -0.0 before 0.0, NaN last, false before true. For sorting, MIN and
 * MAX. Null for containers, which have none. Neither side may be NULL.
 */
export function naturalOrder(type: SqlType): Compare | null {
  switch (type.kind) {
    case 'ARRAY':
    case 'MAP':
    case 'STRUCT':
      return null;
    case 'DOUBLE':
      return (a, b) => {
        if (a! < b!) return -1;
        if (a! > b!) return 1;
        if (Object.is(a, b)) return 0;
        if (Number.isNaN(a as number)) return 1;
        return Number.isNaN(b as number) || Object.is(a, -0) ? -1 : 1;
      };
    case 'BYTES':
      return compareBytes;
    default:
      return compareExactly;
  }
}

/**
 * Deep equality of two values of one type, as Java's equals: NULL equals NULL, NaN equals NaN, -0.0 is not 0.0, maps are equal
 * whatever the order of their entries.
 */
export function equalsFunction(type: SqlType): Equals {
  switch (type.kind) {
    case 'DOUBLE':
      return Object.is;
    case 'BYTES':
      return (a, b) => a === b || (a !== null && b !== null && compareBytes(a, b) === 0);
    case 'ARRAY':
      return arrayEquals(equalsFunction(type.element));
    case 'MAP':
      return mapEquals(keyFunction(type.key), keyFunction(type.key), equalsFunction(type.value));
    case 'STRUCT':
      return structEquals(type.fields.map((field) => equalsFunction(field.type)));
    default:
      return (a, b) => a === b;
  }
}

/** As `equalsFunction`, for one call; where many values are compared, keep the function. */
export function valuesEqual(type: SqlType, a: Value, b: Value): boolean {
  return equalsFunction(type)(a, b);
}

/** Equality of values whose types differ in their parts: parts compare as their types do, and are unequal if these cannot. */
function crossEquals(a: SqlType, b: SqlType): Equals {
  if (typesEqual(a, b)) return equalsFunction(a);
  if (a.kind === 'ARRAY' && b.kind === 'ARRAY')
    return arrayEquals(crossEquals(a.element, b.element));
  if (a.kind === 'MAP' && b.kind === 'MAP') {
    if (!typesEqual(a.key, b.key)) return () => false;
    return mapEquals(keyFunction(a.key), keyFunction(b.key), crossEquals(a.value, b.value));
  }
  if (a.kind === 'STRUCT' && b.kind === 'STRUCT') {
    if (!sameNames(a.fields, b.fields)) return () => false;
    return structEquals(a.fields.map((field, at) => crossEquals(field.type, b.fields[at]!.type)));
  }
  const compare = compareFunction(a, b);
  if (compare === null) return (x, y) => x === null && y === null;
  return (x, y) => (x === null || y === null ? x === y : compare(x, y) === 0);
}

function sameNames(a: readonly Field[], b: readonly Field[]): boolean {
  return a.length === b.length && a.every((field, index) => field.name === b[index]!.name);
}

function arrayEquals(element: Equals): Equals {
  return (a, b) => {
    if (a === b) return true;
    if (a === null || b === null) return false;
    const x = a as readonly Value[];
    const y = b as readonly Value[];
    if (x.length !== y.length) return false;
    for (let index = 0; index < x.length; index++) if (!element(x[index]!, y[index]!)) return false;
    return true;
  };
}

function structEquals(fields: readonly Equals[]): Equals {
  return (a, b) => {
    if (a === b) return true;
    if (a === null || b === null) return false;
    const x = a as readonly Value[];
    const y = b as readonly Value[];
    for (let index = 0; index < fields.length; index++)
      if (!fields[index]!(x[index]!, y[index]!)) return false;
    return true;
  };
}

function mapEquals(
  keyA: (value: Value) => string,
  keyB: (value: Value) => string,
  item: Equals,
): Equals {
  return (a, b) => {
    if (a === b) return true;
    if (a === null || b === null) return false;
    const x = a as ReadonlyMap<Value, Value>;
    const y = b as ReadonlyMap<Value, Value>;
    if (x.size !== y.size) return false;
    const byKey = new Map<string, Value>();
    for (const [key, value] of y) byKey.set(keyB(key), value);
    for (const [key, value] of x) {
      const other = byKey.get(keyA(key));
      if (other === undefined || !item(value, other)) return false;
    }
    return true;
  };
}
