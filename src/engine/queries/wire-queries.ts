import type { Catalog } from '../../catalog/catalog.ts';
import { executionLimits } from '../../execution/limits.ts';
import type { EngineMeter } from '../engine-metrics.ts';
import { pullLimits } from '../pull/pull-limits.ts';
import { SharedPush } from '../push/shared-push.ts';
import { waitingRows } from '../push/waiting-rows.ts';
import { Subscriptions } from '../subscribe/subscriptions.ts';
import type { TaskParts } from '../task-parts.ts';
import { yieldTurn } from '../tick/yield-turn.ts';
import { QueryStarter } from './query-starter.ts';
import { Supervisor } from './supervisor.ts';

export interface QueryParts extends Omit<TaskParts, 'limits'> {
  /** As configured. */
  readonly properties: Readonly<Record<string, string>>;
  /** As ALTER SYSTEM has changed them. */
  readonly currentProperties: () => Readonly<Record<string, string>>;
  readonly catalog: () => Catalog;
  /** false: nothing happens merely because time passes. */
  readonly timers: boolean;
  readonly meter: EngineMeter;
}

export function wireQueries(parts: QueryParts): {
  readonly subscriptions: Subscriptions;
  readonly supervisor: Supervisor;
  readonly queries: QueryStarter;
} {
  const { properties, timers } = parts;
  const limits = executionLimits(properties);
  const common = { ...parts, limits, waiting: waitingRows(properties) };
  const shared = { ...common, push: new SharedPush(common) };
  const subscriptions = new Subscriptions({
    ...shared,
    task: (id) => supervisor.task(id),
    pushQueries: () => queries.runningCount,
  });
  const supervisor = new Supervisor({ ...shared, retries: timers, observer: subscriptions });
  const queries = new QueryStarter({
    ...shared,
    subscriptions,
    task: (id) => supervisor.task(id),
    pullLimits: pullLimits(properties),
    properties: parts.currentProperties,
    yieldTurn,
  });
  return { subscriptions, supervisor, queries };
}
