/** `SHOW PROPERTIES` (spec: sql-statements.md §11, api.md §4). */
import type { ShowProperties } from '../../../grammar/ast.ts';
import type { Json } from '../../base/env.ts';
import { canonicalName, canonicalProperties, propertyDef } from '../properties.ts';
import { propertyTable, queryLevelProperties } from '../property-table.ts';
import { entityEffect } from './effects.ts';
import type { Effect, PrepareContext } from './statement.ts';

/** All properties with their values: as the session sees them, secrets hidden. */
export function prepareShowProperties(_statement: ShowProperties, context: PrepareContext): Effect {
  const server = canonicalProperties(context.runtime.serverProperties());
  const session = canonicalProperties(context.properties);
  const names = new Set([
    ...propertyTable.map(({ name }) => name),
    ...Object.keys(server),
    ...Object.keys(session),
  ]);
  const overwritten = Object.keys(session).filter((name) => session[name] !== server[name]);
  const defaults = [...names].filter((name) => server[name] === undefined);
  return entityEffect('properties', {
    properties: [...names].map((name) => propertyJson(name, session[name] ?? server[name])),
    overwrittenProperties: overwritten.map(fullName),
    defaultProperties: defaults.map(fullName),
  });
}

function propertyJson(name: string, value: string | undefined): Json {
  const property = propertyDef(name);
  const isSecret = property?.type === 'password' || /password|secret|credentials|jaas/i.test(name);
  const shown = value ?? property?.default ?? null;
  return {
    name: fullName(name),
    scope: 'KSQL',
    value: isSecret && shown !== null && shown !== '' ? '[hidden]' : shown,
    editable: property === null || property.editor === 'session',
    level: queryLevelProperties.has(canonicalName(name)) ? 'QUERY' : 'SERVER',
  };
}

/** Kafka's own are listed under the prefix that a server's configuration gives them. */
function fullName(name: string): string {
  return propertyDef(name)?.family === 'streams' ? `ksql.streams.${name}` : name;
}
