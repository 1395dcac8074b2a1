import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { keepFromSilence } from './quiet.ts';

test('what is silent says something now and then, until it has said all', async () => {
  const server = createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const asked = once(server, 'request');
  const { port } = server.address() as AddressInfo;
  const answering = fetch(`http://127.0.0.1:${port}`);
  const [, response] = (await asked) as [unknown, ServerResponse];
  const timer = keepFromSilence(response, '\n', 1);
  response.write('[1');
  const reader = (await answering).body!.getReader();
  let text = '';
  while (!text.endsWith('\n\n\n')) text += new TextDecoder().decode((await reader.read()).value);
  clearInterval(timer);
  response.end(']');
  for (let next = await reader.read(); !next.done; next = await reader.read())
    text += new TextDecoder().decode(next.value);
  expect(text).toMatch(/^\[1\n{3,}\]$/);
  server.close();
});
