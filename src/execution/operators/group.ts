/**
 * GROUP BY before the exchange: the grouping key, and the aggregates' arguments as the row. Rows with a NULL or failing
 * grouping expression belong to no group (spec: semantics.md §5). Over a table a change of group leaves the old group first.
 */
import type { GroupArgs } from '../../plan/steps.ts';
import type { Row, Value } from '../../types/value.ts';
import { compileExpression, compileRow } from '../codegen/compile.ts';
import { messageOf } from '../codegen/expression.ts';
import { keyIdentity } from '../state/identity.ts';
import type { OperatorDef, Push, StepContext } from './operator.ts';

type KeyOf = (key: Row | null, value: Row, timestamp: number) => Row | null;

export const group: OperatorDef<'group@1'> = {
  op: 'group@1',
  doc: 'Computes the grouping key and the arguments of the aggregates.',
  prepare(args, context) {
    const keyOf = groupingKey(args, context);
    const row = compileRow(args.columns, context.compile);
    if (args.collection === 'table') {
      const identity = keyIdentity(args.by.map(({ expression }) => expression.type!));
      return { build: ({ emit }) => [tableGroup(keyOf, row, { identity, emit })] };
    }
    return {
      build: ({ emit }) => [
        (key, after, _before, timestamp) => {
          if (after === null) return;
          const next = keyOf(key, after, timestamp);
          if (next !== null) emit(next, row(key, after, timestamp), null, timestamp);
        },
      ],
    };
  },
};

function tableGroup(
  keyOf: KeyOf,
  row: (key: Row | null, value: Row, timestamp: number) => Row,
  to: { readonly identity: (key: Row) => unknown; readonly emit: Push },
): Push {
  const { identity, emit } = to;
  return (key, after, before, timestamp) => {
    const oldKey = before === null ? null : keyOf(key, before, timestamp);
    const newKey = after === null ? null : keyOf(key, after, timestamp);
    const oldRow = oldKey === null ? null : row(key, before!, timestamp);
    const newRow = newKey === null ? null : row(key, after!, timestamp);
    if (oldKey !== null && newKey !== null && identity(oldKey) === identity(newKey)) {
      emit(newKey, newRow, oldRow, timestamp);
      return;
    }
    if (oldKey !== null) emit(oldKey, null, oldRow, timestamp);
    if (newKey !== null) emit(newKey, newRow, null, timestamp);
  };
}

/** The grouping key, or null for a row that belongs to no group, which is reported. */
function groupingKey(args: GroupArgs, context: StepContext): KeyOf {
  const parts = args.by.map(({ expression }) => compileExpression(expression, context.compile));
  const excluded = (index: number, why: string): null => {
    context.report(
      1,
      `Group-by column with index ${index} ${why}. The source row will be excluded from the table.`,
    );
    return null;
  };
  return (key, value, timestamp) => {
    const result: Value[] = [];
    for (let index = 0; index < parts.length; index++) {
      let part: Value;
      try {
        part = parts[index]!(key, value, timestamp);
      } catch (error) {
        return excluded(index, `failed: ${messageOf(error)}`);
      }
      if (part === null) return excluded(index, 'resolved to null');
      result.push(part);
    }
    return result;
  };
}
