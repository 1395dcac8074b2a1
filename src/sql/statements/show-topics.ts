/** `SHOW [ALL] TOPICS [EXTENDED]` (spec: sql-statements.md §11). */
import type { ShowTopics } from '../../../grammar/ast.ts';
import type { Json } from '../../base/env.ts';
import type { TopicSpec } from '../../log/log.ts';
import { propertyValue } from '../properties.ts';
import { matchesTopicList } from '../source-topic.ts';
import { entityEffect } from './effects.ts';
import type { Effect, PrepareContext } from './statement.ts';

/** In order of name; hidden ones only for ALL. Every partition has one replica: there are no brokers. */
export function prepareShowTopics(statement: ShowTopics, context: PrepareContext): Effect {
  const hidden = propertyValue(context.properties, 'ksql.hidden.topics') ?? '';
  const topics = context.runtime
    .topics()
    .filter(({ name }) => statement.all || !matchesTopicList(name, hidden))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  return statement.extended
    ? entityEffect('kafka_topics_extended', {
        topics: topics.map((topic) => extended(topic, context)),
      })
    : entityEffect('kafka_topics', { topics: topics.map(plain) });
}

function plain(topic: TopicSpec): { readonly [name: string]: Json } {
  return { name: topic.name, replicaInfo: Array.from({ length: topic.partitions }, () => 1) };
}

/** A persistent query is one group with one consumer per partition. */
function extended(topic: TopicSpec, context: PrepareContext): Json {
  const { queries, sources } = context.catalog;
  const groups = [...queries.values()].filter((query) =>
    query.sources.some((name) => sources.get(name)?.topic === topic.name),
  ).length;
  return { ...plain(topic), consumerCount: groups * topic.partitions, consumerGroupCount: groups };
}
