import { expect, test } from 'vitest';
import type { RecordBatch } from '../log.ts';
import { Tail } from './tail.ts';
import type { Partition } from './topics.ts';

const partition = (): Partition => ({ tail: [] as RecordBatch[] }) as unknown as Partition;
const batch = (baseOffset: number, size: number): RecordBatch => ({
  baseOffset,
  lastOffset: baseOffset,
  recordCount: 1,
  maxTimestamp: 0,
  times: [[baseOffset, 1]],
  bytes: new Uint8Array(size),
  appendedMs: 0,
});

test('small batches count with what they take beside their bytes', () => {
  const tail = new Tail(10_000);
  const of = partition();
  for (let offset = 0; offset < 1_000; offset++) tail.add(of, batch(offset, 80));
  expect(of.tail.length).toBe(15);
  expect(of.tail.at(-1)?.baseOffset).toBe(999);
});

test('what is forgotten leaves its room to others, in the order in which they came', () => {
  const tail = new Tail(10_000);
  const [a, b, gone] = [partition(), partition(), partition()];
  tail.add(a, batch(0, 2_000));
  tail.add(gone, batch(0, 4_000));
  tail.forget(gone);
  tail.add(b, batch(0, 2_000));
  tail.add(gone, batch(1, 2_000));
  expect([a, b, gone].map((of) => of.tail.length)).toEqual([1, 1, 1]);
  tail.add(b, batch(1, 2_000));
  expect([a, b, gone].map((of) => of.tail.length)).toEqual([0, 2, 1]);
});
