/** Walks over syntax trees of expressions. */
import type * as ast from '../../../grammar/ast.ts';
import { unreachable } from '../../base/assert.ts';
import { argumentsOf } from './units.ts';

/** An expression, or what only stands as an argument. */
export type AnyExpression = ast.Argument;

/** Direct parts of an expression, left to right. */
export function children(node: AnyExpression): readonly AnyExpression[] {
  switch (node.kind) {
    case 'null':
    case 'boolean':
    case 'integer':
    case 'decimal':
    case 'double':
    case 'string':
    case 'column':
    case 'intervalUnit':
      return [];
    case 'dereference':
      return [node.base];
    case 'subscript':
      return [node.base, node.index];
    case 'call':
      return argumentsOf(node);
    case 'lambda':
      return [node.body];
    case 'case': {
      const whens = node.whens.flatMap((when) => [when.condition, when.result]);
      return [node.operand, ...whens, node.otherwise].filter((part) => part !== null);
    }
    case 'cast':
    case 'unary':
    case 'not':
    case 'isNull':
      return [node.value];
    case 'array':
      return node.elements;
    case 'map':
      return node.entries.flatMap((entry) => [entry.key, entry.value]);
    case 'struct':
      return node.fields.map((field) => field.value);
    case 'arithmetic':
    case 'comparison':
    case 'logical':
      return [node.left, node.right];
    case 'between':
      return [node.value, node.lower, node.upper];
    case 'in':
      return [node.value, ...node.items];
    case 'like':
      return [node.value, node.pattern];
    default:
      return unreachable(node);
  }
}

/**
 * Rebuilds an expression from the outside in: where `replace` gives an expression it stands instead, elsewhere the parts are
 * rewritten. `bound` names the parameters of the lambdas around a node.
 */
export function rewrite(
  node: ast.Expression,
  replace: (node: ast.Expression, bound: ReadonlySet<string>) => ast.Expression | null,
  bound: ReadonlySet<string> = new Set(),
): ast.Expression {
  const into = (part: ast.Expression): ast.Expression => rewrite(part, replace, bound);
  const replaced = replace(node, bound);
  if (replaced !== null) return replaced;
  switch (node.kind) {
    case 'null':
    case 'boolean':
    case 'integer':
    case 'decimal':
    case 'double':
    case 'string':
    case 'column':
      return node;
    case 'dereference':
      return { ...node, base: into(node.base) };
    case 'subscript':
      return { ...node, base: into(node.base), index: into(node.index) };
    case 'call':
      return {
        ...node,
        arguments: argumentsOf(node).map((part) => argument(part, replace, bound)),
      };
    case 'case':
      return {
        ...node,
        operand: node.operand === null ? null : into(node.operand),
        whens: node.whens.map((when) => ({
          ...when,
          condition: into(when.condition),
          result: into(when.result),
        })),
        otherwise: node.otherwise === null ? null : into(node.otherwise),
      };
    case 'cast':
    case 'unary':
    case 'not':
    case 'isNull':
      return { ...node, value: into(node.value) };
    case 'array':
      return { ...node, elements: node.elements.map(into) };
    case 'map': {
      const entries = node.entries.map((entry) => ({
        ...entry,
        key: into(entry.key),
        value: into(entry.value),
      }));
      return { ...node, entries };
    }
    case 'struct':
      return {
        ...node,
        fields: node.fields.map((field) => ({ ...field, value: into(field.value) })),
      };
    case 'arithmetic':
    case 'comparison':
    case 'logical':
      return { ...node, left: into(node.left), right: into(node.right) };
    case 'between':
      return {
        ...node,
        value: into(node.value),
        lower: into(node.lower),
        upper: into(node.upper),
      };
    case 'in':
      return { ...node, value: into(node.value), items: node.items.map(into) };
    case 'like':
      return { ...node, value: into(node.value), pattern: into(node.pattern) };
    default:
      return unreachable(node);
  }
}

function argument(
  node: ast.Argument,
  replace: (node: ast.Expression, bound: ReadonlySet<string>) => ast.Expression | null,
  bound: ReadonlySet<string>,
): ast.Argument {
  if (node.kind === 'intervalUnit') return node;
  if (node.kind !== 'lambda') return rewrite(node, replace, bound);
  const inner = new Set([...bound, ...node.parameters.map((parameter) => parameter.name)]);
  return { ...node, body: rewrite(node.body, replace, inner) };
}

/** Every column reference that is not a lambda's parameter, left to right. */
export function columnReferences(node: AnyExpression): readonly ast.ColumnReference[] {
  const found: ast.ColumnReference[] = [];
  collect(node, new Set(), found);
  return found;
}

function collect(
  node: AnyExpression,
  bound: ReadonlySet<string>,
  found: ast.ColumnReference[],
): void {
  if (node.kind === 'column') {
    if (node.source !== null || !bound.has(node.name.name)) found.push(node);
    return;
  }
  const inner =
    node.kind === 'lambda'
      ? new Set([...bound, ...node.parameters.map((parameter) => parameter.name)])
      : bound;
  for (const child of children(node)) collect(child, inner, found);
}

/** Calls of functions that `wanted` accepts by name, outermost first, left to right. */
export function callsOf(
  node: AnyExpression,
  wanted: (name: string) => boolean,
): readonly ast.FunctionCall[] {
  const inside = children(node).flatMap((child) => callsOf(child, wanted));
  return node.kind === 'call' && wanted(node.name.name) ? [node, ...inside] : inside;
}
