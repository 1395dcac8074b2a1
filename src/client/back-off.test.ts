import { expect, test } from 'vitest';
import { backOffMs, delay } from './back-off.ts';

test('spans double up to the longest, and chance picks in them', () => {
  const spans = [0, 1, 2, 6, 7, 60].map((attempt) => backOffMs(attempt, 1));
  expect(spans).toEqual([100, 200, 400, 6_400, 10_000, 10_000]);
  expect(backOffMs(3, 0.25, { firstMs: 8, maxMs: 32 })).toBe(8);
  expect(backOffMs(1_000, 0.5)).toBe(5_000);
});

test('waiting ends with the signal', async () => {
  const abort = new AbortController();
  const waiting = delay(60_000, abort.signal);
  abort.abort();
  await waiting;
  await delay(60_000, abort.signal);
});
