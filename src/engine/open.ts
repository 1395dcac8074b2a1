/** Opens an engine on a data directory, or in memory. */
import type { FunctionDef } from '../functions/define.ts';
import { createMemoryLog } from '../log/memory-log.ts';
import type { Log } from '../log/log.ts';
import { type EngineConfig, type EngineParts, functionsDirectoryOf } from './config.ts';
import { LocalEngine } from './local-engine.ts';
import { SpillFile } from './spill-file.ts';
import { systemEnv, systemLogger } from './system-env.ts';

/** An inline engine; what `parts` leaves out is the real world. */
export async function openLocalEngine(
  config: EngineConfig,
  parts: Partial<EngineParts> = {},
): Promise<LocalEngine> {
  const userFunctions = await functionsOf(config);
  const log = await openLog(config);
  // The log holds the directory's lock by now.
  const spill = parts.spill ?? spillFile(config);
  try {
    return await LocalEngine.open(log, config, {
      env: parts.env ?? systemEnv(systemLogger(config.log)),
      functions: [...(parts.functions ?? []), ...userFunctions],
      timers: parts.timers ?? config.timers ?? true,
      ...(parts.topicDefaults === undefined ? {} : { topicDefaults: parts.topicDefaults }),
      ...(spill === null ? {} : { spill }),
      onFatal:
        parts.onFatal ??
        ((error) => {
          throw error;
        }),
    });
  } catch (error) {
    spill?.[Symbol.dispose]();
    await log[Symbol.asyncDispose]();
    throw error;
  }
}

/** Beside the log; null where that is in memory. */
function spillFile({ directory, durability }: EngineConfig): SpillFile | null {
  return directory === null || durability === 'memory' ? null : new SpillFile(directory);
}

/** The durable log is imported only where there is a directory: it brings native code. */
async function openLog(config: EngineConfig): Promise<Log> {
  if (config.directory === null || config.durability === 'memory') return createMemoryLog();
  const { openDurableLog } = await import('../log/durable/open.ts');
  return openDurableLog({ directory: config.directory, durability: config.durability });
}

/** The loader is imported only where there is something to load. */
async function functionsOf(config: EngineConfig): Promise<readonly FunctionDef[]> {
  const directory = functionsDirectoryOf(config);
  if (directory === null) return [];
  const { loadUserFunctions } = await import('./statements/user-functions.ts');
  return loadUserFunctions(directory);
}
