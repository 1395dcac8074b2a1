/** WHERE and HAVING (spec: sql-statements.md §3.11). */
import type * as ast from '../../../grammar/ast.ts';
import { ProblemError, problem } from '../../base/errors.ts';
import type { Expression } from '../../plan/expression.ts';
import { formatTypeOrNull } from '../../types/format-type.ts';
import { bindExpression } from './bind.ts';
import { type BindEnvironment, printResolved } from './environment.ts';

/** Errors that keep their own words: they say which clause they are about. */
const NAMING = [
  'analyze.unknown-column',
  'analyze.unknown-source-name',
  'analyze.ambiguous-column',
  'analyze.timestamp-text',
  'analyze.window-bounds',
];

/** A condition: BOOLEAN, or refused with the name of the clause. */
export function bindPredicate(node: ast.Expression, environment: BindEnvironment): Expression {
  const { clause, scope } = environment;
  const bound = boundOrExplained(node, environment);
  if (bound.type?.kind === 'BOOLEAN') return bound;
  throw problem(
    'analyze.predicate-type',
    `Type error in ${clause} expression: Should evaluate to boolean but is ${printResolved(node, scope)} (${formatTypeOrNull(bound.type)}) instead.`,
    { span: node.span },
  );
}

function boundOrExplained(node: ast.Expression, environment: BindEnvironment): Expression {
  try {
    return bindExpression(node, environment);
  } catch (error) {
    if (!(error instanceof ProblemError) || NAMING.includes(error.code)) throw error;
    throw problem(error.code, `Error in ${environment.clause} expression: ${error.message}`, {
      span: error.span ?? node.span,
      cause: error,
    });
  }
}
