/**
 * From a syntax tree to a bound expression: names become slots, overloads are chosen, implicit casts written out, types checked
 * (spec: sql-statements.md §3). One walk; each kind of node is bound in the file that knows its rules.
 */
import type * as ast from '../../../grammar/ast.ts';
import { unreachable } from '../../base/assert.ts';
import { problem } from '../../base/errors.ts';
import type { Expression } from '../../plan/expression.ts';
import { castFunction } from '../../types/cast.ts';
import { typesEqual } from '../../types/equal-types.ts';
import { formatType } from '../../types/format-type.ts';
import type { SqlType } from '../../types/type.ts';
import { bindCall } from './calls.ts';
import { bindBetween, bindComparison } from './comparison.ts';
import { bindCase, bindIn } from './conditional.ts';
import { bindArray, bindDereference, bindMap, bindStruct, bindSubscript } from './containers.ts';
import { type Binder, type BindEnvironment, printResolved } from './environment.ts';
import { bindLiteral } from './literals.ts';
import {
  bindArithmetic,
  bindIsNull,
  bindLike,
  bindLogical,
  bindNot,
  bindSign,
} from './operators.ts';
import { resolveType } from './resolve-type.ts';
import { resolveColumn } from './scope.ts';

/** The bound expression; its type is null for the literal NULL only. Throws Problems `analyze.*` and `functions.*`. */
export function bindExpression(node: ast.Expression, environment: BindEnvironment): Expression {
  return createBinder(environment).bind(node);
}

/** For what binds parts of expressions itself: aggregate and table functions. */
export function createBinder(
  environment: BindEnvironment,
  params: ReadonlyMap<string, SqlType> = new Map(),
): Binder {
  const binder: Binder = {
    environment,
    params,
    bind: (node) => environment.known?.(node) ?? bindNode(node, binder),
    within: (inner) => createBinder(environment, inner),
    print: (node) => printResolved(node, environment.scope),
  };
  return binder;
}

function bindNode(node: ast.Expression, binder: Binder): Expression {
  switch (node.kind) {
    case 'null':
    case 'boolean':
    case 'integer':
    case 'decimal':
    case 'double':
    case 'string':
      return bindLiteral(node);
    case 'column':
      return bindColumn(node, binder);
    case 'dereference':
      return bindDereference(node, binder);
    case 'subscript':
      return bindSubscript(node, binder);
    case 'call':
      return bindCall(node, binder);
    case 'case':
      return bindCase(node, binder);
    case 'cast':
      return bindCast(node, binder);
    case 'array':
      return bindArray(node, binder);
    case 'map':
      return bindMap(node, binder);
    case 'struct':
      return bindStruct(node, binder);
    case 'unary':
      return bindSign(node, binder);
    case 'arithmetic':
      return bindArithmetic(node, binder);
    case 'comparison':
      return bindComparison(node, binder);
    case 'logical':
      return bindLogical(node, binder);
    case 'not':
      return bindNot(node, binder);
    case 'between':
      return bindBetween(node, binder);
    case 'in':
      return bindIn(node, binder);
    case 'like':
      return bindLike(node, binder);
    case 'isNull':
      return bindIsNull(node, binder);
    default:
      return unreachable(node);
  }
}

function bindColumn(node: ast.ColumnReference, binder: Binder): Expression {
  const param = node.source === null ? binder.params.get(node.name.name) : undefined;
  if (param !== undefined) return { kind: 'param', type: param, name: node.name.name };
  const { scope, clause, text } = binder.environment;
  return resolveColumn(scope, node, { clause, text }).expression;
}

function bindCast(node: ast.CastExpression, binder: Binder): Expression {
  const { types, clause } = binder.environment;
  const type = resolveType(node.type, types);
  const operand = binder.bind(node.value);
  if (operand.type === null) return { kind: 'literal', type, value: null };
  if (typesEqual(operand.type, type)) return { kind: 'cast', type, operand };
  if (castFunction(operand.type, type) === null) {
    const prefix = clause === 'SELECT' ? 'Invalid Select: ' : '';
    throw problem(
      'analyze.cast',
      `${prefix}Cast of ${formatType(operand.type)} to ${formatType(type)} is not supported`,
      { span: node.span },
    );
  }
  return { kind: 'cast', type, operand };
}
