/** A commit at durability `power` counts from the moment at which its rows are on the disk, and stops nobody until then. */
import fs, { mkdtempSync, rmSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Log } from '../../src/log/log.ts';
import { append, produce, readAll, T0, topic } from './log-workload.ts';

type Callback = (error: Error | null) => void;

const { fdatasync } = fs;
let directory: string;
/** Flushes that were asked for while they are held back. */
let held: Callback[] | null;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'leat-log-'));
  held = null;
  const patched = (file: number, callback: Callback): void => {
    if (held === null) fdatasync(file, callback);
    else held.push((error) => (error === null ? fdatasync(file, callback) : callback(error)));
  };
  Object.assign(fs, { fdatasync: patched });
  syncBuiltinESMExports();
});

afterEach(() => {
  Object.assign(fs, { fdatasync });
  syncBuiltinESMExports();
  rmSync(directory, { recursive: true });
});

async function open(): Promise<Log> {
  const { openDurableLog } = await import('../../src/log/durable/open.ts');
  const log = await openDurableLog({ directory, durability: 'power', tailBytesMax: 0 });
  await log.createTopic(topic('t'));
  return log;
}

/** Lets everything run that does not wait for a flush. */
function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(() => setImmediate(resolve));
  });
}

test('a commit is neither acknowledged nor seen before its rows are flushed', async () => {
  await using log = await open();
  await log.commit([produce(append(T0, 'a=1@1'))]);
  held = [];
  let isAcknowledged = false;
  const commit = log.commit([produce(append(T0, 'b=2@2'))]).then(() => {
    isAcknowledged = true;
  });
  await turn();
  expect(held).toHaveLength(1);
  expect(isAcknowledged).toBe(false);
  expect(log.bounds(T0).end).toBe(1);
  expect(await readAll(log, T0)).toBe('0:a=1@1');
  expect(await log.offsetForTime(T0, 2)).toBeNull();
  held.shift()?.(null);
  await commit;
  expect(await readAll(log, T0)).toBe('0:a=1@1 1:b=2@2');
  expect(await log.offsetForTime(T0, 2)).toBe(1);
  held = null;
});

test('a flush that fails leaves the outcome unknown, and the log stopped', async () => {
  await using log = await open();
  held = [];
  const commit = log.commit([produce(append(T0, 'a=1@1'))]);
  await turn();
  held.shift()?.(new Error('EIO: i/o error'));
  await expect(commit).rejects.toMatchObject({ code: 'log.outcome-unknown' });
  held = null;
  await expect(log.commit([produce(append(T0, 'b=2@2'))])).rejects.toMatchObject({
    code: 'log.outcome-unknown',
  });
});
