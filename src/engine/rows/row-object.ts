/**
 * Row objects of `/inserts-stream` as rows of columns (spec: api.md §7). Names are folded to upper case unless in back
 * quotes; values are coerced strictly (spec: sql-statements.md §4.2): a number never becomes text, a fraction never an
 * integer. Converters are put together once per column.
 */
import { holds } from '../../types/holds.ts';
import { base64ToBytes } from '../../types/base64.ts';
import { fitsPrecision, parseDecimal, rescaleExactly } from '../../types/decimal.ts';
import { formatType, quoteNever } from '../../types/format-type.ts';
import { isInt64 } from '../../types/integer.ts';
import { parseDate, parseTime, parseTimestamp } from '../../types/temporal.ts';
import type { Field, SqlType } from '../../types/type.ts';
import type { Row, Value } from '../../types/value.ts';

/** A value is refused; the message says which and why. */
export class RowError extends Error {
  override readonly name = 'RowError';
}

/** A number of which a double would lose digits: its text. */
class LongNumber {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
  toString(): string {
    return this.text;
  }
}

type Convert = (value: unknown) => Value;

/** More digits than a double holds, perhaps: of any number, or before the point alone. */
const longNumber = /\d[\d.]{15}/;
const longInteger = /(?<![\d.])\d{16}/;
/** Spellings of names that are remembered: clients that invent names are not. */
const namesMax = 1_000;

/** A function from the JSON text of an object to a row; missing columns are NULL, other properties are left out. Throws RowError. */
export function rowReader(columns: readonly Field[]): (text: string) => Row {
  const read = fieldReader(columns);
  const types = columns.map(({ type }) => type);
  const long = types.some((type) => holds(type, 'DECIMAL'))
    ? longNumber
    : types.some((type) => holds(type, 'BIGINT'))
      ? longInteger
      : null;
  return (text) => {
    const value = parsed(text, long);
    if (!isObject(value)) throw new RowError('Invalid JSON in inserts stream');
    return read(value);
  };
}

/** Numbers are taken digit by digit where one of them may be `long`. */
function parsed(text: string, long: RegExp | null): unknown {
  try {
    return long?.test(text) ? JSON.parse(text, exactly) : JSON.parse(text);
  } catch {
    throw new RowError('Invalid JSON in inserts stream');
  }
}

function exactly(_: string, value: unknown, context?: { readonly source?: string }): unknown {
  const source = context?.source;
  if (typeof value !== 'number' || source === undefined) return value;
  return longNumber.test(source) ? new LongNumber(source) : value;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof LongNumber)
  );
}

function fieldReader(
  fields: readonly Field[],
): (value: Readonly<Record<string, unknown>>) => Value[] {
  const converters = fields.map(({ type }) => converter(type));
  const places = new Map<string, number>();
  const placeOf = (name: string): number => {
    const known = places.get(name);
    if (known !== undefined) return known;
    const folded = /^`.*`$/s.test(name)
      ? name.slice(1, -1).replaceAll('``', '`')
      : name.toUpperCase();
    const place = fields.findIndex((field) => field.name === folded);
    if (places.size < namesMax) places.set(name, place);
    return place;
  };
  return (value) => {
    const row: Value[] = fields.map(() => null);
    for (const name in value) {
      const place = placeOf(name);
      const item = value[name];
      if (place < 0 || item === null) continue;
      row[place] = (converters[place] as Convert)(item);
    }
    return row;
  };
}

/** Sees no NULL. */
function converter(type: SqlType): Convert {
  const refuse = (value: unknown): RowError =>
    new RowError(
      `Can't coerce a field of type ${className(value)} (${shortened(value)}) into type ${formatType(type, quoteNever)}`,
    );
  const convert = converterOrNull(type);
  return (value) => {
    const converted = convert(value);
    if (converted === null) throw refuse(value);
    return converted;
  };
}

/** Null for values that do not fit. */
function converterOrNull(type: SqlType): Convert {
  switch (type.kind) {
    case 'BOOLEAN':
      return (value) => (typeof value === 'boolean' ? value : null);
    case 'INTEGER':
      return (value) => (typeof value === 'number' && (value | 0) === value ? value | 0 : null);
    case 'BIGINT':
      return (value) => {
        const integer = integerOf(value);
        return integer !== null && isInt64(integer) ? integer : null;
      };
    case 'DOUBLE':
      return (value) => (typeof value === 'number' || isLong(value) ? Number(value) : null);
    case 'DECIMAL':
      return (value) => decimalOf(value, type);
    case 'STRING':
      return (value) => (typeof value === 'string' ? value : null);
    case 'BYTES':
      return ofText(base64ToBytes);
    case 'DATE':
      return ofText(parseDate);
    case 'TIME':
      return ofText(parseTime);
    case 'TIMESTAMP':
      return ofText(parseTimestamp);
    case 'ARRAY': {
      const element = converter(type.element);
      return (value) =>
        Array.isArray(value) ? value.map((item) => (item === null ? null : element(item))) : null;
    }
    case 'MAP': {
      const key = converter(type.key);
      const item = converter(type.value);
      return (value) =>
        isObject(value)
          ? new Map(
              Object.entries(value).map(([name, of]) => [key(name), of === null ? null : item(of)]),
            )
          : null;
    }
    case 'STRUCT': {
      const read = fieldReader(type.fields);
      return (value) => (isObject(value) ? read(value) : null);
    }
  }
}

function isLong(value: unknown): value is LongNumber {
  return value instanceof LongNumber;
}

function integerOf(value: unknown): bigint | null {
  if (isLong(value)) return /^-?\d+$/.test(value.text) ? BigInt(value.text) : null;
  return typeof value === 'number' && Number.isInteger(value) ? BigInt(value) : null;
}

function decimalOf(
  value: unknown,
  { precision, scale }: Extract<SqlType, { kind: 'DECIMAL' }>,
): bigint | null {
  if (typeof value !== 'number' && typeof value !== 'string' && !isLong(value)) return null;
  const decimal = parseDecimal(String(value));
  const unscaled = decimal === null ? null : rescaleExactly(decimal.unscaled, decimal.scale, scale);
  return unscaled !== null && fitsPrecision(unscaled, precision) ? unscaled : null;
}

function ofText(parse: (text: string) => Value): Convert {
  return (value) => {
    if (typeof value !== 'string') return null;
    try {
      return parse(value);
    } catch {
      return null;
    }
  };
}

/** As ksqlDB, which is written in Java, names what it got. */
function className(value: unknown): string {
  if (isLong(value)) return `class java.lang.${integerOf(value) === null ? 'Double' : 'Long'}`;
  switch (typeof value) {
    case 'string':
      return 'class java.lang.String';
    case 'boolean':
      return 'class java.lang.Boolean';
    case 'number':
      if (!Number.isInteger(value)) return 'class java.lang.Double';
      return `class java.lang.${(value | 0) === value ? 'Integer' : 'Long'}`;
    default:
      return `class io.vertx.core.json.Json${Array.isArray(value) ? 'Array' : 'Object'}`;
  }
}

const shownMax = 60;

function shortened(value: unknown): string {
  const text = typeof value === 'object' && !isLong(value) ? JSON.stringify(value) : String(value);
  return text.length <= shownMax ? text : `${text.slice(0, shownMax)}…`;
}
