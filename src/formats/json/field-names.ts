/**
 * How a property finds its column: by its exact name; failing that a property whose name in upper case is the column's. Where
 * several differ in case only, the last in the document counts.
 */
import type { JsonNode } from './json-node.ts';

/** The names of an object's properties by their upper-case form. */
export type FoldedNames = ReadonlyMap<string, string>;

export function foldNames(object: ReadonlyMap<string, JsonNode>): FoldedNames {
  const folded = new Map<string, string>();
  for (const name of object.keys()) folded.set(name.toUpperCase(), name);
  return folded;
}

/** The value for the column of this name, or `undefined` if the object has none. */
export function findField(
  object: ReadonlyMap<string, JsonNode>,
  folded: FoldedNames,
  column: string,
): JsonNode | undefined {
  const exact = object.get(column);
  if (exact !== undefined) return exact;
  const name = folded.get(column);
  return name === undefined ? undefined : object.get(name);
}
