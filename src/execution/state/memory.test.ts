import { expect, test } from 'vitest';
import type { SqlType } from '../../types/type.ts';
import { executionLimits, stateRowBytes } from '../limits.ts';
import { StateBudget } from './budget.ts';
import { StateMemory } from './memory.ts';
import { MemorySpillArea, type SpillArea } from './spill-area.ts';
import { TableStore } from './table-store.ts';
import { TaskFailure } from '../task.ts';

const STRING: SqlType = { kind: 'STRING' };
// Layout, a flag, a length and 6 characters of the key; layout, a flag and 8 bytes of timestamp, a flag, a length and 100 characters.
const rowBytes: number = 9 + 10 + 1 + 1 + 100 + stateRowBytes;

function memory(bytes: number, area: SpillArea = new MemorySpillArea()): StateMemory {
  return new StateMemory(
    {
      memory: { key: 'leat.limit.state.memory', value: bytes },
      spill: { key: 'leat.limit.state.spill', value: 1024 * 1024 * 1024 },
    },
    area,
  );
}

interface Task {
  readonly store: TableStore;
  readonly budget: StateBudget;
  put(from: number, to: number): void;
  collect(): void;
}

function task(of: StateMemory): Task {
  const budget = new StateBudget(executionLimits(), of);
  const store = new TableStore('T/0', [STRING], [STRING]);
  store.limit(budget);
  return {
    store,
    budget,
    put(from, to) {
      for (let id = from; id < to; id++)
        store.put(`k${10_000 + id}`, [`k${10_000 + id}`], ['x'.repeat(100)], 0);
    },
    collect() {
      store.collect(null);
      of.enforce(budget);
    },
  };
}

test('what rows take is known once they were collected, and is nothing when they are gone', () => {
  const of = memory(1_000_000);
  const one = task(of);
  one.put(0, 10);
  expect(of.residentBytes).toBe(0);
  one.collect();
  expect(of.residentBytes).toBe(10 * rowBytes);
  one.store.delete('k10003');
  one.collect();
  expect(of.residentBytes).toBe(9 * rowBytes);
  one.store.release();
  expect(of.metrics()).toMatchObject({ state_resident_bytes: 0, state_spilled_bytes: 0 });
});

test('above the limit all tasks let go of rows, as many as they have', () => {
  const of = memory(100 * rowBytes);
  const [large, small] = [task(of), task(of)];
  large.put(0, 80);
  large.collect();
  small.put(0, 20);
  small.collect();
  expect(of.metrics()['state_spilled_bytes']).toBe(0);
  small.put(20, 30);
  small.collect();
  expect(of.residentBytes).toBeLessThan(100 * rowBytes);
  const reads = () => of.space.reads;
  const readsBefore = reads();
  for (let id = 0; id < 80; id++)
    expect(large.store.peek(`k${10_000 + id}`)?.value?.[0]).toHaveLength(100);
  const ofLarge = reads() - readsBefore;
  for (let id = 0; id < 30; id++)
    expect(small.store.peek(`k${10_000 + id}`)?.value?.[0]).toHaveLength(100);
  const ofSmall = reads() - readsBefore - ofLarge;
  expect(ofLarge).toBeGreaterThan(10);
  expect(ofSmall).toBeGreaterThan(2);
  expect(ofLarge).toBeGreaterThan(ofSmall);
});

test('rows that were used since stay longer than those that were not', () => {
  const of = memory(100 * rowBytes);
  const one = task(of);
  one.put(0, 100);
  one.collect();
  for (let round = 0; round < 20; round++) {
    for (let id = 0; id < 10; id++) one.store.get(`k${10_000 + id}`);
    one.put(100 + round * 5, 105 + round * 5);
    one.collect();
  }
  const before = of.space.reads;
  for (let id = 0; id < 10; id++) one.store.peek(`k${10_000 + id}`);
  expect(of.space.reads - before).toBeLessThan(5);
});

test('a row is in memory or not: looking at it from outside does not bring it there', () => {
  const of = memory(1);
  const one = task(of);
  one.put(0, 5);
  one.collect();
  const { residentBytes } = of;
  expect(one.store.peek('k10001')?.key).toEqual(['k10001']);
  expect([...one.store.entries()]).toHaveLength(5);
  expect(of.residentBytes).toBe(residentBytes);
  one.store.get('k10001');
  expect(of.residentBytes).toBe(residentBytes + rowBytes);
});

test('where rows cannot be written the task whose they are fails, and loses none', () => {
  let isFull = true;
  const area = new MemorySpillArea();
  const write = area.write.bind(area);
  area.write = (position, bytes) => {
    if (isFull) throw new TaskFailure('full');
    write(position, bytes);
  };
  const of = memory(10 * rowBytes, area);
  const [one, other] = [task(of), task(of)];
  one.put(0, 9);
  one.collect();
  other.put(0, 9);
  expect(() => other.collect()).toThrow('full');
  other.store.release();
  one.put(9, 12);
  expect(() => one.collect()).toThrow('full');
  isFull = false;
  one.collect();
  expect(of.residentBytes).toBeLessThan(10 * rowBytes);
  for (let id = 0; id < 12; id++)
    expect(one.store.get(`k${10_000 + id}`)?.value?.[0]).toHaveLength(100);
});

test('a task without rows of its own does not fail for others', () => {
  const area = new MemorySpillArea();
  area.write = () => {
    throw new TaskFailure('full');
  };
  const of = memory(1, area);
  const one = task(of);
  one.put(0, 3);
  one.store.collect(null);
  task(of).collect();
  expect(() => one.collect()).toThrow('full');
});
