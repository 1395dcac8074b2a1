/** Carries a command out: into the command topic, into the catalog, and into what runs. */
import type { Env } from '../../base/env.ts';
import type { Catalog } from '../../catalog/catalog.ts';
import type { Command } from '../../catalog/command.ts';
import { withBacklog } from './backlog.ts';
import type { CommandTopic } from './command-topic.ts';
import { refuseTooMany } from './query-limit.ts';
import { withSeed } from './query-seed.ts';
import type { QueryStarter } from '../queries/query-starter.ts';
import type { PlannedSchemas } from '../schemas/registry-host.ts';
import type { Supervisor } from '../queries/supervisor.ts';
import type { Topics } from './topics.ts';

export interface CommandHost {
  readonly commands: CommandTopic;
  readonly topics: Topics;
  readonly supervisor: Supervisor;
  readonly queries: QueryStarter;
  readonly env: Env;
  readonly properties: Readonly<Record<string, string>>;
  readonly catalog: () => Catalog;
  /** The catalog that the command has made. */
  readonly become: (catalog: Catalog) => void;
}

/** Runs between two ticks, so the ends it records are those of a whole commit; the number of the command. */
export async function carryOut(
  command: Command,
  planned: () => Promise<PlannedSchemas>,
  host: CommandHost,
): Promise<number> {
  const { commands, topics, supervisor, queries, env, properties } = host;
  const before = host.catalog();
  const adds =
    'query' in command && command.query !== null && !before.queries.has(command.query.id);
  if (adds) refuseTooMany(before.queries.size, properties);
  const schemas = await planned();
  const deleted = topicDeletedBy(command, before, topics);
  if (
    command.kind === 'define-source' &&
    command.topic !== null &&
    !topics.has(command.topic.name)
  ) {
    await topics.create(command.topic);
  }
  const recorded = withBacklog(command, before, (topic) => topics.ends(topic));
  const after = await commands.append(
    before,
    withSeed(recorded, before, env),
    env.clock.now(),
    schemas.appends,
    deleted === null ? [] : [topics.mark(deleted, commands.of)],
  );
  host.become(after);
  schemas.settle();
  await supervisor.reconcile(after);
  if (deleted !== null) {
    queries.endReadersOf(deleted);
    await topics.deleteMarked(deleted);
  }
  return before.version;
}

function topicDeletedBy(command: Command, catalog: Catalog, topics: Topics): string | null {
  if (command.kind !== 'drop-source' || !command.deleteTopic) return null;
  const topic = catalog.sources.get(command.name)?.topic;
  return topic !== undefined && topics.has(topic) ? topic : null;
}
