/** What lowering carries from a node down to its input, what it brings up, and how they come about. */
import { assert } from '../base/assert.ts';
import type { Field } from '../types/type.ts';
import { addValueColumns } from './columns.ts';
import type { Expression, NamedExpression } from './expression.ts';
import type { FormatSpec } from '../formats/format.ts';
import type { AggregateCall, LogicalPlan } from './logical.ts';
import type { PhysicalPlan } from './physical.ts';

/** What the consumer of a node asks of it. */
export interface Demand {
  /** Value columns that are read. */
  readonly columns: ReadonlySet<number>;
  /** Changes carry the row before. */
  readonly before: boolean;
  /** Tombstones only for rows that were there: not asked by those who keep the rows themselves. */
  readonly exact: boolean;
  /** A table source keeps its rows, for pull queries. */
  readonly keep: boolean;
  /** Prefix of ids: `L_`, `L_L_`: the inner joins of an n-way join. */
  readonly path: string;
  /** Name of a source step. */
  readonly scan: string;
}

/** The value columns that the expressions read, and `also`. */
export function readBy(
  expressions: readonly Expression[],
  also: Iterable<number> = [],
): Set<number> {
  const columns = new Set(also);
  for (const e of expressions) addValueColumns(e, columns);
  return columns;
}

/** Every value column of the node. */
export function allColumns(node: LogicalPlan): ReadonlySet<number> {
  return new Set(node.value.keys());
}

/** A column nobody reads is not computed. */
export function unread(column: NamedExpression): NamedExpression {
  if (column.expression.kind === 'literal') return column;
  return { ...column, expression: { kind: 'literal', type: column.expression.type, value: null } };
}

/** The first node below that is neither filter nor projection. */
export function underneath(node: LogicalPlan): LogicalPlan {
  return node.kind === 'filter' || node.kind === 'project' ? underneath(node.input) : node;
}

/** Are these exactly the key columns? */
export function isSameKey(by: readonly NamedExpression[], key: readonly Field[]): boolean {
  return (
    by.length === key.length &&
    by.every(
      ({ expression: e }, index) => e.kind === 'column' && e.side === 'key' && e.index === index,
    )
  );
}

/** Arguments become the columns that `group@1` computed them into. */
export function slotted(calls: readonly AggregateCall[]): readonly AggregateCall[] {
  let index = 0;
  return calls.map((call) => ({
    ...call,
    args: call.args.map((arg): Expression => {
      const name = `ARG_${index}`;
      assert(arg.type !== null, 'an aggregate to have typed arguments');
      return { kind: 'column', type: arg.type, side: 'value', index: index++, name };
    }),
  }));
}

/** Columns of a join's row as columns of its sides. */
export function splitColumns(
  columns: ReadonlySet<number>,
  width: number,
): { readonly left: Set<number>; readonly right: Set<number> } {
  const left = new Set<number>();
  const right = new Set<number>();
  for (const index of columns) {
    if (index < width) left.add(index);
    else right.add(index - width);
  }
  return { left, right };
}

/** A lowered node. */
export interface Lowered {
  readonly id: string;
  /** Rows stand in the partition their key hashes to, by `keyFormat`. */
  readonly isPartitioned: boolean;
  readonly keyFormat: FormatSpec;
  /** A topic with as many partitions as the rows are spread over. */
  readonly topic: string;
  readonly materialized: PhysicalPlan['materialized'];
}

/** The node behind a filter or projection, which a pull query has to pass as well. */
export function transformed(input: Lowered, id: string): Lowered {
  const { materialized } = input;
  if (materialized === null) return { ...input, id };
  return {
    ...input,
    id,
    materialized: { ...materialized, transforms: [...materialized.transforms, id] },
  };
}
