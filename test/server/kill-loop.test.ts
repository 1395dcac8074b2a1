/** Ten kills; test/slow/kill-loop.test.ts makes two hundred. */
import { expect, test } from 'vitest';
import { temporaryDirectory } from './directories.ts';
import { killLoop, verify } from './kill-loop.ts';

test('nothing acknowledged is lost or doubled by ten kills, and what follows from it is as if there had been none', async () => {
  using directory = temporaryDirectory();
  const ledger = await killLoop(directory.path, 10, 1);
  const verdict = await verify(directory.path, ledger);
  expect(verdict.wrong.slice(0, 20)).toEqual([]);
  expect(verdict.acknowledged).toBeGreaterThan(500);
  expect(verdict.derived).toBeGreaterThan(verdict.acknowledged);
}, 60_000);
