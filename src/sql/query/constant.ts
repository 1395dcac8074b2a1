/** Constants in the WHERE clause of a pull query become values. */
import type * as ast from '../../../grammar/ast.ts';
import { problem } from '../../base/errors.ts';
import { compileExpression } from '../../execution/codegen/compile.ts';
import type { SqlType } from '../../types/type.ts';
import type { Value } from '../../types/value.ts';
import { bindExpression } from '../expression/bind.ts';
import { type BindEnvironment, printResolved } from '../expression/environment.ts';
import { emptyScope } from '../expression/scope.ts';
import type { QueryContext } from './analyzed.ts';

export interface Constant {
  /** Null for the literal NULL. */
  readonly type: SqlType | null;
  readonly value: Value;
}

/** Computes an expression without columns. */
export function evaluateConstant(
  node: ast.Expression,
  environment: BindEnvironment,
  { now = 0, random = () => 0 }: QueryContext,
): Constant {
  const bound = bindExpression(node, { ...environment, scope: emptyScope });
  const { functions, properties } = environment;
  const refuse = (reason: string): Error =>
    problem(
      'pull.constant',
      `Failed to resolve value of ${printResolved(node, emptyScope)}: ${reason}`,
      { span: node.span },
    );
  const compute = compileExpression(bound, {
    functions,
    properties,
    now: () => now,
    random,
    onError: (message) => {
      throw refuse(message);
    },
  });
  try {
    return { type: bound.type, value: compute(null, [], now) };
  } catch (cause) {
    throw refuse(cause instanceof Error ? cause.message : String(cause));
  }
}
