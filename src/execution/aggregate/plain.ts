/**
 * Aggregation without window, over streams and tables. Every input emits the updated row. Over a table the row before a change
 * is taken back first; a group that loses its last row keeps its empty value (spec: semantics.md §5).
 */
import type { AggregateArgs } from '../../plan/steps.ts';
import type { Row, Value } from '../../types/value.ts';
import type { InstanceContext, MaterializedRows, Push } from '../operators/operator.ts';
import { storedKeyTypes, type TableEntry, TableStore } from '../state/table-store.ts';
import type { Accumulators } from './accumulators.ts';

export function plainAggregate(
  args: AggregateArgs,
  functions: Accumulators,
  instance: InstanceContext,
): Push {
  const store = instance.open(
    new TableStore(instance.storeName(), storedKeyTypes(args.key, false), functions.types),
  );
  instance.materialize(plainRows(store, functions));
  const { emit, tap } = instance;
  return (key, after, before, timestamp) => {
    if (key === null) return;
    const identity = store.identity(key);
    const entry = store.get(identity);
    if (entry === undefined) {
      const fresh = functions.init();
      if (before !== null) functions.undo(fresh, before);
      if (after !== null) functions.add(fresh, after);
      store.put(identity, key, fresh, timestamp);
      emit(key, functions.result(fresh), null, timestamp);
      return;
    }
    const current = entry.value as Value[];
    const old = args.before || tap.push !== null ? functions.result(current) : null;
    if (before !== null) functions.undo(current, before);
    if (after !== null) functions.add(current, after);
    if (timestamp > entry.timestamp) entry.timestamp = timestamp;
    store.touch(entry);
    emit(entry.key, functions.result(current), old, entry.timestamp);
  };
}

function plainRows(store: TableStore, functions: Accumulators): MaterializedRows {
  const rowOf = (entry: TableEntry) => ({
    key: entry.key,
    value: functions.result(entry.value as Row),
    timestamp: entry.timestamp,
  });
  return {
    *lookup(key) {
      const entry = store.peek(store.identity(key));
      if (entry !== undefined) yield rowOf(entry);
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
