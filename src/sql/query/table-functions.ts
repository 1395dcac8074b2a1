/** Table functions in the SELECT: each row becomes as many as the longest result (spec: semantics.md §4, functions.md §5). */
import type * as ast from '../../../grammar/ast.ts';
import { problem } from '../../base/errors.ts';
import type { FunctionRegistry, TableFunctionDef } from '../../functions/define.ts';
import type { LogicalPlan, TableFunctionCall } from '../../plan/logical.ts';
import { findFunction } from '../find-function.ts';
import { createBinder } from '../expression/bind.ts';
import { bindArguments } from '../expression/calls.ts';
import { type BindEnvironment, printResolved } from '../expression/environment.ts';
import { type AnyExpression, callsOf, children } from '../expression/walk.ts';
import type { SelectColumn } from './analyzed.ts';
import { type KnownExpression, type Relation, valueColumn } from './relation.ts';

/** Calls of table functions in the items, left to right. */
export function tableFunctionsIn(
  columns: readonly SelectColumn[],
  functions: FunctionRegistry,
): readonly ast.FunctionCall[] {
  return columns.flatMap(({ expression }) =>
    callsOf(expression, (name) => isTableFunction(functions, name)),
  );
}

/** Every call becomes a value column; from then on the calls are known as these columns. */
export function flattenRelation(
  relation: Relation,
  columns: readonly SelectColumn[],
  environment: BindEnvironment,
): Relation {
  const nodes = tableFunctionsIn(columns, environment.functions);
  if (nodes.length === 0) return relation;
  if (relation.plan.collection === 'table')
    throw problem(
      'analyze.table-function-over-table',
      'Table source is not supported with table functions',
      { span: nodes[0]!.span },
    );
  for (const { expression } of columns) checkPlacement(expression, environment);
  const { plan, scope } = relation;
  const calls: TableFunctionCall[] = [];
  const known: KnownExpression[] = [];
  for (const node of nodes) {
    const text = printResolved(node, scope);
    if (known.some((other) => other.text === text)) continue;
    const call = bindTableFunction(node, `KSQL_SYNTH_${calls.length}`, environment);
    const expression = valueColumn(plan.value.length + calls.length, call);
    calls.push(call);
    known.push({ kind: 'call', text, expression });
  }
  const flatten: LogicalPlan = {
    kind: 'flatten',
    key: plan.key,
    value: [...plan.value, ...calls.map(({ name, type }) => ({ name, type }))],
    collection: plan.collection,
    window: plan.window,
    input: plan,
    calls,
  };
  return { ...relation, plan: flatten, known: [...relation.known, ...known] };
}

function bindTableFunction(
  node: ast.FunctionCall,
  name: string,
  environment: BindEnvironment,
): TableFunctionCall {
  const def = findFunction(node.name, environment.functions) as TableFunctionDef;
  const { resolved, args } = bindArguments(def, node.arguments, createBinder(environment));
  return {
    name,
    fn: def.name,
    signature: resolved.overload.signature,
    args,
    type: resolved.result,
  };
}

function isTableFunction(functions: FunctionRegistry, name: string): boolean {
  return functions.get(name)?.kind === 'table';
}

function checkPlacement(node: AnyExpression, environment: BindEnvironment): void {
  const { functions, scope } = environment;
  const inside = children(node)
    .flatMap((child) => callsOf(child, (name) => isTableFunction(functions, name)))
    .at(0);
  if (inside !== undefined && node.kind === 'call' && isTableFunction(functions, node.name.name))
    throw problem(
      'analyze.nested-table-function',
      `Table functions cannot be nested: ${node.name.name}(${inside.name.name}())`,
      { span: node.span },
    );
  if (inside !== undefined && node.kind === 'case')
    throw problem(
      'analyze.table-function-in-case',
      `Table functions cannot be used in CASE: ${printResolved(node, scope)}`,
      { span: node.span },
    );
  for (const child of children(node)) checkPlacement(child, environment);
}
