/** CREATE TYPE and DROP TYPE (spec: sql-statements.md §10). */
import type { CreateType, DropType } from '../../../grammar/ast.ts';
import { problem } from '../../base/errors.ts';
import { formatType, quoteAlways } from '../../types/format-type.ts';
import { resolveType } from '../expression/resolve-type.ts';
import { similarHint } from '../suggest.ts';
import { commandEffect, warningEffect } from './effects.ts';
import type { Effect, PrepareContext } from './statement.ts';

/** Registers a name for a type. */
export function prepareCreateType(statement: CreateType, context: PrepareContext): Effect {
  const { name } = statement.name;
  const { types } = context.catalog;
  const existing = types.get(name);
  if (existing !== undefined) {
    const text = formatType(existing);
    if (statement.ifNotExists) {
      return warningEffect(`${name} is already registered with type ${text}`);
    }
    throw problem(
      'type.exists',
      `Cannot register custom type '${name}' since it is already registered with type: ${text}`,
    );
  }
  const type = resolveType(statement.type, types);
  return commandEffect(
    { kind: 'define-type', name, type },
    `type/${quoteAlways(name)}/create`,
    `Registered custom type with name '${name}' and SQL type ${formatType(type)}`,
  );
}

/** Forgets a name; sources that used it keep their columns. */
export function prepareDropType(statement: DropType, context: PrepareContext): Effect {
  const { name } = statement.name;
  const { types } = context.catalog;
  if (!types.has(name)) {
    if (statement.ifExists) return warningEffect(`Type '${name}' does not exist`);
    throw problem('type.unknown', `Type ${name} does not exist.`, similarHint(name, types.keys()));
  }
  return commandEffect(
    { kind: 'drop-type', name },
    `type/${quoteAlways(name)}/drop`,
    `Dropped type '${name}'`,
  );
}
