import { expect, test } from 'vitest';
import type { Engine, Subscription } from '../api.ts';
import { ThreadEngine } from '../thread/thread-engine.ts';
import { totals } from './subscriptions.test-helper.ts';

function openThread(): Promise<ThreadEngine> {
  const properties = { 'auto.offset.reset': 'earliest' };
  return ThreadEngine.open(
    { directory: null, durability: 'memory', properties, timers: false },
    {
      onFatal: (error) => {
        throw error;
      },
    },
  );
}

const request = (sql: string) => ({ sql, properties: {}, variables: {} });
const insert = (engine: Engine, ...users: readonly string[]) =>
  engine.insertRows(
    'views',
    users.map((user) => JSON.stringify({ USER: user, PAGE: 'p', MS: 1 })),
  );

/** Frames until one fits, without ticks. */
async function until(
  frames: AsyncIterator<{ readonly text: string; readonly token: string | null }>,
  test: (text: string) => boolean,
): Promise<readonly string[]> {
  const texts: string[] = [];
  while (true) {
    const { value, done } = await frames.next();
    if (done === true) return texts;
    texts.push(value.text);
    if (test(value.text)) return texts;
  }
}

const iterate = (subscription: Subscription) => subscription[Symbol.asyncIterator]();

test('subscriptions cross from the engine’s thread, and end there as well', async () => {
  await using engine = await openThread();
  await engine.execute(request(totals));
  await insert(engine, 'ann');
  await engine.settle();
  const of = (name: string) =>
    engine.subscribe(request(`SELECT n FROM totals WHERE user = '${name}' EMIT CHANGES;`));
  const subscriptions = await Promise.all([of('ann'), of('ann'), of('bob')]);
  const [ann, also, bob] = subscriptions.map(iterate);
  const isTick = (text: string) => text.startsWith('{"type":"tick"');
  for (const frames of [ann!, also!]) {
    const [schema, snapshot] = await until(frames, isTick);
    expect(JSON.parse(schema!)).toMatchObject({ type: 'schema', table: true });
    expect(snapshot).toBe('{"type":"snapshot","rows":[["ann",1]]}');
  }
  await until(bob!, isTick);
  await insert(engine, 'bob', 'ann', 'ann');
  for (const frames of [ann!, also!])
    expect((await until(frames, isTick))[0]).toBe('{"type":"upsert","rows":[["ann",2],["ann",3]]}');
  expect((await until(bob!, isTick))[0]).toBe('{"type":"upsert","rows":[["bob",1]]}');
  expect((await engine.metrics())['push_queries']).toBe(1);
  await subscriptions[2]!.close();
  await engine.execute(request('DROP TABLE totals;'));
  for (const frames of [ann!, also!])
    expect(await until(frames, () => false)).toEqual(['{"type":"end","reason":"terminated"}']);
  expect((await engine.metrics())['push_queries']).toBe(0);
});

test('errors cross as well', async () => {
  await using engine = await openThread();
  await engine.execute(request(totals));
  const sql = 'SELECT n FROM totals EMIT CHANGES;';
  await expect(engine.subscribe({ ...request(sql), after: 'x' })).rejects.toThrow('no token');
});

test('a reader that goes on late is given credit again, and has the last of each row', async () => {
  await using engine = await openThread();
  await engine.execute(request(totals));
  const subscription = await engine.subscribe(request('SELECT * FROM totals EMIT CHANGES;'));
  // Far more than may be on its way.
  for (let round = 0; round < 300; round++)
    await insert(engine, ...Array.from({ length: 50 }, (_, at) => `user ${at}`));
  await engine.settle();
  const frames = iterate(subscription);
  let changes = 0;
  const last = await until(frames, (text) => {
    const { rows = [] } = JSON.parse(text) as { readonly rows?: readonly unknown[] };
    changes += rows.length;
    return text.includes('["user 0",300,300]');
  });
  expect(last.at(-1)).toContain('["user 49",300,300]');
  expect(changes).toBeLessThan(300 * 50);
});
