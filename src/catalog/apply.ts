/**
 * The fold from commands to the catalog: the same at start-up, while statements are validated, in tests and over a Kafka
 * cluster. Each command gives a new catalog; nothing is changed in place. Statements have checked a command before it is
 * written, so the fold trusts it: it never throws, and what a command names that does not exist is left alone.
 *
 * A source keeps its place in the order of creation when it is replaced. The query that fills a source goes with it: dropping
 * the source, or replacing it by one that another query (or none) fills, ends the query.
 */
import { unreachable } from '../base/assert.ts';
import type { Catalog } from './catalog.ts';
import type { Command, QueryDef } from './command.ts';

/** The catalog before the first command. */
export const emptyCatalog: Catalog = {
  version: 0,
  sources: new Map(),
  queries: new Map(),
  types: new Map(),
  properties: new Map(),
  connectors: new Map(),
};

/** The catalog after `command`; its version is one higher, whatever the command did. */
export function applyCommand(catalog: Catalog, command: Command): Catalog {
  return { ...catalog, ...changes(catalog, command), version: catalog.version + 1 };
}

/** The catalog that a command topic holding `commands` stands for. */
export function foldCommands(commands: Iterable<Command>): Catalog {
  let catalog = emptyCatalog;
  for (const command of commands) catalog = applyCommand(catalog, command);
  return catalog;
}

function changes(catalog: Catalog, command: Command): Partial<Catalog> {
  switch (command.kind) {
    case 'define-source':
      return defineSource(catalog, command);
    case 'drop-source':
      return dropSource(catalog, command.name);
    case 'define-type':
      return { types: withEntry(catalog.types, command.name, command.type) };
    case 'drop-type':
      return { types: without(catalog.types, [command.name]) };
    case 'start-query':
      return { queries: withEntry(catalog.queries, command.query.id, command.query) };
    case 'stop-query':
      return { queries: without(catalog.queries, command.ids) };
    case 'pause-query':
      return { queries: withState(catalog.queries, command.ids, 'PAUSED') };
    case 'resume-query':
      return { queries: withState(catalog.queries, command.ids, 'RUNNING') };
    case 'set-property':
      return { properties: withOrWithout(catalog.properties, command.name, command.value) };
    case 'set-connector':
      return { connectors: withOrWithout(catalog.connectors, command.name, command.config) };
    default:
      return unreachable(command);
  }
}

function defineSource(
  catalog: Catalog,
  command: Command & { readonly kind: 'define-source' },
): Partial<Catalog> {
  const { source, query } = command;
  const before = catalog.sources.get(source.name)?.query ?? null;
  let queries = catalog.queries;
  if (before !== null && before !== query?.id && before !== source.query) {
    queries = without(queries, [before]);
  }
  if (query !== null) queries = withEntry(queries, query.id, query);
  return { sources: withEntry(catalog.sources, source.name, source), queries };
}

function dropSource(catalog: Catalog, name: string): Partial<Catalog> {
  const query = catalog.sources.get(name)?.query ?? null;
  return {
    sources: without(catalog.sources, [name]),
    queries: query === null ? catalog.queries : without(catalog.queries, [query]),
  };
}

function withState(
  queries: ReadonlyMap<string, QueryDef>,
  ids: readonly string[],
  state: QueryDef['state'],
): ReadonlyMap<string, QueryDef> {
  const result = new Map(queries);
  for (const id of ids) {
    const query = result.get(id);
    if (query !== undefined) result.set(id, { ...query, state });
  }
  return result;
}

function withOrWithout<T>(
  map: ReadonlyMap<string, T>,
  key: string,
  value: T | null,
): ReadonlyMap<string, T> {
  return value === null ? without(map, [key]) : withEntry(map, key, value);
}

function withEntry<T>(map: ReadonlyMap<string, T>, key: string, value: T): ReadonlyMap<string, T> {
  return new Map(map).set(key, value);
}

function without<T>(map: ReadonlyMap<string, T>, keys: readonly string[]): ReadonlyMap<string, T> {
  const result = new Map(map);
  for (const key of keys) result.delete(key);
  return result;
}
