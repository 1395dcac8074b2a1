/** SET, UNSET, DEFINE and UNDEFINE change the session that travels with the requests (spec: sql-statements.md §12). */
import type {
  DefineVariable,
  SetProperty,
  UndefineVariable,
  UnsetProperty,
} from '../../../grammar/ast.ts';
import { canonicalName, checkOverride } from '../properties.ts';
import type { Effect, PrepareContext } from './statement.ts';

/** Overrides a property for the statements that follow. */
export function prepareSet(statement: SetProperty, context: PrepareContext): Effect {
  checkOverride(statement.property, statement.value, context.runtime.serverProperties());
  return session({ [canonicalName(statement.property)]: statement.value }, {}, null);
}

/** Takes an override back; it does not matter whether there was one. */
export function prepareUnset(statement: UnsetProperty): Effect {
  const name = canonicalName(statement.property);
  return session({ [name]: null, [statement.property]: null }, {}, null);
}

/** Defines a variable; its name is case-sensitive. */
export function prepareDefine(statement: DefineVariable): Effect {
  return session({}, { [statement.name]: statement.value }, null);
}

/** Removes a variable; warns where there is none. */
export function prepareUndefine(statement: UndefineVariable, context: PrepareContext): Effect {
  const { name } = statement;
  const warning = context.variables.has(name)
    ? null
    : `Cannot undefine variable '${name}' which was never defined`;
  return session({}, { [name]: null }, warning);
}

function session(
  properties: Readonly<Record<string, string | null>>,
  variables: Readonly<Record<string, string | null>>,
  warning: string | null,
): Effect {
  return { kind: 'session', properties, variables, warning };
}
