import { bytesToBase64 } from '../../../types/base64.ts';
import { decimalText } from '../../../types/decimal.ts';
import { javaDoubleText, textFunction } from '../../../types/java-text.ts';
import type { SqlType } from '../../../types/type.ts';
import type { Value } from '../../../types/value.ts';
import type { ScalarDef } from '../../define.ts';
import { checkLimit, resultBytesMax } from '../limits.ts';
import { handledBound, scalar } from '../scalar.ts';
import { quoteJson } from './exact-json.ts';

type Write = (value: Value) => string;

/** The writer for values of a type, NULL among them. */
function writer(type: SqlType): Write {
  const write = presentWriter(type);
  return (value) => (value === null ? 'null' : write(value));
}

function presentWriter(type: SqlType): Write {
  switch (type.kind) {
    case 'BOOLEAN':
    case 'INTEGER':
    case 'BIGINT':
      return String;
    case 'DOUBLE':
      // JSON has no NaN or infinity: Jackson writes them as texts.
      return (value) => {
        const text = javaDoubleText(value as number);
        return Number.isFinite(value) ? text : quoteJson(text);
      };
    case 'DECIMAL':
      return (value) => decimalText(value as bigint, type.scale);
    case 'BYTES':
      return (value) => quoteJson(bytesToBase64(value as Uint8Array));
    case 'ARRAY': {
      const item = writer(type.element);
      return (value) => `[${(value as readonly Value[]).map(item).join(',')}]`;
    }
    case 'MAP':
      return mapWriter(type.key, type.value);
    case 'STRUCT':
      return structWriter(type);
    default: {
      const text = textFunction(type);
      return (value) => quoteJson(text(value));
    }
  }
}

/** Sorted by key, so that equal maps give equal texts. */
function mapWriter(key: SqlType, value: SqlType): Write {
  const keyText = textFunction(key);
  const item = writer(value);
  return (map) => {
    const entries = Array.from(map as ReadonlyMap<Value, Value>, ([name, entry]) => {
      return [name === null ? 'null' : keyText(name), item(entry)] as const;
    });
    return writeSorted(entries);
  };
}

function structWriter(type: Extract<SqlType, { kind: 'STRUCT' }>): Write {
  const fields = type.fields.map((field) => ({ name: field.name, write: writer(field.type) }));
  return (struct) => {
    const values = struct as readonly Value[];
    return writeSorted(
      fields.map(({ name, write }, index) => [name, write(values[index] ?? null)]),
    );
  };
}

function writeSorted(entries: readonly (readonly [name: string, json: string])[]): string {
  const sorted = entries.toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return `{${sorted.map(([name, json]) => `${quoteJson(name)}:${json}`).join(',')}}`;
}

/** TO_JSON_STRING: never NULL; NULL is the text `null`. */
export const toJsonString: ScalarDef = scalar({
  name: 'TO_JSON_STRING',
  category: 'JSON',
  doc: 'Any value as JSON text; the fields of structs and maps are sorted by name.',
  examples: [
    ['to_json_string(ARRAY[1, NULL, 3])', '[1,null,3]'],
    ["to_json_string(STRUCT(b := 1.50, a := 'x'))", '{"A":"x","B":1.50}'],
    ["to_json_string(CAST('2024-02-29' AS DATE))", '"2024-02-29"'],
    ['to_json_string(NULL)', 'null'],
  ],
  overloads: [
    handledBound('(T value) -> STRING', ({ args }) => {
      const write = args[0] ? writer(args[0]) : () => 'null';
      return (value: Value) => {
        const json = write(value);
        checkLimit(resultBytesMax, 'text', json.length);
        return json;
      };
    }),
  ],
});
