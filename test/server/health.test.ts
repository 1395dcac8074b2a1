/** GET /livez and /readyz of a server that is well, and of one whose engine has stopped. */
import { expect, test } from 'vitest';
import { testServer } from './test-server.ts';

async function ask(url: string): Promise<readonly [status: number, text: string]> {
  const response = await fetch(url);
  return [response.status, await response.text()];
}

test('a server that is well is alive and ready', async () => {
  await using server = await testServer();
  expect(await ask(`${server.url}/livez`)).toEqual([200, 'ok\n']);
  expect(await ask(`${server.url}/readyz`)).toEqual([200, '{"isReady":true,"reasons":[]}']);
});

test('one that was told to terminate is alive and not ready', async () => {
  await using server = await testServer();
  await fetch(`${server.url}/ksql/terminate`, { method: 'POST', body: '{}' });
  expect(await ask(`${server.url}/livez`)).toEqual([200, 'ok\n']);
  expect(await ask(`${server.url}/readyz`)).toEqual([
    503,
    '{"isReady":false,"reasons":["the server is shutting down"]}',
  ]);
});

test('one whose engine has ended is neither', async () => {
  await using server = await testServer();
  Object.defineProperty(server.engine, 'metrics', {
    value: () => Promise.reject(new Error('gone')),
  });
  expect(await ask(`${server.url}/livez`)).toEqual([503, 'not ok\n']);
  expect(await ask(`${server.url}/readyz`)).toEqual([
    503,
    '{"isReady":false,"reasons":["the engine has ended"]}',
  ]);
});
