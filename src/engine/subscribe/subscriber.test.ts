import { describe, expect, test } from 'vitest';
import { ProblemError } from '../../base/errors.ts';
import { type Change, type Delivery, deliveryOf } from './delivery.ts';
import { sentBytesMax, waitingBytesMax } from './limits.ts';
import { Subscriber } from './subscriber.ts';

const upsert = (key: string, text: string): Change => ({ key, text, isDelete: false });
const deleted = (key: string): Change => ({ key, text: `["${key}"]`, isDelete: true });

function subscriber(limit: number | null = null) {
  const got: Delivery[] = [];
  const ends: unknown[] = [];
  const waiting = { bytes: 0 };
  const made = new Subscriber({
    id: 'S',
    identity: 'abcdefghijklmnop',
    form: 'frames',
    limit,
    tuples: [''],
    waiting,
    sink: {
      push: (delivery) => got.push(delivery),
      finish: (end) => ends.push(end),
      fail: (error) => ends.push(error),
    },
    onEnd: () => undefined,
  });
  const give = (changes: readonly Change[], position: string) =>
    made.deliver(deliveryOf(changes, 'frames', position), changes, position);
  const take = () =>
    got
      .splice(0)
      .flatMap(({ texts, position }) => (position === null ? texts : [...texts, position]));
  return { made, give, take, ends, waiting };
}

const large = 'x'.repeat(sentBytesMax);

describe('a subscriber that does not read', () => {
  test('gets, once it does, the last change of each row', () => {
    const { made, give, take, waiting } = subscriber();
    give([upsert('a', large)], 'p1');
    expect(take()).toHaveLength(2);
    give([upsert('a', '["a",1]'), upsert('b', '["b",1]')], 'p2');
    give([upsert('a', '["a",2]'), deleted('b')], 'p3');
    expect(take()).toEqual([]);
    expect(waiting.bytes).toBeGreaterThan(0);
    made.give(2 * sentBytesMax);
    expect(take()).toEqual([
      '{"type":"upsert","rows":[["a",2]]}',
      '{"type":"delete","keys":[["b"]]}',
      'p3',
    ]);
    expect(waiting.bytes).toBe(0);
    give([upsert('a', '["a",3]')], 'p4');
    expect(take()).toEqual(['{"type":"upsert","rows":[["a",3]]}', 'p4']);
  });

  test('takes no more memory however often its rows change', () => {
    const { give, waiting, ends } = subscriber();
    give([upsert('a', large)], 'p0');
    for (let n = 0; n < 100_000; n++) give([upsert(`k${n % 10}`, `[${n}]`)], `p${n}`);
    expect(waiting.bytes).toBeLessThan(2_000);
    expect(ends).toEqual([]);
  });

  test('is closed with the token it can go on from when even that is too much', () => {
    const { give, take, ends, waiting } = subscriber();
    give([upsert('a', large)], 'p1');
    take();
    const text = 'x'.repeat(1_000);
    for (let n = 0; n < waitingBytesMax / text.length; n++) give([upsert(`k${n}`, text)], `q${n}`);
    const [end] = ends;
    expect(end).toBeInstanceOf(ProblemError);
    expect(end).toMatchObject({
      code: 'push.slow-consumer',
      message: expect.stringContaining('SLOW_CONSUMER'),
      hint: 'Read faster, and go on from the last token: p1.abcdefghijklmnop',
    });
    expect(waiting.bytes).toBe(0);
    give([upsert('a', 'late')], 'p9');
    expect(take()).toEqual([]);
  });

  test('gets what waits before the end it is told', () => {
    const { made, give, take, ends } = subscriber();
    give([upsert('a', large)], 'p1');
    give([upsert('b', '["b"]')], 'p2');
    take();
    made.finish('terminated');
    expect(take()).toEqual(['{"type":"upsert","rows":[["b"]]}', 'p2']);
    expect(ends).toEqual(['terminated']);
  });
});

test('an idle subscriber gets a newer position, one that waits does not', () => {
  const { made, give, take } = subscriber();
  const tick: Delivery = { texts: [], tombstones: null, position: 'p5', bytes: 10 };
  made.tick(tick, 'p5');
  made.tick(tick, 'p5');
  expect(take()).toEqual(['p5']);
  give([upsert('a', large)], 'p6');
  give([upsert('a', '["a"]')], 'p7');
  take();
  made.tick({ ...tick, position: 'p8' }, 'p8');
  expect(take()).toEqual([]);
});

test('LIMIT counts the rows of the snapshot and the changes', () => {
  const { made, take, ends } = subscriber(3);
  made.begin(['[1]', '[2]'], 'p1');
  expect(take()).toEqual(['{"type":"snapshot","rows":[[1],[2]]}', 'p1']);
  made.take([upsert('c', '[3]'), upsert('d', '[4]')], 'p2');
  expect(take()).toEqual(['{"type":"upsert","rows":[[3]]}', 'p2']);
  expect(ends).toEqual(['limit']);
});
