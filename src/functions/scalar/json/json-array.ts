import type { SqlType } from '../../../types/type.ts';
import type { Value } from '../../../types/value.ts';
import type { ScalarDef } from '../../define.ts';
import { handledBound, scalar, strict } from '../scalar.ts';
import { type JsonNode, parseJson, writeJson } from './exact-json.ts';

/** Does a JSON item stand for a value of this SQL type? Integers match integers only, fractions doubles only. */
function matches(item: JsonNode, value: Value, type: SqlType | null): boolean {
  switch (item.kind) {
    case 'null':
      return value === null;
    case 'boolean':
    case 'string':
      return item.value === value;
    case 'number': {
      if (value === null) return false;
      if (!item.isInteger) return type?.kind === 'DOUBLE' && Number(item.text) === value;
      const isInteger = type?.kind === 'INTEGER' || type?.kind === 'BIGINT';
      return isInteger && BigInt(item.text) === BigInt(value as number | bigint);
    }
    default:
      return false;
  }
}

function itemsOrNull(json: string): readonly JsonNode[] | null {
  const root = parseJson(json);
  return root?.kind === 'array' ? root.items : null;
}

function itemsOrNone(json: string): readonly JsonNode[] {
  try {
    return itemsOrNull(json) ?? [];
  } catch {
    return [];
  }
}

/** JSON_ARRAY_CONTAINS: strict about types, so no JSON number equals a DECIMAL. */
export const jsonArrayContains: ScalarDef = scalar({
  name: 'JSON_ARRAY_CONTAINS',
  category: 'JSON',
  doc: 'Whether a JSON array holds a value; false for text that is no JSON array.',
  examples: [
    ["json_array_contains('[1, 2, 3]', 3)", 'true'],
    [`json_array_contains('["a", null]', NULL)`, 'true'],
    ["json_array_contains('[1]', 1.0E0)", 'false'],
  ],
  overloads: [
    handledBound('(STRING json, T value) -> BOOLEAN', ({ args }) => {
      const type = args[1] ?? null;
      return (json: string | null, value: Value) => {
        if (json === null) throw new Error('json_array_contains requires a JSON text, got NULL');
        return itemsOrNone(json).some((item) => matches(item, value, type));
      };
    }),
  ],
});

/** JSON_ARRAY_LENGTH. */
export const jsonArrayLength: ScalarDef = scalar({
  name: 'JSON_ARRAY_LENGTH',
  category: 'JSON',
  doc: 'The number of elements of a JSON array; NULL for other JSON.',
  examples: [
    ["json_array_length('[1, [2, 3]]')", '2'],
    ["json_array_length('{}')", 'null'],
  ],
  overloads: [
    strict('(STRING json) -> INTEGER', (json: string) => itemsOrNull(json)?.length ?? null),
  ],
});

/** JSON_ITEMS. */
export const jsonItems: ScalarDef = scalar({
  name: 'JSON_ITEMS',
  category: 'JSON',
  doc: 'The elements of a JSON array, each as compact JSON.',
  examples: [[`json_items('[1, "a", {"b": 2}]')`, '[1, "a", {"b":2}]']],
  overloads: [
    strict('(STRING json) -> ARRAY<STRING>', (json: string) => {
      const items = itemsOrNull(json);
      if (items === null) throw new Error('json_items requires a JSON array');
      return items.map(writeJson);
    }),
  ],
});
