/** The real world behind `Env`. */
import type { Env, Logger } from '../base/env.ts';

/** Writes warnings to standard error as JSON lines; the rest only when `LEAT_LOG=debug` or `info` asks for it. */
export function systemLogger(level: 'warn' | 'info' | 'debug' = 'warn'): Logger {
  const rank = { warn: 0, info: 1, debug: 2 };
  const write =
    (of: 'warn' | 'info' | 'debug'): Logger['warn'] =>
    (event, fields = {}) => {
      if (rank[of] > rank[level]) return;
      const line = { time: new Date().toISOString(), level: of, event, ...(fields as object) };
      process.stderr.write(`${JSON.stringify(line)}\n`);
    };
  return { warn: write('warn'), info: write('info'), debug: write('debug') };
}

export function systemEnv(logger: Logger = systemLogger()): Env {
  return {
    clock: { now: () => Date.now() },
    timers: {
      after(delayMs, run) {
        const timer = setTimeout(run, delayMs);
        timer.unref();
        return { [Symbol.dispose]: () => clearTimeout(timer) };
      },
    },
    random: { next: () => Math.random() },
    logger,
  };
}
