/** Definitions of persistent queries: ids, what they read, where their backlog ends, the plan. */
import { problem } from '../../base/errors.ts';
import type { QueryDef, SourceDef } from '../../catalog/command.ts';
import type { LogicalPlan } from '../../plan/logical.ts';
import { lowerQuery } from '../../plan/lower.ts';
import type { PhysicalPlan } from '../../plan/physical.ts';
import { canonicalProperties, isKnownProperty, propertyDef, propertyValue } from '../properties.ts';
import type { PrepareContext } from './statement.ts';

/** What makes a query, besides the context. */
export interface QueryRequest {
  readonly id: string;
  readonly sql: string;
  /** Name of the source written to; null: only materialises. */
  readonly sink: string | null;
  readonly sources: readonly string[];
  readonly logical: LogicalPlan;
}

/** The definition of a query that starts running; its backlog ends where the topics end now. */
export function defineQuery(request: QueryRequest, context: PrepareContext): QueryDef {
  const { id, sql, sink, sources, logical } = request;
  const plan = lower(logical, id, context);
  return {
    id,
    sql,
    sink,
    sources,
    plan,
    properties: queryProperties(context),
    backlog: backlog(sources, context),
    state: 'RUNNING',
  };
}

/** The physical plan of a query; `queryId` names its internal topics, null for queries that nobody keeps. */
export function lower(
  logical: LogicalPlan,
  queryId: string | null,
  context: PrepareContext,
): PhysicalPlan {
  const { properties } = context;
  const topics = new Map(
    context.runtime.topics().map(({ name, partitions }) => [name, partitions]),
  );
  const prefix = `_confluent-ksql-${propertyValue(properties, 'ksql.service.id')}${propertyValue(properties, 'ksql.persistent.prefix')}${queryId}`;
  return lowerQuery(logical, {
    sources: (name) => sourceNamed(name, context),
    ...(queryId === null ? {} : { internalTopicPrefix: prefix }),
    partitions: (topic) => topics.get(topic) ?? 1,
  });
}

/** A source that is known to exist: the analysis has found it. */
export function sourceNamed(name: string, context: PrepareContext): SourceDef {
  const source = context.catalog.sources.get(name);
  if (source === undefined) throw problem('source.unknown', `${name} does not exist.`);
  return source;
}

/** What a query keeps for its life: everything that was set and that a session might set, under canonical names. */
function queryProperties(context: PrepareContext): Readonly<Record<string, string>> {
  const entries = Object.entries(canonicalProperties(context.properties));
  return Object.fromEntries(
    entries.filter(([name]) => isKnownProperty(name) && propertyDef(name)?.editor !== 'server'),
  );
}

function backlog(
  sources: readonly string[],
  context: PrepareContext,
): Readonly<Record<string, readonly number[]>> {
  const existing = new Set(context.runtime.topics().map(({ name }) => name));
  const topics = sources
    .map((name) => sourceNamed(name, context).topic)
    .filter((topic) => existing.has(topic));
  return Object.fromEntries(
    topics.map((topic) => [topic, context.runtime.offsets(topic).map(({ end }) => end)]),
  );
}

/** Refuses one more persistent query than `ksql.query.persistent.active.limit` allows. */
export function checkQueryLimit(sql: string, context: PrepareContext): void {
  const name = 'ksql.query.persistent.active.limit';
  const limit = Number(propertyValue(context.properties, name));
  const count = context.catalog.queries.size;
  if (!Number.isFinite(limit) || count + 1 <= limit) return;
  throw problem(
    'query.limit',
    `Not executing statement(s) '${sql}' as it would cause the number of active, persistent queries to exceed the configured limit. Use the TERMINATE command to terminate existing queries, or increase the '${name}' setting via the 'ksql-server.properties' file. Current persistent query count: ${count}. Configured limit: ${limit}.`,
  );
}
