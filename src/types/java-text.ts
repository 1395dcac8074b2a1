/**
 * Values as Java prints and reads them: ksqlDB's casts between text and numbers are Java's, and its containers print as Java
 * collections do (spec: sql-statements.md §3.7).
 */
import { bytesToBase64 } from './base64.ts';
import { decimalText, shortestExponential } from './decimal.ts';
import { isInt64 } from './integer.ts';
import { formatDate, formatTime, formatTimestamp } from './temporal.ts';
import type { SqlType } from './type.ts';
import type { Value } from './value.ts';

/**
 * As Java's Double.toString: `1.0`, `1.0E10`, `1.0E-5`, `NaN`, `-Infinity`; scientific when |v| ≥ 1E7 or < 1E-3. The digits are
 * the shortest that read back as the same double, at least two.
 */
export function javaDoubleText(value: number): string {
  if (Number.isInteger(value) && value < 1e7 && value > -1e7) {
    return value === 0 && Object.is(value, -0) ? '-0.0' : `${value}.0`;
  }
  if (!Number.isFinite(value)) return String(value);
  const magnitude = Math.abs(value);
  if (magnitude >= 1e-3 && magnitude < 1e7) return String(value);
  return scientificText(value);
}

function scientificText(value: number): string {
  const text = shortestExponential(value);
  const mark = text.indexOf('e');
  return `${text.slice(0, mark)}E${text.slice(text[mark + 1] === '+' ? mark + 2 : mark + 1)}`;
}

/** As Java's String.trim: drops every character up to U+0020 at both ends. */
export function javaTrim(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && text.charCodeAt(start) <= 0x20) start++;
  while (end > start && text.charCodeAt(end - 1) <= 0x20) end--;
  return start === 0 && end === text.length ? text : text.slice(start, end);
}

const INTEGER_TEXT = /^[+-]?\d+$/;
const DOUBLE_TEXT = /^([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)[fFdD]?$/;

/** As Integer.parseInt; no trimming. Throws Java's error. */
export function parseInt32(text: string): number {
  const value = INTEGER_TEXT.test(text) ? Number(text) : Number.NaN;
  if (value >= -2_147_483_648 && value <= 2_147_483_647) return value | 0;
  throw notANumber(text);
}

/** As Long.parseLong; no trimming. Throws Java's error. */
export function parseInt64(text: string): bigint {
  if (INTEGER_TEXT.test(text)) {
    const value = BigInt(text.startsWith('+') ? text.slice(1) : text);
    if (isInt64(value)) return value;
  }
  throw notANumber(text);
}

/**
 * As Double.parseDouble, whose grammar allows a suffix (`1.5d`); the texts `NaN` and `Infinity` are refused as ksqlDB does.
 * Differs: hexadecimal doubles (`0x1p3`) are refused. No trimming. Throws Java's error.
 */
export function parseDouble(text: string): number {
  const match = DOUBLE_TEXT.exec(text);
  if (match === null) throw notANumber(text);
  return Number(match[1]);
}

function notANumber(text: string): Error {
  return new Error(`For input string: "${text}"`);
}

/**
 * The text of a value of this type that is not NULL: what CAST to STRING gives. Containers print as `[a, b]`, `{k=v, l=w}` and
 * `Struct{F0=a,F1=b}`; a NULL inside prints as `null`, but a struct leaves its NULL fields out.
 */
export function textFunction(type: SqlType): (value: Value) => string {
  switch (type.kind) {
    case 'DOUBLE':
      return (value) => javaDoubleText(value as number);
    case 'DECIMAL': {
      const { scale } = type;
      return (value) => decimalText(value as bigint, scale);
    }
    case 'STRING':
      return (value) => value as string;
    case 'BYTES':
      return (value) => bytesToBase64(value as Uint8Array);
    case 'DATE':
      return (value) => formatDate(value as number);
    case 'TIME':
      return (value) => formatTime(value as number);
    case 'TIMESTAMP':
      return (value) => formatTimestamp(value as number);
    case 'ARRAY':
      return arrayText(type.element);
    case 'MAP':
      return mapText(type.key, type.value);
    case 'STRUCT':
      return structText(type.fields);
    default:
      return String;
  }
}

function orNull(type: SqlType): (value: Value) => string {
  const text = textFunction(type);
  return (value) => (value === null ? 'null' : text(value));
}

function arrayText(element: SqlType): (value: Value) => string {
  const text = orNull(element);
  return (value) => `[${(value as readonly Value[]).map(text).join(', ')}]`;
}

function mapText(keyType: SqlType, valueType: SqlType): (value: Value) => string {
  const keyText = orNull(keyType);
  const valueText = orNull(valueType);
  return (value) => {
    const entries: string[] = [];
    for (const [key, item] of value as ReadonlyMap<Value, Value>)
      entries.push(`${keyText(key)}=${valueText(item)}`);
    return `{${entries.join(', ')}}`;
  };
}

function structText(
  fields: Extract<SqlType, { kind: 'STRUCT' }>['fields'],
): (value: Value) => string {
  const texts = fields.map((field) => textFunction(field.type));
  return (value) => {
    const parts: string[] = [];
    (value as readonly Value[]).forEach((item, index) => {
      if (item !== null) parts.push(`${fields[index]!.name}=${texts[index]!(item)}`);
    });
    return `Struct{${parts.join(',')}}`;
  };
}
