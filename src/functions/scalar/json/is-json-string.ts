import type { ScalarDef } from '../../define.ts';
import { handled, scalar } from '../scalar.ts';
import { parseJson } from './exact-json.ts';

function isJson(text: string | null): boolean {
  if (text === null) return false;
  try {
    return parseJson(text) !== null;
  } catch {
    return false;
  }
}

/** IS_JSON_STRING. */
export const isJsonString: ScalarDef = scalar({
  name: 'IS_JSON_STRING',
  category: 'JSON',
  doc: 'Whether a text is JSON; false for NULL and for the empty text.',
  examples: [
    [`is_json_string('{"a": 1}')`, 'true'],
    ["is_json_string('abc')", 'false'],
    ['is_json_string(NULL)', 'false'],
  ],
  overloads: [handled('(STRING text) -> BOOLEAN', isJson)],
});
