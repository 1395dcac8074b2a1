/**
 * Arguments of every step, by operator. Persisted as JSON in the command topic: an operator keeps its meaning for ever, a
 * change of meaning gets a new version. Rows between steps are full-width: columns that nobody reads stay NULL.
 *
 * Keys of windowed rows are the key columns followed by start and end of the window in milliseconds (numbers).
 */
import type { Json } from '../base/env.ts';
import type { FormatSpec } from '../formats/format.ts';
import type { Field, HeaderColumn } from '../types/type.ts';
import type { Expression, NamedExpression } from './expression.ts';
import type {
  AggregateCall,
  JoinKind,
  JoinType,
  JoinWithin,
  PseudoColumn,
  SinkTimestamp,
  TableFunctionCall,
  WindowedKey,
  WindowSpec,
} from './logical.ts';
import type { Step } from './physical.ts';

/** Reads a topic. Rows are the source's value columns followed by the pseudo columns. */
export interface SourceArgs {
  readonly source: string;
  readonly topic: string;
  readonly collection: 'stream' | 'table';
  readonly keyFormat: FormatSpec;
  readonly valueFormat: FormatSpec;
  readonly key: readonly Field[];
  readonly value: readonly (Field | HeaderColumn)[];
  /** Indexes of the value columns that somebody reads. */
  readonly needed: readonly number[];
  readonly window: WindowedKey | null;
  readonly timestamp: { readonly column: string; readonly format: string | null } | null;
  readonly pseudo: readonly PseudoColumn[];
  /** Tables: keeps the last row of each key, so that changes carry the row before, and for pull queries. */
  readonly store: boolean;
}

/** Keeps rows whose predicate is true; over tables a row that stops matching becomes a tombstone. */
export interface FilterArgs {
  readonly collection: 'stream' | 'table';
  readonly predicate: Expression;
  readonly text: string;
  /** Tables: rows that never matched give no tombstone. Needs the row before; without, every row that does not match is a tombstone. */
  readonly exact: boolean;
}

/** Replaces the value columns. `before`: the row before a change is projected too, because somebody below reads it. */
export interface ProjectArgs {
  readonly columns: readonly NamedExpression[];
  readonly before: boolean;
}

/** One row per element of the longest result, its elements appended. */
export interface FlattenArgs {
  readonly calls: readonly TableFunctionCall[];
}

/** A new key by expressions, or none. A failing expression, or one over the value of a row without, gives a NULL column. */
export interface RekeyArgs {
  readonly by: readonly NamedExpression[];
}

/** A new key by expressions for grouping: rows with a NULL or failing part are left out. Value columns become `columns`. */
export interface GroupArgs {
  readonly by: readonly NamedExpression[];
  /** Arguments of the aggregates, one call's after the other's. */
  readonly columns: readonly NamedExpression[];
  readonly collection: 'stream' | 'table';
}

/** Moves each row to the partition that its key hashes to, of as many as `like` (a topic) has. */
export interface ExchangeArgs {
  readonly key: readonly Field[];
  readonly keyFormat: FormatSpec;
  readonly like: string;
}

/** Aggregates by key, and by window where `spec` is given. Arguments of the calls are columns of the rows that come in. */
export interface AggregateArgs {
  readonly key: readonly Field[];
  readonly calls: readonly AggregateCall[];
  readonly spec: WindowSpec | null;
  readonly final: boolean;
  /** Over a table: rows before a change are taken back. */
  readonly collection: 'stream' | 'table';
  /** Internal key format: orders keys for pull queries and final results. */
  readonly keyFormat: FormatSpec;
  /** Changes carry the result before, because somebody below reads it. */
  readonly before: boolean;
}

export interface JoinArgs {
  readonly join: JoinKind;
  readonly type: JoinType;
  readonly key: readonly Field[];
  readonly leftKey: readonly Field[];
  readonly rightKey: readonly Field[];
  readonly left: readonly Field[];
  readonly right: readonly Field[];
  readonly window: WindowedKey | null;
  readonly within: JoinWithin | null;
  readonly foreignKey: Expression | null;
  /** Orders the left rows of one foreign key. */
  readonly keyFormat: FormatSpec;
}

/** Keeps the last row of each key for pull queries. */
export interface MaterializeArgs {
  readonly key: readonly Field[];
  readonly value: readonly Field[];
  readonly window: WindowedKey | null;
  readonly keyFormat: FormatSpec;
}

export interface SinkArgs {
  readonly source: string;
  readonly topic: string;
  readonly key: readonly Field[];
  readonly value: readonly Field[];
  readonly keyFormat: FormatSpec;
  readonly valueFormat: FormatSpec;
  readonly window: WindowedKey | null;
  readonly timestamp: SinkTimestamp | null;
  /** A stream's NULL values are records without value; a table's are tombstones: both a null payload. */
  readonly collection: 'stream' | 'table';
}

export interface EmitArgs {
  readonly columns: readonly NamedExpression[];
  readonly limit: number | null;
  readonly collection: 'stream' | 'table';
  readonly valueWidth: number;
}

/** Operators and their arguments. */
export interface StepArgs {
  'source@1': SourceArgs;
  'filter@1': FilterArgs;
  'project@1': ProjectArgs;
  'flatten@1': FlattenArgs;
  'rekey@1': RekeyArgs;
  'group@1': GroupArgs;
  'exchange@1': ExchangeArgs;
  'aggregate@1': AggregateArgs;
  'join@1': JoinArgs;
  'materialize@1': MaterializeArgs;
  'sink@1': SinkArgs;
  'emit@1': EmitArgs;
}
export type StepOp = keyof StepArgs;

const known: Readonly<Record<StepOp, true>> = {
  'source@1': true,
  'filter@1': true,
  'project@1': true,
  'flatten@1': true,
  'rekey@1': true,
  'group@1': true,
  'exchange@1': true,
  'aggregate@1': true,
  'join@1': true,
  'materialize@1': true,
  'sink@1': true,
  'emit@1': true,
};

/** Whether this version knows the operator of a stored step. */
export function isStepOp(op: string): op is StepOp {
  return Object.hasOwn(known, op);
}

/** Makes a step with checked arguments. */
export function makeStep<Op extends StepOp>(
  op: Op,
  id: string,
  rest: { readonly inputs: readonly string[]; readonly args: StepArgs[Op] },
): Step {
  return { id, op, inputs: rest.inputs, args: rest.args as unknown as Json };
}

/** Arguments of a step whose operator is known. The plan was made by `lower.ts`, here or in an earlier release. */
export function argsOf<Op extends StepOp>(step: Step, _op: Op): StepArgs[Op] {
  return step.args as unknown as StepArgs[Op];
}
