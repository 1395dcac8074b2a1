/** Queries as SHOW QUERIES, DESCRIBE and EXPLAIN show them (spec: api.md §4). */
import type { Json } from '../../../base/env.ts';
import type { QueryDef } from '../../../catalog/command.ts';
import { propertyValue } from '../../properties.ts';
import type { PrepareContext, RuntimeView } from '../statement.ts';

/** State of a persistent query: what runs knows better than what was ordered. */
export function queryState(query: QueryDef, runtime: RuntimeView): 'RUNNING' | 'PAUSED' | 'ERROR' {
  return runtime.queryStatus(query.id)?.status ?? query.state;
}

/** An entry of SHOW QUERIES for a persistent query. */
export function persistentQueryJson(query: QueryDef, context: PrepareContext): Json {
  const state = queryState(query, context.runtime);
  const sink = query.sink === null ? undefined : context.catalog.sources.get(query.sink);
  return {
    queryString: query.sql,
    sinks: query.sink === null ? [] : [query.sink],
    sinkKafkaTopics: sink === undefined ? [] : [sink.topic],
    id: query.id,
    statusCount: { [state]: 1 },
    queryType: 'PERSISTENT',
    state: `${state}:1`,
  };
}

/** An entry of SHOW QUERIES for a push query. */
export function pushQueryJson(query: { readonly id: string; readonly sql: string }): Json {
  return {
    queryString: query.sql,
    sinks: [],
    sinkKafkaTopics: [],
    id: query.id,
    statusCount: { RUNNING: 1 },
    queryType: 'PUSH',
    state: 'RUNNING:1',
  };
}

/** Consumer group that ksqlDB would read with; also how DESCRIBE EXTENDED names a query's positions. */
export function consumerGroup(query: string, context: PrepareContext): string {
  const { properties } = context;
  return `_confluent-ksql-${propertyValue(properties, 'ksql.service.id')}${propertyValue(properties, 'ksql.persistent.prefix')}${query}`;
}

/** What EXPLAIN says about the state of a query that is not running, beside its plan. */
export interface QueryText {
  readonly id: string;
  readonly sql: string;
  readonly windowType: string | null;
  readonly fields: readonly Json[];
  readonly sources: readonly string[];
  readonly sinks: readonly string[];
  readonly topology: string;
  readonly executionPlan: string;
  readonly overrides: Readonly<Record<string, string>>;
  readonly queryType: 'PERSISTENT' | 'PUSH' | 'PULL' | 'UNKNOWN';
}

/** A query description; `query` is the persistent query it stands for, or null for a push query or what is only explained. */
export function queryDescriptionJson(
  text: QueryText,
  query: QueryDef | null,
  context: PrepareContext,
): Json {
  // What is only explained has no id.
  const isPushed = text.queryType === 'PUSH' && text.id !== '';
  const state = query === null ? (isPushed ? 'RUNNING' : null) : queryState(query, context.runtime);
  const status = query === null ? null : context.runtime.queryStatus(query.id);
  return {
    id: text.id,
    statementText: text.sql,
    windowType: text.windowType,
    fields: text.fields,
    sources: text.sources,
    sinks: text.sinks,
    topology: text.topology,
    executionPlan: text.executionPlan,
    overriddenProperties: text.overrides,
    ksqlHostQueryStatus: state === null ? {} : { [hostName(context)]: state },
    queryType: text.queryType,
    queryErrors: (status?.errors ?? []).map(({ timestamp, message }) => ({
      timestamp,
      errorMessage: message,
      type: 'UNKNOWN',
    })),
    tasksMetadata: query === null ? [] : tasksJson(query, context),
    consumerGroupId: query === null ? '' : consumerGroup(query.id, context),
    state: state === null ? '' : `${state}:1`,
  };
}

/** `host:port` of this server, as the maps by host name it. */
export function hostName(context: PrepareContext): string {
  const { properties } = context;
  const listener =
    propertyValue(properties, 'ksql.advertised.listener') ??
    propertyValue(properties, 'listeners') ??
    '';
  const match = /^[a-z]+:\/\/([^/,]+)/i.exec(listener.split(',')[0] ?? '');
  return match?.[1] ?? 'localhost:8088';
}

function tasksJson(query: QueryDef, context: PrepareContext): readonly Json[] {
  const positions = context.runtime.positions(query.id);
  const topics = Object.entries(positions).map(([topic, committed]) => {
    const bounds = context.runtime.offsets(topic);
    return committed.map((offset, partition) => ({
      topicPartitionEntity: { topic, partition },
      endOffset: bounds[partition]?.end ?? 0,
      committedOffset: offset,
    }));
  });
  return [{ taskId: '0_0', topicOffsets: topics.flat(), timeCurrentIdlingStarted: null }];
}
