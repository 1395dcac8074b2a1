/** PARTITION BY: a new key (spec: semantics.md §4.1). Where the row belongs is decided by an exchange or a sink below. */
import { somePart } from '../../plan/columns.ts';
import type { NamedExpression } from '../../plan/expression.ts';
import { compileRow } from '../codegen/compile.ts';
import type { Row } from '../../types/value.ts';
import type { OperatorDef } from './operator.ts';

const NO_VALUE: Row = [];

export const rekey: OperatorDef<'rekey@1'> = {
  op: 'rekey@1',
  doc: 'Computes a new key.',
  prepare(args, context) {
    if (args.by.length === 0) {
      return {
        build: ({ emit }) => [
          (_key, after, before, timestamp) => emit(null, after, before, timestamp),
        ],
      };
    }
    const keyOf = compileRow(args.by, context.compile);
    // Of a row without value, only what the old key gives is known.
    const keyOfNothing = compileRow(args.by.map(withoutValue), context.compile);
    return {
      build: ({ emit }) => [
        (key, after, before, timestamp) => {
          const next =
            after === null ? keyOfNothing(key, NO_VALUE, timestamp) : keyOf(key, after, timestamp);
          emit(next, after, before, timestamp);
        },
      ],
    };
  },
};

function withoutValue(column: NamedExpression): NamedExpression {
  const { expression } = column;
  if (!somePart(expression, (part) => part.kind === 'column' && part.side === 'value'))
    return column;
  return { ...column, expression: { kind: 'literal', type: expression.type, value: null } };
}
