import type { ScalarDef } from '../../define.ts';
import { checkLimit, resultBytesMax } from '../limits.ts';
import { scalar, strict } from '../scalar.ts';
import { type JsonNode, parseJson, writeJson } from './exact-json.ts';

/** Objects alone merge, later fields winning; otherwise all are concatenated as arrays. */
function combine(nodes: readonly JsonNode[]): JsonNode {
  const objects = nodes.filter((node) => node.kind === 'object');
  if (objects.length === nodes.length) {
    return { kind: 'object', fields: new Map(objects.flatMap((object) => [...object.fields])) };
  }
  const items = nodes.flatMap((node) => (node.kind === 'array' ? node.items : [node]));
  return { kind: 'array', items };
}

function concatJson(...texts: string[]): string | null {
  const nodes: JsonNode[] = [];
  for (const text of texts) {
    const node = parseJson(text);
    if (node === null) return null;
    nodes.push(node);
  }
  const [first, ...others] = nodes;
  if (first === undefined) return null;
  const json = writeJson(others.length === 0 ? first : combine(nodes));
  checkLimit(resultBytesMax, 'text', json.length);
  return json;
}

/** JSON_CONCAT. */
export const jsonConcat: ScalarDef = scalar({
  name: 'JSON_CONCAT',
  category: 'JSON',
  doc: 'JSON texts joined: objects are merged, anything else is concatenated as arrays.',
  examples: [
    [`json_concat('{"a": 1}', '{"b": 2}')`, '{"a":1,"b":2}'],
    [`json_concat('[1, 2]', '3')`, '[1,2,3]'],
  ],
  overloads: [strict('(STRING... values) -> STRING', concatJson)],
});
