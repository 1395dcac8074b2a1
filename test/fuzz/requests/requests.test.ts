/** The fast part; `node --expose-gc test/fuzz/requests/run.ts --requests 1000000` is the long one. */
import { expect, test } from 'vitest';
import { fuzzRequests } from './fuzz-requests.ts';

test('damaged requests and frames are answered or refused, and are nobody else’s trouble', async () => {
  const result = await fuzzRequests({ requests: 3_000, seed: 1, clients: 16, lifetime: 1_500 });
  expect(result.failures).toEqual([]);
  for (const kind of ['message 200', 'message 400', 'bytes 400', 'http2 2', 'webSocket 101'])
    expect(result.statuses.get(kind), kind).toBeGreaterThan(20);
});
