/** A new query gets the seed of its randomness and its first time in the command that makes it, so that every replay sees the same. */
import type { Env } from '../../base/env.ts';
import type { Catalog } from '../../catalog/catalog.ts';
import type { Command, QueryDef } from '../../catalog/command.ts';

/** The command with a seed and the time; a query that is replaced keeps its own. */
export function withSeed(
  command: Command,
  catalog: Catalog,
  { random, clock }: Pick<Env, 'random' | 'clock'>,
): Command {
  if (command.kind !== 'define-source' && command.kind !== 'start-query') return command;
  if (command.query === null) return command;
  const known = catalog.queries.get(command.query.id);
  const seed = known?.seed ?? Math.floor(random.next() * 2 ** 53);
  const createdMs = known === undefined ? clock.now() : known.createdMs;
  const query: QueryDef = {
    ...command.query,
    seed,
    ...(createdMs === undefined ? {} : { createdMs }),
  };
  return { ...command, query } as Command;
}
