/** Signals that end a command. */
import { exitCodes } from './exit.ts';

/** Runs `stop` once on SIGINT, SIGTERM or SIGHUP; a second signal ends the process at once. */
export function onStop(stop: (signal: NodeJS.Signals) => void): Disposable {
  let stopping = false;
  const listener = (signal: NodeJS.Signals) => {
    if (stopping) process.exit(exitCodes.interrupted);
    stopping = true;
    stop(signal);
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, listener);
  return {
    [Symbol.dispose]() {
      for (const signal of signals) process.off(signal, listener);
    },
  };
}
