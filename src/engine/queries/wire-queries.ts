/** Puts together what runs queries: those that persist, those of clients, and subscriptions. */
import type { Env } from '../../base/env.ts';
import type { Catalog } from '../../catalog/catalog.ts';
import { executionLimits } from '../../execution/limits.ts';
import type { StateMemory } from '../../execution/state/memory.ts';
import type { SchemaResolver } from '../../formats/schema.ts';
import type { FunctionRegistry } from '../../functions/define.ts';
import type { Log } from '../../log/log.ts';
import type { EngineMeter } from '../engine-metrics.ts';
import type { ProcessingLog } from '../processing-log/processing-log.ts';
import { SharedPush } from '../push/shared-push.ts';
import { waitingRows } from '../push/waiting-rows.ts';
import { pullLimits } from '../pull/pull-limits.ts';
import { QueryStarter } from './query-starter.ts';
import type { SchemaGate } from '../schemas/schema-gate.ts';
import { Subscriptions } from '../subscribe/subscriptions.ts';
import { Supervisor } from './supervisor.ts';
import type { Ticker } from '../tick/tick.ts';
import { yieldTurn } from '../tick/yield-turn.ts';

export interface QueryParts {
  readonly log: Log;
  readonly schemas: SchemaResolver;
  /** null where every schema is at hand. */
  readonly gate: (catalog: Catalog) => SchemaGate | null;
  readonly env: Env;
  readonly ticker: Ticker;
  readonly functions: FunctionRegistry;
  readonly memory: StateMemory;
  readonly processingLog: ProcessingLog | null;
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
