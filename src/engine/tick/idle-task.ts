/** Stands where a query's task could not be made: it reads nothing, does nothing and holds nothing. */
import type { Task } from '../../execution/task.ts';

export function idleTask(query: string): Task {
  return {
    query,
    inputs: [],
    wants: () => 0,
    offer: () => undefined,
    skip: () => undefined,
    run: () => 0,
    buffered: () => 0,
    reached: () => -1,
    starved: () => null,
    takeCommit: () => null,
    settle: () => undefined,
    close: () => undefined,
    lookup: () => [],
    scan: () => [],
    reader: null,
    tap: () => undefined,
  };
}
