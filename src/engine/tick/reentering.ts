/** What a cycle of queries leads back. */
import type { Commit } from '../../log/log.ts';
import type { GraphOrder } from './graph.ts';
import type { TickQuery } from './tick-query.ts';

/** What goes back to a query at or before the writer's place is a new arrival: it gets a logical time of its own. */
export function reentering(
  query: Pick<TickQuery, 'id' | 'writes'>,
  part: Omit<Commit, 'owner'>,
  order: GraphOrder,
): Omit<Commit, 'owner'> {
  const rank = order.rank.get(query.id) as number;
  const readers = query.writes === null ? [] : (order.readers.get(query.writes) ?? []);
  if (!readers.some((id) => (order.rank.get(id) as number) <= rank)) return part;
  return { ...part, appends: part.appends.map((append) => ({ ...append, times: null })) };
}
