import { createMemoryLog } from '../../src/log/memory-log.ts';
import { describeLog } from './log-suite.ts';

describeLog('memory log', async () => {
  const log = createMemoryLog();
  return {
    log,
    reopen: null,
    async [Symbol.asyncDispose]() {
      await log[Symbol.asyncDispose]();
    },
  };
});
