/**
 * The small JSON path language of EXTRACTJSONFIELD: `$`, then any number of `.name`, `[token]` and `["quoted"]`.
 */
import type { JsonNode } from './exact-json.ts';

/** Field names or indexes, outermost first. */
export type JsonPath = readonly string[];

const step = /\.([\p{L}\p{Nd}_:@]+)|\[([\p{L}\p{Nd}_]+)\]|\["((?:[^"\\]|\\["\\])*)"\]/uy;

/** Throws `Invalid JSON path: '…'` for text that is not a path. */
export function parseJsonPath(text: string): JsonPath {
  if (!text.startsWith('$')) throw invalid(text);
  const path: string[] = [];
  step.lastIndex = 1;
  while (step.lastIndex < text.length) {
    const match = step.exec(text);
    if (match === null) throw invalid(text);
    const [, name, token, quoted = ''] = match;
    path.push(name ?? token ?? quoted.replace(/\\(["\\])/g, '$1'));
  }
  return path;
}

function invalid(text: string): Error {
  return new Error(`Invalid JSON path: '${text}'`);
}

/** The node a path leads to; null if there is none. On an array a token must be an index from 0. */
export function followJsonPath(root: JsonNode, path: JsonPath): JsonNode | null {
  let node: JsonNode | undefined = root;
  for (const token of path) {
    if (node.kind === 'object') node = node.fields.get(token);
    else if (node.kind === 'array' && /^[0-9]+$/.test(token)) node = node.items[Number(token)];
    else return null;
    if (node === undefined) return null;
  }
  return node;
}
