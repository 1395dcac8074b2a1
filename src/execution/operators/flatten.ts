/**
 * Table functions: one row per element of the longest result, shorter ones padded with NULL. A function that fails or gives
 * NULL contributes no rows (spec: functions.md §5). A record that would become too many (`explode.rows`) is reported and gives none.
 */
import { assert } from '../../base/assert.ts';
import { limitText } from '../../base/limits.ts';
import { spreadIndexOf } from '../../functions/resolve.ts';
import { parseSignature } from '../../functions/signature.ts';
import type { TableFunctionCall } from '../../plan/logical.ts';
import type { Row, Value } from '../../types/value.ts';
import { compileRow } from '../codegen/compile.ts';
import { messageOf } from '../codegen/expression.ts';
import type { OperatorDef, StepContext } from './operator.ts';

export const flatten: OperatorDef<'flatten@1'> = {
  op: 'flatten@1',
  doc: 'One row per result of the table functions.',
  prepare(args, context) {
    const calls = args.calls.map((call) => tableFunction(call, context));
    const { explodedRows } = context.limits;
    return {
      build: ({ emit }) => [
        (key, after, _before, timestamp) => {
          if (after === null) return;
          const columns = calls.map((call) => call(key, after, timestamp));
          const count = Math.max(...columns.map((column) => column.length));
          if (count > explodedRows.value) {
            context.report(1, limitText(explodedRows, 'rows of one record', count));
            return;
          }
          for (let index = 0; index < count; index++) {
            const row = [...after, ...columns.map((column) => column[index] ?? null)];
            emit(key, row, null, timestamp);
          }
        },
      ],
    };
  },
};

/** What there is, up to one more than is allowed: a function can make rows without end. */
function listed(results: Iterable<Value>, most: number): readonly Value[] {
  if (Array.isArray(results)) return results;
  const list: Value[] = [];
  for (const result of results) {
    list.push(result);
    if (list.length > most) break;
  }
  return list;
}

/** Results for a row. */
function tableFunction(
  call: TableFunctionCall,
  context: StepContext,
): (key: Row | null, value: Row, timestamp: number) => readonly Value[] {
  const definition = context.functions.get(call.fn);
  assert(definition?.kind === 'table', 'a plan to call table functions that exist');
  const overload = definition.overloads.find(({ signature }) => signature === call.signature);
  assert(overload !== undefined, 'a plan to call overloads that exist');
  const bound = overload.bind({
    args: call.args.map((arg) => arg.type),
    result: call.type,
    property: (name) => context.properties[name],
    now: context.now,
    random: context.random,
  }) as (...args: Value[]) => Iterable<Value> | null;
  const named = call.args.map((expression) => ({ name: call.name, expression, text: call.fn }));
  const args = compileRow(named, context.compile);
  const types = call.args.map((arg) => arg.type);
  const spread = spreadIndexOf(parseSignature(call.signature), types);
  return (key, value, timestamp) => {
    try {
      const results = bound(...spreadAt(spread, args(key, value, timestamp)));
      return results === null ? [] : listed(results, context.limits.explodedRows.value);
    } catch (error) {
      context.report(1, `Table function ${call.fn} failed: ${messageOf(error)}`);
      return [];
    }
  };
}

/** One array standing for all values of a variadic parameter gives way to these. */
function spreadAt(index: number, args: readonly Value[]): readonly Value[] {
  if (index < 0) return args;
  return args.toSpliced(index, 1, ...((args[index] ?? []) as readonly Value[]));
}
