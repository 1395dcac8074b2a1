/** Walking syntax trees without recursion. */
import { treeDepthMax } from './limits.ts';

/**
 * Whether the tree is deeper than everybody else's recursion may go. A tree is hardly deeper than its text has tokens, so small ones
 * are not looked at.
 */
export function isTooDeep(root: unknown, tokenCount: number): boolean {
  if (tokenCount <= treeDepthMax / 2) return false;
  const pending: { readonly node: unknown; readonly depth: number }[] = [{ node: root, depth: 0 }];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { node, depth } = next;
    if (depth > treeDepthMax) return true;
    if (typeof node !== 'object' || node === null) continue;
    // Lists are not a level of their own.
    const below = Array.isArray(node) ? depth : depth + 1;
    for (const child of Object.values(node)) pending.push({ node: child, depth: below });
  }
  return false;
}
