import { expect, test } from 'vitest';
import { recordClock } from './record-clock.ts';

test('the clock shows when the batch was appended, and never a time before the query', () => {
  const record = { appendedMs: 5 };
  const clock = recordClock({ createdMs: 10, now: () => 99 }, record);
  expect(clock()).toBe(10);
  record.appendedMs = 20;
  expect(clock()).toBe(20);
});

test('queries that do not know when they were created have the wall clock', () => {
  expect(recordClock({ now: () => 99 }, { appendedMs: 5 })()).toBe(99);
});
