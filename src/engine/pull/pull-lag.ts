/** How far behind its sources a table may be for a pull query to be answered from it (spec: api.md §12). */
import { problem } from '../../base/errors.ts';
import type { Task } from '../../execution/task.ts';
import type { Log } from '../../log/log.ts';

export const lagAllowed = 'ksql.query.pull.max.allowed.offset.lag';

/** Throws `pull.behind` where any partition has more than `allowed` records that the task has not taken in. */
export function checkLag(task: Task | null, log: Log, allowed: number): void {
  if (task === null) return;
  for (const [input, { topic, partitions }] of task.inputs.entries()) {
    for (let partition = 0; partition < partitions; partition++) {
      const { end } = log.bounds({ topic, partition });
      if (end - task.wants(input, partition) <= allowed) continue;
      throw problem(
        'pull.behind',
        `Unable to execute pull query. [Partition ${partition} failed to find valid host. Hosts scanned: [this one, which lags behind ${topic}]]`,
        { hint: `Allow more by ${lagAllowed}, or try again when the table has caught up.` },
      );
    }
  }
}
