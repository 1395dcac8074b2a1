/** A new query gets the seed of its randomness in the command that makes it, so that every replay draws the same numbers. */
import type { Catalog } from '../catalog/catalog.ts';
import type { Command, QueryDef } from '../catalog/command.ts';

/** The command with a seed; a query that is replaced keeps its own. `random` is in [0, 1). */
export function withSeed(command: Command, catalog: Catalog, random: () => number): Command {
  if (command.kind !== 'define-source' && command.kind !== 'start-query') return command;
  if (command.query === null) return command;
  const known = catalog.queries.get(command.query.id)?.seed;
  const query: QueryDef = { ...command.query, seed: known ?? Math.floor(random() * 2 ** 53) };
  return { ...command, query } as Command;
}
