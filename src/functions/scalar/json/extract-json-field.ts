import type { ScalarDef } from '../../define.ts';
import { scalar, strictBound } from '../scalar.ts';
import { jsonAsText, parseJson } from './exact-json.ts';
import { type JsonPath, followJsonPath, parseJsonPath } from './json-path.ts';

/** Paths are nearly always literals: the last one parsed is remembered per call site. */
function rememberedPath(): (text: string) => JsonPath {
  let last: { readonly text: string; readonly path: JsonPath } | null = null;
  return (text) => {
    if (last?.text !== text) last = { text, path: parseJsonPath(text) };
    return last.path;
  };
}

/** EXTRACTJSONFIELD: a JSON null is the text `null`, unlike a missing field. */
export const extractJsonField: ScalarDef = scalar({
  name: 'EXTRACTJSONFIELD',
  category: 'JSON',
  doc: 'The value at a path in a JSON text: a text without quotes, anything else as compact JSON; NULL if there is none.',
  examples: [
    [`extractjsonfield('{"a": {"b": [1.50, 2]}}', '$.a.b[0]')`, '1.50'],
    [`extractjsonfield('{"a": "text"}', '$.a')`, 'text'],
    [`extractjsonfield('{"a": 1}', '$.b')`, 'null'],
  ],
  overloads: [
    strictBound('(STRING json, STRING path) -> STRING', () => {
      const pathOf = rememberedPath();
      return (json: string, path: string) => {
        const tokens = pathOf(path);
        const root = parseJson(json);
        const found = root === null ? null : followJsonPath(root, tokens);
        return found === null ? null : jsonAsText(found);
      };
    }),
  ],
});
