/**
 * Rows of answers as objects. What a value becomes depends on its type alone, wherever it stands (servers send dates inside
 * structs as numbers, elsewhere as text):
 *
 * BOOLEAN boolean · INTEGER, DOUBLE number · BIGINT bigint · DECIMAL its text, zeros at the end included · STRING string ·
 * BYTES Uint8Array · DATE `2024-05-01` · TIME `10:15` or `10:15:30` · TIMESTAMP Date · ARRAY array · MAP Map · STRUCT object ·
 * NULL null
 */
import { formatDate, formatTime } from '../types/temporal.ts';
import type { Field, SqlType } from '../types/type.ts';
import { fromBase64 } from './base64.ts';
import { type Exactness, parseExactly } from './exact-json.ts';
import { LeatError } from './leat-error.ts';

/** What a value of a row is. */
export type Value =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | Date
  | readonly Value[]
  | ReadonlyMap<Value, Value>
  | { readonly [field: string]: Value };
/** A row unless its type is given: one property a column. */
export type AnyRow = Readonly<Record<string, Value>>;

type Read = (json: unknown) => Value;

/** Functions that make objects of rows, each given as JSON array of these columns, in their order. */
export interface RowReader {
  /** Of the array's text. */
  fromText(text: string): AnyRow;
  /** Of many rows: the text of an array of arrays. */
  manyFromText(text: string): readonly AnyRow[];
  /** Of rows that `parseExactly` has read with this exactness. */
  many(json: unknown): readonly AnyRow[];
  readonly exactness: Exactness;
}

export function rowReader(columns: readonly Field[]): RowReader {
  const reads = columns.map(({ type }) => readerOf(type));
  const names = columns.map(({ name }) => name);
  const exactness = exactnessOf(columns.map(({ type }) => type));
  const rowOf = (values: readonly unknown[]): AnyRow => {
    const row: Record<string, Value> = {};
    for (let at = 0; at < names.length; at++)
      set(row, names[at] as string, (reads[at] as Read)(values[at] ?? null));
    return row;
  };
  const many = (json: unknown): readonly AnyRow[] =>
    arrayOf(json).map((row) => rowOf(arrayOf(row)));
  return {
    fromText: (text) => rowOf(arrayOf(parseExactly(text, exactness))),
    manyFromText: (text) => many(parseExactly(text, exactness)),
    many,
    exactness,
  };
}

function arrayOf(json: unknown): readonly unknown[] {
  if (Array.isArray(json)) return json;
  throw new LeatError({
    code: 'client.bad-answer',
    message: 'the server sent a row that is no array',
  });
}

/** A property of its own, also where the name means something to objects. */
function set(object: Record<string, Value>, name: string, value: Value): void {
  if (name !== '__proto__') object[name] = value;
  else
    Object.defineProperty(object, name, {
      value,
      enumerable: true,
      writable: true,
      configurable: true,
    });
}

/** What numbers of these types need. */
export function exactnessOf(types: readonly SqlType[]): Exactness {
  if (types.some((type) => holds(type, 'DECIMAL'))) return 'text';
  return types.some((type) => holds(type, 'BIGINT') || holds(type, 'TIMESTAMP'))
    ? 'digits'
    : 'none';
}

function holds(type: SqlType, kind: SqlType['kind']): boolean {
  switch (type.kind) {
    case 'ARRAY':
      return holds(type.element, kind);
    case 'MAP':
      return holds(type.key, kind) || holds(type.value, kind);
    case 'STRUCT':
      return type.fields.some((field) => holds(field.type, kind));
    default:
      return type.kind === kind;
  }
}

function readerOf(type: SqlType): Read {
  const read = readerOfPresent(type);
  return (json) => (json === null ? null : read(json));
}

function readerOfPresent(type: SqlType): Read {
  switch (type.kind) {
    case 'BOOLEAN':
      return (json) => json === true || json === 'true';
    case 'INTEGER':
    case 'DOUBLE':
      return Number;
    case 'BIGINT':
      return (json) => BigInt(json as number | string);
    case 'DECIMAL':
    case 'STRING':
      return String;
    case 'BYTES':
      return (json) => fromBase64(String(json));
    case 'DATE':
      return (json) => (isNumber(json) ? formatDate(Number(json)) : String(json));
    case 'TIME':
      return (json) => (isNumber(json) ? formatTime(Number(json)) : String(json));
    case 'TIMESTAMP':
      return timestampOf;
    case 'ARRAY': {
      const element = readerOf(type.element);
      return (json) => (json as readonly unknown[]).map(element);
    }
    case 'MAP': {
      const key = readerOf(type.key);
      const value = readerOf(type.value);
      return (json) =>
        new Map(Object.entries(json as object).map(([name, of]) => [key(name), value(of)]));
    }
    case 'STRUCT': {
      const fields = type.fields.map((field) => ({ name: field.name, read: readerOf(field.type) }));
      return (json) => {
        const object: Record<string, Value> = {};
        for (const { name, read } of fields)
          set(object, name, read((json as Readonly<Record<string, unknown>>)[name] ?? null));
        return object;
      };
    }
  }
}

function isNumber(json: unknown): boolean {
  return typeof json === 'number' || /^-?\d+$/.test(String(json));
}

/** Text is UTC; a year beyond 9999 has a sign, for which JavaScript wants six digits. */
function timestampOf(json: unknown): Date {
  const date = isNumber(json)
    ? new Date(Number(json))
    : new Date(
        `${String(json).replace(/^([+-])(\d+)/, (_, sign, year: string) => sign + year.padStart(6, '0'))}Z`,
      );
  if (!Number.isNaN(date.getTime())) return date;
  throw new LeatError({
    code: 'client.bad-answer',
    message: `TIMESTAMP ${String(json)} is outside what Date holds`,
    hint: 'Select it as text: CAST(column AS STRING).',
  });
}
