/**
 * Stream-table join: a stream row looks up the table's row as it stands; only stream rows give results (spec: semantics.md
 * §7.4). Rows without value or with a NULL join key are ignored. The table's rows are kept here, per partition.
 */
import type { JoinArgs } from '../../plan/steps.ts';
import type { Row } from '../../types/value.ts';
import type { PreparedStep, Push } from '../operators/operator.ts';
import { storedKeyTypes, TableStore } from '../state/table-store.ts';
import { hasNull, nulls } from './rows.ts';

export function streamTableJoin(args: JoinArgs): PreparedStep {
  const tables: TableStore[] = [];
  return {
    // Fused code looks rows up itself.
    table: (partition) => tables[partition]!,
    build(instance) {
      const store = instance.open(
        new TableStore(
          instance.storeName('right'),
          storedKeyTypes(args.rightKey, args.window !== null),
          args.right.map((field) => field.type),
        ),
      );
      tables[instance.partition] = store;
      return inputs(args, store, instance.emit);
    },
  };
}

function inputs(args: JoinArgs, store: TableStore, emit: Push): readonly Push[] {
  const absent: Row | null = args.type === 'LEFT' ? nulls(args.right) : null;
  return [
    (key, after, _before, timestamp) => {
      if (key === null || after === null || hasNull(key)) return;
      const right = store.get(store.identity(key))?.value ?? absent;
      if (right !== null) emit(key, after.concat(right), null, timestamp);
    },
    tableSide(store),
  ];
}

/** Keeps the last row of each key. */
function tableSide(store: TableStore): Push {
  return (key, after, _before, timestamp) => {
    if (key === null) return;
    const identity = store.identity(key);
    if (after === null) store.delete(identity);
    else store.put(identity, key, after, timestamp);
  };
}
