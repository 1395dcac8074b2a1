/** Ten thousand WebSockets on ten thousand keys, at a server in a process of its own. */
import { expect, test } from 'vitest';
import { measureSubscribers } from '../bench/subscribers.ts';

test('each of ten thousand subscribers gets its row and its changes, in less than a gigabyte', async () => {
  const { subscribers, after, astray, missing } = await measureSubscribers();
  expect({ subscribers, astray, missing }).toEqual({ subscribers: 10_000, astray: 0, missing: 0 });
  expect(after).toBeLessThan(1_000);
}, 120_000);
