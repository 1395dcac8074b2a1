/** PARTITION BY: a new key (spec: semantics.md §4.1). Where the row belongs is decided by an exchange or a sink below. */
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
    return {
      build: ({ emit }) => [
        (key, after, before, timestamp) => {
          const next =
            after === null && args.needsValue ? null : keyOf(key, after ?? NO_VALUE, timestamp);
          emit(next, after, before, timestamp);
        },
      ],
    };
  },
};
