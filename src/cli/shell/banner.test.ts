import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { Client } from '../../client/client.ts';
import { TestBackend } from './backend.test-support.ts';
import { banner } from './banner.ts';

async function bannerOfServer(version: string): Promise<string> {
  const server = createServer((_, response) => {
    response.end(JSON.stringify({ KsqlServerInfo: { version, serverStatus: 'RUNNING' } }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    return (await banner(new Client(url), url)).replace(url, 'URL');
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
}

test('it says what the shell is and where its data are', async () => {
  expect(await banner(new TestBackend(), 'leat-data')).toBe(
    "Leat v0.1.0, its own engine on leat-data\n\nHaving trouble? Type 'help' (case-insensitive) for a rundown of how things work!\n",
  );
});

test('it says which server it talks to', async () => {
  expect(await bannerOfServer('0.1.7')).toMatch(
    /^CLI v0\.1\.0, Server v0\.1\.7 located at URL\nServer Status: RUNNING\n\n/,
  );
});

test('it warns of a server of another version', async () => {
  expect(await bannerOfServer('7.4.0')).toContain(
    "\nWARNING: CLI and server version don't match. This may lead to unexpected errors.\n",
  );
  expect(await bannerOfServer('unknown')).toContain(
    '\nWARNING: Could not identify server version.\n',
  );
});

test('a server that does not answer has a box with the reason', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await new Promise((resolve) => server.close(resolve));
  const lines = (await banner(new Client(url), url)).split('\n');
  expect(lines[0]).toBe(`${'*'.repeat(36)} ERROR ${'*'.repeat(37)}`);
  expect(lines.join(' ')).toContain(
    `Remote server at ${url} does not appear to be a valid KSQL server.`,
  );
  expect(lines).toContain('The server responded with the following error: ECONNREFUSED');
  expect(lines).toContain('*'.repeat(80));
});
