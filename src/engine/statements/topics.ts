/**
 * The log's topics as the engine knows them. DROP … DELETE TOPIC is one command, but two steps of the log: the commit of the
 * command marks the topic as well, as an owner of its own, and a mark that is still there at start means that the process ended
 * between the two.
 */
import type { Logger } from '../../base/env.ts';
import type { Commit, Log, Offset, TopicPartition, TopicSpec } from '../../log/log.ts';

const markPrefix = 'delete-topic:';

export class Topics {
  readonly #log: Log;
  readonly #logger: Logger;
  readonly #partitions = new Map<string, number>();

  /** Deletes what was left marked. */
  static async open(log: Log, logger: Logger): Promise<Topics> {
    const topics = new Topics(log, logger);
    for (const mark of log.owners(markPrefix))
      await topics.deleteMarked(mark.slice(markPrefix.length));
    return topics;
  }

  private constructor(log: Log, logger: Logger) {
    this.#log = log;
    this.#logger = logger;
    for (const { name, partitions } of log.topics()) this.#partitions.set(name, partitions);
  }

  /** Partitions by topic; only this class changes it. */
  get counts(): ReadonlyMap<string, number> {
    return this.#partitions;
  }

  has(topic: string): boolean {
    return this.#partitions.has(topic);
  }

  /** null for a topic that is not there. */
  partitions(topic: string): number | null {
    return this.#partitions.get(topic) ?? null;
  }

  /** Of each partition; none of a topic that is not there. */
  bounds(topic: string): readonly ReturnType<Log['bounds']>[] {
    return Array.from({ length: this.partitions(topic) ?? 0 }, (_, partition) =>
      this.#log.bounds({ topic, partition }),
    );
  }

  /** The offset that each partition's next record will get. */
  ends(topic: string): readonly Offset[] {
    return this.bounds(topic).map(({ end }) => end);
  }

  async create(spec: TopicSpec): Promise<void> {
    await this.#log.createTopic(spec);
    this.#partitions.set(spec.name, spec.partitions);
    this.#logger.info('topic-created', { topic: spec.name, partitions: spec.partitions });
  }

  /** What the commit of a command that deletes the topic must hold besides; `commands` is the command topic. */
  mark(topic: string, commands: TopicPartition): Commit {
    const owner = { id: `${markPrefix}${topic}`, epoch: 0 };
    return { owner, appends: [], offsets: [{ of: commands, next: 0 }], state: [] };
  }

  /** Deletes a marked topic, then its mark. */
  async deleteMarked(topic: string): Promise<void> {
    if (this.#partitions.delete(topic)) await this.#log.deleteTopic(topic);
    await this.#log.drop(`${markPrefix}${topic}`);
    this.#logger.info('topic-deleted', { topic });
  }
}
