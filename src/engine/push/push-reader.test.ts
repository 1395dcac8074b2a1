import { expect, test } from 'vitest';
import type { QueryFrame } from '../api.ts';
import { systemEnv } from '../system-env.ts';
import { frameBytes } from './row-queue.ts';
import { PushReader } from './push-reader.ts';
import { WaitingRows, waitingBytesMin } from './waiting-rows.ts';

/** A reader for whom no more may wait than for everybody, and what it was told. */
function readerWith(limit: number | null) {
  const timers = new Set<() => void>();
  const env = {
    ...systemEnv(),
    timers: {
      after(_ms: number, run: () => void) {
        const own = (): void => run();
        timers.add(own);
        return { [Symbol.dispose]: () => timers.delete(own) };
      },
    },
  };
  const told: string[] = [];
  const reader = new PushReader(
    {
      head: { queryId: 'q', kind: 'push', columns: [], table: false },
      sql: '',
      limit,
      env,
      waiting: new WaitingRows(1),
      onRoom: () => told.push('room'),
      onEnd: () => told.push('end'),
    },
    [0],
  );
  /** The stall time is over. */
  const pass = (): void => {
    for (const run of [...timers]) {
      timers.delete(run);
      run();
    }
  };
  const take = (...rows: readonly string[]): void => {
    const frame: QueryFrame = { rows, tombstones: null };
    reader.take(frame, frameBytes(frame));
  };
  return { reader, told, timers, pass, take };
}
const large = 'x'.repeat(waitingBytesMin);

test('a reader is full once its share waits, and has room again when half of that is read', async () => {
  const { reader, told, take } = readerWith(null);
  take(large);
  expect(reader.rows.isFull).toBe(true);
  reader.leave([1]);
  const frames = reader.rows[Symbol.asyncIterator]();
  await frames.next();
  expect(told).toEqual([]);
  void frames.next();
  await Promise.resolve();
  expect(told).toEqual(['room']);
});

test('a reader that reads nothing is closed after the stall time, one that reads a little is not', async () => {
  const { reader, told, take, pass, timers } = readerWith(null);
  for (const _ of [1, 2, 3]) take(large);
  reader.leave([3]);
  const frames = reader.rows[Symbol.asyncIterator]();
  await frames.next();
  await frames.next();
  pass();
  expect(reader.rows.isEnded).toBe(false);
  pass();
  expect(told).toEqual(['end']);
  expect(timers.size).toBe(0);
  await frames.next();
  await expect(frames.next()).rejects.toThrow('the reader took no rows for 60 s');
});

test('the last frame within a LIMIT is cut off, its tombstones as well', async () => {
  const { reader, told, take } = readerWith(3);
  take('[1]', '[2]');
  reader.take({ rows: ['[3]', '[4]'], tombstones: [0, 1], offsets: [9] }, 1);
  take('[5]');
  const got: QueryFrame[] = [];
  for await (const frame of reader.rows) got.push(frame);
  expect(got).toEqual([
    { rows: ['[1]', '[2]'], tombstones: null },
    { rows: ['[3]'], tombstones: [0], offsets: [9] },
  ]);
  expect([reader.rows.end(), told]).toEqual(['limit', ['end']]);
});

test('readers who let rows wait share what may wait for all', () => {
  const waiting = new WaitingRows(10 * waitingBytesMin);
  expect(waiting.share(4_000_000)).toBe(4_000_000);
  waiting.changed(0, 8 * waitingBytesMin);
  expect(waiting.share(4_000_000)).toBe(4_000_000);
  waiting.changed(0, 3 * waitingBytesMin);
  expect(waiting.share(4_000_000)).toBe(5 * waitingBytesMin);
  for (let reader = 0; reader < 98; reader++) waiting.changed(0, 1);
  expect(waiting.share(4_000_000)).toBe(waitingBytesMin);
  waiting.changed(8 * waitingBytesMin, 0);
  expect(waiting.share(4_000_000)).toBe(4_000_000);
});
