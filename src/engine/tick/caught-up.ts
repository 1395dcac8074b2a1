/** Who waits until a query has processed everything that has been appended. */
import type { Feed } from './feed.ts';
import type { GraphOrder } from './graph.ts';

/** Whether the query and those that write what it reads have processed everything that has been appended. */
export function isCaughtUp(
  id: string,
  feeds: ReadonlyMap<string, Feed>,
  order: GraphOrder,
  seen: Set<Feed> = new Set(),
): boolean {
  const feed = feeds.get(id);
  if (feed === undefined || seen.has(feed)) return true;
  seen.add(feed);
  const { task } = feed.query;
  if (feed.isBehind() || task.buffered() > 0) return false;
  return task.inputs.every(({ topic }) =>
    (order.writers.get(topic) ?? []).every((writer) => isCaughtUp(writer, feeds, order, seen)),
  );
}

export class CaughtUpWaiters {
  readonly #waiting = new Set<{ readonly id: string; readonly onCaughtUp: () => void }>();
  readonly #isCaughtUp: (id: string) => boolean;

  constructor(isCaughtUp: (id: string) => boolean) {
    this.#isCaughtUp = isCaughtUp;
  }

  /** Calls `onCaughtUp` when the query has caught up, at once if it has, unless disposed before. */
  when(id: string, onCaughtUp: () => void): Disposable {
    const waiting = { id, onCaughtUp };
    if (this.#isCaughtUp(id)) onCaughtUp();
    else this.#waiting.add(waiting);
    return { [Symbol.dispose]: () => this.#waiting.delete(waiting) };
  }

  /** Tells those whose query has caught up by now. */
  tell(): void {
    for (const waiting of this.#waiting) {
      if (!this.#isCaughtUp(waiting.id)) continue;
      this.#waiting.delete(waiting);
      waiting.onCaughtUp();
    }
  }
}
