/** Aggregates run on columns of values, as the engine would run them. */
import type { AggregateDef, BoundAggregate, CallContext } from '../../src/functions/define.ts';
import { resolveCall } from '../../src/functions/resolve.ts';
import type { SqlType } from '../../src/types/type.ts';
import type { Value } from '../../src/types/value.ts';

export interface BoundCall {
  readonly aggregate: BoundAggregate;
  readonly result: SqlType;
}

let rows = 0;
export const CONTEXT: Pick<CallContext, 'property' | 'now' | 'random' | 'sequence'> = {
  property: () => undefined,
  now: () => 1_700_000_000_000,
  random: () => 0.5,
  sequence: () => rows++,
};

/** Resolves and binds a call with these column types and initial arguments. */
export function bindAggregate(
  def: AggregateDef,
  columns: readonly (SqlType | null)[],
  inits: readonly { readonly type: SqlType; readonly value: Value }[] = [],
  properties: Readonly<Record<string, string>> = {},
): BoundCall {
  const types = [...columns, ...inits.map(({ type }) => type)];
  const call = resolveCall(
    def,
    types.map((type) => ({ kind: 'value', type })),
  );
  const context: CallContext = {
    ...CONTEXT,
    property: (name) => properties[name],
    args: call.args,
    result: call.result,
  };
  const aggregate = call.overload.bind(
    context,
    inits.map(({ value }) => value),
  );
  return { aggregate, result: call.result };
}

/** The accumulator after the rows, each a list of one value per column. */
export function accumulate(
  aggregate: BoundAggregate,
  rows: readonly (readonly Value[])[],
  from: Value = aggregate.init(),
): Value {
  return rows.reduce<Value>((accumulator, row) => aggregate.add(accumulator, ...row), from);
}

/** The result over the rows. */
export function resultOver(aggregate: BoundAggregate, rows: readonly (readonly Value[])[]): Value {
  return aggregate.result(accumulate(aggregate, rows));
}
