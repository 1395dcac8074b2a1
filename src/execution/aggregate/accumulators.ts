/** The aggregates of one step together: a row of accumulators, changed in place by one generated function. */
import { assert } from '../../base/assert.ts';
import type { BoundAggregate } from '../../functions/define.ts';
import { spreadIndexOf } from '../../functions/resolve.ts';
import { parseSignature } from '../../functions/signature.ts';
import type { AggregateCall } from '../../plan/logical.ts';
import type { SqlType } from '../../types/type.ts';
import type { Row, Value } from '../../types/value.ts';
import { compileExpression } from '../codegen/compile.ts';
import { Emitter } from '../codegen/generate.ts';
import type { StepContext } from '../operators/operator.ts';

export interface Accumulators {
  /** What a row of accumulators is stored as. */
  readonly types: readonly SqlType[];
  /** Rows aggregated before, where accumulators are merged: kept by whoever merges them, 0 elsewhere. */
  readonly sequence: { rows: number };
  init(): Value[];
  /** Adds a row of arguments. */
  add(accumulators: Value[], row: Row): void;
  /** Takes a row of arguments back; only over tables. */
  undo(accumulators: Value[], row: Row): void;
  /** The union of an earlier and a later session. */
  merge(earlier: Row, later: Row): Value[];
  result(accumulators: Row): Row;
}

export function accumulators(calls: readonly AggregateCall[], context: StepContext): Accumulators {
  const sequence = { rows: 0 };
  const bound = calls.map((call) => bindAggregate(call, context, () => sequence.rows));
  return {
    sequence,
    types: bound.map(({ stored }) => stored),
    init: () => bound.map((aggregate) => aggregate.init()),
    add: compileChange(calls, bound, 'add'),
    undo: compileChange(calls, bound, 'undo'),
    merge: (earlier, later) =>
      bound.map((aggregate, index) => aggregate.merge(earlier[index]!, later[index]!)),
    result: compileResult(bound),
  };
}

function bindAggregate(
  call: AggregateCall,
  context: StepContext,
  sequence: () => number,
): BoundAggregate {
  const definition = context.functions.get(call.fn);
  assert(definition?.kind === 'aggregate', 'a plan to call aggregates that exist');
  const overload = definition.overloads.find(({ signature }) => signature === call.signature);
  assert(overload !== undefined, 'a plan to call overloads that exist');
  const inits = call.inits.map((e) => compileExpression(e, context.compile)(null, [], 0));
  return overload.bind(
    {
      args: [...call.args, ...call.inits].map((arg) => arg.type),
      result: call.type,
      property: (name) => context.properties[name],
      now: context.now,
      random: context.random,
      sequence,
    },
    inits,
  );
}

/** `(accumulators, row)`: each accumulator becomes what its aggregate makes of it and its arguments. */
function compileChange(
  calls: readonly AggregateCall[],
  bound: readonly BoundAggregate[],
  change: 'add' | 'undo',
): (accumulators: Value[], row: Row) => void {
  const emitter = new Emitter();
  for (const [index, call] of calls.entries()) {
    const aggregate = emitter.constant(bound[index]);
    const types = [...call.args, ...call.inits].map((arg) => arg.type);
    const spread = spreadIndexOf(parseSignature(call.signature), types);
    const args = call.args.map((arg, at) => {
      assert(arg.kind === 'column', 'arguments of aggregates to be columns');
      const column = `row[${arg.index}]`;
      return at === spread ? `...(${column}??[])` : column;
    });
    emitter.line(`acc[${index}]=${aggregate}.${change}(${[`acc[${index}]`, ...args].join(',')});`);
  }
  return emitter.compile(['acc', 'row']);
}

function compileResult(bound: readonly BoundAggregate[]): (accumulators: Row) => Row {
  const emitter = new Emitter();
  const values = bound.map(
    (aggregate, index) => `${emitter.constant(aggregate)}.result(acc[${index}])`,
  );
  emitter.line(`return [${values.join(',')}];`);
  return emitter.compile(['acc']);
}
