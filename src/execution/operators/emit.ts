/**
 * The end of a push query: rows go to whoever asked. A table's tombstone has the columns that the key still gives; a stream's
 * row without value is no row.
 */
import { compileRow } from '../codegen/compile.ts';
import type { Row } from '../../types/value.ts';
import type { OperatorDef } from './operator.ts';

export const emit: OperatorDef<'emit@1'> = {
  op: 'emit@1',
  doc: 'Hands rows to the client.',
  prepare(args, context) {
    const columns = compileRow(args.columns, context.compile);
    const nothing: Row = new Array<null>(args.valueWidth).fill(null);
    const isTable = args.collection === 'table';
    let left = args.limit ?? Number.POSITIVE_INFINITY;
    return {
      build: () => [
        (key, after, _before, timestamp) => {
          if (left <= 0 || (after === null && !isTable)) return;
          left--;
          context.onEmit?.({
            columns: columns(key, after ?? nothing, timestamp),
            tombstone: isTable && after === null,
          });
        },
      ],
    };
  },
};
