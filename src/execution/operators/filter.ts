/**
 * WHERE and HAVING. Over a table a row that stops matching, or a deleted row that matched, becomes a tombstone; rows that never
 * matched leave no trace (spec: semantics.md §4).
 */
import { compilePredicate } from '../codegen/compile.ts';
import type { OperatorDef } from './operator.ts';

export const filter: OperatorDef<'filter@1'> = {
  op: 'filter@1',
  doc: 'Keeps the rows that match.',
  prepare(args, context) {
    const matches = compilePredicate(args.predicate, context.compile, args.text);
    if (args.collection === 'stream') {
      return {
        build: ({ emit }) => [
          (key, after, before, timestamp) => {
            if (after !== null && matches(key, after, timestamp))
              emit(key, after, before, timestamp);
          },
        ],
      };
    }
    return {
      build: ({ emit }) => [
        (key, after, before, timestamp) => {
          const matched = before !== null && matches(key, before, timestamp) ? before : null;
          if (after !== null && matches(key, after, timestamp))
            emit(key, after, matched, timestamp);
          else if (matched !== null || !args.exact) emit(key, null, matched, timestamp);
        },
      ],
    };
  },
};
