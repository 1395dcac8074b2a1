/**
 * Session windows (spec: semantics.md §6). A row joins every session of its key within `gap` of it; if that changes bounds or
 * joins several, tombstones for the old sessions come first. A row whose session ended more than grace and gap before stream
 * time is dropped. Records carry the session's end as their timestamp.
 */
import type { WindowSpec } from '../../plan/logical.ts';
import type { AggregateArgs } from '../../plan/steps.ts';
import type { Row, Value } from '../../types/value.ts';
import type { InstanceContext, MaterializedRows, Push } from '../operators/operator.ts';
import type { ExecutionLimits } from '../limits.ts';
import { NumberStore } from '../state/number-store.ts';
import { type Session, SessionStore } from '../state/session-store.ts';
import type { Accumulators } from './accumulators.ts';
import { keyOrder } from './key-order.ts';

export function sessionAggregate(
  args: AggregateArgs & { readonly spec: WindowSpec },
  functions: Accumulators,
  { instance, limits }: { readonly instance: InstanceContext; readonly limits: ExecutionLimits },
): Push {
  const { sizeMs: gapMs, graceMs, retentionMs } = args.spec;
  const types = args.key.map((field) => field.type);
  const store = instance.open(
    new SessionStore(instance.storeName(), {
      key: types,
      value: functions.types,
      retentionMs,
      tracksEnds: args.final,
      sessionsMax: limits.sessions,
    }),
  );
  const times = instance.open(new NumberStore(instance.storeName('time')));
  instance.materialize(sessionRows(store, functions, args.key.length));
  const emit: Push = args.final ? () => {} : instance.emit;
  const { tap } = instance;
  const final = args.final ? finalSessions(args, functions, { store, instance }) : null;
  let observed = times.get('observed', -1);
  if (observed >= 0) store.advance(observed);
  let rows = times.get('rows', 0);
  return (key, after, _before, timestamp) => {
    if (key === null || after === null) return;
    if (timestamp > observed) {
      observed = timestamp;
      times.set('observed', observed);
    }
    functions.sequence.rows = rows++;
    times.set('rows', rows);
    const identity = store.identity(key);
    const found = store.find(identity, timestamp - gapMs, timestamp + gapMs);
    const start = Math.min(timestamp, ...found.map((session) => session.start));
    const end = Math.max(timestamp, ...found.map((session) => session.end));
    if (end >= observed - graceMs - gapMs) {
      const [only] = found;
      if (only !== undefined && found.length === 1 && only.start === start && only.end === end) {
        const current = only.value as Value[];
        const old = args.before || tap.push !== null ? functions.result(current) : null;
        functions.add(current, after);
        store.touch(only);
        emit(only.key, functions.result(current), old, end);
      } else {
        let merged = functions.init();
        for (const session of found) {
          const value = session.value!;
          merged = functions.merge(merged, value);
          store.remove(identity, session);
          const old = args.before || tap.push !== null ? functions.result(value) : null;
          emit(session.key, null, old, session.end);
        }
        functions.add(merged, after);
        const windowed = [...key, start, end];
        store.put(identity, windowed, merged);
        emit(windowed, functions.result(merged), null, end);
      }
    } else {
      instance.onLate();
    }
    final?.(observed);
    // Only now: a session's retention may be over as soon as it is closed, and it is to be emitted before it goes.
    store.advance(observed);
  };
}

interface FinalContext {
  readonly store: SessionStore;
  readonly instance: InstanceContext;
}

/** Emits the sessions that closed since the last call, by end and then by key bytes. */
function finalSessions(
  args: AggregateArgs & { readonly spec: WindowSpec },
  functions: Accumulators,
  { store, instance }: FinalContext,
): (observed: number) => void {
  const order = keyOrder(args.key, args.keyFormat);
  const { emit } = instance;
  return (observed) => {
    const due = store.takeEnded(observed - args.spec.graceMs - args.spec.sizeMs);
    const sorted = order(due, (session) => session.key);
    sorted.sort((a, b) => a.end - b.end);
    for (const { key, value, end } of sorted) {
      emit(key, functions.result(value as Row), null, end);
    }
  };
}

function sessionRows(
  store: SessionStore,
  functions: Accumulators,
  keyWidth: number,
): MaterializedRows {
  const rowOf = (session: Session) => ({
    key: session.key,
    value: functions.result(session.value as Row),
    timestamp: session.end,
  });
  return {
    *lookup(key) {
      for (const session of store.alive(store.identity(key))) yield rowOf(session);
    },
    *all() {
      for (const session of store.allAlive()) yield rowOf(session);
    },
    get(key) {
      const [start, end] = key.slice(keyWidth) as [number, number];
      const session = store.at(store.identity(key.slice(0, keyWidth)), start, end);
      return session === undefined ? undefined : rowOf(session);
    },
    watch: (onChange) => store.watch(onChange),
    isExpired: (key) => store.isExpired(key[keyWidth + 1] as number),
  };
}
