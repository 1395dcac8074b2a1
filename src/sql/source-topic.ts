/** The topic behind a new source: whether it exists, must be created, or does not match (spec: sql-statements.md §5.3). */
import { problem } from '../base/errors.ts';
import type { TopicSpec } from '../log/log.ts';
import { propertyValue } from './properties.ts';

/** Days that a created topic keeps its records by default: 7. */
export const defaultRetentionMs = 604_800_000;

/** What a statement wants of its topic. */
export interface TopicRequest {
  readonly name: string;
  /** null: the statement does not say and nothing stands in for it. */
  readonly partitions: number | null;
  readonly cleanup: TopicSpec['cleanup'];
  /** null: kept for ever. */
  readonly retentionMs: number | null;
}

/**
 * The topic to create, or null when it exists. A topic that exists must have the partitions asked for, if any are asked for.
 * `example` is how the statement would read with PARTITIONS, for the message that asks for them.
 */
export function topicToCreate(
  request: TopicRequest,
  topics: readonly TopicSpec[],
  example: () => string,
): TopicSpec | null {
  const existing = topics.find(({ name }) => name === request.name);
  const { partitions } = request;
  if (partitions !== null && partitions < 1) {
    throw problem(
      'topic.partitions',
      `Invalid number of partitions: ${partitions}. A topic has at least one.`,
    );
  }
  if (existing !== undefined) {
    if (partitions === null || partitions === existing.partitions) return null;
    throw problem(
      'topic.mismatch',
      `A Kafka topic with the name '${request.name}' already exists, with different partition/replica configuration than required. KSQL expects ${partitions} partitions (topic has ${existing.partitions}), 1 replication factor (topic has 1)`,
    );
  }
  if (partitions === null) {
    throw problem(
      'topic.missing',
      `Topic '${request.name}' does not exist. If you want to create a new topic for the stream/table please re-run the statement providing the required 'PARTITIONS' configuration in the WITH clause (and optionally 'REPLICAS'). For example: ${example()}`,
    );
  }
  return {
    name: request.name,
    partitions,
    cleanup: request.cleanup,
    retentionMs: request.retentionMs,
  };
}

/** Whether `topic` matches one of the patterns of a list such as `ksql.hidden.topics` (regular expressions, comma separated). */
export function matchesTopicList(topic: string, list: string): boolean {
  return list
    .split(',')
    .map((pattern) => pattern.trim())
    .some((pattern) => pattern !== '' && matches(topic, pattern));
}

function matches(topic: string, pattern: string): boolean {
  try {
    return new RegExp(`^(?:${pattern})$`).test(topic);
  } catch {
    return topic === pattern;
  }
}

/** Refuses topics that are the server's own (`ksql.readonly.topics`, `ksql.hidden.topics`) and its command topic. */
export function refuseReservedTopic(
  topic: string,
  properties: Readonly<Record<string, string>>,
): void {
  for (const name of ['ksql.readonly.topics', 'ksql.hidden.topics']) {
    if (!matchesTopicList(topic, propertyValue(properties, name) ?? '')) continue;
    throw problem('topic.reserved', `Topic '${topic}' is reserved for internal use`, {
      hint: `It matches the list of ${name}.`,
    });
  }
}
