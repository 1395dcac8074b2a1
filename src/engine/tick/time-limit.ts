/** How far a query may go that merges several partitions (ARCHITECTURE.md, "Order"). */
import type { Feed } from './feed.ts';
import type { GraphOrder } from './graph.ts';

/**
 * The logical time up to which it may go: not beyond what it was offered of each partition, nor beyond what a writer upstream of
 * it has reached that is behind the log itself.
 */
export function timeLimit(feed: Feed, feeds: ReadonlyMap<string, Feed>, order: GraphOrder): number {
  if (!feed.isMerging) return Number.POSITIVE_INFINITY;
  let limit = feed.offeredTo();
  const seen = new Set<Feed>([feed]);
  const visit = ({ query }: Feed): void => {
    for (const { topic } of query.task.inputs) {
      for (const id of order.writers.get(topic) ?? []) {
        const writer = feeds.get(id);
        if (writer?.query.status !== 'RUNNING' || seen.has(writer)) continue;
        seen.add(writer);
        // The time it has reached may not be over: more records can bear it.
        if (writer.isBehind()) limit = Math.min(limit, writer.query.task.reached() - 1);
        visit(writer);
      }
    }
  };
  visit(feed);
  return limit;
}
