import { expect, test } from 'vitest';
import { Histogram, type Samples, series, Tally, writeLargest } from './samples.ts';

test('labels are quoted as Prometheus reads them', () => {
  expect(series('a', {})).toBe('a');
  expect(series('a', { topic: 't"\\\n', partition: 0 })).toBe(
    'a{topic="t\\"\\\\\\n",partition="0"}',
  );
});

test('buckets count everything up to their bound', () => {
  const histogram = new Histogram([1, 10]);
  for (const value of [0.5, 1, 2, 100]) histogram.observe(value);
  const samples: Samples = {};
  histogram.write(samples, 's', { route: '/' });
  expect(samples).toEqual({
    's_bucket{route="/",le="1"}': 2,
    's_bucket{route="/",le="10"}': 3,
    's_bucket{route="/",le="+Inf"}': 4,
    's_sum{route="/"}': 103.5,
    's_count{route="/"}': 4,
  });
});

test('a label has at most a thousand values and one for the rest', () => {
  const tally = new Tally();
  for (let at = 0; at < 1_100; at++) tally.add(`t${at}`, 2);
  tally.add('t1');
  const samples: Samples = {};
  tally.write(samples, 'n', 'topic');
  expect(Object.keys(samples)).toHaveLength(1_001);
  expect(samples['n{topic="t1"}']).toBe(3);
  expect(samples['n{topic="other"}']).toBe(200);
  expect(tally.total).toBe(2_201);
});

test('of many entries the largest are told apart', () => {
  const samples: Samples = {};
  const entries = Array.from(
    { length: 1_002 },
    (_, at) => [{ query: 'q', partition: at }, at] as const,
  );
  writeLargest(samples, 'lag', entries);
  expect(samples['lag{query="q",partition="1001"}']).toBe(1_001);
  expect(samples['lag{query="q",partition="1"}']).toBeUndefined();
  expect(samples['lag{query="other",partition="other"}']).toBe(1);
  expect(Object.keys(samples)).toHaveLength(1_001);
});
