/** JOIN: see src/execution/join. */
import { unreachable } from '../../base/assert.ts';
import { foreignKeyJoin } from '../join/foreign-key.ts';
import { streamStreamJoin } from '../join/stream-stream.ts';
import { streamTableJoin } from '../join/stream-table.ts';
import { tableTableJoin } from '../join/table-table.ts';
import type { OperatorDef } from './operator.ts';

export const join: OperatorDef<'join@1'> = {
  op: 'join@1',
  doc: 'Joins two inputs.',
  prepare(args, context) {
    switch (args.join) {
      case 'stream-table':
        return streamTableJoin(args);
      case 'table-table':
        return { build: (instance) => tableTableJoin(args, instance) };
      case 'stream-stream':
        return { build: (instance) => streamStreamJoin(args, instance, context) };
      case 'foreign-key':
        return foreignKeyJoin(args, context);
      default:
        return unreachable(args.join);
    }
  },
};
