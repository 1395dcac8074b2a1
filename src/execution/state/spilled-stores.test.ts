/** Stores that may keep next to nothing in memory do what their twins do that keep everything there. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { StateChange } from '../../log/log.ts';
import type { SqlType } from '../../types/type.ts';
import type { Value } from '../../types/value.ts';
import { executionLimits } from '../limits.ts';
import { stateMemory } from '../scenario.test-helper.ts';
import { StateBudget } from './budget.ts';
import { JoinBuffer } from './join-buffer.ts';
import type { StateMemory } from './memory.ts';
import { SessionStore } from './session-store.ts';
import { type DurableStore, TableStore } from './table-store.ts';
import { WindowStore } from './window-store.ts';

const STRING: SqlType = { kind: 'STRING' };
const INTEGER: SqlType = { kind: 'INTEGER' };

interface Side<Store> {
  store: Store;
  budget: StateBudget;
  readonly memory: StateMemory | null;
  readonly log: Map<string, readonly [Uint8Array, Uint8Array]>;
}

type Step = readonly [operation: number, key: string, a: number, b: number];
const step = fc.tuple(fc.nat(9), fc.constantFrom('a', 'b', 'c', 'd', 'e'), fc.nat(60), fc.nat(9));

/** Runs the same steps on a store with all memory and on one with none; what they say must be the same. */
function twins<Store extends DurableStore>(
  make: () => Store,
  carryOut: (store: Store, step: Step) => unknown,
  state: (store: Store) => unknown,
): void {
  let reads = 0;
  fc.assert(
    fc.property(fc.array(step, { minLength: 10, maxLength: 150 }), fc.nat(3), (steps, every) => {
      const sides = [null, stateMemory(1)].map((memory): Side<Store> => {
        const budget = new StateBudget(executionLimits(), memory);
        const store = make();
        store.limit?.(budget);
        return { store, budget, memory, log: new Map() };
      });
      for (const [at, one] of steps.entries()) {
        const [resident, spilled] = sides.map((side) => {
          const said = carryOut(side.store, one);
          if (at % (every + 1) === 0) collect(side);
          if (at % 40 === 39) restart(side, make);
          return [said, side.budget.rows, state(side.store)];
        });
        expect(spilled).toEqual(resident);
      }
      for (const side of sides) collect(side);
      const [resident, spilled] = sides.map(({ log, budget }) => [
        [...log].map(([key, [, value]]) => [key, [...value]]).sort(),
        budget.bytes,
      ]);
      expect(spilled).toEqual(resident);
      reads += sides[1]!.memory!.space.reads;
      sides[1]!.store.release?.();
      expect(sides[1]!.memory!.residentBytes).toBe(0);
      expect(sides[1]!.memory!.space.extents.usedBytes).toBe(0);
    }),
    { numRuns: 80 },
  );
  expect(reads).toBeGreaterThan(200);
}

function collect<Store extends DurableStore>({ store, budget, memory, log }: Side<Store>): void {
  const changes: StateChange[] = [];
  store.collect(changes);
  memory?.enforce(budget);
  for (const { key, value } of changes) {
    const name = Buffer.from(key).toString('hex');
    if (value === null) log.delete(name);
    else log.set(name, [key, value]);
  }
}

function restart<Store extends DurableStore>(side: Side<Store>, make: () => Store): void {
  collect(side);
  side.store.release?.();
  side.budget = new StateBudget(executionLimits(), side.memory);
  side.store = make();
  side.store.limit?.(side.budget);
  side.store.restore(side.log.values());
}

const sorted = (items: Iterable<unknown>): readonly string[] =>
  [...items].map((item) => JSON.stringify(item)).sort();

test('a table', () => {
  twins(
    () => new TableStore('T/0', [STRING], [INTEGER, STRING]),
    (store, [operation, key, a, b]) => {
      if (operation < 4) store.put(key, [key], [a, `x${b}`], a);
      else if (operation < 6) store.delete(key);
      else if (operation === 6) {
        const entry = store.get(key);
        if (entry === undefined) return null;
        // Rows that are looked up by bytes are never changed in place.
        store.put(key, entry.key, [a, entry.value![1]!], entry.timestamp);
      } else if (operation === 7) return store.peek(key)?.value;
      else if (operation === 8) {
        const lookup = store.byBytes();
        const at = lookup.find(Buffer.from(`.${key}.`), 1, 2);
        return at < 0 ? null : lookup.cells.slice(at, at + 2);
      }
      const entry = store.get(key);
      return [entry?.key, entry?.value, entry?.timestamp];
    },
    (store) =>
      sorted([...store.entries()].map(({ key, value, timestamp }) => [key, value, timestamp])),
  );
});

