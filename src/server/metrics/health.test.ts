import { expect, test } from 'vitest';
import type { EngineMetrics } from '../../engine/api.ts';
import { EngineHealth } from './health.ts';

/** An engine that answers when it is told to, and a clock that is set. */
function silentEngine() {
  let now = 0;
  let answer: (metrics: EngineMetrics) => void = () => undefined;
  let asked = 0;
  const engine = {
    metrics(): Promise<EngineMetrics> {
      asked++;
      return new Promise((resolve) => {
        answer = resolve;
      });
    },
  };
  const health = new EngineHealth(engine, () => now, 1);
  return {
    health,
    at: (ms: number) => {
      now = ms;
    },
    answer: (metrics: EngineMetrics) => answer(metrics),
    asked: () => asked,
  };
}

test('an engine is silent for as long as one question is unanswered', async () => {
  const { health, at, answer, asked } = silentEngine();
  expect(await health.silentMs()).toBe(0);
  at(6_000);
  expect(await health.silentMs()).toBe(6_000);
  expect(await health.reasons()).toEqual(['the engine does not answer']);
  expect(asked()).toBe(1);
  answer({});
  await expect.poll(() => health.reasons()).toEqual([]);
  expect(asked()).toBeGreaterThan(1);
});

test('a full disk is a reason, until a commit went through', async () => {
  let metrics: EngineMetrics = { disk_full: 1 };
  const health = new EngineHealth({ metrics: () => Promise.resolve(metrics) });
  expect(await health.reasons()).toEqual(['the disk is full']);
  metrics = { disk_full: 0 };
  expect(await health.reasons()).toEqual([]);
});

test('an engine that ended stays so', async () => {
  const health = new EngineHealth({ metrics: () => Promise.reject(new Error('gone')) });
  expect(await health.silentMs()).toBe(Number.POSITIVE_INFINITY);
  expect(await health.reasons()).toEqual(['the engine has ended']);
});
