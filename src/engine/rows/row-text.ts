/**
 * Rows of query results as JSON text, an array of columns (spec: api.md §6.5). Converters are chosen once per column. Dates and
 * times are text at the top level, in arrays and maps, and numbers inside structs, as ksqlDB's clients know them.
 */
import { bytesToBase64 } from '../../types/base64.ts';
import { decimalText } from '../../types/decimal.ts';
import { javaDoubleText } from '../../types/java-text.ts';
import { formatDate, formatTime, formatTimestamp } from '../../types/temporal.ts';
import type { Field, SqlType } from '../../types/type.ts';
import type { Row, Value } from '../../types/value.ts';

type ToJson = (value: Value) => string;

/** A function from rows of these columns to their JSON text. */
export function rowTexter(columns: readonly Pick<Field, 'type'>[]): (row: Row) => string {
  const converters = columns.map((column) => converter(column.type, false));
  return (row) => {
    let text = '[';
    for (let at = 0; at < converters.length; at++) {
      if (at > 0) text += ',';
      text += (converters[at] as ToJson)(row[at] as Value);
    }
    return `${text}]`;
  };
}

function converter(type: SqlType, inStruct: boolean): ToJson {
  const convert = converterOfPresent(type, inStruct);
  return (value) => (value === null ? 'null' : convert(value));
}

function converterOfPresent(type: SqlType, inStruct: boolean): ToJson {
  switch (type.kind) {
    case 'BOOLEAN':
    case 'INTEGER':
    case 'BIGINT':
      return String;
    case 'DOUBLE':
      return (value) =>
        Number.isFinite(value)
          ? javaDoubleText(value as number)
          : `"${javaDoubleText(value as number)}"`;
    case 'DECIMAL':
      return (value) => decimalText(value as bigint, type.scale);
    case 'STRING':
      return (value) => JSON.stringify(value);
    case 'BYTES':
      return (value) => `"${bytesToBase64(value as Uint8Array)}"`;
    case 'DATE':
      return inStruct ? String : (value) => `"${formatDate(value as number)}"`;
    case 'TIME':
      return inStruct ? String : (value) => `"${formatTime(value as number)}"`;
    case 'TIMESTAMP':
      return inStruct ? String : (value) => `"${formatTimestamp(value as number)}"`;
    case 'ARRAY': {
      const element = converter(type.element, inStruct);
      return (value) => `[${(value as readonly Value[]).map(element).join(',')}]`;
    }
    case 'MAP': {
      const item = converter(type.value, inStruct);
      return (value) =>
        `{${[...(value as ReadonlyMap<Value, Value>)].map(([key, of]) => `${JSON.stringify(String(key))}:${item(of)}`).join(',')}}`;
    }
    case 'STRUCT': {
      const names = type.fields.map((field) => JSON.stringify(field.name));
      const items = type.fields.map((field) => converter(field.type, true));
      return (value) =>
        `{${items.map((item, at) => `${names[at]}:${item((value as readonly Value[])[at] as Value)}`).join(',')}}`;
    }
  }
}