test('windows', () => {
  twins(
    () => new WindowStore('W/0', [STRING], [INTEGER], 20),
    (store, [operation, key, a, b]) => {
      const start = a - (a % 5);
      const entry = store.get(start, key);
      if (operation < 6 && entry === undefined) {
        store.add(start, key, [key, start, start + 5], [b], a);
      } else if (entry !== undefined) {
        (entry.value as Value[])[0] = b;
        store.touch(entry);
      }
      return sorted([...store.entriesOf(key)].map((item) => [item.key, item.value]));
    },
    (store) =>
      [...store.windows(10, 40)].map((window) =>
        sorted([...window].map(({ key, value, timestamp }) => [key, value, timestamp])),
      ),
  );
});

test('sessions', () => {
  twins(
    () =>
      new SessionStore('S/0', {
        key: [STRING],
        value: [INTEGER],
        retentionMs: 4000,
        tracksEnds: true,
        sessionsMax: { key: 'leat.limit.window.sessions', value: 100 },
      }),
    (store, [operation, key, a, b]) => {
      const start = a * 200;
      if (operation < 5) {
        const found = store.find(key, start - 300, start + 300);
        for (const session of found) store.remove(key, session);
        const first = Math.min(start, ...found.map((session) => session.start));
        const last = Math.max(start, ...found.map((session) => session.end));
        store.put(key, [key, first, last], [b]);
        return found.map((session) => session.key);
      }
      if (operation < 7) {
        store.advance(start);
        return null;
      }
      if (operation === 7)
        return sorted(store.takeEnded(start).map((session) => [session.key, session.value]));
      if (operation === 8) return store.at(key, start, start)?.value;
      return [...store.alive(key)].map((session) => [session.key, session.value]);
    },
    (store) =>
      sorted([...store.allAlive()].map(({ key, value, isTaken }) => [key, value, isTaken])),
  );
});

test('rows that wait in a join', () => {
  twins(
    () => new JoinBuffer('J/0', [STRING], [INTEGER]),
    (store, [operation, key, a, b]) => {
      const shown = (rows: readonly { readonly key: unknown; readonly row: unknown }[]) =>
        rows.map((row) => [row.key, row.row]);
      if (operation < 5) {
        const row = store.add([key], [b], a);
        if (b < 4) store.setPending(row, true);
        return row.sequence;
      }
      if (operation < 7) {
        const found = store.find(key, a - 10, a + 10);
        for (const row of found) store.setPending(row, false);
        return shown(found);
      }
      if (operation === 7) return shown(store.takePending(a));
      store.expire(a - 20);
      return null;
    },
    (store) => ['a', 'b', 'c', 'd', 'e'].map((key) => store.find(key, 0, 30).length),
  );
});

test('rows that are read while others change and leave memory are all seen', () => {
  const memories = fc.constantFrom(1, 2000, 100_000);
  fc.assert(
    fc.property(fc.array(step, { minLength: 40, maxLength: 150 }), memories, (steps, bytes) => {
      const memory = stateMemory(bytes);
      const budget = new StateBudget(executionLimits(), memory);
      const store = new TableStore('T/0', [STRING], [INTEGER, STRING]);
      store.limit(budget);
      const change = ([operation, key, a, b]: Step): void => {
        const id = `${key}${b % 4}`;
        if (operation < 5) store.put(id, [id], [a, 'x'], a);
        else if (operation < 6) store.delete(id);
        else store.get(id);
        if (operation % 2 === 0) return;
        store.collect(null);
        memory.enforce(budget);
      };
      const half = steps.length >> 1;
      for (const one of steps.slice(0, half)) change(one);
      store.collect(null);
      memory.enforce(budget);
      const seen = new Map<string, number>();
      const told = new Set<string>();
      using _watch = store.watch((key) => told.add(key[0] as string));
      const reading = store.entries()[Symbol.iterator]();
      const take = (): boolean => {
        const next = reading.next();
        if (next.done === true) return false;
        seen.set(next.value.key[0] as string, next.value.value![0] as number);
        return true;
      };
      for (const one of steps.slice(half)) {
        change(one);
        take();
      }
      while (take());
      for (const id of told) {
        const entry = store.peek(id);
        if (entry === undefined) seen.delete(id);
        else seen.set(id, entry.value![0] as number);
      }
      const rows = [...store.entries()].map(({ key, value }) => [key[0], value![0]]);
      expect([...seen].sort()).toEqual(rows.sort());
    }),
    { numRuns: 200 },
  );
});
