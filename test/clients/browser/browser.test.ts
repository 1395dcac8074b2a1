/** `leat/client` and the WebSocket routes in Chromium, on a page of another origin. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { env } from 'node:process';
import { describe, expect, test } from 'vitest';
import { temporaryDirectory } from '../../server/directories.ts';
import { securedServer, writeUsersFile } from '../../server/security.test-support.ts';
import { pageviews, testServer } from '../../server/test-server.ts';
import { pageServer } from './page-server.ts';

const root = resolve(import.meta.dirname, '../../..');
const browser = [
  env['CHROMIUM'],
  ...['chromium', 'chromium-browser', 'google-chrome'].map((name) => `/usr/bin/${name}`),
].find(isExecutable);

function isExecutable(path: string | undefined): boolean {
  if (path === undefined) return false;
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** A browser without a window and without a network but this machine's. */
async function openPage(url: string): Promise<AsyncDisposable> {
  const profile = await mkdtemp(join(tmpdir(), 'leat-browser-'));
  const flags = [
    ...['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
    ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
    ...['--disable-dev-shm-usage', '--remote-debugging-port=0', `--user-data-dir=${profile}`],
  ];
  const process = spawn(browser as string, [...flags, url], { stdio: 'ignore' });
  const ended = once(process, 'exit');
  return {
    async [Symbol.asyncDispose]() {
      process.kill('SIGKILL');
      await ended;
      await rm(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

const title =
  browser === undefined
    ? 'in a browser (none is installed: Chromium, or CHROMIUM=path)'
    : 'in a browser';

/** What the page has to tell. */
const seen = {
  reply: 'tables',
  kinds: ['snapshot', 'tick', 'upsert'],
  known: [
    ['ann', '1000'],
    ['bob', '2'],
  ],
  pulled: ['2'],
  pushed: 1_000,
  socket: ['{"row":{"columns":[2]}}', '{"error":"done"}', '1000'],
  refused: 'parse.syntax',
};

describe.skipIf(browser === undefined)(title, () => {
  test('a page subscribes, inserts and sees its rows', { timeout: 60_000 }, async () => {
    await using pages = await pageServer(root);
    await using server = await testServer({}, { policy: { hosts: [], origins: [pages.origin] } });
    await server.engine.execute({ sql: pageviews, properties: {}, variables: {} });
    const page = `${pages.origin}/test/clients/browser/page.html`;
    await using _ = await openPage(`${page}?leat=${encodeURIComponent(server.url)}`);
    expect(await pages.result).toEqual(seen);
  });

  test('a page says who its user is', { timeout: 60_000 }, async () => {
    using directory = temporaryDirectory();
    const users = join(directory.path, 'users');
    await writeUsersFile(users, { ann: 'write' });
    await using pages = await pageServer(root);
    await using server = await securedServer(
      { 'leat.users.file': users },
      { policy: { hosts: [], origins: [pages.origin] } },
    );
    await server.engine.execute({ sql: pageviews, properties: {}, variables: {} });
    const page = `${pages.origin}/test/clients/browser/page.html`;
    await using _ = await openPage(`${page}?user=ann&leat=${encodeURIComponent(server.url)}`);
    expect(await pages.result).toEqual({ ...seen, socket: [] });
  });

  test('a page of an origin that is not allowed gets nothing', { timeout: 60_000 }, async () => {
    await using pages = await pageServer(root);
    await using server = await testServer(
      {},
      { policy: { hosts: [], origins: ['https://app.example'] } },
    );
    const page = `${pages.origin.replace('127.0.0.1', 'localhost')}/test/clients/browser/page.html`;
    await using _ = await openPage(`${page}?leat=${encodeURIComponent(server.url)}`);
    expect(await pages.result).toEqual({ failed: expect.stringContaining('--allow-origin') });
  });
});
