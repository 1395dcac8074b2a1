import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DurableLogOptions, openDurableLog } from '../../src/log/durable/open.ts';
import { createMemoryLog } from '../../src/log/memory-log.ts';
import { describeLog, type OpenLog, wallClock } from './log-suite.ts';

/** The suite's records alone say how old they are, unless a test sets the wall clock. */
const clock = (): number => wallClock.now;

describeLog('memory log', async () => {
  const log = createMemoryLog(clock);
  return {
    log,
    reopen: null,
    async [Symbol.asyncDispose]() {
      await log[Symbol.asyncDispose]();
    },
  };
});

/** In a directory of its own, removed in the end. */
function durable(options: Omit<DurableLogOptions, 'directory'>): OpenLog {
  return async () => {
    const directory = mkdtempSync(join(tmpdir(), 'leat-log-'));
    let log = await openDurableLog({ directory, now: clock, ...options });
    return {
      log,
      async reopen() {
        await log[Symbol.asyncDispose]();
        log = await openDurableLog({ directory, now: clock, ...options });
        return log;
      },
      async [Symbol.asyncDispose]() {
        await log[Symbol.asyncDispose]();
        rmSync(directory, { recursive: true });
      },
    };
  };
}

describeLog('durable log, power', durable({ durability: 'power' }));
describeLog('durable log, process', durable({ durability: 'process' }));
describeLog(
  'durable log, small segments and nothing kept in memory',
  durable({ durability: 'process', segmentBytesMax: 200_000, tailBytesMax: 0 }),
);
