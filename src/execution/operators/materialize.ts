/** Keeps the last row of each key for pull queries; rows pass. */
import type { Row } from '../../types/value.ts';
import type { MaterializedRow } from '../task.ts';
import { storedKeyTypes, type TableEntry, TableStore } from '../state/table-store.ts';
import type { MaterializedRows, OperatorDef } from './operator.ts';

export const materialize: OperatorDef<'materialize@1'> = {
  op: 'materialize@1',
  doc: 'Keeps the last row of each key.',
  prepare: (args) => ({
    build(instance) {
      const store = instance.open(
        new TableStore(
          instance.storeName(),
          storedKeyTypes(args.key, args.window !== null),
          args.value.map((field) => field.type),
        ),
      );
      instance.materialize(tableRows(store, args.key.length));
      const { emit } = instance;
      return [
        (key, after, _before, timestamp) => {
          if (key === null) return;
          const identity = store.identity(key);
          const before = store.get(identity)?.value ?? null;
          if (after !== null) store.put(identity, key, after, timestamp);
          else store.delete(identity);
          emit(key, after, before, timestamp);
        },
      ];
    },
  }),
};

/** Rows of a table store as pull queries see them; keys of windowed rows are longer than `keyWidth`. */
export function tableRows(store: TableStore, keyWidth: number): MaterializedRows {
  return {
    *lookup(key) {
      const entry = store.peek(store.identity(key));
      if (entry !== undefined) yield rowOf(entry);
      else yield* windowsOf(store, key, keyWidth);
    },
    *all() {
      for (const entry of store.entries()) yield rowOf(entry);
    },
    get(key) {
      const entry = store.peek(store.identity(key));
      return entry === undefined ? undefined : rowOf(entry);
    },
    watch: (onChange) => store.watch(onChange),
  };
}

function rowOf(entry: TableEntry): MaterializedRow {
  return { key: entry.key, value: entry.value!, timestamp: entry.timestamp };
}

/** Windowed rows of one key: few stores have them, so they are searched for. */
function* windowsOf(store: TableStore, key: Row, keyWidth: number): Iterable<MaterializedRow> {
  const found: MaterializedRow[] = [];
  for (const entry of store.entries()) {
    if (entry.key.length === keyWidth) return;
    const bounds = entry.key.slice(keyWidth);
    if (store.identity([...key, ...bounds]) === store.identity(entry.key)) found.push(rowOf(entry));
  }
  const startOf = (row: MaterializedRow): number => row.key[keyWidth] as number;
  yield* found.sort((a, b) => startOf(a) - startOf(b));
}
