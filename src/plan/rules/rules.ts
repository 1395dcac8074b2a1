/** Rewrites of the logical plan, applied bottom-up before lowering. Each must leave results, order and errors as they are. */
import { unreachable } from '../../base/assert.ts';
import type { LogicalPlan } from '../logical.ts';
import { filterBeforeRekey } from './filter-before-rekey.ts';
import { mergeProjections } from './merge-projections.ts';

/** Returns the node itself where it does not apply. */
export type Rule = (node: LogicalPlan) => LogicalPlan;

const RULES: readonly Rule[] = [filterBeforeRekey, mergeProjections];

/** Applies the rules to every node, inputs first, until none applies to it. */
export function rewrite(plan: LogicalPlan): LogicalPlan {
  let node = withInputs(plan);
  for (let applied = true; applied; ) {
    applied = false;
    for (const rule of RULES) {
      const next = rule(node);
      if (next === node) continue;
      node = withInputs(next);
      applied = true;
    }
  }
  return node;
}

function withInputs(node: LogicalPlan): LogicalPlan {
  switch (node.kind) {
    case 'scan':
      return node;
    case 'join':
      return { ...node, left: rewrite(node.left), right: rewrite(node.right) };
    case 'filter':
    case 'project':
    case 'rekey':
    case 'flatten':
    case 'aggregate':
    case 'sink':
    case 'emit':
      return { ...node, input: rewrite(node.input) };
    default:
      return unreachable(node);
  }
}
