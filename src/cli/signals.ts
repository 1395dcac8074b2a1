/** What ends a command from outside: signals, and the end of whoever started it. */
import { exitCodes } from './exit.ts';
import { whenNpmIsGone } from './orphan.ts';

/** `SIGTERM` and the like, or `parent-gone`. */
export type StopCause = NodeJS.Signals | 'parent-gone';

/** Runs `stop` once on SIGINT, SIGTERM or SIGHUP, or when npm has gone; a second signal ends the process at once. */
export function onStop(stop: (cause: StopCause) => void): Disposable {
  let stopping = false;
  const listener = (signal: NodeJS.Signals) => {
    if (stopping) process.exit(exitCodes.interrupted);
    stopping = true;
    stop(signal);
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, listener);
  // A terminal's Ctrl-C reaches npm and us: its end is no second signal.
  const watch = whenNpmIsGone(() => {
    if (stopping) return;
    stopping = true;
    stop('parent-gone');
  });
  return {
    [Symbol.dispose]() {
      for (const signal of signals) process.off(signal, listener);
      watch?.[Symbol.dispose]();
    },
  };
}
