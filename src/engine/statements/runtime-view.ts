/** What statements see of what runs: SHOW, DESCRIBE, EXPLAIN. */
import type { Log } from '../../log/log.ts';
import type { RuntimeView } from '../../sql/statements/statement.ts';
import { commandTopicName } from '../config.ts';
import type { QueryStarter } from '../queries/query-starter.ts';
import type { Supervisor } from '../queries/supervisor.ts';

export interface Runtime {
  readonly log: Log;
  readonly supervisor: Supervisor;
  readonly queries: QueryStarter;
  /** Counts by topic. */
  readonly partitions: ReadonlyMap<string, number>;
  readonly properties: Readonly<Record<string, string>>;
}

export function runtimeView(runtime: Runtime): RuntimeView {
  const { log, supervisor, queries, partitions, properties } = runtime;
  const hidden = commandTopicName(properties);
  return {
    topics: () => log.topics().filter((topic) => topic.name !== hidden),
    queryStatus: (id) => supervisor.status(id),
    pushQueries: () => queries.running,
    offsets: (topic) =>
      Array.from({ length: partitions.get(topic) ?? 0 }, (_, partition) =>
        log.bounds({ topic, partition }),
      ),
    positions: (id) => supervisor.positions(id),
    serverProperties: () => properties,
  };
}
