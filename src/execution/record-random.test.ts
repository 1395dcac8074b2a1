import { expect, test } from 'vitest';
import { recordRandom } from './record-random.ts';
import type { RecordContext } from './task.ts';

function record(offset: number, topic = 't', partition = 0): RecordContext {
  return { topic, partition, offset, time: 0, headers: [], appendedMs: 0, cursor: null };
}

function drawn(seed: number, query: string, at: RecordContext, count = 2): readonly number[] {
  const random = recordRandom(seed, query, at);
  return Array.from({ length: count }, random);
}

test('the same record of the same query draws the same numbers, whatever was drawn before', () => {
  const context = record(0);
  const random = recordRandom(7, 'Q', context);
  const first = [random(), random()];
  context.offset = 1;
  random();
  context.offset = 0;
  expect([random(), random()]).toEqual(first);
  expect(drawn(7, 'Q', record(0))).toEqual(first);
});

test('every part of the place makes a difference', () => {
  const all = [
    drawn(7, 'Q', record(0)),
    drawn(8, 'Q', record(0)),
    drawn(7 + 2 ** 40, 'Q', record(0)),
    drawn(7, 'R', record(0)),
    drawn(7, 'Q', record(1)),
    drawn(7, 'Q', record(2 ** 33)),
    drawn(7, 'Q', record(0, 'u')),
    drawn(7, 'Q', record(0, 't', 1)),
  ].flat();
  expect(new Set(all).size).toBe(all.length);
});

test('numbers are spread evenly over [0, 1), within a record and over records', () => {
  const counts = Array.from({ length: 10 }, () => 0);
  const context = record(0);
  const random = recordRandom(1, 'Q', context);
  for (let offset = 0; offset < 20_000; offset++) {
    context.offset = offset;
    for (let draw = 0; draw < 5; draw++) counts[Math.floor(random() * 10)]! += 1;
  }
  // 10,000 expected in each; the standard deviation is 95.
  for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(500);
});
