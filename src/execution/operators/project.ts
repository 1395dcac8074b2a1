/** SELECT: replaces the value columns; rows without value pass (spec: semantics.md §4). */
import { compileRow } from '../codegen/compile.ts';
import type { OperatorDef } from './operator.ts';

export const project: OperatorDef<'project@1'> = {
  op: 'project@1',
  doc: 'Computes the value columns.',
  prepare(args, context) {
    const row = compileRow(args.columns, context.compile);
    return {
      build: ({ emit }) => [
        (key, after, before, timestamp) =>
          emit(
            key,
            after === null ? null : row(key, after, timestamp),
            before === null || !args.before ? null : row(key, before, timestamp),
            timestamp,
          ),
      ],
    };
  },
};
