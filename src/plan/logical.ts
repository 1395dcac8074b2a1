/**
 * What a query means: a tree of relational nodes over streams and tables, plain data. `sql` and `streams` produce it, rules
 * rewrite it, `lower.ts` turns it into a physical plan.
 */
import type { FormatSpec } from '../formats/format.ts';
import type { Field } from '../types/type.ts';
import type { Expression, NamedExpression } from './expression.ts';

export type WindowKind = 'TUMBLING' | 'HOPPING' | 'SESSION';
/** How keys of a source or node carry a window; `sizeMs` is null for sessions (and for hopping windows of unknown size). */
export interface WindowedKey {
  readonly kind: WindowKind;
  readonly sizeMs: number | null;
}
/** `sizeMs` is the gap of a session window; `advanceMs` equals `sizeMs` for tumbling ones. */
export interface WindowSpec {
  readonly kind: WindowKind;
  readonly sizeMs: number;
  readonly advanceMs: number;
  readonly graceMs: number;
  readonly retentionMs: number;
}

export interface AggregateCall {
  readonly name: string;
  readonly fn: string;
  readonly signature: string;
  readonly args: readonly Expression[];
  /** Literal init arguments. */
  readonly inits: readonly Expression[];
  readonly type: Field['type'];
}
export interface TableFunctionCall {
  readonly name: string;
  readonly fn: string;
  readonly signature: string;
  readonly args: readonly Expression[];
  readonly type: Field['type'];
}

interface Node {
  /** Key and value columns of the rows that leave the node. Pseudo columns are columns only where a node made them so. */
  readonly key: readonly Field[];
  readonly value: readonly Field[];
  /** Inserts only, or changes by key? */
  readonly collection: 'stream' | 'table';
  readonly window: WindowedKey | null;
}

/** Columns of a scan beyond the source's own, appended to its value columns in this order. */
export type PseudoColumn = 'ROWTIME' | 'ROWPARTITION' | 'ROWOFFSET';

export type JoinKind = 'stream-stream' | 'stream-table' | 'table-table' | 'foreign-key';
export type JoinType = 'INNER' | 'LEFT' | 'RIGHT' | 'FULL';
export interface JoinWithin {
  readonly beforeMs: number;
  readonly afterMs: number;
  /** null: no GRACE PERIOD given: grace of 24 h less the window, un-joined outer rows at once (spec: semantics.md §7.3). */
  readonly graceMs: number | null;
}

export type LogicalPlan =
  /** Reads a source; `source` is its name in the catalog. */
  | (Node & {
      readonly kind: 'scan';
      readonly source: string;
      readonly alias: string;
      readonly pseudo: readonly PseudoColumn[];
    })
  | (Node & {
      readonly kind: 'filter';
      readonly input: LogicalPlan;
      readonly predicate: Expression;
      readonly text: string;
    })
  /** The key stays (its columns may be renamed by `key`); value columns are replaced. */
  | (Node & {
      readonly kind: 'project';
      readonly input: LogicalPlan;
      readonly columns: readonly NamedExpression[];
    })
  /** Streams only: a new key, value columns stay. An empty `by` removes the key (PARTITION BY NULL). */
  | (Node & {
      readonly kind: 'rekey';
      readonly input: LogicalPlan;
      readonly by: readonly NamedExpression[];
    })
  /** Appends one value column per call; the longest result decides how many rows. */
  | (Node & {
      readonly kind: 'flatten';
      readonly input: LogicalPlan;
      readonly calls: readonly TableFunctionCall[];
    })
  /** Key: the grouping expressions; value: one column per call. `final`: only closed windows are emitted. */
  | (Node & {
      readonly kind: 'aggregate';
      readonly input: LogicalPlan;
      readonly by: readonly NamedExpression[];
      readonly calls: readonly AggregateCall[];
      readonly spec: WindowSpec | null;
      readonly final: boolean;
    })
  /**
   * Inputs are keyed by the join key already (`rekey` below where needed), except foreign-key joins: there `foreignKey` over
   * the left row is the right side's key. Value columns are left's then right's; key columns the join's (foreign-key: left's).
   */
  | (Node & {
      readonly kind: 'join';
      readonly join: JoinKind;
      readonly type: JoinType;
      readonly left: LogicalPlan;
      readonly right: LogicalPlan;
      readonly within: JoinWithin | null;
      readonly foreignKey: Expression | null;
    })
  /** Writes to a source's topic. `timestamp` is an index into the value columns (or key columns) that gives the record's timestamp. */
  | (Node & {
      readonly kind: 'sink';
      readonly input: LogicalPlan;
      readonly source: string;
      readonly topic: string;
      readonly keyFormat: FormatSpec;
      readonly valueFormat: FormatSpec;
      readonly timestamp: SinkTimestamp | null;
    })
  /** Hands rows to whoever asked: a push query. Columns are expressions in the order of the SELECT. */
  | (Node & {
      readonly kind: 'emit';
      readonly input: LogicalPlan;
      readonly columns: readonly NamedExpression[];
      readonly limit: number | null;
    });

export interface SinkTimestamp {
  readonly column: Expression;
  /** Pattern for STRING columns. */
  readonly format: string | null;
}
