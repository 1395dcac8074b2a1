/** `SHOW FUNCTIONS` and `DESCRIBE FUNCTION` (spec: sql-statements.md §11, api.md §4). */
import type { DescribeFunction, ShowFunctions } from '../../../grammar/ast.ts';
import { findFunction } from '../find-function.ts';
import { entityEffect } from './effects.ts';
import { functionJson } from './entities/function-json.ts';
import type { Effect, PrepareContext } from './statement.ts';

const kinds = { scalar: 'SCALAR', aggregate: 'AGGREGATE', table: 'TABLE' } as const;

/** All functions in order of name. */
export function prepareShowFunctions(_statement: ShowFunctions, context: PrepareContext): Effect {
  const functions = [...context.functions.all()]
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, kind, category }) => ({ name, type: kinds[kind], category }));
  return entityEffect('function_names', { functions });
}

/** What a function does, with all of its overloads. */
export function prepareDescribeFunction(
  statement: DescribeFunction,
  context: PrepareContext,
): Effect {
  const definition = findFunction(statement.name, context.functions);
  return entityEffect('describe_function', {
    name: definition.name,
    description: definition.doc,
    author: definition.author ?? (definition.path === undefined ? 'Leat' : ''),
    version: definition.version ?? '',
    path: definition.path ?? 'internal',
    functions: functionJson(definition),
    examples: definition.examples.map(([sql, result]) => ({ sql, result })),
    type: kinds[definition.kind],
  });
}
