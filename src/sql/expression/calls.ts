/** Calls of scalar functions, lambdas, and what the other kinds of functions share with them (spec: functions.md §1.2, §3.5). */
import type * as ast from '../../../grammar/ast.ts';
import { assert } from '../../base/assert.ts';
import { problem } from '../../base/errors.ts';
import type { FunctionDef } from '../../functions/define.ts';
import { type ArgumentType, type ResolvedCall, resolveCall } from '../../functions/resolve.ts';
import type { Expression } from '../../plan/expression.ts';
import type { SqlType } from '../../types/type.ts';
import { findFunction } from '../find-function.ts';
import type { Binder } from './environment.ts';
import { implicitCast } from './implicit-cast.ts';
import { STRING } from './literals.ts';
import { hasColumnNamed } from './scope.ts';
import { argumentsOf } from './units.ts';

/** A call in an ordinary expression: only scalar functions are known there. */
export function bindCall(node: ast.FunctionCall, binder: Binder): Expression {
  const { functions } = binder.environment;
  const def = findFunction(node.name, functions);
  if (def.kind === 'scalar') {
    const { resolved, args } = bindArguments(def, argumentsOf(node), binder);
    return {
      kind: 'call',
      type: resolved.result,
      name: def.name,
      signature: resolved.overload.signature,
      args,
    };
  }
  if (def.kind === 'aggregate')
    throw problem(
      'analyze.aggregate-not-allowed',
      `Aggregate functions are not allowed here: ${binder.print(node)} in ${binder.environment.clause}.`,
      { span: node.span },
    );
  throw problem(
    'analyze.table-function-not-allowed',
    `Table functions are not allowed here: ${binder.print(node)} in ${binder.environment.clause}.`,
    { span: node.span },
  );
}

export interface BoundArguments<D extends FunctionDef> {
  readonly resolved: ResolvedCall<D['overloads'][number]>;
  /** Implicit casts are written out. */
  readonly args: readonly Expression[];
}

/** Binds the arguments of a call and chooses the overload. */
export function bindArguments<D extends FunctionDef>(
  def: D,
  nodes: readonly ast.Argument[],
  binder: Binder,
): BoundArguments<D> {
  const bound = nodes.map((node) => bindArgument(node, binder));
  const resolved = resolveCall(
    def,
    bound.map(({ type }) => type),
  );
  const args = bound.map((argument, index) => {
    if (argument.lambda !== null)
      return argument.lambda(resolved.lambdaInputs[index] ?? missingInputs());
    const type = resolved.args[index] ?? null;
    const { expression } = argument;
    return type === null || expression.type === null ? expression : implicitCast(expression, type);
  });
  return { resolved, args };
}

type BoundArgument =
  | { readonly type: ArgumentType; readonly lambda: null; readonly expression: Expression }
  | {
      readonly type: ArgumentType;
      readonly lambda: (inputs: readonly SqlType[]) => Expression;
    };

function bindArgument(node: ast.Argument, binder: Binder): BoundArgument {
  if (node.kind === 'intervalUnit') {
    const expression: Expression = { kind: 'literal', type: STRING, value: node.unit };
    return { type: { kind: 'unit' }, lambda: null, expression };
  }
  if (node.kind !== 'lambda') {
    const expression = binder.bind(node);
    return { type: { kind: 'value', type: expression.type }, lambda: null, expression };
  }
  checkLambda(node, binder);
  const lambda = (inputs: readonly SqlType[]): Expression => bindLambda(node, inputs, binder);
  return {
    type: {
      kind: 'lambda',
      inputCount: node.parameters.length,
      resultType: (inputs) => lambdaBody(node, inputs, binder).type,
    },
    lambda,
  };
}

function bindLambda(node: ast.Lambda, inputs: readonly SqlType[], binder: Binder): Expression {
  const body = lambdaBody(node, inputs, binder);
  const params = node.parameters.map(({ name }, index) => ({ name, type: inputs[index]! }));
  if (body.type === null)
    throw problem(
      'analyze.untyped-null',
      "Can't infer a type of null. Please explicitly cast it to a required type, e.g. CAST(null AS VARCHAR).",
      { span: node.span },
    );
  return { kind: 'lambda', type: body.type, params, body };
}

function lambdaBody(node: ast.Lambda, inputs: readonly SqlType[], binder: Binder): Expression {
  const params = new Map(binder.params);
  for (const [index, { name }] of node.parameters.entries()) params.set(name, inputs[index]!);
  return binder.within(params).bind(node.body);
}

function checkLambda(node: ast.Lambda, { environment, params }: Binder): void {
  if (environment.properties['ksql.lambdas.enabled']?.toLowerCase() === 'false')
    throw problem('analyze.lambdas-disabled', 'Lambda functions are disabled.', {
      span: node.span,
      hint: "Set 'ksql.lambdas.enabled' to true to use them.",
    });
  for (const { name, span } of node.parameters) {
    if (params.has(name))
      throw problem(
        'analyze.lambda-argument',
        'Reusing lambda arguments in nested lambda is not allowed',
        { span },
      );
    if (hasColumnNamed(environment.scope, name))
      throw problem(
        'analyze.lambda-argument',
        `Lambda function argument can't be a column name: ${name}`,
        { span },
      );
  }
}

function missingInputs(): never {
  assert(false, 'the inputs of a lambda are resolved');
  return undefined as never;
}
