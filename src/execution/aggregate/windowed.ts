/**
 * Tumbling and hopping windows (spec: semantics.md §6). A row counts in every window that contains it, ascending; a window that
 * ended `grace` before stream time takes no more rows. Stream time is the highest timestamp this partition has seen.
 *
 * EMIT FINAL: when stream time advances, the windows it closed are emitted after the row itself was counted, by start and then
 * by key bytes, each once. What retention has dropped by then is lost, as in ksqlDB.
 */
import type { WindowSpec } from '../../plan/logical.ts';
import type { AggregateArgs } from '../../plan/steps.ts';
import type { Row, Value } from '../../types/value.ts';
import type { InstanceContext, MaterializedRows, Push } from '../operators/operator.ts';
import { NumberStore } from '../state/number-store.ts';
import type { TableEntry } from '../state/table-store.ts';
import { WindowStore } from '../state/window-store.ts';
import type { Accumulators } from './accumulators.ts';
import { type KeyOrder, keyOrder } from './key-order.ts';

export function windowedAggregate(
  args: AggregateArgs & { readonly spec: WindowSpec },
  functions: Accumulators,
  instance: InstanceContext,
): Push {
  const { sizeMs, advanceMs, graceMs } = args.spec;
  const store = instance.open(
    new WindowStore(
      instance.storeName(),
      args.key.map((field) => field.type),
      functions.types,
      args.spec.retentionMs,
    ),
  );
  const times = instance.open(new NumberStore(instance.storeName('time')));
  instance.materialize(windowRows(store, functions, args.key.length));
  const final = args.final ? finalWindows(args, functions, { store, times, instance }) : null;
  const { emit, tap } = instance;
  let observed = times.get('observed', -1);
  const count = (start: number, key: Row, row: Row, timestamp: number): void => {
    const identity = store.identity(key);
    const entry = store.get(start, identity);
    if (entry === undefined) {
      const fresh = functions.init();
      functions.add(fresh, row);
      const windowed = key.concat(start, start + sizeMs);
      store.add(start, identity, windowed, fresh, timestamp);
      if (final === null) emit(windowed, functions.result(fresh), null, timestamp);
      return;
    }
    const current = entry.value as Value[];
    const old = args.before || tap.push !== null ? functions.result(current) : null;
    functions.add(current, row);
    if (timestamp > entry.timestamp) entry.timestamp = timestamp;
    store.touch(entry);
    if (final === null) emit(entry.key, functions.result(current), old, entry.timestamp);
  };
  return (key, after, _before, timestamp) => {
    if (key === null || after === null) return;
    if (timestamp > observed) {
      observed = timestamp;
      times.set('observed', observed);
    }
    const first = Math.floor(Math.max(0, timestamp - sizeMs + advanceMs) / advanceMs) * advanceMs;
    let isLate = true;
    for (let start = first; start <= timestamp; start += advanceMs) {
      if (start + sizeMs <= observed - graceMs) continue;
      isLate = false;
      count(start, key, after, timestamp);
    }
    if (isLate) instance.onLate();
    final?.(observed);
  };
}

interface FinalContext {
  readonly store: WindowStore;
  readonly times: NumberStore;
  readonly instance: InstanceContext;
}

/** Emits the windows that closed since the last call. */
function finalWindows(
  args: AggregateArgs & { readonly spec: WindowSpec },
  functions: Accumulators,
  { store, times, instance }: FinalContext,
): (observed: number) => void {
  const { sizeMs, graceMs } = args.spec;
  const order: KeyOrder = keyOrder(args.key, args.keyFormat);
  const { emit } = instance;
  let emitted = times.get('emitted', -1);
  return (observed) => {
    const last = observed - graceMs - sizeMs;
    if (last <= emitted) return;
    for (const entries of store.windows(emitted + 1, last)) {
      for (const entry of order(entries, (item) => item.key)) {
        emit(entry.key, functions.result(entry.value as Row), null, entry.timestamp);
      }
    }
    emitted = last;
    times.set('emitted', emitted);
  };
}

function windowRows(
  store: WindowStore,
  functions: Accumulators,
  keyWidth: number,
): MaterializedRows {
  const rowOf = (entry: TableEntry) => ({
    key: entry.key,
    value: functions.result(entry.value as Row),
    timestamp: entry.timestamp,
  });
  return {
    *lookup(key) {
      for (const entry of store.entriesOf(store.identity(key))) yield rowOf(entry);
    },
    *all() {
      for (const entries of store.windows(0, Number.MAX_SAFE_INTEGER)) {
        for (const entry of entries) yield rowOf(entry);
      }
    },
    get(key) {
      const entry = store.peek(key[keyWidth] as number, store.identity(key.slice(0, keyWidth)));
      return entry === undefined ? undefined : rowOf(entry);
    },
    watch: (onChange) => store.watch(onChange),
  };
}
