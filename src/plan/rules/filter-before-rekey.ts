/**
 * A filter above PARTITION BY moves below it when it reads no key column: rows that it drops get no new key.
 *
 *     filter(v > 1, rekey(v, scan s))  →  rekey(v, filter(v > 1, scan s))
 */
import { somePart } from '../columns.ts';
import type { LogicalPlan } from '../logical.ts';

export function filterBeforeRekey(node: LogicalPlan): LogicalPlan {
  if (node.kind !== 'filter' || node.input.kind !== 'rekey') return node;
  const rekey = node.input;
  if (somePart(node.predicate, (e) => e.kind === 'column' && e.side === 'key')) return node;
  const { key, value, collection, window } = rekey.input;
  return {
    ...rekey,
    input: { ...node, key, value, collection, window, input: rekey.input },
  };
}
