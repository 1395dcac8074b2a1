/** The real world behind `Env`. */
import type { Env, Json, Logger } from '../base/env.ts';
import { isLogged, type LogLevel, type LogOptions, logLine } from '../base/log-line.ts';
import { Repeats } from '../base/repeats.ts';

/** Bytes that may wait for whoever reads standard error; further lines are dropped and counted. */
const waitingBytesMax: number = 1024 * 1024;

/**
 * Writes lines to standard error and never waits for it. Errors and warnings that come again with the same query, code,
 * message and name are written the first time, then each power of two, with how many there were.
 */
export function systemLogger(options: Partial<LogOptions> = {}): Logger {
  const { level: least = 'warn', format = 'json' } = options;
  const repeats = new Repeats();
  let dropped = 0;
  const write = (level: LogLevel, event: string, fields: Json): void => {
    if (process.stderr.writableLength > waitingBytesMax) {
      dropped++;
      return;
    }
    const lost =
      dropped === 0
        ? ''
        : `${logLine(format, Date.now(), 'warn', 'log-lines-dropped', { count: dropped })}\n`;
    dropped = 0;
    process.stderr.write(`${lost}${logLine(format, Date.now(), level, event, fields)}\n`);
  };
  const writer = (level: LogLevel): Logger['warn'] => {
    if (!isLogged(level, least)) return () => undefined;
    if (level === 'info' || level === 'debug')
      return (event, fields = {}) => write(level, event, fields);
    return (event, fields = {}) => {
      const count = repeats.count(kindOf(event, fields));
      if (count === null) return;
      write(level, event, count === 1 ? fields : { ...(fields as object), times: count });
    };
  };
  return {
    error: writer('error'),
    warn: writer('warn'),
    info: writer('info'),
    debug: writer('debug'),
  };
}

/** What makes two lines the same thing again. */
function kindOf(event: string, fields: Json): string {
  if (typeof fields !== 'object' || fields === null || Array.isArray(fields)) return event;
  const { query, code, message, name } = fields as Readonly<Record<string, Json>>;
  return JSON.stringify([event, query, code, message, name]);
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
