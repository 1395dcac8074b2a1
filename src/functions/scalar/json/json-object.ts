import type { ScalarDef } from '../../define.ts';
import { scalar, strict } from '../scalar.ts';
import { type JsonNode, jsonAsText, parseJson } from './exact-json.ts';

function fieldsOrNull(json: string): ReadonlyMap<string, JsonNode> | null {
  const root = parseJson(json);
  return root?.kind === 'object' ? root.fields : null;
}

/** JSON_KEYS. */
export const jsonKeys: ScalarDef = scalar({
  name: 'JSON_KEYS',
  category: 'JSON',
  doc: 'The field names of a JSON object in document order; NULL for other JSON.',
  examples: [[`json_keys('{"b": 1, "a": 2}')`, '[b, a]']],
  overloads: [
    strict('(STRING json) -> ARRAY<STRING>', (json: string) => {
      const fields = fieldsOrNull(json);
      return fields === null ? null : Array.from(fields.keys());
    }),
  ],
});

/** JSON_RECORDS. */
export const jsonRecords: ScalarDef = scalar({
  name: 'JSON_RECORDS',
  category: 'JSON',
  doc: 'The fields of a JSON object: texts without quotes, anything else as compact JSON; NULL for other JSON.',
  examples: [[`json_records('{"a": "x", "b": [1, 2]}')`, '{a=x, b=[1,2]}']],
  overloads: [
    strict('(STRING json) -> MAP<STRING, STRING>', (json: string) => {
      const fields = fieldsOrNull(json);
      if (fields === null) return null;
      return new Map(Array.from(fields, ([name, node]) => [name, jsonAsText(node)]));
    }),
  ],
});
