/** A query's backlog: what stood in its inputs when its command was written (ARCHITECTURE.md, "Order"). */
import type { Catalog } from '../../catalog/catalog.ts';
import type { Command, QueryDef } from '../../catalog/command.ts';
import type { Offset } from '../../log/log.ts';

type QueryCommand = Extract<Command, { kind: 'define-source' | 'start-query' }>;

/** The command with the ends of its query's inputs; a query that runs already keeps those that it began with. */
export function withBacklog(
  command: Command,
  catalog: Catalog,
  endsOf: (topic: string) => readonly Offset[],
): Command {
  if (command.kind !== 'define-source' && command.kind !== 'start-query') return command;
  if (command.query === null) return command;
  const running = catalog.queries.get(command.query.id);
  const query: QueryDef = {
    ...command.query,
    backlog: running?.backlog ?? backlogOf(command, catalog, endsOf),
  };
  return { ...command, query } as Command;
}

/** By topic, per partition the offset that the next record will get. */
function backlogOf(
  command: QueryCommand,
  catalog: Catalog,
  endsOf: (topic: string) => readonly Offset[],
): QueryDef['backlog'] {
  const ends: Record<string, readonly Offset[]> = {};
  for (const name of command.query?.sources ?? []) {
    const defined =
      command.kind === 'define-source' && command.source.name === name ? command.source : undefined;
    const topic = (catalog.sources.get(name) ?? defined)?.topic;
    if (topic !== undefined) ends[topic] = endsOf(topic);
  }
  return ends;
}
