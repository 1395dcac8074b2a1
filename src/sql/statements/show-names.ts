/** SHOW TYPES and SHOW VARIABLES (spec: sql-statements.md §11). */
import type { ShowTypes, ShowVariables } from '../../../grammar/ast.ts';
import { entityEffect } from './effects.ts';
import { schemaJson } from './entities/schema-json.ts';
import type { Effect, PrepareContext } from './statement.ts';

/** Custom types in order of name. */
export function prepareShowTypes(_statement: ShowTypes, context: PrepareContext): Effect {
  const types = [...context.catalog.types].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return entityEffect('type_list', {
    types: Object.fromEntries(types.map(([name, type]) => [name, schemaJson(type)])),
  });
}

/** The session's variables in order of name. */
export function prepareShowVariables(_statement: ShowVariables, context: PrepareContext): Effect {
  const variables = [...context.variables]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => ({ name, value }));
  return entityEffect('variables', { variables });
}
