/**
 * What runs: steps between sources and a sink, as versioned JSON that is stored in the command topic and compared on upgrade.
 * One query is one task; steps below an `exchange@1` exist once per partition of the exchange, the others once per partition
 * of their source.
 */
import type { Json } from '../base/env.ts';
import type { TopicSpec } from '../log/log.ts';

export interface Step {
  /** Unique in the plan and stable across upgrades: `Aggregate`, `Join`, `Join-left-exchange`. Names stores and logger paths. */
  readonly id: string;
  /** `aggregate@1`; a persisted step keeps its meaning for ever. */
  readonly op: `${string}@${number}`;
  /** Ids of the steps whose rows come in, in order. */
  readonly inputs: readonly string[];
  /** Typed per operator in src/execution/operators. */
  readonly args: Json;
}
export interface PhysicalPlan {
  readonly version: 1;
  /** Inputs before the steps that read them; the last is the root (`sink@1` or `emit@1`). */
  readonly steps: readonly Step[];
  /** Internal topics ksqlDB would have for this query: listed, never written (an exchange stays in memory). */
  readonly internalTopics: readonly TopicSpec[];
  /**
   * Where a pull query finds the sink's rows: the store of step `store`, then the stateless steps `transforms` in order; null
   * for streams.
   */
  readonly materialized: { readonly store: string; readonly transforms: readonly string[] } | null;
}
