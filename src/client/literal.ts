/**
 * Values as SQL literals. Text is written so that nothing in it can end its literal or be replaced: quotes are doubled (the
 * language has no other escape), and `${name}`, which servers replace by session variables also inside of strings, is escaped
 * as `$${name}` unless the request turns that off.
 */
import { isInt64 } from '../types/integer.ts';
import { toBase64 } from './base64.ts';
import { LeatError } from './leat-error.ts';
import { formatTimestamp } from '../types/temporal.ts';

/** A DECIMAL parameter: `decimal('19.90')`. Rows give decimals as such text. */
export class Decimal {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** Throws `client.bad-parameter` for what is not digits with at most a sign and a point. */
export function decimal(text: string): Decimal {
  if (/^-?(\d+(\.\d*)?|\.\d+)$/.test(text)) return new Decimal(text);
  throw bad(`${JSON.stringify(text)} is no decimal number`);
}

/**
 * A value for a `?`. A whole number is an INTEGER or BIGINT, other numbers are DOUBLE, bigint is INTEGER or BIGINT by its
 * size, text is STRING (and what SQL makes of it: DATE, TIME), Date is a timestamp's text, Map is MAP, other objects are STRUCT.
 */
export type Parameter =
  | null
  | boolean
  | number
  | bigint
  | string
  | Decimal
  | Uint8Array
  | Date
  | readonly Parameter[]
  | ReadonlyMap<Parameter, Parameter>
  | { readonly [field: string]: Parameter };

export interface LiteralOptions {
  /** Whether the server replaces `${name}` in the statement. */
  readonly substitutes: boolean;
}

/** Throws `client.bad-parameter` for what SQL has no literal for. */
export function literal(value: Parameter, options: LiteralOptions): string {
  switch (typeof value) {
    case 'boolean':
      return value ? 'TRUE' : 'FALSE';
    case 'bigint':
      if (isInt64(value)) return String(value);
      throw bad(`${value} does not fit BIGINT`);
    case 'number':
      return numberLiteral(value);
    case 'string':
      return textLiteral(value, options);
    case 'object':
      return value === null ? 'NULL' : objectLiteral(value, options);
    default:
      throw bad(`a ${typeof value} is no SQL value`);
  }
}

/** A name in back quotes, which keep its case and any character. */
function quotedName(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``;
}

function numberLiteral(value: number): string {
  if (Object.is(value, -0)) return '-0E0';
  if (Number.isSafeInteger(value)) return String(value);
  if (!Number.isFinite(value)) return `CAST('${value}' AS DOUBLE)`;
  return value.toExponential().replace(/e\+?/, 'E');
}

function textLiteral(text: string, { substitutes }: LiteralOptions): string {
  const quoted = `'${text.replaceAll("'", "''")}'`;
  return substitutes ? quoted.replace(/\$\{[A-Za-z0-9_@]+\}/g, '$$$&') : quoted;
}

function objectLiteral(value: Exclude<Parameter & object, null>, options: LiteralOptions): string {
  if (value instanceof Decimal) return value.text.includes('.') ? value.text : `${value.text}.`;
  if (value instanceof Uint8Array) return `TO_BYTES('${toBase64(value)}', 'base64')`;
  if (value instanceof Date) return dateLiteral(value);
  const many = (items: readonly string[]): string => items.join(', ');
  if (Array.isArray(value)) {
    if (value.length === 0) throw bad('an empty array has no type in SQL');
    return `ARRAY[${many(value.map((item) => literal(item, options)))}]`;
  }
  if (value instanceof Map) {
    if (value.size === 0) throw bad('an empty map has no type in SQL');
    return `MAP(${many([...value].map(([key, of]) => `${literal(key, options)} := ${literal(of, options)}`))})`;
  }
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== null && prototype !== Object.prototype)
    throw bad(`a ${value.constructor?.name ?? 'object'} is no SQL value`);
  return `STRUCT(${many(
    Object.entries(value).map(
      ([name, of]) => `${fieldName(name, options)} := ${literal(of as Parameter, options)}`,
    ),
  )})`;
}

/** Servers replace `${name}` between back quotes too, where it cannot be escaped. */
function fieldName(name: string, { substitutes }: LiteralOptions): string {
  if (substitutes && name.includes('${'))
    throw bad(`a field cannot be called ${JSON.stringify(name)}`);
  return quotedName(name);
}

function dateLiteral(value: Date): string {
  const time = value.getTime();
  const text = Number.isNaN(time) ? '' : formatTimestamp(time);
  if (/^\d{4}-/.test(text)) return `'${text}'`;
  throw bad('a Date outside of the years 0 to 9999 has no literal');
}

function bad(message: string): LeatError {
  return new LeatError({ code: 'client.bad-parameter', message });
}
